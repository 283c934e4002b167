-- Leads, by hand.

-- leads, by created_on
select {by} as cut, count(*) as answer
from crm.leads as t {members}
where not $dated or cast(t.created_at as date) between $from_on and $to_on
group by cut;

-- qualified_leads, by qualified_on
select {by} as cut, count(t.qualified_on) as answer
from crm.leads as t {members}
where t.qualified_on is not null and (not $dated or t.qualified_on between $from_on and $to_on)
group by cut;

-- leads_converted, by created_on
select {by} as cut, count(*) as answer
from crm.leads as t {members}
where not (t.converted_on is null and t.deal_id is null)
    and (not $dated or cast(t.created_at as date) between $from_on and $to_on)
group by cut;

-- lead_conversion, by created_on
select {by} as cut, sum(case when t.converted_on is null and t.deal_id is null then 0.0 else 1.0 end) / count(*) as answer
from crm.leads as t {members}
where not $dated or cast(t.created_at as date) between $from_on and $to_on
group by cut;

-- response_hours, by created_on
select {by} as cut, median((epoch(t.first_touch_at) - epoch(t.created_at)) / 3600.0) as answer
from crm.leads as t {members}
where t.first_touch_at >= t.created_at and (not $dated or cast(t.created_at as date) between $from_on and $to_on)
group by cut;
