-- Customers who bought on so many days (the question's own `bought_days`: customer and day) that they have a rhythm.
select
    bought_days.customer_key, count(*) as purchases, min(bought_days.bought_on) as first_on, max(bought_days.bought_on) as last_on
from bought_days
group by bought_days.customer_key
having count(*) >= $least_orders
