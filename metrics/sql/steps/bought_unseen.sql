-- Customers who had bought by the day, as all history says, of which the viewer may see nothing: they bought through others.
-- Who bought before the days looked at, within sight, is not one of them; who bought in these days is not silent, and not asked.
select customers.customer_key
from customers
left join (
    select scoped_lines.customer_key
    from scoped_lines
    where $by_orders and scoped_lines.ordered_on < $span_from and scoped_lines.order_no is not null
    union
    select scoped_credit.customer_key
    from scoped_credit
    where not $by_orders and scoped_credit.status = 'won' and scoped_credit.closed_on < $span_from
) as seen on seen.customer_key = customers.customer_key
where case when $by_orders then customers.first_order_on else customers.first_won_on end <= $day and seen.customer_key is null
