-- $from_on = datetime.date(2026, 1, 1)
-- $to_on = datetime.date(2026, 12, 31)
with order_lines as (
  select t.ordered_on, t.amount, t.product_key from crm.order_lines as t
),
calendar as (
  select t.day, t.week from crm.calendar as t
),
products as (
  select t.product_key, t.category from crm.products as t
),
dated as (
  select order_lines.* from order_lines where ordered_on between $from_on and $to_on
),
counted as (
  select
    dated.*,
    true as in_revenue
  from dated
),
population as (
  select
    counted.*,
    calendar.week as "week",
    products.category as "category"
  from counted
  left join products on products.product_key = counted.product_key
  left join calendar on calendar.day = counted.ordered_on
  where counted.in_revenue
)
select
    "week",
    "category",
    coalesce(sum(amount) filter (where in_revenue), 0) as revenue
from population
group by "week", "category"
order by "week" nulls last, revenue desc nulls last, "category" nulls last;

with order_lines as (
  select t.ordered_on, t.is_return, t.cost, t.customer_key from crm.order_lines as t
),
population as (
  select
    (true) as is_0,
    (not is_return) as is_1,
    (cost is not null) as is_2,
    (not is_return and customer_key is not null) as is_3
  from order_lines where order_lines.ordered_on is null
)
select count(*) filter (where is_0) as undated_0, count(*) filter (where is_1) as undated_1, count(*) filter (where is_2) as undated_2, count(*) filter (where is_3) as undated_3 from population;
