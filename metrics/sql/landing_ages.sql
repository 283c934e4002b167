-- Deals open on days of the past by how long they had been, and how many of them were won within `$horizon` days from
-- then on (metrics/landing.py): what is known of deals whose stages nobody wrote down.
with told as (
    select
        moments.at_day, deals.deal_id, deals.pipeline, deals.status, deals.created_on, deals.closed_on,
        coalesce(deals.amount, 0) as amount, date_diff('day', deals.created_on, moments.at_day) as days_open,
        case
            when deals.status = 'won' and date_diff('day', moments.at_day, deals.closed_on) <= $horizon then 1 else 0
        end as is_won
    from deals
    join moments on deals.created_on <= moments.at_day and (deals.closed_on is null or deals.closed_on > moments.at_day)
    where (deals.status <> 'open' or not deals.is_gone)
        and deals.created_on <= $back_1 and (deals.closed_on is null or deals.closed_on > $back_13)
),
population as (  -- in the steps of metrics/odds.py
    select
        told.*,
        case
            when told.days_open >= 180 then 180 when told.days_open >= 90 then 90 when told.days_open >= 60 then 60 when told.days_open >= 30 then 30
            when told.days_open >= 14 then 14 when told.days_open >= 7 then 7 else 0
        end as days
    from told
)
select
    at_day, pipeline, days, count(*) as deals, count(*) filter (where is_won = 1) as won, sum(amount) as amount,
    sum(case when is_won = 1 then amount else 0 end) as won_amount
from population
group by at_day, pipeline, days
