-- Customers who complained (metrics/customer_signals.py): serious tickets and complaints that are open on a day or were
-- opened since another, and low scores since then; and, day by day, what these customers bought in some years, net of what
-- came back; days on which something only came back are no purchase. What was bought before counts for the year's money alone.
with recorded as (
    select cast(coalesce(sum(scoped_order_days.n), 0) as bigint) as lines from scoped_order_days
),
complained as (
    select
        told_tickets.customer_key, 'ticket' as source, told_tickets.ticket_id as id, told_tickets.opened_on as day,
        case when told_tickets.closed_on is null or told_tickets.closed_on > $day then 1 else 0 end as is_open,
        coalesce(told_tickets.kind, told_tickets.severity) as what, cast(null as double) as score
    from told_tickets
    where told_tickets.opened_on <= $day and told_tickets.customer_key is not null
        and (
            lower(trim(told_tickets.severity)) in (
                'high', 'critical', 'urgent', 'severe', 'serious', 'major', 'blocker', 'p1', 'p0', 's1',
                '高', '紧急', '严重', '重大', '致命'
            )
            or told_tickets.is_called = 1
        )
        and (told_tickets.opened_on >= $since or told_tickets.closed_on is null or told_tickets.closed_on > $day)
    union all
    select
        low_scores.customer_key, low_scores.kind, low_scores.survey_id, low_scores.said_on, 0, cast(null as varchar),
        low_scores.score
    from low_scores
    where low_scores.said_on between $since and $day and low_scores.customer_key is not null
),
complaining as (
    select complained.customer_key, max(complained.day) as last_said_on
    from complained
    group by complained.customer_key
),
bought_then as (
    select
        scoped_order_days.customer_key, scoped_order_days.ordered_on as day, sum(scoped_order_days.amount) as amount,
        max(case when scoped_order_days.is_return or scoped_order_days.ordered_on < $from_on then 0 else 1 end) as is_bought
    from scoped_order_days
    join complaining on complaining.customer_key = scoped_order_days.customer_key
    where scoped_order_days.ordered_on between $brought_from and $day
    group by scoped_order_days.customer_key, scoped_order_days.ordered_on
    union all
    select
        scoped_credit.customer_key, scoped_credit.closed_on, sum(scoped_credit.amount),
        case when scoped_credit.closed_on < $from_on then 0 else 1 end
    from scoped_credit
    join complaining on complaining.customer_key = scoped_credit.customer_key
    cross join recorded
    where recorded.lines = 0 and scoped_credit.status = 'won' and scoped_credit.closed_on between $brought_from and $day
    group by scoped_credit.customer_key, scoped_credit.closed_on
),
buying as (
    select bought_then.customer_key, count(*) as days, max(bought_then.day) as last_on
    from bought_then
    where bought_then.is_bought = 1
    group by bought_then.customer_key
),
judged as (
    select count(*) as regular_customers from buying where buying.days >= $least_orders
),
bought as (  -- of those who have not bought since, and of those whose complaint is open
    select bought_then.customer_key, bought_then.day, bought_then.amount, bought_then.is_bought
    from bought_then
    join buying on buying.customer_key = bought_then.customer_key
    join complaining on complaining.customer_key = bought_then.customer_key
    where buying.last_on <= complaining.last_said_on
        or bought_then.customer_key in (select complained.customer_key from complained where complained.is_open = 1)
),
told as (
    select complained.customer_key, complained.source, complained.id, complained.day, complained.is_open, complained.what,
        complained.score, cast(null as double) as amount
    from complained
    union all
    select bought.customer_key, 
        case when bought.day < $from_on then 'before' when bought.is_bought = 1 then 'bought' else 'returned' end, cast(null as varchar), bought.day, 0, cast(null as varchar),
        cast(null as double), cast(bought.amount as double)
    from bought
),
population as (
    select
        customers.customer, told.source, told.id, told.day, told.is_open, told.what, told.score, told.amount,
        customers.tier, reps.rep, judged.regular_customers
    from told
    cross join judged
    join customers on customers.customer_key = told.customer_key
    left join reps on reps.rep_key = customers.rep_key
)
select * from population
