-- Who is in which team on a day, and since when and until when with the company (metrics/target_standing.py).
with population as (
    select
        reps.rep_key, reps.rep, reps.hired_on, reps.left_on, away.away_to,
        case when rep_teams.rep_key is null then reps.team else rep_teams.team end as team
    from scoped_reps as reps
    left join rep_teams
        on rep_teams.rep_key = reps.rep_key
        and rep_teams.from_on <= cast($day as date) and rep_teams.to_on > cast($day as date)
    left join away on away.rep_key = reps.rep_key
)
select rep, team, hired_on, left_on, away_to from population order by rep
