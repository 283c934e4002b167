-- Since when closings are known; and of the last year, how many deals were decided and won (metrics/landing.py). A few
-- that were closed long before all others are no history: the tenth closing begins it.
with population as (
    select
        deals.deal_id, deals.closed_on, deals.status,
        row_number() over (order by deals.closed_on, deals.deal_id) as nth
    from deals
    where deals.status <> 'open' and deals.closed_on <= $day
)
select
    max(closed_on) filter (where nth <= 10) as first_closed_on,
    count(*) filter (where closed_on > $year_before) as decided,
    count(*) filter (where closed_on > $year_before and status = 'won') as won
from population
