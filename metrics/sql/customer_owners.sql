-- Whose accounts are whose, of the people that the viewer may see (metrics/customer_silence.py).
with population as (
    select customers.customer_key, customers.customer, customers.rep_key, reps.rep
    from customers
    join reps on reps.rep_key = customers.rep_key
)
select population.customer, population.rep
from population
