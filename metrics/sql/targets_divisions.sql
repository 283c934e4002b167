-- Which team is part of which, in which people work, and which of them have a target of the measure for any of these
-- days, so that nothing below them is added up for them (metrics/target_sums.py).
with given as (
    select distinct targets.scope_value as team
    from targets
    where targets.measure = $goal and targets.scope = 'team' and targets.value <> 0
        and targets.starts_on <= cast($to_on as date) and targets.ends_on >= cast($from_on as date)
),
worked as (
    select reps.team from scoped_reps as reps where reps.team is not null and reps.left_on is null
    union select rep_teams.team from rep_teams where rep_teams.team is not null
),
population as (
    select
        teams.team, teams.parent, worked.team is not null as is_worked, given.team is not null as is_set
    from teams
    left join worked on worked.team = teams.team
    left join given on given.team = teams.team
)
select team, parent, is_worked, is_set from population order by team
