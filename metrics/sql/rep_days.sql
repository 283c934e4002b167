-- Everybody in scope with the days on which they came and left (metrics/by_person.py).
with population as (
    select reps.rep, reps.rep_key, reps.team, reps.hired_on, reps.left_on, reps.is_implied, away.away_to
    from scoped_reps as reps
    left join away on away.rep_key = reps.rep_key
)
select rep, team, hired_on, left_on, away_to from population
