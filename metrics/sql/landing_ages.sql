-- Deals open on days of the past by how long they had been, and how many of them were won within `$horizon` days from
-- then on (metrics/landing.py): what is known of deals whose stages nobody wrote down.
with population as (
    select
        moments.at_day, deals.deal_id, deals.pipeline, deals.status, deals.created_on, deals.closed_on,
        coalesce(deals.amount, 0) as amount, date_diff('day', deals.created_on, moments.at_day) as days,
        case
            when deals.status = 'won' and date_diff('day', moments.at_day, deals.closed_on) <= $horizon then 1 else 0
        end as is_won,
        -- days of the past lie four weeks apart: the first on which a deal is looked at, by which deals are counted once
        case when date_diff('day', deals.created_on, moments.at_day) < 28 or moments.at_day = $back_13 then 1 else 0 end
            as is_first
    from deals
    join moments on date_diff('day', deals.created_on, moments.at_day) >= 0  -- `<=` had them all put in order
        and (deals.closed_on is null or deals.closed_on > moments.at_day)
    where (deals.status <> 'open' or not deals.is_gone)
        and deals.created_on <= $back_1 and (deals.closed_on is null or deals.closed_on > $back_13)
)
select
    at_day, pipeline, days, count(*) as deals, count(*) filter (where is_won = 1) as won, sum(amount) as amount,
    sum(case when is_won = 1 then amount else 0 end) as won_amount, count(*) filter (where is_first = 1) as firsts
from population
group by at_day, pipeline, days
