-- Customers who buy in a rhythm and have been silent for longer than their mean pause, by the days on which deals were won in some
-- years up to a day (metrics/overdue.py). Who is overdue is told by all deals that may be seen, through whomever and whatever was
-- bought; filters choose only who is listed.
with bought_days as (
    select distinct scoped_deals.customer_key, scoped_deals.closed_on as bought_on
    from scoped_deals
    where scoped_deals.closed_on between $from_on and $day and scoped_deals.status = 'won'
        and scoped_deals.customer_key is not null
),
chosen as (
    select distinct deals.customer_key
    from deals
    join silent_ones on silent_ones.customer_key = deals.customer_key
    where $is_filtered and deals.closed_on between $from_on and $day and deals.status = 'won'
    union all
    select silent_ones.customer_key from silent_ones where not $is_filtered
),
brought as (
    select
        silent_ones.customer_key,
        sum(case when date_diff('day', scoped_deals.closed_on, silent_ones.last_on) < 365 then scoped_deals.amount end) as at_stake,
        max(case when scoped_deals.closed_on = silent_ones.last_on then scoped_deals.rep_key end) as rep_key
    from scoped_deals
    join silent_ones on silent_ones.customer_key = scoped_deals.customer_key
    where scoped_deals.closed_on between $brought_from and $day and scoped_deals.status = 'won'
    group by silent_ones.customer_key
),
population as (
    select
        scoped_deals.*, customers.customer,
        case when date_diff('day', scoped_deals.closed_on, silent_ones.last_on) < 365 then 1 else 0 end as in_stake,
        case when scoped_deals.closed_on >= $from_on then 1 else 0 end as in_rhythm
    from scoped_deals
    join chosen on chosen.customer_key = scoped_deals.customer_key
    join silent_ones on silent_ones.customer_key = scoped_deals.customer_key
    left join customers on customers.customer_key = scoped_deals.customer_key
    where scoped_deals.closed_on between $brought_from and $day and scoped_deals.status = 'won' and (
        scoped_deals.closed_on >= $from_on or date_diff('day', scoped_deals.closed_on, silent_ones.last_on) < 365
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
