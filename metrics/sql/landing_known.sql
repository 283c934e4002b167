-- Since when closings are known; and of the last year, how many deals were decided and won (metrics/landing.py).
with population as (
    select deals.deal_id, deals.closed_on, deals.status
    from deals
    where deals.status <> 'open' and deals.closed_on <= $day
)
select
    min(closed_on) as first_closed_on, count(*) filter (where closed_on > $year_before) as decided,
    count(*) filter (where closed_on > $year_before and status = 'won') as won
from population
