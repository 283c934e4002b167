-- Customers who buy in a rhythm and have been silent for longer than their mean pause, by the days on which deals were won in some
-- years up to a day (metrics/overdue.py). Who is overdue is told by all deals that may be seen, through whomever and whatever was
-- bought; filters choose only who is listed. Of a shared deal who sees a part has the part credited to their people.
with bought_days as (
    select distinct scoped_credit.customer_key, scoped_credit.closed_on as bought_on
    from scoped_credit
    where scoped_credit.closed_on between $from_on and $day and scoped_credit.status = 'won'
        and scoped_credit.customer_key is not null
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
        sum(case when date_diff('day', scoped_credit.closed_on, silent_ones.last_on) < 365 then scoped_credit.amount end) as at_stake,
        max(case when scoped_credit.closed_on = silent_ones.last_on then scoped_credit.rep_key end) as rep_key
    from scoped_credit
    join silent_ones on silent_ones.customer_key = scoped_credit.customer_key
    where scoped_credit.closed_on between $brought_from and $day and scoped_credit.status = 'won'
    group by silent_ones.customer_key
),
population as (
    select
        scoped_credit.*, customers.customer,
        case when date_diff('day', scoped_credit.closed_on, silent_ones.last_on) < 365 then 1 else 0 end as in_stake,
        case when scoped_credit.closed_on >= $from_on then 1 else 0 end as in_rhythm
    from scoped_credit
    join chosen on chosen.customer_key = scoped_credit.customer_key
    join silent_ones on silent_ones.customer_key = scoped_credit.customer_key
    left join customers on customers.customer_key = scoped_credit.customer_key
    where scoped_credit.closed_on between $brought_from and $day and scoped_credit.status = 'won' and (
        scoped_credit.closed_on >= $from_on or date_diff('day', scoped_credit.closed_on, silent_ones.last_on) < 365
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
