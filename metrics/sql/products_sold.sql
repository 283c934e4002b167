-- Order lines of two spans by product: what was sold and came back, for how much, what it cost, and how much such sums
-- vary by chance: squares of what groups of customers bought (metrics/standing_out.py). Kinds are those of price_volume.sql, so that its effects can be told of them.
with spans as (
    select
        order_lines.*,
        case when order_lines.ordered_on between $from_on and $to_on then 1 else 0 end as is_now,
        case when order_lines.ordered_on between $before_from and $before_to then 1 else 0 end as is_then,
        case
            when order_lines.is_return then 'returns'
            when order_lines.product_key is null or order_lines.amount is null then 'unpriced'
            when coalesce(order_lines.quantity, 0) <= 0 then 'unpriced'
            else 'priced'
        end as line_kind,
        round(cast(order_lines.customer_key as double) * $groups_a_key) as customers
    from order_lines
    where order_lines.ordered_on between $span_from and $span_to
),
grouped as (
    select
        spans.product_key, spans.line_kind, spans.customers,
        sum(case when spans.is_now = 1 then spans.amount end) as amount_now,
        sum(case when spans.is_then = 1 then spans.amount end) as amount_then,
        sum(case when spans.is_now = 1 then spans.quantity end) as quantity_now,
        sum(case when spans.is_then = 1 then spans.quantity end) as quantity_then,
        sum(case when spans.is_now = 1 then cast(spans.amount as double) * cast(spans.amount as double) end) as alone_now,
        sum(case when spans.is_then = 1 then cast(spans.amount as double) * cast(spans.amount as double) end) as alone_then,
        count(*) filter (where spans.is_now = 1) as lines_now, count(*) filter (where spans.is_then = 1) as lines_then
    from spans
    where spans.is_now = 1 or spans.is_then = 1
    group by spans.product_key, spans.line_kind, spans.customers
),
sold as (
    select
        grouped.product_key, grouped.line_kind,
        sum(grouped.amount_now) as amount_now, sum(grouped.amount_then) as amount_then,
        sum(grouped.quantity_now) as quantity_now, sum(grouped.quantity_then) as quantity_then,
        sum(case when grouped.customers is null then grouped.alone_now
            else cast(grouped.amount_now as double) * cast(grouped.amount_now as double) end) as squares_now,
        sum(case when grouped.customers is null then grouped.alone_then
            else cast(grouped.amount_then as double) * cast(grouped.amount_then as double) end) as squares_then,
        sum(grouped.lines_now) as lines_now, sum(grouped.lines_then) as lines_then
    from grouped
    group by grouped.product_key, grouped.line_kind
),
population as (
    select spans.*, products.product, products.category
    from spans
    left join products on products.product_key = spans.product_key
    where spans.is_now = 1 or spans.is_then = 1
)
select
    products.product, products.category, sold.line_kind, sold.amount_now, sold.amount_then, sold.quantity_now,
    sold.quantity_then, sold.squares_now, sold.squares_then, sold.lines_now, sold.lines_then
from sold
left join products on products.product_key = sold.product_key
