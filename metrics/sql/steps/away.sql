-- Until when people in scope were in teams out of it: of time there a membership has no team (metrics/base.py).
select rep_teams.rep_key, max(rep_teams.to_on) as away_to
from rep_teams
where rep_teams.team is null
group by rep_teams.rep_key
