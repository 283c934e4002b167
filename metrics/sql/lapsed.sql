-- Customers by their orders of some years up to a day: how long ago the last one was, and how long their pauses used to be
-- (metrics/buyers.py). Whether somebody has stopped is asked of all their orders that may be seen (scoped_lines), through whomever and
-- whatever was bought: filters choose only who is listed. Few customers have had orders enough and are silent now; only their
-- orders are gone through one by one.
with often as (
    select distinct scoped_lines.customer_key
    from scoped_lines
    where scoped_lines.ordered_on between $from_on and $day and scoped_lines.order_no >= $least_orders
),
regular as (
    select scoped_lines.customer_key, max(scoped_lines.ordered_on) as ordered_on
    from scoped_lines
    join often on often.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on between $from_on and $day and not scoped_lines.is_return
    group by scoped_lines.customer_key
    having max(scoped_lines.order_no) - min(scoped_lines.order_no) + 1 >= $least_orders
),
silent as (
    select regular.customer_key
    from regular
    where date_diff('day', regular.ordered_on, cast($day as date)) >= $least_silent
),
chosen as (
    select distinct order_lines.customer_key
    from order_lines
    join silent on silent.customer_key = order_lines.customer_key
    where order_lines.ordered_on between $from_on and $day and not order_lines.is_return
),
placed as (
    select
        scoped_lines.customer_key, scoped_lines.order_id, min(scoped_lines.ordered_on) as ordered_on,
        sum(scoped_lines.amount) as amount
    from scoped_lines
    join chosen on chosen.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on <= $day and not scoped_lines.is_return
    group by scoped_lines.customer_key, scoped_lines.order_id
),
paused as (
    select
        placed.*,
        date_diff(
            'day',
            lag(placed.ordered_on) over (partition by placed.customer_key order by placed.ordered_on, placed.order_id),
            placed.ordered_on
        ) as pause
    from placed
),
ordered as (
    select
        paused.customer_key, max(paused.ordered_on) as ordered_on, max(paused.pause) as longest_pause,
        count(*) as orders, sum(paused.amount) as amount
    from paused
    where paused.ordered_on >= $from_on
    group by paused.customer_key
    having count(*) >= $least_orders
),
population as (
    select scoped_lines.*, customers.customer, customers.tier
    from scoped_lines
    join chosen on chosen.customer_key = scoped_lines.customer_key
    left join customers on customers.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on between $from_on and $day and not scoped_lines.is_return
)
select
    customers.customer, customers.tier, ordered.ordered_on,
    date_diff('day', ordered.ordered_on, cast($day as date)) as days_since,
    ordered.longest_pause, ordered.orders, ordered.amount, counted.regulars
from (select count(*) as regulars from regular) as counted
left join ordered on true
left join customers on customers.customer_key = ordered.customer_key
