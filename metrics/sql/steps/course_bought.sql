-- What each customer bought in each bucket (the question's own `placed`), and how often (metrics/buyers_over_time.py).
select
    placed.customer_key, placed.in_own_no, sum(placed.amount) as amount,
    sum(case when placed.in_purchases = 1 then 1 else 0 end) as purchases
from placed
group by placed.customer_key, placed.in_own_no
