-- Since when closings are known; and of the last year, how many deals were decided and won (metrics/landing.py). A few
-- that were closed long before all others are no history: the tenth closing begins it.
with earliest as (
    select deals.closed_on
    from deals
    where deals.status <> 'open' and deals.closed_on <= $day
    order by deals.closed_on
    limit 10
),
population as (
    select deals.deal_id, deals.closed_on, deals.status
    from deals
    where deals.status <> 'open' and deals.closed_on <= $day
)
select
    (select max(earliest.closed_on) from earliest) as first_closed_on,
    count(*) filter (where closed_on > $year_before) as decided,
    count(*) filter (where closed_on > $year_before and status = 'won') as won
from population
