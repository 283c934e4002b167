-- Contracts that run on a day and end soon after it, unless a later one of the same customer already takes over, with whomever
-- (metrics/contract_retention.py).
with dated as (
    select dated_contracts.*
    from dated_contracts
    where dated_contracts.ends_on >= dated_contracts.starts_on
),
followed as (
    select distinct ending.contract_id
    from dated as ending
    join dated as later on later.customer_key = ending.customer_key
        and later.starts_on > ending.starts_on and later.ends_on > ending.ends_on
        and later.starts_on <= cast(ending.ends_on + interval 60 day as date)
    where ending.ends_on between $day and $until
),
population as (
    select dated.*, date_diff('day', cast($day as date), dated.ends_on) as days_left
    from dated
    left join followed on followed.contract_id = dated.contract_id
    where dated.starts_on <= $day and dated.ends_on between $day and $until and followed.contract_id is null
        and dated.is_chosen = 1
)
select
    population.contract_id, population.contract, customers.customer, reps.rep, population.starts_on, population.ends_on,
    population.days_left, population.amount, population.annual
from population
left join customers on customers.customer_key = population.customer_key
left join reps on reps.rep_key = population.rep_key
order by population.ends_on, population.amount desc, population.contract_id
