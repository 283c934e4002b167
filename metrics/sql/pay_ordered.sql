-- What order lines bring the people who sold them: their amount, or amount less cost; returns are below zero
-- (metrics/pay.py).
with dated as (
    select
        order_lines.*,
        case
            when cast($of as varchar) = 'gross_margin' then order_lines.amount - order_lines.cost else order_lines.amount
        end as money
    from order_lines
    where order_lines.ordered_on between $from_on and $to_on or order_lines.ordered_on is null
),
items as (
    select
        concat(dated.order_id, ' #', cast(dated.line_no as varchar)) as line_id, cast(null as varchar) as deal_id,
        dated.order_id as line, dated.customer_key, dated.product_key, dated.rep_key,
        dated.ordered_on as earned_on, pay_days.bucket, pay_days.last_on,
        dated.amount as whole_amount, dated.money,
        cast(null as varchar) as currency, cast(null as decimal(18, 4)) as amount_original,
        case
            when dated.ordered_on is null then 'no_day'
            when dated.amount is null then 'no_amount'
            when dated.money is null then 'no_cost'
            when dated.rep_key is null then 'no_person'
            else 'counted'
        end as state
    from dated
    left join pay_days on pay_days.day = dated.ordered_on
),
population as (
    select paid_items.*
    from paid_items
)
select pay_sums.* from pay_sums
