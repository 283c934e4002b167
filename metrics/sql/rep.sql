-- One salesperson: who it is (metrics/coaching.py).
with population as (
    select reps.* from scoped_reps as reps where reps.rep = $rep
)
select rep_key, rep, team, manager, region, email, hired_on, left_on from population
