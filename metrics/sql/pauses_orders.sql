-- How long it took from each day on which a customer ordered to the next one, or lasts so far (metrics/repeat.py). All that
-- may be seen is gone through, whatever is filtered: filters choose the purchases that a pause begins with.
-- The rows are in order for the reason that those of cohorts are.
with days as (
    select distinct scoped_order_days.customer_key, scoped_order_days.ordered_on as bought_on
    from scoped_order_days
    where not scoped_order_days.is_return and scoped_order_days.customer_key is not null and scoped_order_days.ordered_on <= $day
),
chosen as (
    select distinct order_lines.customer_key, order_lines.ordered_on as bought_on
    from order_lines
    where not order_lines.is_return and order_lines.customer_key is not null and order_lines.ordered_on <= $day
),
population as (
    select told_pauses.*
    from told_pauses
    order by told_pauses.bought_on desc, told_pauses.customer_key
)
select pause_sums.purchase, pause_sums.days, pause_sums.again, pause_sums.silent, pause_sums.begun_on
from pause_sums
union all
select cast(null as bigint) as purchase, cast(null as bigint) as days, cast(null as bigint) as again, count(*) as silent,
    cast(null as date) as begun_on
from order_lines
where not order_lines.is_return and order_lines.customer_key is null and order_lines.ordered_on <= $day
