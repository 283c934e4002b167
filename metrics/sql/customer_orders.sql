-- The orders in view of some days, the newest first (metrics/customer.py); what came back counts below 0, as in revenue.
with population as (
    select order_lines.*, products.product, reps.rep
    from order_lines
    left join products on products.product_key = order_lines.product_key
    left join reps on reps.rep_key = order_lines.rep_key
    where order_lines.ordered_on between $from_on and $to_on
)
select
    order_id, min(ordered_on) as ordered_on, count(*) as lines, min(product) as product, sum(quantity) as quantity,
    sum(amount) as amount, count(*) filter (where is_return) as returned_lines, min(rep) as rep
from population
group by order_id
order by ordered_on desc, order_id
