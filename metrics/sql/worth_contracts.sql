-- What customers who have a contract running on a day brought by then, and what the others did (metrics/worth.py), returns off:
-- asked before anything is fitted, since it needs neither days nor histories. Nothing where nobody has a contract.
with contracted as (
    select scoped_contracts.customer_key
    from scoped_contracts
    where scoped_contracts.customer_key is not null and scoped_contracts.starts_on <= $day
        and coalesce(scoped_contracts.signed_on, scoped_contracts.starts_on) <= $day
        and coalesce(scoped_contracts.ends_on, cast($day as date)) >= $day
    group by scoped_contracts.customer_key
),
brought as (
    select
        scoped_lines.customer_key, sum(scoped_lines.amount) as amount,
        max(case when scoped_lines.is_return then 0 else 1 end) as has_bought
    from scoped_lines
    where scoped_lines.ordered_on <= $day and scoped_lines.customer_key is not null
        and exists (select 1 from contracted)
    group by scoped_lines.customer_key
),
population as (
    select
        brought.customer_key, customers.customer, customers.tier, brought.amount,
        case when contracted.customer_key is null then 0 else 1 end as in_contract
    from brought
    left join contracted on contracted.customer_key = brought.customer_key
    left join customers on customers.customer_key = brought.customer_key
    where brought.has_bought = 1
)
select
    population.in_contract, count(*) as customers,
    cast(sum(greatest(coalesce(population.amount, 0), 0)) as double) as brought
from population
group by population.in_contract
order by population.in_contract
