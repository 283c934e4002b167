-- The customers that filters choose: those with an order, a deal, a ticket or an answer among the rows in view
-- (metrics/customer_signals.py).
with population as (
    select distinct order_lines.customer_key from order_lines where order_lines.ordered_on between $from_on and $day
    union
    select distinct deals.customer_key from deals
    union
    select distinct tickets.customer_key from tickets
    union
    select distinct surveys.customer_key from surveys
)
select customers.customer
from population
join customers on customers.customer_key = population.customer_key
