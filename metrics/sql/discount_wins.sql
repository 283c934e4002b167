-- Decided deals by the depth of the discount they were offered: of their last quote of the view's day that says one, whoever
-- issued it, else what their lines lie under list price (metrics/discounts.py). A line without an amount, or with none of
-- it, says nothing of its price; and list prices have no currency, so deals in another than the company's have none.
with decided as (
    select deals.*
    from deals
    where deals.status in ('won', 'lost') and deals.closed_on between $from_on and $to_on
),
quoted as (
    select
        scoped_quotes.deal_id, scoped_quotes.discount,
        row_number() over (
            partition by scoped_quotes.deal_id order by scoped_quotes.issued_on desc nulls last, scoped_quotes.quote_id desc
        ) as place
    from scoped_quotes
    where scoped_quotes.discount is not null and scoped_quotes.deal_id is not null
        and (scoped_quotes.issued_on is null or scoped_quotes.issued_on <= $to_on)
),
listed as (
    select
        deal_lines.deal_id, sum(cast(deal_lines.amount as double)) as amount,
        sum(deal_lines.quantity * cast(products.list_price as double)) as at_list,
        count(*) - count(
            nullif(deal_lines.amount, 0) + cast(nullif(deal_lines.quantity, 0) as decimal(18, 4)) + nullif(products.list_price, 0)
        ) as unpriced
    from deal_lines
    left join products on products.product_key = deal_lines.product_key
    group by deal_lines.deal_id
),
depths as (
    select
        decided.*,
        case
            when quoted.deal_id is not null then 'quote'
            when listed.deal_id is null or listed.unpriced > 0 or listed.at_list <= 0 then 'unpriced'
            when decided.amount_original is not null and decided.amount is distinct from decided.amount_original then 'foreign'
            else 'list'
        end as discount_from,
        quoted.discount as quoted, 1 - cast(listed.amount as double) / nullif(cast(listed.at_list as double), 0) as under_list
    from decided
    left join quoted on quoted.deal_id = decided.deal_id and quoted.place = 1
    left join listed on listed.deal_id = decided.deal_id
),
told as (
    select
        depths.*, case depths.discount_from when 'quote' then depths.quoted when 'list' then depths.under_list end as depth
    from depths
),
population as (
    select
        told.*,
        case
            when told.depth is null then 'unknown'
            when told.depth <= $least_cut then 'none'
            when told.depth <= 0.05 then 'to_5'
            when told.depth <= 0.1 then 'to_10'
            when told.depth <= 0.2 then 'to_20'
            when told.depth <= 0.3 then 'to_30'
            else 'over_30'
        end as depth_band
    from told
)
select population.discount_from, population.depth_band, count(*) as closed, count(*) filter (where population.status = 'won') as won
from population
group by population.discount_from, population.depth_band
