-- Orders of a period and the discount they were given: the mean of their lines (metrics/coaching.py). One row per order
-- and salesperson; lines of one order are agreed together, so that orders are the cases. Returns are none.
with population as (
    select
        order_lines.order_id, order_lines.customer_key, order_lines.rep_key, min(order_lines.ordered_on) as ordered_on,
        sum(order_lines.amount) as amount,
        cast(sum(order_lines.discount) as double) / nullif(count(order_lines.discount), 0) as discount,
        min(case when reps.rep = $rep then 'own' else 'peers' end) as side
    from order_lines
    left join reps on reps.rep_key = order_lines.rep_key
    where order_lines.ordered_on between $from_on and $to_on and not order_lines.is_return
        and order_lines.discount is not null and order_lines.rep_key is not null
    group by order_lines.order_id, order_lines.customer_key, order_lines.rep_key
)
select side, count(*) as cases, sum(discount) as whole, sum(discount * discount) as squares
from population
group by side
