-- Order lines of two spans by product: what was sold, for how much, and what has no price (metrics/prices.py).
-- A line has a price where it sells some quantity of a product; returns and lines without a product, a quantity or an
-- amount are told apart. The two spans may overlap, so a line can be of both.
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
        end as line_kind
    from order_lines
    where order_lines.ordered_on between $span_from and $span_to
),
sold as (
    select
        spans.product_key, spans.line_kind,
        sum(case when spans.is_now = 1 then spans.amount end) as amount_now,
        sum(case when spans.is_then = 1 then spans.amount end) as amount_then,
        sum(case when spans.is_now = 1 then spans.quantity end) as quantity_now,
        sum(case when spans.is_then = 1 then spans.quantity end) as quantity_then,
        count(*) filter (where spans.is_now = 1) as lines_now, count(*) filter (where spans.is_then = 1) as lines_then,
        count(*) filter (where spans.amount is null) as lines_blank
    from spans
    where spans.is_now = 1 or spans.is_then = 1
    group by spans.product_key, spans.line_kind
),
population as (
    select
        spans.*, products.product,
        case
            when spans.line_kind <> 'priced' then spans.line_kind
            when sold.lines_now > 0 and sold.lines_then > 0 then 'continuing'
            when sold.lines_now > 0 then 'only_now'
            else 'only_before'
        end as block
    from spans
    left join sold on sold.product_key = spans.product_key and sold.line_kind = spans.line_kind
    left join products on products.product_key = spans.product_key
    where spans.is_now = 1 or spans.is_then = 1
)
select
    products.product, sold.line_kind, sold.amount_now, sold.amount_then, sold.quantity_now, sold.quantity_then,
    sold.lines_now, sold.lines_then, sold.lines_blank
from sold
left join products on products.product_key = sold.product_key
