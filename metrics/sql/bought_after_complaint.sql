-- Who bought again within some days after a complaint, beside customers without one (metrics/repurchase.py). Who complained
-- counts once, on the day of the first complaint of the period; every buyer is also looked at on one of those days, dealt
-- out in the order of their keys, which are digests (where there are very many, not to all), and is one of the others where there was no complaint in the year
-- until then. Nothing that happened after the day decides who is compared: who never complains buys less. On that day each
-- has bought for so much, on so many days, in the year before and last bought so long ago: in narrow bands, for complaints
-- follow a delivery, and who buys regularly stands at one point of the rhythm then.
with known as (
    select least(max(known_purchases.bought_on), cast($day as date)) as until, max(known_purchases.is_order) as is_order
    from known_purchases
    where known_purchases.is_bought = 1
),
complained as (
    select
        told_tickets.customer_key, told_tickets.opened_on as at_day, told_tickets.tells,
        row_number() over (partition by told_tickets.customer_key order by told_tickets.opened_on, told_tickets.ticket_id) as place
    from told_tickets
    cross join known
    where told_tickets.is_complaint = 1 and told_tickets.customer_key is not null
        and told_tickets.opened_on between $from_on and $to_on
        and date_diff('day', told_tickets.opened_on, known.until) >= $within
),
days as (
    select
        complained.customer_key, complained.at_day, complained.tells,
        row_number() over (order by complained.at_day, complained.customer_key) as place
    from complained
    where complained.place = 1
),
many as (
    select count(*) as n, cast(1 as double) / nullif(cast(count(*) as double), 0) as part
    from days
),
ever as (
    select distinct named_tickets.customer_key, named_tickets.opened_on
    from named_tickets
    cross join ticket_kinds
    where named_tickets.customer_key is not null and (ticket_kinds.tells = 0 or named_tickets.is_called = 1)
),
buyers as (
    select customers.customer_key
    from customers
    where not $is_filtered and (customers.first_order_on <= $day or customers.first_won_on <= $day)
    union
    select order_lines.customer_key
    from order_lines
    where $is_filtered and order_lines.customer_key is not null and order_lines.ordered_on <= $day
    union
    select deals.customer_key
    from deals
    where $is_filtered and deals.customer_key is not null and deals.status = 'won' and deals.closed_on <= $day
        and not exists (select 1 from scoped_lines)
),
others as (
    select buyers.customer_key, row_number() over (order by buyers.customer_key) as place
    from buyers
),
dealt as (
    select others.customer_key, days.at_day
    from others
    cross join many
    join days on others.place <= greatest(many.n * $others_each, $least_others)
        and days.place = others.place - many.n * round((others.place - 0.5) * many.part - 0.5)
),
looked_at as (
    select days.customer_key, days.at_day, 'complained' as side
    from days
    union all
    select dealt.customer_key, dealt.at_day, 'others' as side
    from dealt
    where not exists (
        select 1
        from ever
        where ever.customer_key = dealt.customer_key and ever.opened_on <= dealt.at_day
            and date_diff('day', ever.opened_on, dealt.at_day) < 365
    )
),
daily as (
    select
        looked_at.customer_key, looked_at.at_day, looked_at.side, known_purchases.bought_on,
        sum(known_purchases.amount) as amount, max(known_purchases.is_bought) as is_bought
    from known_purchases
    join looked_at on looked_at.customer_key = known_purchases.customer_key
    group by looked_at.customer_key, looked_at.at_day, looked_at.side, known_purchases.bought_on
),
seen as (
    select
        daily.customer_key, daily.at_day, daily.side,
        sum(case when daily.bought_on <= daily.at_day
            and date_diff('day', daily.bought_on, daily.at_day) < 365 then daily.amount end) as bought_before,
        count(case when daily.bought_on <= daily.at_day and daily.is_bought = 1
            and date_diff('day', daily.bought_on, daily.at_day) < 365 then 1 end) as days_bought,
        max(case when daily.bought_on <= daily.at_day and daily.is_bought = 1 then daily.bought_on end) as last_on,
        min(case when daily.bought_on > daily.at_day and daily.is_bought = 1 then daily.bought_on end) as next_on
    from daily
    group by daily.customer_key, daily.at_day, daily.side
),
banded as (
    select seen.*, date_diff('day', seen.last_on, seen.at_day) as days_since
    from seen
    where seen.last_on is not null
),
population as (
    select
        banded.customer_key, banded.side, banded.at_day, banded.bought_before, banded.last_on, banded.next_on,
        banded.days_bought,
        case when banded.days_bought <= 0 then 0 when banded.days_bought <= 1 then 1
            when banded.days_bought <= 2 then 2 when banded.days_bought <= 3 then 3
            when banded.days_bought <= 4 then 4 when banded.days_bought <= 6 then 6
            when banded.days_bought <= 8 then 8 when banded.days_bought <= 11 then 11
            when banded.days_bought <= 15 then 15 when banded.days_bought <= 21 then 21
            when banded.days_bought <= 29 then 29 when banded.days_bought <= 40 then 40
            when banded.days_bought <= 56 then 56 when banded.days_bought <= 79 then 79
            when banded.days_bought <= 110 then 110 when banded.days_bought <= 200 then 200 else 9999 end as pace_band,
        case when banded.days_since <= 0 then 0 when banded.days_since <= 1 then 1 when banded.days_since <= 3 then 3
            when banded.days_since <= 5 then 5 when banded.days_since <= 7 then 7 when banded.days_since <= 10 then 10
            when banded.days_since <= 14 then 14 when banded.days_since <= 21 then 21
            when banded.days_since <= 30 then 30 when banded.days_since <= 45 then 45
            when banded.days_since <= 60 then 60 when banded.days_since <= 90 then 90
            when banded.days_since <= 120 then 120 when banded.days_since <= 180 then 180
            when banded.days_since <= 270 then 270 when banded.days_since <= 365 then 365 else 9999 end as recency_band,
        case when date_diff('day', banded.at_day, banded.next_on) <= $within then 1 else 0 end as is_again
    from banded
)
select
    population.side, population.pace_band, population.recency_band, population.is_again, known.is_order,
    ticket_kinds.tells, count(*) as customers
from population
cross join known
cross join ticket_kinds
group by population.side, population.pace_band, population.recency_band, population.is_again, known.is_order, ticket_kinds.tells
