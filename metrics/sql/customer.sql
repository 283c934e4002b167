-- One customer: who it is, whose, since when (metrics/customer.py).
with identified as (
    select customers.customer_id, customers.customer from customers where customers.customer_id is not null
),
population as (  -- a parent is told by its id, else by its name
    select customers.*, reps.rep, coalesce(identified.customer, customers.parent) as above
    from customers
    left join identified on identified.customer_id = customers.parent
    left join reps on reps.rep_key = customers.rep_key
    where customers.customer = $customer or customers.customer_id = $customer
)
select
    customer, customer_id, industry, region, city, size_band, tier, rep, above as parent, created_on, credit_limit,
    first_order_on, first_won_on
from population
order by case when customer = $customer then 0 else 1 end
limit 1
