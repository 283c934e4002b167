-- The question's own `days`, on which each customer bought, numbered, with the next one.
select
    days.customer_key, days.bought_on,
    row_number() over (partition by days.customer_key order by days.bought_on) as purchase,
    lead(days.bought_on) over (partition by days.customer_key order by days.bought_on) as next_on
from days
