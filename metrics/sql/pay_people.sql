-- Who may be paid, and in which team each was when (metrics/pay.py).
with population as (
    select
        reps.rep_key, reps.rep, reps.team as team_now, reps.hired_on, reps.left_on, rep_teams.team, rep_teams.from_on,
        rep_teams.to_on
    from scoped_reps as reps
    left join rep_teams on rep_teams.rep_key = reps.rep_key
)
select
    population.rep_key, population.rep, population.team_now, population.hired_on, population.left_on, population.team,
    population.from_on, population.to_on
from population
order by population.rep, population.from_on
