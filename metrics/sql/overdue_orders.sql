-- Customers who buy in a rhythm and have been silent for longer than their mean pause, by the days on which they ordered in some
-- years up to a day (metrics/overdue.py). Who is overdue is told by all orders that may be seen, through whomever and whatever was
-- bought; filters choose only who is listed.
with bought_days as (
    select distinct scoped_lines.customer_key, scoped_lines.ordered_on as bought_on
    from scoped_lines
    where scoped_lines.ordered_on between $from_on and $day and not scoped_lines.is_return
        and scoped_lines.customer_key is not null
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
        sum(case when date_diff('day', scoped_lines.ordered_on, silent_ones.last_on) < 365 then scoped_lines.amount end) as at_stake,
        max(case when scoped_lines.ordered_on = silent_ones.last_on and not scoped_lines.is_return
            then scoped_lines.rep_key end) as rep_key
    from scoped_lines
    join silent_ones on silent_ones.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on between $from_on and $day
    group by silent_ones.customer_key
),
population as (
    select scoped_lines.*, customers.customer
    from scoped_lines
    join chosen on chosen.customer_key = scoped_lines.customer_key
    left join customers on customers.customer_key = scoped_lines.customer_key
    where scoped_lines.ordered_on between $from_on and $day
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
