-- The accounts above and below one customer, four steps either way (metrics/customer.py): each step meets the one before
-- once, so accounts that name each other as parents end like any others. The answer's finish keeps each at its nearest.
with identified as (
    select customers.customer_id, customers.customer from customers where customers.customer_id is not null
),
named as (  -- a parent is told by its id, else by its name; a name that several have is none of theirs
    select customers.customer, coalesce(identified.customer, customers.parent) as parent
    from customers
    left join identified on identified.customer_id = customers.parent
),
self as (
    select named.customer, named.parent from named where named.customer = $customer
),
above_1 as (
    select named.customer, named.parent from named join self on named.customer = self.parent
),
above_2 as (
    select named.customer, named.parent from named join above_1 on named.customer = above_1.parent
),
above_3 as (
    select named.customer, named.parent from named join above_2 on named.customer = above_2.parent
),
above_4 as (
    select named.customer, named.parent from named join above_3 on named.customer = above_3.parent
),
below_1 as (
    select named.customer, named.parent from named join self on named.parent = self.customer
),
below_2 as (
    select distinct named.customer, named.parent from named join below_1 on named.parent = below_1.customer
),
below_3 as (
    select distinct named.customer, named.parent from named join below_2 on named.parent = below_2.customer
),
below_4 as (
    select distinct named.customer, named.parent from named join below_3 on named.parent = below_3.customer
),
population as (
    select self.customer, self.parent, 0 as level from self
    union all
    select above_1.customer, above_1.parent, -1 from above_1
    union all
    select above_2.customer, above_2.parent, -2 from above_2
    union all
    select above_3.customer, above_3.parent, -3 from above_3
    union all
    select above_4.customer, above_4.parent, -4 from above_4
    union all
    select below_1.customer, below_1.parent, 1 from below_1
    union all
    select below_2.customer, below_2.parent, 2 from below_2
    union all
    select below_3.customer, below_3.parent, 3 from below_3
    union all
    select below_4.customer, below_4.parent, 4 from below_4
)
select customer, parent, level from population order by level, customer
