-- Who is in which team on a day, and since when and until when with the company (metrics/target_standing.py).
with population as (
    select reps.rep_key, reps.rep, reps.hired_on, reps.left_on, coalesce(rep_teams.team, reps.team) as team
    from reps
    left join rep_teams
        on rep_teams.rep_key = reps.rep_key
        and rep_teams.from_on <= cast($day as date) and rep_teams.to_on > cast($day as date)
)
select rep, team, hired_on, left_on from population order by rep
