-- Customers by how recently, how often and for how much money they bought, with the segment of each (metrics/rfm.py). Scores are
-- told by all purchases that may be seen; filters choose which customers are counted, by a purchase that they let through, and
-- the purchases and the money that are. The answer has four kinds of rows: segments; cells of R and F; what is apart from them (no
-- customer, only returns, nothing bought); the whole that scores are told by.
with kept as (
    select
        purchases.customer_key, coalesce(sum(purchases.amount), 0) as amount,
        count(distinct case when not purchases.is_return then purchases.purchase_id end) as orders
    from purchases
    where $is_filtered
    group by purchases.customer_key
),
placed as (
    select
        summed_purchases.customer_key, scored.r_score, scored.f_score, scored.m_score, scored.last_on,
        scored.orders as frequency, case when $is_filtered then kept.orders else scored.orders end as orders,
        coalesce(
            scored.segment, case when summed_purchases.customer_key is null then 'unassigned' else 'only_returned' end
        ) as segment,
        case when $is_filtered then kept.amount else summed_purchases.amount_now end as amount,
        date_diff('day', scored.last_on, cast($day as date)) as recency_days
    from summed_purchases
    left join kept on kept.customer_key is not distinct from summed_purchases.customer_key
    left join scored
        on scored.customer_key = case when not $is_filtered or kept.orders > 0 then summed_purchases.customer_key end
    where not $is_filtered or kept.amount is not null
),
nobodys as (
    select count(distinct purchases.purchase_id) as orders
    from purchases
    where purchases.customer_key is null and not purchases.is_return
),
silent as (
    select
        customers.customer_key,
        case
            when bought_unseen.customer_key is not null then 'others'
            when case when $by_orders then customers.first_order_on else customers.first_won_on end < $from_on then 'before'
            else 'never'
        end as segment
    from customers
    left join bought_unseen on bought_unseen.customer_key = customers.customer_key
    left join summed_purchases on summed_purchases.customer_key = customers.customer_key
    where not $is_filtered and summed_purchases.customer_key is null
),
told as (
    select
        case when grouping(placed.segment) = 0 then 'segment' else 'cell' end as kind,
        placed.segment, placed.r_score, placed.f_score, count(*) as customers, sum(placed.amount) as amount,
        sum(placed.orders) as orders, median(placed.recency_days) as recency_days, median(placed.frequency) as frequency,
        count(case when placed.frequency = 1 then 1 end) as once, cast(null as boolean) as is_alike
    from placed
    where placed.r_score is not null
    group by grouping sets ((placed.segment), (placed.r_score, placed.f_score))
    union all
    select
        'apart' as kind, placed.segment, cast(null as integer) as r_score, cast(null as integer) as f_score,
        count(*) as customers, sum(placed.amount) as amount,
        max(case when placed.customer_key is null then nobodys.orders end) as orders, cast(null as double) as recency_days,
        cast(null as double) as frequency, cast(null as bigint) as once, cast(null as boolean) as is_alike
    from placed
    cross join nobodys
    where placed.r_score is null
    group by placed.segment
    union all
    select
        'apart' as kind, silent.segment, cast(null as integer) as r_score, cast(null as integer) as f_score,
        count(*) as customers, cast(null as decimal(18, 4)) as amount, cast(null as bigint) as orders,
        cast(null as double) as recency_days, cast(null as double) as frequency, cast(null as bigint) as once,
        cast(null as boolean) as is_alike
    from silent
    group by silent.segment
    union all
    select
        'whole' as kind, scored.status as segment, cast(null as integer) as r_score, cast(null as integer) as f_score,
        count(*) as customers, cast(null as decimal(18, 4)) as amount, sum(scored.orders) as orders,
        cast(null as double) as recency_days, cast(null as double) as frequency,
        count(case when scored.orders = 1 then 1 end) as once, min(scored.orders) = max(scored.orders) as is_alike
    from scored
    group by scored.status
),
population as (
    select
        purchases.*, customers.customer, customers.tier,
        placed.segment, placed.r_score, placed.f_score, placed.m_score, placed.frequency
    from purchases
    left join placed on placed.customer_key is not distinct from purchases.customer_key
    left join customers on customers.customer_key = purchases.customer_key
    union all
    select
        cast(null as varchar) as purchase_id, cast(null as integer) as line_no, cast(null as date) as bought_on,
        silent.customer_key, customers.rep_key, cast(null as bigint) as product_key, cast(null as varchar) as team,
        customers.region, cast(null as decimal(18, 4)) as amount, cast(null as boolean) as is_return, customers.customer,
        customers.tier, silent.segment, cast(null as integer) as r_score, cast(null as integer) as f_score,
        cast(null as integer) as m_score, cast(null as bigint) as frequency
    from silent
    join customers on customers.customer_key = silent.customer_key
)
select told.*
from told
