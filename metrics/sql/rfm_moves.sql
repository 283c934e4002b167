-- From which segment to which customers went between two days, each looked at over as many days before it (metrics/rfm_moves.py).
-- Scores are told by all purchases that may be seen; filters choose which customers are counted, and the money that is. The money
-- of a move is that of all lines of both spans. Who is new is a fact of all history: the first purchase after the earlier day.
-- The answer has three kinds of rows: moves; those of the customers who slipped with whom most money is at stake; what either day
-- can tell at all, by all customers, whatever is filtered.
with paired as (
    select
        summed_purchases.customer_key, summed_purchases.amount_then, summed_purchases.amount_now,
        earlier.segment as segment_then, later.segment as segment_now, earlier.place as place_then, later.place as place_now,
        earlier.orders as orders_then, later.orders as orders_now, coalesce(later.last_on, earlier.last_on) as last_on,
        abs(earlier.r_score - later.r_score) + abs(earlier.f_score - later.f_score) + abs(earlier.m_score - later.m_score)
            as steps,
        coalesce(
            earlier.orders = later.orders and earlier.last_on = later.last_on and earlier.amount = later.amount, false
        ) as is_unchanged
    from summed_purchases
    left join scored as later on later.customer_key = summed_purchases.customer_key and later.span = 'now'
    left join scored as earlier on earlier.customer_key = summed_purchases.customer_key and earlier.span = 'then'
    where later.customer_key is not null or earlier.customer_key is not null
),
kept as (
    select
        purchases.customer_key,
        sum(case when purchases.bought_on <= $then_day then purchases.amount end) as amount_then,
        sum(case when purchases.bought_on >= $from_on then purchases.amount end) as amount_now,
        count(distinct case when purchases.bought_on <= $then_day and not purchases.is_return then purchases.purchase_id end)
            as orders_then,
        count(distinct case when purchases.bought_on >= $from_on and not purchases.is_return then purchases.purchase_id end)
            as orders_now
    from purchases
    where $is_filtered and purchases.customer_key is not null
    group by purchases.customer_key
    having count(case when not purchases.is_return then 1 end) > 0
),
moved as (
    select
        paired.customer_key,
        coalesce(paired.segment_then, case
            when case when $by_orders then customers.first_order_on else customers.first_won_on end > $then_day then 'new'
            when bought_unseen.customer_key is not null then 'others'
            when case when $by_orders then customers.first_order_on else customers.first_won_on end <= $then_day
                then 'returned'
            else 'new'
        end) as segment_then,
        coalesce(paired.segment_now, 'gone') as segment_now, paired.last_on, paired.steps, paired.is_unchanged,
        case when $is_filtered then kept.orders_then else paired.orders_then end as orders_then,
        case when $is_filtered then kept.orders_now else paired.orders_now end as orders_now,
        case when $is_filtered then kept.amount_then else paired.amount_then end as amount_then,
        case when $is_filtered then kept.amount_now else paired.amount_now end as amount_now,
        paired.place_then = 'best' and coalesce(paired.place_now in ('slipping', 'away'), true) as has_slipped
    from paired
    left join kept on kept.customer_key = paired.customer_key
    left join customers on customers.customer_key = paired.customer_key
    left join bought_unseen on bought_unseen.customer_key = paired.customer_key
    where not $is_filtered or kept.customer_key is not null
),
slipped as (
    select moved.*
    from moved
    where moved.has_slipped
    order by moved.amount_then desc nulls last, moved.customer_key
    limit $most
),
told as (
    select
        'move' as kind, moved.segment_then, moved.segment_now, count(*) as customers, sum(moved.amount_then) as amount_then,
        sum(moved.amount_now) as amount_now, count(case when moved.steps = 1 then 1 end) as by_one_step,
        count(case when moved.is_unchanged then 1 end) as unchanged, cast(null as varchar) as customer,
        cast(null as date) as last_on, cast(null as bigint) as recency_days, cast(null as bigint) as orders_then,
        cast(null as bigint) as orders_now, cast(null as varchar) as tier, cast(null as varchar) as rep
    from moved
    group by moved.segment_then, moved.segment_now
    union all
    select
        'slipped' as kind, slipped.segment_then, slipped.segment_now, 1 as customers, slipped.amount_then, slipped.amount_now,
        case when slipped.steps = 1 then 1 else 0 end as by_one_step,
        case when slipped.is_unchanged then 1 else 0 end as unchanged,
        customers.customer, slipped.last_on, date_diff('day', slipped.last_on, cast($day as date)) as recency_days,
        slipped.orders_then, slipped.orders_now, customers.tier, reps.rep
    from slipped
    left join customers on customers.customer_key = slipped.customer_key
    left join reps on reps.rep_key = customers.rep_key
    union all
    select
        'span' as kind, scored.status as segment_then, scored.span as segment_now, count(*) as customers,
        cast(null as decimal(18, 4)) as amount_then, cast(null as decimal(18, 4)) as amount_now, cast(null as bigint) as by_one_step,
        cast(null as bigint) as unchanged, cast(null as varchar) as customer, cast(null as date) as last_on,
        cast(null as bigint) as recency_days, cast(null as bigint) as orders_then, cast(null as bigint) as orders_now,
        cast(null as varchar) as tier, cast(null as varchar) as rep
    from scored
    group by scored.status, scored.span
),
population as (
    select purchases.*, customers.customer, moved.segment_then, moved.segment_now
    from purchases
    join moved on moved.customer_key = purchases.customer_key
    left join customers on customers.customer_key = purchases.customer_key
)
select told.*
from told
