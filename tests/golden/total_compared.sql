-- $from_on = datetime.date(2026, 3, 1)
-- $to_on = datetime.date(2026, 3, 31)
-- $before_from = datetime.date(2026, 2, 1)
-- $before_to = datetime.date(2026, 2, 15)
-- $span_from = datetime.date(2026, 2, 1)
-- $span_to = datetime.date(2026, 3, 31)
with deals as (
  select t.closed_on, t.status, t.amount from crm.deals as t
),
dated as (
  select
    deals.*,
    closed_on between $from_on and $to_on as is_now,
    closed_on between $before_from and $before_to as is_before
  from deals
  where closed_on between $span_from and $span_to
),
counted as (
  select
    dated.*,
    (status = 'won') and is_now as in_won_amount,
    (status = 'won') and is_now as in_won_deals,
    (status in ('won', 'lost')) and is_now as in_closed_deals,
    (status in ('won', 'lost')) and is_now as in_closed_amount,
    (status = 'won') and is_before as in_won_amount_before,
    (status = 'won') and is_before as in_won_deals_before,
    (status in ('won', 'lost')) and is_before as in_closed_deals_before,
    (status in ('won', 'lost')) and is_before as in_closed_amount_before
  from dated
),
population as (
  select
    counted.*
  from counted
)
select
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    coalesce(sum(amount) filter (where in_closed_amount), 0) as closed_amount,
    coalesce(sum(amount) filter (where in_won_amount_before), 0) as won_amount_before,
    count(*) filter (where in_won_deals_before) as won_deals_before,
    count(*) filter (where in_closed_deals_before) as closed_deals_before,
    coalesce(sum(amount) filter (where in_closed_amount_before), 0) as closed_amount_before,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate,
    cast(coalesce(sum(amount) filter (where in_won_amount), 0) as double) / nullif(cast(coalesce(sum(amount) filter (where in_closed_amount), 0) as double), 0) as win_rate_amount,
    cast(count(*) filter (where in_won_deals_before) as double) / nullif(cast(count(*) filter (where in_closed_deals_before) as double), 0) as win_rate_before,
    cast(coalesce(sum(amount) filter (where in_won_amount_before), 0) as double) / nullif(cast(coalesce(sum(amount) filter (where in_closed_amount_before), 0) as double), 0) as win_rate_amount_before,
    count(*) filter (where in_closed_amount and status = 'lost') as win_rate_amount_asked,
    count(*) filter (where in_closed_amount and status = 'lost' and amount <> 0) as win_rate_amount_known,
    count(*) filter (where in_closed_amount_before and status = 'lost') as win_rate_amount_asked_before,
    count(*) filter (where in_closed_amount_before and status = 'lost' and amount <> 0) as win_rate_amount_known_before
from population;

with deals as (
  select t.closed_on, t.status, t.cycle_days from crm.deals as t
),
population as (
  select
    (status = 'won') as is_0,
    (status = 'lost') as is_1,
    (status in ('won', 'lost')) as is_2,
    (status in ('won', 'lost') and cycle_days is not null) as is_3
  from deals where deals.closed_on is null
)
select count(*) filter (where is_0) as undated_0, count(*) filter (where is_1) as undated_1, count(*) filter (where is_2) as undated_2, count(*) filter (where is_3) as undated_3 from population;

with deals as (
  select t.closed_on from crm.deals as t
),
population as (
  select deals.closed_on from deals
)
select min(closed_on) as first_on from population;
