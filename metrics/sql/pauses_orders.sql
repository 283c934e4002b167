-- How long it took from each day on which a customer ordered to the next one, or lasts so far (metrics/repeat.py). All that
-- may be seen is gone through, whatever is filtered: filters choose the purchases that a pause begins with.
-- The rows are in order for the reason that those of cohorts are.
with days as (
    select distinct scoped_lines.customer_key, scoped_lines.ordered_on as bought_on
    from scoped_lines
    where not scoped_lines.is_return and scoped_lines.customer_key is not null and scoped_lines.ordered_on <= $day
),
chosen as (
    select distinct order_lines.customer_key, order_lines.ordered_on as bought_on
    from order_lines
    where not order_lines.is_return and order_lines.customer_key is not null and order_lines.ordered_on <= $day
),
population as (
    select numbered_days.*, date_diff('day', numbered_days.bought_on, coalesce(numbered_days.next_on, cast($day as date))) as days,
        case when numbered_days.next_on is null then 0 else 1 end as in_again
    from numbered_days
    join chosen on chosen.customer_key = numbered_days.customer_key and chosen.bought_on = numbered_days.bought_on
    where numbered_days.purchase <= $most
    order by numbered_days.bought_on desc, numbered_days.customer_key
)
select
    population.purchase, population.days, count(case when population.in_again = 1 then population.days end) as again,
    count(case when population.in_again = 0 then population.days end) as silent, min(population.bought_on) as begun_on
from population
group by population.purchase, population.days
union all
select cast(null as bigint) as purchase, cast(null as bigint) as days, cast(null as bigint) as again, count(*) as silent,
    cast(null as date) as begun_on
from order_lines
where not order_lines.is_return and order_lines.customer_key is null and order_lines.ordered_on <= $day
