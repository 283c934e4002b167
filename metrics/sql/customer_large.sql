-- Customers that bring a large share of what the company, a team or a salesperson sold in a year, and those sums day by day
-- over two years (metrics/customer_signals.py): orders net of returns, or, where no order is on record, won deals by whom they
-- are credited to.
with recorded as (
    select cast(coalesce(sum(scoped_order_days.n), 0) as bigint) as lines from scoped_order_days
),
bought as (  -- a year's, of which every part of a customer's is at most what its days with more sold than returned add up to
    select
        scoped_order_days.customer_key, scoped_order_days.rep_key, scoped_order_days.team, scoped_order_days.amount
    from scoped_order_days
    where $with_shares and scoped_order_days.ordered_on between $from_on and $day
    union all
    select credited_parts.customer_key, credited_parts.rep_key, credited_parts.team, credited_parts.amount
    from credited_parts
    cross join recorded
    where $with_shares and recorded.lines = 0 and credited_parts.status = 'won'
        and credited_parts.closed_on between $from_on and $day
),
people as (  -- of who was in a team out of sight within the year only a part of the sales is known
    select here.rep_key, here.rep
    from scoped_reps as here
    left join away on away.rep_key = here.rep_key
    where away.away_to is null or away.away_to <= $from_on
),
by_owner as (
    select bought.rep_key, bought.team, sum(bought.amount) as amount from bought group by bought.rep_key, bought.team
),
levels as (
    select 'company' as level, $of_company as share
    union all
    select 'team', $of_team
    union all
    select 'rep', $of_rep
),
owned as (  -- each level in one pass: an engine that writes a step out wherever it is read reads all sales as often
    select
        levels.level, levels.share, by_owner.amount,
        case levels.level when 'company' then '' when 'team' then by_owner.team else people.rep end as member
    from by_owner
    cross join levels
    left join people on people.rep_key = by_owner.rep_key
),
wholes as (
    select owned.level, owned.member, owned.share, sum(owned.amount) as amount
    from owned
    where owned.member is not null
    group by owned.level, owned.member, owned.share
),
least as (  -- who brings less than this is large nowhere
    select min(cast(wholes.amount as double) * wholes.share) as amount from wholes where wholes.amount > 0
),
big as (
    select bought.customer_key
    from bought
    where bought.customer_key is not null
    group by bought.customer_key
    having cast(sum(case when bought.amount > 0 then bought.amount else 0 end) as double)
        >= (select least.amount from least)
),
yearly as (
    select bought.customer_key, people.rep, bought.team, sum(bought.amount) as amount
    from bought
    join big on big.customer_key = bought.customer_key
    left join people on people.rep_key = bought.rep_key
    group by bought.customer_key, people.rep, bought.team
),
shared as (
    select
        levels.level, yearly.customer_key, yearly.amount,
        case levels.level when 'company' then '' when 'team' then yearly.team else yearly.rep end as member
    from yearly
    cross join levels
),
parts as (
    select shared.level, shared.member, shared.customer_key, sum(shared.amount) as amount
    from shared
    where shared.member is not null
    group by shared.level, shared.member, shared.customer_key
),
foremost as (
    select parts.level, parts.member, parts.customer_key, parts.amount, wholes.amount as whole
    from parts
    join wholes on wholes.level = parts.level and wholes.member = parts.member
    where wholes.amount > 0 and cast(parts.amount as double) >= cast(wholes.amount as double) * wholes.share
),
buying as (  -- who buys where anybody brings so much
    select led.level, led.member, bought.customer_key, sum(bought.amount) as amount
    from bought
    left join people on people.rep_key = bought.rep_key
    join (select distinct foremost.level, foremost.member from foremost) as led
        on led.member = case led.level when 'company' then '' when 'team' then bought.team else people.rep end
    where bought.customer_key is not null
    group by led.level, led.member, bought.customer_key
),
counted as (
    select buying.level, buying.member, count(*) as buyers
    from buying
    where buying.amount > 0
    group by buying.level, buying.member
),
large as (
    select foremost.level, foremost.member, foremost.customer_key, foremost.amount, foremost.whole, counted.buyers
    from foremost
    join counted on counted.level = foremost.level and counted.member = foremost.member
    where counted.buyers >= $least_buyers  -- of few customers each brings much
        and cast(foremost.amount as double) * counted.buyers >= cast(foremost.whole as double) * $least_times
),
places as (  -- what is large, once for each place it is large in
    select distinct large.level, large.member from large
),
found as (
    select count(*) as places from places
),
sold as (  -- day by day, only where anything is large
    select
        scoped_order_days.customer_key, scoped_order_days.rep_key, scoped_order_days.team, scoped_order_days.ordered_on as day,
        sum(scoped_order_days.amount) as amount
    from scoped_order_days
    cross join found
    where found.places > 0 and scoped_order_days.ordered_on between $before_from and $day
    group by scoped_order_days.customer_key, scoped_order_days.rep_key, scoped_order_days.team, scoped_order_days.ordered_on
    union all
    select
        credited_parts.customer_key, credited_parts.rep_key, credited_parts.team, credited_parts.closed_on,
        sum(credited_parts.amount)
    from credited_parts
    cross join recorded
    cross join found
    where found.places > 0 and recorded.lines = 0 and credited_parts.status = 'won'
        and credited_parts.closed_on between $before_from and $day
    group by credited_parts.customer_key, credited_parts.rep_key, credited_parts.team, credited_parts.closed_on
),
whole_days as (
    select places.level, places.member, sold.day, sum(sold.amount) as amount
    from sold
    left join reps on reps.rep_key = sold.rep_key
    cross join (select distinct places.level from places) as led
    join places on places.level = led.level
        and places.member = case led.level when 'company' then '' when 'team' then sold.team else reps.rep end
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
