-- Decided deals by the depth of the discount they were offered: of their last quote that says one, or what their lines lie
-- under list price (metrics/discounts.py). Each deal is of both kinds at most once.
with decided as (
    select deals.*
    from deals
    where deals.status in ('won', 'lost') and deals.closed_on between $from_on and $to_on
),
quoted as (
    select
        quotes.deal_id, quotes.discount,
        row_number() over (partition by quotes.deal_id order by quotes.issued_on desc nulls last, quotes.quote_id desc) as place
    from quotes
    where quotes.discount is not null and quotes.deal_id is not null
),
listed as (
    select
        deal_lines.deal_id, sum(cast(deal_lines.amount as double)) as amount,
        sum(deal_lines.quantity * cast(products.list_price as double)) as at_list,
        count(*) - count(deal_lines.amount + cast(deal_lines.quantity as decimal(18, 4)) + products.list_price) as unpriced
    from deal_lines
    left join products on products.product_key = deal_lines.product_key
    group by deal_lines.deal_id
),
depths as (
    select decided.deal_id, 'quote' as discount_from, quoted.discount as depth
    from decided
    join quoted on quoted.deal_id = decided.deal_id and quoted.place = 1
    union all
    select decided.deal_id, 'list' as discount_from, 1 - cast(listed.amount as double) / nullif(cast(listed.at_list as double), 0) as depth
    from decided
    join listed on listed.deal_id = decided.deal_id
    where listed.unpriced = 0 and listed.at_list > 0
),
population as (
    select
        decided.*, depths.discount_from, depths.depth,
        case
            when depths.depth <= $least_cut then 'none'
            when depths.depth <= 0.05 then 'to_5'
            when depths.depth <= 0.1 then 'to_10'
            when depths.depth <= 0.2 then 'to_20'
            when depths.depth <= 0.3 then 'to_30'
            else 'over_30'
        end as depth_band
    from decided
    join depths on depths.deal_id = decided.deal_id
    where depths.depth is not null
)
select population.discount_from, population.depth_band, count(*) as closed, count(*) filter (where population.status = 'won') as won
from population
group by population.discount_from, population.depth_band
