-- Key accounts on a day (metrics/customer_signals.py): those that a tier of the company's own names, and those of class A by
-- what they bought in some days (orders net of returns, or won deals where no order is on record) who bought over a longer
-- time: whoever bought a lot once and never again was no key account. And whether any order is on record.
with recorded as (
    select cast(coalesce(sum(scoped_order_days.n), 0) as bigint) as lines from scoped_order_days
),
bought as (
    select
        scoped_order_days.customer_key, sum(scoped_order_days.amount) as amount, min(scoped_order_days.ordered_on) as first_on,
        max(scoped_order_days.ordered_on) as last_on
    from scoped_order_days
    where scoped_order_days.ordered_on between $from_on and $day and scoped_order_days.customer_key is not null
    group by scoped_order_days.customer_key
    union all
    select
        scoped_deals.customer_key, sum(scoped_deals.amount), min(scoped_deals.closed_on), max(scoped_deals.closed_on)
    from scoped_deals
    cross join recorded
    where recorded.lines = 0 and scoped_deals.status = 'won' and scoped_deals.closed_on between $from_on and $day
        and scoped_deals.customer_key is not null
    group by scoped_deals.customer_key
),
ranked as (
    select
        bought.customer_key, bought.amount, date_diff('day', bought.first_on, bought.last_on) as span_days,
        sum(bought.amount) over (order by bought.amount desc, bought.customer_key) - bought.amount as before,
        sum(bought.amount) over () as whole
    from bought
    where bought.amount > 0
),
classed as (
    select ranked.customer_key, ranked.amount
    from ranked
    where cast(ranked.before as double) < $class_a * cast(ranked.whole as double) and ranked.span_days >= $least_span
),
population as (
    select
        customers.customer_key, customers.customer, customers.tier, reps.rep, classed.amount,
        case when lower(trim(customers.tier)) in (
            'key', 'key account', 'ka', 'strategic', 'vip', 'top', '重点', '重点客户', '关键', '关键客户', '战略', '战略客户',
            '核心', '核心客户', '大客户'
        ) then 1 else 0 end as is_named,
        case when classed.customer_key is not null then 1 else 0 end as is_class_a
    from customers
    left join classed on classed.customer_key = customers.customer_key
    left join reps on reps.rep_key = customers.rep_key
)
select population.customer, population.rep, population.is_named, population.is_class_a, recorded.lines
from population
cross join recorded
where population.is_named = 1 or population.is_class_a = 1
