-- The first day on which a product was sold to a customer, as far as the viewer may see it (metrics/next_product.py).
with population as (
    select sold_in_scope.*
    from sold_in_scope
)
select min(population.sold_on) as begun_on
from population
