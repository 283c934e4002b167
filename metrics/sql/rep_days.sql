-- Everybody in scope with the days on which they came and left (metrics/by_person.py).
with population as (
    select reps.rep, reps.rep_key, reps.team, reps.hired_on, reps.left_on, reps.is_implied
    from reps
)
select rep, team, hired_on, left_on from population
