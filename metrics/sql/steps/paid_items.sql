-- Lines of pay (the question's own `items`) with the person's name and team at the end of the period (metrics/pay.py).
select items.*, reps.rep, coalesce(rep_teams.team, reps.team) as team
from items
left join reps on reps.rep_key = items.rep_key
left join rep_teams on rep_teams.rep_key = items.rep_key
    and items.last_on >= rep_teams.from_on and items.last_on < rep_teams.to_on
