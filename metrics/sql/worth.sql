-- How every customer has bought up to a day, and had up to an earlier one, all orders of a day being one purchase
-- (metrics/worth.py): told by all orders in scope, whatever the filters. Returns are no purchases; they come off the money.
-- What was sold to nobody known is the row without a customer. Who has a contract running on either day is told by all contracts
-- in scope; one without a last day runs on. The rate is asked for
-- here, so that one question is one rate; it discounts what becomes of the answer.
with bought_days as (
    select
        scoped_order_days.customer_key, scoped_order_days.ordered_on as bought_on, sum(scoped_order_days.amount) as amount,
        max(case when scoped_order_days.is_return then 0 else 1 end) as is_purchase
    from scoped_order_days
    where scoped_order_days.ordered_on <= $day
    group by scoped_order_days.customer_key, scoped_order_days.ordered_on
),
firsts as (
    select bought_days.customer_key, min(bought_days.bought_on) as first_on
    from bought_days
    where bought_days.is_purchase = 1
    group by bought_days.customer_key
),
contracted as (
    select
        scoped_contracts.customer_key,
        max(case when coalesce(scoped_contracts.signed_on, scoped_contracts.starts_on) <= $day
            and coalesce(scoped_contracts.ends_on, cast($day as date)) >= $day then 1 else 0 end) as in_contract,
        max(case when coalesce(scoped_contracts.signed_on, scoped_contracts.starts_on) <= $until
            and scoped_contracts.starts_on <= $until
            and coalesce(scoped_contracts.ends_on, cast($until as date)) >= $until then 1 else 0 end) as in_contract_then
    from scoped_contracts
    where scoped_contracts.customer_key is not null and scoped_contracts.starts_on <= $day
    group by scoped_contracts.customer_key
),
histories as (
    select
        bought_days.customer_key, firsts.first_on,
        max(case when bought_days.is_purchase = 1 then bought_days.bought_on end) as last_on,
        max(case when bought_days.is_purchase = 1 and bought_days.bought_on <= $until then bought_days.bought_on end) as last_then,
        count(*) filter (where bought_days.is_purchase = 1) as purchases,
        count(*) filter (where bought_days.is_purchase = 1 and bought_days.bought_on <= $until) as purchases_then,
        sum(bought_days.amount) as amount,
        sum(case when bought_days.bought_on > firsts.first_on then bought_days.amount end) as repeat_amount,
        max(coalesce(contracted.in_contract, 0)) as in_contract, max(coalesce(contracted.in_contract_then, 0)) as in_contract_then
    from bought_days
    left join firsts on firsts.customer_key = bought_days.customer_key
    left join contracted on contracted.customer_key = bought_days.customer_key
    group by bought_days.customer_key, firsts.first_on
),
population as (
    select scoped_lines.*, customers.customer
    from scoped_lines
    left join customers on customers.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on <= $day
)
select
    histories.customer_key, histories.first_on, histories.last_on, histories.last_then, histories.purchases,
    histories.purchases_then, cast(histories.amount as double) as amount, cast(histories.repeat_amount as double) as repeat_amount,
    histories.in_contract, histories.in_contract_then
from histories
where $discount >= 0
