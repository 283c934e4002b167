-- How far leads came: qualified, a deal, won (metrics/lead_funnel.py). One row per lead created in the period.
with population as (
    select followed.* from followed
)
select
    furthest, outcome, count(*) as leads, count(qualified_on) as dated, sum(coalesce(won_amount, 0)) as won_amount
from population
group by furthest, outcome
