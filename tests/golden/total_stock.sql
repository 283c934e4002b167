-- $at = datetime.date(2026, 3, 15)
-- $at_before = datetime.date(2026, 2, 15)
with deals_seen as (
  select t.seen_from, t.seen_to, t.is_reconstructed, t.status, t.amount from crm.deal_versions as t
),
moments as (
  select cast($at as date) as at_day, true as is_now, false as is_before
  union all select cast($at_before as date), false, true
),
standing as (
  select
    deals_seen.*,
    moments.at_day,
    moments.is_now,
    moments.is_before
  from deals_seen join moments on deals_seen.seen_from <= moments.at_day and moments.at_day < deals_seen.seen_to
  where (status = 'open') and ((deals_seen.seen_from <= cast($at as date) and cast($at as date) < deals_seen.seen_to)
    or (deals_seen.seen_from <= cast($at_before as date) and cast($at_before as date) < deals_seen.seen_to))
),
counted as (
  select
    standing.*,
    (status = 'open') and is_now as in_open_deals,
    (status = 'open') and is_now as in_open_amount,
    (status = 'open') and is_before as in_open_deals_before,
    (status = 'open') and is_before as in_open_amount_before
  from standing
),
population as (
  select
    counted.*
  from counted
  where counted.in_open_deals or counted.in_open_amount or counted.in_open_deals_before or counted.in_open_amount_before
)
select
    count(*) filter (where in_open_deals) as open_deals,
    coalesce(sum(amount) filter (where in_open_amount), 0) as open_amount,
    count(*) filter (where in_open_deals_before) as open_deals_before,
    coalesce(sum(amount) filter (where in_open_amount_before), 0) as open_amount_before,
    count(*) filter (where in_open_amount) as open_amount_asked,
    count(*) filter (where in_open_amount and amount <> 0) as open_amount_known,
    count(*) filter (where in_open_amount_before) as open_amount_asked_before,
    count(*) filter (where in_open_amount_before and amount <> 0) as open_amount_known_before,
    count(*) filter (where is_reconstructed) as reconstructed
from population;

with deals_seen as (
  select t.seen_from from crm.deal_versions as t
),
population as (
  select deals_seen.seen_from from deals_seen
)
select min(seen_from) as first_on from population;

-- $at = datetime.date(2026, 3, 15)
with deals_seen as (
  select t.deal_id, t.created_on, t.seen_from, t.seen_to, t.status, t.is_reconstructed from crm.deal_versions as t
),
population as (
  select
    deals_seen.deal_id, deals_seen.created_on, deals_seen.is_reconstructed, deals_seen.seen_from,
    deals_seen.status = 'open' and deals_seen.seen_from <= $at and $at < deals_seen.seen_to as is_now
  from deals_seen
)
select count(*) filter (where is_now and created_on is null) as deals, count(*) filter (where is_now) as "of", min(case when not is_reconstructed then seen_from end) as seen_on
from population;
