-- Tickets, by hand.

-- tickets_opened, by opened_on
select {by} as cut, count(t.opened_on) as answer
from crm.tickets as t {members}
where t.opened_on is not null and (not $dated or t.opened_on between $from_on and $to_on)
group by cut;

-- complaints, by opened_on
select {by} as cut, count(*) as answer
from crm.tickets as t {members}
where regexp_matches(t.kind, '(?i)complain|投诉|客诉|抱怨') and (not $dated or t.opened_on between $from_on and $to_on)
group by cut;

-- complaint_rate, by opened_on
select c.cut, cast(c.complaints as double) / o.orders as answer
from (
    select {by} as cut, count(*) as complaints
    from crm.tickets as t {members}
    where regexp_matches(t.kind, '(?i)complain|投诉|客诉|抱怨') and (not $dated or t.opened_on between $from_on and $to_on)
    group by cut
) as c
join (
    select {by_ordered} as cut, count(distinct t.order_id) as orders
    from crm.order_lines as t {members_ordered}
    where not t.is_return and (not $dated or t.ordered_on between $from_on and $to_on)
    group by cut
) as o on o.cut is not distinct from c.cut;

-- open_tickets, stock
select {by} as cut, count(*) as answer
from crm.tickets as t {members}
where t.opened_on <= $to_on and coalesce(t.closed_on, date '9999-12-31') > $to_on
group by cut;

-- days_to_close, by closed_on
select {by} as cut, median(t.closed_on - t.opened_on) as answer
from crm.tickets as t {members}
where t.closed_on - t.opened_on >= 0 and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;
