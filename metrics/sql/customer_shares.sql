-- Customers ranked by what they bring, in classes A, B and C, and how concentrated it is (metrics/customer_shares.py). Ranked are
-- amounts, of which there are fewer than customers and which no ties can part: customers with the same amount are in one class.
-- The answer has four kinds of rows: classes; the whole, with its index and the largest few, of which there are no more than
-- customers; at most 200 points of the curve of shares; what has no customer.
with worth as (
    select purchases.customer_key, coalesce(sum(purchases.amount), 0) as amount
    from purchases
    where purchases.customer_key is not null
    group by purchases.customer_key
),
amounts as (
    select worth.amount, count(*) as customers, greatest(worth.amount, 0) * count(*) as brought
    from worth
    group by worth.amount
),
whole as (
    select sum(amounts.brought) as brought, sum(amounts.customers) as customers
    from amounts
),
ranked as (
    select
        amounts.amount, amounts.customers, amounts.brought, whole.customers as of_all, whole.brought as of_whole,
        sum(amounts.customers) over (order by amounts.amount desc) as up_to,
        sum(amounts.brought) over (order by amounts.amount desc) as added
    from amounts
    cross join whole
),
classed as (
    select
        ranked.amount, ranked.customers, ranked.brought, ranked.of_all, ranked.of_whole, ranked.up_to, ranked.added,
        ranked.up_to - ranked.customers as larger,
        case
            when ranked.amount <= 0 then 'C'
            when cast(ranked.added - ranked.brought as double) / nullif(cast(ranked.of_whole as double), 0) < $cut_a then 'A'
            when cast(ranked.added - ranked.brought as double) / nullif(cast(ranked.of_whole as double), 0) < $cut_b then 'B'
            else 'C'
        end as class
    from ranked
),
told as (
    select
        'class' as kind, classed.class, sum(classed.customers) as customers, sum(classed.amount * classed.customers) as amount,
        sum(classed.brought) as brought, cast(null as double) as hhi, cast(null as bigint) as below
    from classed
    group by classed.class
    union all
    select
        'whole' as kind, cast(null as varchar) as class, sum(classed.customers) as customers,
        sum(classed.amount * classed.customers) as amount, sum(classed.brought) as brought,
        sum(classed.customers * pow(
            100 * (cast(greatest(classed.amount, 0) as double) / nullif(cast(classed.of_whole as double), 0)), 2
        )) as hhi,
        sum(case when classed.amount <= 0 then classed.customers else 0 end) as below
    from classed
    having count(*) > 0
    union all
    select
        'top' as kind, tops.name as class, max(tops.most) as customers,
        cast(null as decimal(18, 4)) as amount,
        sum(least(classed.customers, greatest(tops.most - classed.larger, 0))
            * greatest(classed.amount, 0)) as brought,
        cast(null as double) as hhi, cast(null as bigint) as below
    from (
        select 'top_1' as name, 1 as most union all select 'top_5' as name, 5 as most
        union all select 'top_10' as name, 10 as most union all select 'top_20' as name, 20 as most
        union all select 'percent_1' as name, cast(round(0.01 * whole.customers) as bigint) as most from whole
        union all select 'percent_5' as name, cast(round(0.05 * whole.customers) as bigint) as most from whole
        union all select 'percent_10' as name, cast(round(0.1 * whole.customers) as bigint) as most from whole
        union all select 'percent_20' as name, cast(round(0.2 * whole.customers) as bigint) as most from whole
    ) as tops
    cross join classed
    where classed.larger < tops.most and tops.most <= classed.of_all
    group by tops.name
    union all
    select
        'point' as kind, cast(null as varchar) as class, max(classed.up_to) as customers,
        cast(null as decimal(18, 4)) as amount, max(classed.added) as brought, cast(null as double) as hhi,
        cast(null as bigint) as below
    from classed
    group by case when classed.of_all <= $points then cast(classed.up_to as double)
        else round(cast($points as double) * cast(classed.up_to as double) / nullif(cast(classed.of_all as double), 0)) end
    union all
    select
        'unassigned' as kind, cast(null as varchar) as class, cast(null as bigint) as customers,
        sum(purchases.amount) as amount, cast(null as decimal(18, 4)) as brought, cast(null as double) as hhi,
        cast(null as bigint) as below
    from purchases
    where purchases.customer_key is null
    having count(*) > 0
),
bounds as (
    select
        min(case when classed.class = 'A' then classed.amount end) as least_a,
        min(case when classed.class = 'B' then classed.amount end) as least_b
    from classed
),
members as (
    select
        customers.customer_key, customers.customer, customers.tier, customers.rep_key, customers.region, worth.amount,
        case when worth.customer_key is null and bought_unseen.customer_key is not null then 'others'
            when worth.customer_key is null then 'none' when worth.amount >= bounds.least_a then 'A'
            when worth.amount >= bounds.least_b then 'B' else 'C' end as class
    from customers
    cross join bounds
    left join worth on worth.customer_key = customers.customer_key
    left join bought_unseen on bought_unseen.customer_key = customers.customer_key
    where not $is_filtered or worth.customer_key is not null
),
placed as (
    select
        worth.customer_key, worth.amount as brings,
        case when worth.amount >= bounds.least_a then 'A' when worth.amount >= bounds.least_b then 'B' else 'C' end as class,
        row_number() over (order by worth.amount desc, worth.customer_key) as place
    from worth
    cross join bounds
),
population as (
    select purchases.*, customers.customer, customers.tier, placed.class, placed.place, placed.brings
    from purchases
    left join placed on placed.customer_key = purchases.customer_key
    left join customers on customers.customer_key = purchases.customer_key
    union all
    select
        cast(null as varchar) as purchase_id, cast(null as integer) as line_no, cast(null as date) as bought_on,
        members.customer_key, members.rep_key, cast(null as bigint) as product_key, cast(null as varchar) as team,
        members.region, cast(null as decimal(18, 4)) as amount, cast(null as boolean) as is_return, members.customer,
        members.tier, members.class, cast(null as bigint) as place,
        cast(null as decimal(18, 4)) as brings
    from members
    where members.class in ('none', 'others')
)
select told.*
from told
