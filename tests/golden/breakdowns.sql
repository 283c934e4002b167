with deals as (
  select t.* from crm.deals as t
),
products as (
  select t.* from crm.products as t
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
    counted.*,
    products.product as "product"
  from counted
  left join products on products.product_key = counted.product_key
  where counted.in_won_amount or counted.in_won_deals or counted.in_closed_deals
)
select
    case when grouping("team") = 0 then 'team' when grouping("product") = 0 then 'product' when grouping("source") = 0 then 'source' end as dimension,
    case when grouping("team") = 0 then cast("team" as varchar) when grouping("product") = 0 then cast("product" as varchar) when grouping("source") = 0 then cast("source" as varchar) end as value,
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate
from population
group by grouping sets (("team"), ("product"), ("source"))
order by dimension, won_amount desc nulls last, value nulls last;
