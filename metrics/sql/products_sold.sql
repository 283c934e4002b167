-- Order lines of two spans by product: what was sold and came back, for how much, what it cost, and how much such sums
-- vary by chance: squares of what groups of customers bought (metrics/standing_out.py). Kinds are those of price_volume.sql,
-- so that its effects can be told of them; they are numbers until the end, which groups millions of lines twice as fast.
with spans as (
    select
        order_lines.*,
        case when order_lines.ordered_on between $from_on and $to_on then 1 else 0 end as is_now,
        case when order_lines.ordered_on between $before_from and $before_to then 1 else 0 end as is_then,
        case
            when order_lines.is_return then 2
            when order_lines.product_key is null or order_lines.amount is null then 1
            when coalesce(order_lines.quantity, 0) <= 0 then 1
            else 0
        end as kind_no,
        cast(round(cast(order_lines.customer_key as double) * $groups_a_key) as integer) as customers
    from order_lines
    where order_lines.ordered_on between $span_from and $span_to
),
grouped as (
    select
        spans.product_key, spans.kind_no, spans.customers, spans.is_now, spans.is_then,
        sum(spans.amount) as amount, sum(spans.quantity) as quantity, count(*) as lines,
        sum(case when spans.customer_key is null then cast(spans.amount as double) * cast(spans.amount as double) end) as alone
    from spans
    where spans.is_now = 1 or spans.is_then = 1
    group by spans.product_key, spans.kind_no, spans.customers, spans.is_now, spans.is_then
),
squared as (
    select
        grouped.*,
        case when grouped.customers is null then grouped.alone
            else cast(grouped.amount as double) * cast(grouped.amount as double) end as squares
    from grouped
),
sold as (
    select
        squared.product_key, squared.kind_no,
        sum(case when squared.is_now = 1 then squared.amount end) as amount_now,
        sum(case when squared.is_then = 1 then squared.amount end) as amount_then,
        sum(case when squared.is_now = 1 then squared.quantity end) as quantity_now,
        sum(case when squared.is_then = 1 then squared.quantity end) as quantity_then,
        sum(case when squared.is_now = 1 then squared.squares end) as squares_now,
        sum(case when squared.is_then = 1 then squared.squares end) as squares_then,
        sum(case when squared.is_now = 1 then squared.lines else 0 end) as lines_now,
        sum(case when squared.is_then = 1 then squared.lines else 0 end) as lines_then
    from squared
    group by squared.product_key, squared.kind_no
),
population as (
    select spans.*, products.product, products.category
    from spans
    left join products on products.product_key = spans.product_key
    where spans.is_now = 1 or spans.is_then = 1
)
select
    products.product, products.category,
    case sold.kind_no when 2 then 'returns' when 1 then 'unpriced' else 'priced' end as line_kind,
    sold.amount_now, sold.amount_then, sold.quantity_now, sold.quantity_then, sold.squares_now, sold.squares_then,
    sold.lines_now, sold.lines_then
from sold
left join products on products.product_key = sold.product_key
