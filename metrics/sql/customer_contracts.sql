-- The contracts in view that were signed by a day, the newest first (metrics/customer.py).
with population as (
    select
        contracts.contract_id, contracts.contract, contracts.signed_on, contracts.starts_on, contracts.ends_on,
        contracts.amount, contracts.status, reps.rep
    from contracts
    left join reps on reps.rep_key = contracts.rep_key
    where coalesce(contracts.signed_on, contracts.starts_on, cast($day as date)) <= $day
)
select * from population order by signed_on desc nulls last, contract_id
