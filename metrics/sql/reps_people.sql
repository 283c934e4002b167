-- Everybody in scope on `$day`: the team they belonged to then, their manager, when they came and left (metrics/reps.py).
-- `is_unlisted`: rows name them, but the list of salespeople does not, while there is such a list.
with listed as (
    select count(*) as people
    from scoped_reps as reps
    where not reps.is_implied
),
population as (
    select
        reps.rep_key, reps.rep, case when rep_teams.rep_key is null then reps.team else rep_teams.team end as team,
        reps.manager, reps.region, reps.hired_on, reps.left_on, away.away_to,
        reps.is_implied and listed.people > 0 as is_unlisted
    from scoped_reps as reps
    cross join listed
    left join rep_teams on rep_teams.rep_key = reps.rep_key and rep_teams.from_on <= $day and $day < rep_teams.to_on
    left join away on away.rep_key = reps.rep_key
)
select rep, team, manager, region, hired_on, left_on, away_to, is_unlisted from population
