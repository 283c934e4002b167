-- What a period is forecast to bring: deals won in it by a day, and those open then that are due in it, by forecast category
-- (metrics/outlook.py).
with counted as (
    select
        categorised.deal_id, categorised.deal, categorised.customer_key, categorised.rep_key, categorised.team, categorised.pipeline,
        categorised.stage, 'open' as status, categorised.amount, categorised.chance as probability,
        categorised.forecast_category, categorised.told_by, categorised.expected_close_on as day
    from categorised
    where categorised.expected_close_on between $due_from and $due_to
    union all
    select
        deals.deal_id, deals.deal, deals.customer_key, deals.rep_key, deals.team, deals.pipeline, deals.stage, 'won' as status,
        deals.amount, cast(1 as double) as probability, 'closed' as forecast_category, 'crm' as told_by, deals.closed_on as day
    from deals
    where deals.status = 'won' and deals.closed_on between $due_from and $due_to and deals.closed_on <= $day
),
population as (  -- with names, for the rows; the sums below need none
    select
        counted.deal_id, counted.deal, customers.customer, reps.rep, counted.team, counted.pipeline, counted.stage, counted.status,
        counted.amount, counted.probability, counted.forecast_category, counted.told_by, counted.day
    from counted
    left join customers on customers.customer_key = counted.customer_key
    left join reps on reps.rep_key = counted.rep_key
)
select forecast_category, told_by, count(distinct deal_id) as deals, sum(coalesce(amount, 0)) as amount
from counted
group by forecast_category, told_by
