-- What was won within `$horizon` days from days of the past by deals that did not exist then (metrics/landing.py).
-- A deal without a creation date is one of them: nobody could have seen it open.
with population as (
    select
        moments.at_day, deals.deal_id, deals.deal, deals.pipeline, deals.created_on, deals.closed_on, deals.amount
    from deals
    join moments on date_diff('day', moments.at_day, deals.closed_on) between 1 and $horizon
        and (deals.created_on is null or deals.created_on > moments.at_day)
    where deals.status = 'won'
)
select at_day, count(*) as deals, sum(coalesce(amount, 0)) as amount
from population
group by at_day
