-- The customers that filters choose, by any order up to a day (metrics/worth.py).
with population as (
    select distinct order_lines.customer_key
    from order_lines
    where order_lines.ordered_on <= $day and order_lines.customer_key is not null
)
select population.customer_key
from population
