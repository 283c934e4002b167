-- Who customers are and who looks after them (metrics/worth.py).
with population as (
    select customers.customer_key, customers.customer, customers.tier, reps.rep
    from customers
    left join reps on reps.rep_key = customers.rep_key
)
select population.customer_key, population.customer, population.tier, population.rep
from population
