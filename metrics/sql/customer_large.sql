-- Customers that bring a large share of what the company, a team or a salesperson sold in a year, and those sums day by day
-- over two years (metrics/customer_signals.py): orders net of returns, or won deals where no order is on record.
with recorded as (
    select count(*) as lines from scoped_lines
),
yearly as (
    select scoped_lines.customer_key, scoped_lines.rep_key, scoped_lines.team, sum(scoped_lines.amount) as amount
    from scoped_lines
    where $with_shares and scoped_lines.ordered_on between $from_on and $day
    group by scoped_lines.customer_key, scoped_lines.rep_key, scoped_lines.team
    union all
    select scoped_deals.customer_key, scoped_deals.rep_key, scoped_deals.team, sum(scoped_deals.amount)
    from scoped_deals
    cross join recorded
    where $with_shares and recorded.lines = 0 and scoped_deals.status = 'won'
        and scoped_deals.closed_on between $from_on and $day
    group by scoped_deals.customer_key, scoped_deals.rep_key, scoped_deals.team
),
named as (  -- of who was in a team out of sight within the year only a part of the sales is known
    select
        yearly.customer_key, yearly.amount, yearly.team,
        case when away.away_to is null or away.away_to <= $from_on then here.rep end as rep
    from yearly
    left join scoped_reps as here on here.rep_key = yearly.rep_key
    left join away on away.rep_key = yearly.rep_key
),
parts as (
    select 'company' as level, cast('' as varchar) as member, named.customer_key, sum(named.amount) as amount
    from named
    group by named.customer_key
    union all
    select 'team', named.team, named.customer_key, sum(named.amount)
    from named
    where named.team is not null
    group by named.team, named.customer_key
    union all
    select 'rep', named.rep, named.customer_key, sum(named.amount)
    from named
    where named.rep is not null
    group by named.rep, named.customer_key
),
wholes as (
    select parts.level, parts.member, sum(parts.amount) as amount,
        count(case when parts.amount > 0 then parts.customer_key end) as buyers
    from parts
    group by parts.level, parts.member
),
large as (
    select parts.level, parts.member, parts.customer_key, parts.amount, wholes.amount as whole, wholes.buyers
    from parts
    join wholes on wholes.level = parts.level and wholes.member = parts.member
    where parts.customer_key is not null and wholes.amount > 0 and wholes.buyers >= $least_buyers
        and cast(parts.amount as double) >= cast(wholes.amount as double)
            * case parts.level when 'company' then $of_company when 'team' then $of_team else $of_rep end
),
places as (  -- what is large, once for each place it is large in
    select distinct large.level, large.member from large
),
found as (
    select count(*) as places from places
),
sold as (  -- day by day, only where anything is large
    select
        scoped_lines.customer_key, scoped_lines.rep_key, scoped_lines.team, scoped_lines.ordered_on as day,
        sum(scoped_lines.amount) as amount
    from scoped_lines
    cross join found
    where found.places > 0 and scoped_lines.ordered_on between $before_from and $day
    group by scoped_lines.customer_key, scoped_lines.rep_key, scoped_lines.team, scoped_lines.ordered_on
    union all
    select
        scoped_deals.customer_key, scoped_deals.rep_key, scoped_deals.team, scoped_deals.closed_on,
        sum(scoped_deals.amount)
    from scoped_deals
    cross join recorded
    cross join found
    where found.places > 0 and recorded.lines = 0 and scoped_deals.status = 'won'
        and scoped_deals.closed_on between $before_from and $day
    group by scoped_deals.customer_key, scoped_deals.rep_key, scoped_deals.team, scoped_deals.closed_on
),
whole_days as (
    select places.level, places.member, sold.day, sum(sold.amount) as amount
    from sold
    join places on places.level = 'company'
    group by places.level, places.member, sold.day
    union all
    select places.level, places.member, sold.day, sum(sold.amount)
    from sold
    join places on places.level = 'team' and places.member = sold.team
    group by places.level, places.member, sold.day
    union all
    select places.level, places.member, sold.day, sum(sold.amount)
    from sold
    join reps on reps.rep_key = sold.rep_key
    join places on places.level = 'rep' and places.member = reps.rep
    group by places.level, places.member, sold.day
),
part_days as (
    select large.level, large.member, large.customer_key, sold.day, sum(sold.amount) as amount
    from sold
    join large on large.customer_key = sold.customer_key
    left join reps on reps.rep_key = sold.rep_key
    where large.level = 'company' or (large.level = 'team' and large.member = sold.team)
        or (large.level = 'rep' and large.member = reps.rep)
    group by large.level, large.member, large.customer_key, sold.day
),
population as (
    select customers.customer, large.level, large.member, large.buyers, whole_days.day,
        cast(coalesce(part_days.amount, 0) as double) as amount, cast(whole_days.amount as double) as whole,
        customers.tier, reps.rep
    from large
    join whole_days on whole_days.level = large.level and whole_days.member = large.member
    left join part_days on part_days.level = large.level and part_days.member = large.member
        and part_days.customer_key = large.customer_key and part_days.day = whole_days.day
    join customers on customers.customer_key = large.customer_key
    left join reps on reps.rep_key = customers.rep_key
)
select * from population
