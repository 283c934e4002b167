with deals_by_owner as (
  select t.deal_id, t.status, t.closed_on, case when s.deal_id is null or s.is_main then t.rep_key else s.rep_key end as rep_key, case when s.deal_id is null or s.is_main then t.team else s.team end as team, t.product_key, case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4)) - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount, t.amount as deal_amount, cast(case when s.deal_id is null then 1 else s.to_share - s.from_share end as double) as share, coalesce(s.is_main, true) as is_main
  from crm.deals as t left join crm.owner_shares as s on s.deal_id = t.deal_id
),
deals as (
  select t.* from deals_by_owner as t
),
counted as (
  select
    deals.*,
    (status = 'won') and share <> 0 as in_won_amount,
    (status = 'won') and is_main as in_won_deals,
    (status in ('won', 'lost')) and is_main as in_closed_deals
  from deals
),
population as (
  select
    counted.*
  from counted
  where counted.in_won_amount or counted.in_won_deals or counted.in_closed_deals
)
select
    case when grouping("team") = 0 then 'team' end as dimension,
    case when grouping("team") = 0 then cast("team" as varchar) end as value,
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate,
    count(*) filter (where share <> 1) as shared_out_closed_on
from population
group by grouping sets (("team"))
order by dimension, won_amount desc nulls last, value nulls last;

with deals_by_product as (
  select t.deal_id, t.status, t.closed_on, t.rep_key, t.team, case when s.deal_id is null then t.product_key else s.product_key end as product_key, case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4)) - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount, t.amount as deal_amount, cast(case when s.deal_id is null then 1 else s.to_share - s.from_share end as double) as share, coalesce(s.is_main, true) as is_main
  from crm.deals as t left join crm.product_shares as s on s.deal_id = t.deal_id
),
deals as (
  select t.* from deals_by_product as t
),
products as (
  select t.product_key, t.product from crm.products as t
),
counted as (
  select
    deals.*,
    (status = 'won') and share <> 0 as in_won_amount,
    (status = 'won') and is_main as in_won_deals,
    (status in ('won', 'lost')) and is_main as in_closed_deals
  from deals
),
population as (
  select
    counted.*,
    products.product as "product"
  from counted
  left join products on products.product_key = counted.product_key
  where counted.in_won_amount or counted.in_won_deals or counted.in_closed_deals
)
select
    case when grouping("product") = 0 then 'product' end as dimension,
    case when grouping("product") = 0 then cast("product" as varchar) end as value,
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate,
    count(*) filter (where share <> 1) as shared_out_closed_on
from population
group by grouping sets (("product"));

with deals as (
  select t.closed_on, t.status, t.amount, t.source from crm.deals as t
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
  where counted.in_won_amount or counted.in_won_deals or counted.in_closed_deals
)
select
    case when grouping("source") = 0 then 'source' end as dimension,
    case when grouping("source") = 0 then cast("source" as varchar) end as value,
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate
from population
group by grouping sets (("source"));
