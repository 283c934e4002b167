-- Those who are in the team of one salesperson today, without them (metrics/coaching.py). Nobody without a team has any.
with mine as (
    select reps.team from scoped_reps as reps where reps.rep = $rep
),
population as (
    select reps.rep_key, reps.rep, reps.team, reps.hired_on, reps.left_on
    from scoped_reps as reps
    join mine on mine.team = reps.team
    where reps.rep <> $rep
)
select rep from population order by rep
