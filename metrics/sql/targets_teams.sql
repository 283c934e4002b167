-- Which team is part of which (metrics/target_standing.py).
with population as (
    select teams.team, teams.parent from teams
)
select team, parent from population order by team
