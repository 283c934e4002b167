-- Customers who buy in a rhythm and have been silent for longer than their mean pause, by the days on which they ordered in some
-- years up to a day (metrics/overdue.py). Who is overdue is told by all orders that may be seen, through whomever and whatever was
-- bought; filters choose only who is listed.
with ordered as (
    select scoped_order_days.customer_key, scoped_order_days.ordered_on
    from scoped_order_days
    where scoped_order_days.ordered_on between $from_on and $day and not scoped_order_days.is_return
        and scoped_order_days.customer_key is not null
),
often as (  -- nobody else can have a rhythm
    select ordered.customer_key from ordered group by ordered.customer_key having count(*) >= $least_orders
),
bought_days as (
    select distinct ordered.customer_key, ordered.ordered_on as bought_on
    from ordered
    join often on often.customer_key = ordered.customer_key
),
chosen as (
    select distinct order_lines.customer_key
    from order_lines
    join silent_ones on silent_ones.customer_key = order_lines.customer_key
    where $is_filtered and order_lines.ordered_on between $from_on and $day and not order_lines.is_return
    union all
    select silent_ones.customer_key from silent_ones where not $is_filtered
),
brought as (
    select
        silent_ones.customer_key,
        sum(case when date_diff('day', scoped_order_days.ordered_on, silent_ones.last_on) < 365 then scoped_order_days.amount end) as at_stake,
        max(case when scoped_order_days.ordered_on = silent_ones.last_on and not scoped_order_days.is_return
            then scoped_order_days.rep_key end) as rep_key
    from scoped_order_days
    join silent_ones on silent_ones.customer_key = scoped_order_days.customer_key
    where scoped_order_days.ordered_on between $brought_from and $day  -- a year back from the last purchase of those days
    group by silent_ones.customer_key
),
population as (
    select
        scoped_lines.*, customers.customer,
        case when date_diff('day', scoped_lines.ordered_on, silent_ones.last_on) < 365 then 1 else 0 end as in_stake,
        case when scoped_lines.ordered_on >= $from_on and not scoped_lines.is_return then 1 else 0 end as in_rhythm
    from scoped_lines
    join chosen on chosen.customer_key = scoped_lines.customer_key
    join silent_ones on silent_ones.customer_key = scoped_lines.customer_key
    left join customers on customers.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on between $brought_from and $day and (
        scoped_lines.ordered_on >= $from_on or date_diff('day', scoped_lines.ordered_on, silent_ones.last_on) < 365
    )
)
select
    customers.customer, customers.tier, reps.rep, silent_ones.last_on, silent_ones.days_since, silent_ones.purchases,
    rhythms.pauses, rhythms.pause_sum, rhythms.pause_squares, rhythms.longest_pause, rhythms.usual_pause, brought.at_stake,
    case when chosen.customer_key is null then 0 else 1 end as is_chosen, judged.regular_customers
from (select count(*) as regular_customers from regulars) as judged
left join silent_ones on true
left join rhythms on rhythms.customer_key = silent_ones.customer_key
left join brought on brought.customer_key = silent_ones.customer_key
left join chosen on chosen.customer_key = silent_ones.customer_key
left join customers on customers.customer_key = silent_ones.customer_key
left join reps on reps.rep_key = coalesce(customers.rep_key, brought.rep_key)
