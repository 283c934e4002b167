-- Open deals of a day by stage, month of their expected close, and forecast category (metrics/outlook.py).
with due as (
    select
        categorised.*,
        case
            when categorised.expected_close_on < $day then 'past'
            when categorised.expected_close_on >= $later_from then 'later'
            else substring(cast(categorised.expected_close_on as varchar), 1, 7) end as due_month
    from categorised
    where not $is_bounded or coalesce(categorised.expected_close_on between $due_from and $due_to, false)
),
population as (  -- with names, for the rows; the sums below need none
    select
        due.deal_id, due.deal, customers.customer, reps.rep, due.pipeline, due.stage, due.amount,
        due.chance as probability, due.forecast_category, due.told_by, due.created_on, due.expected_close_on,
        due.due_month
    from due
    left join customers on customers.customer_key = due.customer_key
    left join reps on reps.rep_key = due.rep_key
)
select
    pipeline, stage, due_month, forecast_category, told_by, count(distinct deal_id) as deals, sum(coalesce(amount, 0)) as amount
from due
group by pipeline, stage, due_month, forecast_category, told_by
