with deals as (
  select t.closed_on, t.status, t.amount from crm.deals as t
),
counted as (
  select
    deals.*,
    (status = 'won') as in_won_amount,
    (status = 'won') as in_won_deals,
    (status in ('won', 'lost')) as in_closed_deals
  from deals
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
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate
from population;
