-- Key accounts on a day (metrics/customer_signals.py): those that a tier of the company's own names, and those of class A by
-- what they bought in some days (orders net of returns, or won deals where no order is on record) who bought over a longer
-- time: whoever bought a lot once and never again was no key account. With what they bought, returns not taken off, and
-- whether any order is on record.
with recorded as (
    select cast(coalesce(sum(scoped_order_days.n), 0) as bigint) as lines from scoped_order_days
),
bought as (
    select
        scoped_order_days.customer_key, sum(scoped_order_days.amount) as amount,
        sum(case when not scoped_order_days.is_return then scoped_order_days.amount end) as gross, min(scoped_order_days.ordered_on) as first_on,
        max(scoped_order_days.ordered_on) as last_on
    from scoped_order_days
    where scoped_order_days.ordered_on between $from_on and $day and scoped_order_days.customer_key is not null
    group by scoped_order_days.customer_key
    union all
    select
        scoped_deals.customer_key, sum(scoped_deals.amount), sum(scoped_deals.amount), min(scoped_deals.closed_on), max(scoped_deals.closed_on)
    from scoped_deals
    cross join recorded
    where recorded.lines = 0 and scoped_deals.status = 'won' and scoped_deals.closed_on between $from_on and $day
        and scoped_deals.customer_key is not null
    group by scoped_deals.customer_key
),
positive as (
    select bought.customer_key, bought.amount, date_diff('day', bought.first_on, bought.last_on) as span_days
    from bought
    where bought.amount > 0
),
whole as (
    select cast(sum(positive.amount) as double) as amount, count(*) as customers from positive
),
bracketed as (  -- by eighths of the mean: only those of the bracket in which class A ends need be put in order
    select
        positive.customer_key, positive.amount, positive.span_days,
        round(8 * cast(positive.amount as double) * whole.customers / nullif(whole.amount, 0)) as bracket
    from positive
    cross join whole
),
brackets as (
    select summed.bracket, summed.amount, sum(summed.amount) over (order by summed.bracket desc) - summed.amount as above
    from (select bracketed.bracket, sum(bracketed.amount) as amount from bracketed group by bracketed.bracket) as summed
),
ranked as (
    select
        bracketed.customer_key, bracketed.amount, bracketed.span_days,
        brackets.above - bracketed.amount
            + sum(bracketed.amount) over (order by bracketed.amount desc, bracketed.customer_key) as before
    from bracketed
    join brackets on brackets.bracket = bracketed.bracket
    cross join whole
    where cast(brackets.above as double) < $class_a * whole.amount
        and cast(brackets.above + brackets.amount as double) >= $class_a * whole.amount
    union all
    select bracketed.customer_key, bracketed.amount, bracketed.span_days, brackets.above
    from bracketed
    join brackets on brackets.bracket = bracketed.bracket
    cross join whole
    where cast(brackets.above + brackets.amount as double) < $class_a * whole.amount
),
classed as (
    select ranked.customer_key
    from ranked
    cross join whole
    where cast(ranked.before as double) < $class_a * whole.amount and ranked.span_days >= $least_span
),
population as (
    select
        customers.customer_key, customers.customer, customers.tier, reps.rep, bought.gross,
        case when lower(trim(customers.tier)) in (
            'key', 'key account', 'ka', 'strategic', 'vip', 'top', '重点', '重点客户', '关键', '关键客户', '战略', '战略客户',
            '核心', '核心客户', '大客户'
        ) then 1 else 0 end as is_named,
        case when classed.customer_key is not null then 1 else 0 end as is_class_a
    from customers
    left join classed on classed.customer_key = customers.customer_key
    left join bought on bought.customer_key = customers.customer_key
    left join reps on reps.rep_key = customers.rep_key
)
select population.customer, population.rep, population.is_named, population.is_class_a, population.gross as amount, recorded.lines
from population
cross join recorded
where population.is_named = 1 or population.is_class_a = 1
