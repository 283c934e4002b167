-- What each customer bought up to the day (now) and up to an earlier day (then), returns taken off the money.
select
    all_purchases.customer_key,
    max(case when all_purchases.order_no is not null then all_purchases.last_now end) as last_now,
    max(case when all_purchases.order_no is not null then all_purchases.last_then end) as last_then,
    count(case when all_purchases.order_no is not null then all_purchases.last_now end) as orders_now,
    count(case when all_purchases.order_no is not null then all_purchases.last_then end) as orders_then,
    sum(all_purchases.amount_now) as amount_now, sum(all_purchases.amount_then) as amount_then
from all_purchases
group by all_purchases.customer_key
