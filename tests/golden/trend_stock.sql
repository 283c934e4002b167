-- $reach_from = datetime.date(2026, 1, 1)
-- $at = datetime.date(2026, 3, 15)
with deals_seen as (
  select t.seen_from, t.seen_to, t.is_reconstructed, t.status, t.amount from crm.deal_versions as t
),
calendar as (
  select t.day, t.month from crm.calendar as t
),
moments as (
  select
    calendar.month as "month",
    max(calendar.day) as at_day
  from calendar where calendar.day between cast($reach_from as date) and cast($at as date)
  group by calendar.month
),
standing as (
  select
    deals_seen.*,
    moments.at_day,
    moments."month"
  from deals_seen join moments on deals_seen.seen_from <= moments.at_day and moments.at_day < deals_seen.seen_to
  where (status = 'open') and deals_seen.seen_from <= cast($at as date) and cast($reach_from as date) < deals_seen.seen_to
),
counted as (
  select
    standing.*,
    (status = 'open') as in_open_amount
  from standing
),
population as (
  select
    counted.*
  from counted
  where counted.in_open_amount
)
select
    "month",
    coalesce(sum(amount) filter (where in_open_amount), 0) as open_amount,
    count(*) filter (where in_open_amount) as open_amount_asked,
    count(*) filter (where in_open_amount and amount <> 0) as open_amount_known,
    count(*) filter (where is_reconstructed) as reconstructed
from population
group by "month"
order by "month" nulls last, open_amount desc nulls last;
