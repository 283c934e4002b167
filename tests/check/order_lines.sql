-- Orders, by hand. Returns are lines with is_return; their amount is negative.

-- revenue, by ordered_on
select {by} as cut, sum(t.amount) as answer
from crm.order_lines as t {members}
where not $dated or t.ordered_on between $from_on and $to_on
group by cut;

-- orders, by ordered_on
select cut, count(*) as answer
from (
    select distinct {by} as cut, t.order_id
    from crm.order_lines as t {members}
    where not t.is_return and (not $dated or t.ordered_on between $from_on and $to_on)
) as one_row_per_order
group by cut;

-- units, by ordered_on
select {by} as cut, sum(abs(t.quantity)) filter (where t.is_return) as returned, sum(t.quantity) filter (where not t.is_return) as sold,
    coalesce(sold, 0) - coalesce(returned, 0) as answer
from crm.order_lines as t {members}
where not $dated or t.ordered_on between $from_on and $to_on
group by cut;

-- gross_margin, by ordered_on
select {by} as cut, case when count(*) filter (where t.cost is not null and t.amount <> 0) > 0 then
    sum(t.amount) filter (where t.cost is not null) - sum(t.cost) end as answer
from crm.order_lines as t {members}
where not $dated or t.ordered_on between $from_on and $to_on
group by cut;

-- revenue_with_cost, by ordered_on
select {by} as cut, sum(t.amount) as answer
from crm.order_lines as t {members}
where t.cost is not null and (not $dated or t.ordered_on between $from_on and $to_on)
group by cut;

-- gross_margin_rate, by ordered_on
select {by} as cut, case when count(*) filter (where t.cost is not null and t.amount <> 0) > 0 then
    1 - cast(sum(t.cost) as double) / nullif(cast(sum(t.amount) as double), 0) end as answer
from crm.order_lines as t {members}
where t.cost is not null and (not $dated or t.ordered_on between $from_on and $to_on)
group by cut;

-- amounts_moved, by ordered_on
select {by} as cut, sum(case when t.amount < 0 then -t.amount else t.amount end) as answer
from crm.order_lines as t {members}
where not $dated or t.ordered_on between $from_on and $to_on
group by cut;

-- amounts_moved_with_cost, by ordered_on
select {by} as cut, sum(case when t.amount < 0 then -t.amount else t.amount end) as answer
from crm.order_lines as t {members}
where t.cost is not null and (not $dated or t.ordered_on between $from_on and $to_on)
group by cut;

-- cost_coverage, by ordered_on
select {by} as cut, cast(sum(case when t.cost is not null then greatest(t.amount, -t.amount) else 0 end) as double)
    / nullif(cast(sum(greatest(t.amount, -t.amount)) as double), 0) as answer
from crm.order_lines as t {members}
where not $dated or t.ordered_on between $from_on and $to_on
group by cut;

-- active_customers, by ordered_on
select cut, count(*) as answer
from (
    select distinct {by} as cut, t.customer_key
    from crm.order_lines as t {members}
    where t.customer_key is not null and not t.is_return and (not $dated or t.ordered_on between $from_on and $to_on)
) as one_row_per_customer
group by cut;

-- average_order_value, by ordered_on
select {by} as cut, cast(sum(t.amount) as double) / nullif(count(distinct case when not t.is_return then t.order_id end), 0) as answer
from crm.order_lines as t {members}
where not $dated or t.ordered_on between $from_on and $to_on
group by cut;
