-- One customer: who it is, whose, since when (metrics/customer.py).
with population as (
    select customers.*, reps.rep
    from customers
    left join reps on reps.rep_key = customers.rep_key
    where customers.customer = $customer or customers.customer_id = $customer
)
select
    customer, customer_id, industry, region, city, size_band, tier, rep, parent, created_on, credit_limit,
    first_order_on, first_won_on
from population
order by case when customer = $customer then 0 else 1 end
limit 1
