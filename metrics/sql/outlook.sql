-- Open deals of a day by stage, month of their expected close, and forecast category (metrics/outlook.py).
with population as (
    select
        categorised.deal_id, categorised.deal, customers.customer, reps.rep, categorised.pipeline, categorised.stage,
        categorised.amount, categorised.chance as probability, categorised.forecast_category, categorised.told_by,
        categorised.created_on, categorised.expected_close_on,
        case
            when categorised.expected_close_on < $day then 'past'
            when categorised.expected_close_on >= $later_from then 'later'
            else substring(cast(categorised.expected_close_on as varchar), 1, 7) end as due_month
    from categorised
    left join customers on customers.customer_key = categorised.customer_key
    left join reps on reps.rep_key = categorised.rep_key
    where not $is_bounded or coalesce(categorised.expected_close_on between $due_from and $due_to, false)
)
select
    pipeline, stage, due_month, forecast_category, told_by, count(distinct deal_id) as deals, sum(coalesce(amount, 0)) as amount
from population
group by pipeline, stage, due_month, forecast_category, told_by
