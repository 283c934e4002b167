-- Tickets opened in a period by product, kind or severity, beside what they may be held against: orders placed in it, of a
-- product the order lines with it (to tell orders apart by product takes seconds where lines are millions), else deals won where nobody has orders on record (metrics/complaints.py). A complaint is a ticket
-- whose kind says so; where no ticket on record says it, every ticket counts (`tells`). Tickets of one customer about one
-- thing come together: their squares tell how much.
with chosen as (
    select
        told_tickets.*,
        case when $by = 'product' then products.product when $by = 'kind' then told_tickets.kind else told_tickets.severity end as member
    from told_tickets
    left join products on products.product_key = told_tickets.product_key
    where told_tickets.opened_on between $from_on and $to_on
        and ($of = 'tickets' or told_tickets.is_complaint = 1)
),
recorded as (
    select count(*) as lines
    from (select scoped_lines.order_id from scoped_lines limit 1) as one
),
bought as (
    select order_lines.product_key, count(*) as n, 'lines' as counted
    from order_lines
    where $by = 'product' and not order_lines.is_return and order_lines.ordered_on between $from_on and $to_on
    group by order_lines.product_key
    union all
    select deals.product_key, count(*) as n, 'deals' as counted
    from deals
    where $by = 'product' and deals.status = 'won' and deals.closed_on between $from_on and $to_on
    group by deals.product_key
),
whole as (
    select count(distinct order_lines.order_id) as n, case when $by = 'product' then 'lines' else 'orders' end as counted
    from order_lines
    where $by <> 'product' and not order_lines.is_return and order_lines.ordered_on between $from_on and $to_on
    union all
    select count(*) as n, 'deals' as counted
    from deals
    where $by <> 'product' and deals.status = 'won' and deals.closed_on between $from_on and $to_on
),
basis as (
    select case when recorded.lines = 0 then 'deals' when $by = 'product' then 'lines' else 'orders' end as counted
    from recorded
),
pairs as (
    select
        chosen.member, chosen.customer_key, max(chosen.tells) as tells, count(*) as tickets,
        count(*) filter (where chosen.closed_on is null or chosen.closed_on > $to_on) as still_open
    from chosen
    group by chosen.member, chosen.customer_key
),
summed as (
    select
        pairs.member, max(pairs.tells) as tells, cast(sum(pairs.tickets) as bigint) as tickets,
        cast(sum(pairs.still_open) as bigint) as still_open,
        cast(sum(case when pairs.customer_key is null then pairs.tickets else pairs.tickets * pairs.tickets end) as bigint) as squares
    from pairs
    group by pairs.member
),
sold as (
    select products.product as member, sum(bought.n) as n
    from bought
    join basis on basis.counted = bought.counted
    join products on products.product_key = bought.product_key
    group by products.product
),
met as (
    select summed.member from summed
    union
    select sold.member from sold
),
population as (
    select chosen.* from chosen
)
select
    met.member, summed.tells, summed.tickets, summed.still_open, summed.squares, cast(sold.n as bigint) as bought,
    basis.counted, cast(whole.n as bigint) as whole
from met
cross join basis
join whole on whole.counted = basis.counted
left join summed on summed.member is not distinct from met.member
left join sold on sold.member is not distinct from met.member
