-- From which segment to which customers went between two days, each looked at over as many days before it (metrics/rfm_moves.py).
-- Scores are told by all purchases that may be seen; filters choose which customers are counted, and the money that is. The money
-- of a move is that of all lines of paired spans. Who is new is a fact of all history: the first purchase after the earlier day.
with paired as (
    select
        one.customer_key,
        max(case when one.span = 'then' then one.segment end) as segment_then,
        max(case when one.span = 'now' then one.segment end) as segment_now,
        sum(case when one.span = 'then' then one.orders end) as orders_then,
        sum(case when one.span = 'now' then one.orders end) as orders_now,
        max(case when one.span = 'then' then one.last_on end) as last_then,
        max(case when one.span = 'now' then one.last_on end) as last_now,
        sum(case when one.span = 'then' then one.amount end) as amount_then,
        sum(case when one.span = 'now' then one.amount end) as amount_now,
        abs(sum(case when one.span = 'then' then one.r_score else -one.r_score end))
            + abs(sum(case when one.span = 'then' then one.f_score else -one.f_score end))
            + abs(sum(case when one.span = 'then' then one.m_score else -one.m_score end)) as steps
    from scored as one
    group by one.customer_key
),
kept as (
    select paired.customer_key, paired.amount_then, paired.amount_now
    from paired
    where not $is_filtered
    union all
    select
        purchases.customer_key,
        sum(case when purchases.bought_on <= $then_day then purchases.amount end) as amount_then,
        sum(case when purchases.bought_on >= $from_on then purchases.amount end) as amount_now
    from purchases
    where $is_filtered and purchases.customer_key is not null
    group by purchases.customer_key
),
moved as (
    select
        paired.customer_key,
        coalesce(paired.segment_then, case
            when case when $by_orders then customers.first_order_on else customers.first_won_on end <= $then_day
                then 'returned'
            else 'new'
        end) as segment_then,
        coalesce(paired.segment_now, 'gone') as segment_now,
        paired.orders_then, paired.orders_now, coalesce(paired.last_now, paired.last_then) as last_on, paired.steps,
        kept.amount_then, kept.amount_now,
        coalesce(
            paired.orders_then = paired.orders_now and paired.last_then = paired.last_now
                and paired.amount_then = paired.amount_now,
            false
        ) as is_unchanged
    from paired
    join kept on kept.customer_key = paired.customer_key
    left join customers on customers.customer_key = paired.customer_key
),
population as (
    select purchases.*, customers.customer, moved.segment_then, moved.segment_now
    from purchases
    join moved on moved.customer_key = purchases.customer_key
    left join customers on customers.customer_key = purchases.customer_key
)
select
    moved.segment_then, moved.segment_now, count(*) as customers, sum(moved.amount_then) as amount_then,
    sum(moved.amount_now) as amount_now, count(case when moved.steps = 1 then 1 end) as by_one_step,
    count(case when moved.is_unchanged then 1 end) as unchanged
from moved
group by moved.segment_then, moved.segment_now
