-- Whose accounts are whose, of the people that are the viewer's today (metrics/customer_silence.py).
with population as (
    select customers.customer_key, customers.customer, customers.rep_key, reps.rep
    from customers
    join scoped_reps as reps on reps.rep_key = customers.rep_key
)
select population.customer, population.rep
from population
