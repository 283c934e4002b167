-- Whose accounts are whose, of the people that are the viewer's today, and what the own rows of each brought in the year up to
-- the last own purchase, whatever rhythm they have: by orders net of returns, and by what is credited to them of deals won
-- (metrics/told_in_part.py).
with mine as (
    select customers.customer_key, customers.customer, customers.rep_key, reps.rep
    from customers
    join scoped_reps as reps on reps.rep_key = customers.rep_key
    where not $is_one or customers.customer = $customer
),
ordered as (
    select
        scoped_order_days.customer_key, scoped_order_days.ordered_on as day, scoped_order_days.amount,
        max(case when not scoped_order_days.is_return then scoped_order_days.ordered_on end)
            over (partition by scoped_order_days.customer_key) as last_on
    from scoped_order_days
    join mine on mine.customer_key = scoped_order_days.customer_key
    where scoped_order_days.ordered_on between $brought_from and $day
),
won as (
    select
        scoped_credit.customer_key, scoped_credit.closed_on as day, scoped_credit.amount,
        max(scoped_credit.closed_on) over (partition by scoped_credit.customer_key) as last_on
    from scoped_credit
    join mine on mine.customer_key = scoped_credit.customer_key
    where scoped_credit.closed_on between $brought_from and $day and scoped_credit.status = 'won'
),
by_orders as (
    select ordered.customer_key, sum(ordered.amount) as amount
    from ordered
    where ordered.last_on >= $from_on and date_diff('day', ordered.day, ordered.last_on) < 365
    group by ordered.customer_key
),
by_deals as (
    select won.customer_key, sum(won.amount) as amount
    from won
    where won.last_on >= $from_on and date_diff('day', won.day, won.last_on) < 365
    group by won.customer_key
),
population as (
    select mine.customer_key, mine.customer, mine.rep_key, mine.rep, by_orders.amount as ordered_at_stake,
        by_deals.amount as won_at_stake
    from mine
    left join by_orders on by_orders.customer_key = mine.customer_key
    left join by_deals on by_deals.customer_key = mine.customer_key
)
select population.customer, population.rep, population.ordered_at_stake, population.won_at_stake
from population
