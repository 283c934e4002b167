-- Deals won as in payback.sql, and what they earned: their amount at the margin rate of their own orders, which are those
-- that their invoices name (metrics/payback.py). Of a deal without such an order, or with one of which a line has no cost,
-- the margin is not known; so is that of orders that were taken back. A line without an amount lacks no cost, and what was
-- billed or ordered after the day was not known on it.
with billed as (
    select distinct invoices.deal_id, invoices.order_id
    from invoices
    join aged_deals on aged_deals.deal_id = invoices.deal_id
    where aged_deals.status = 'won' and invoices.order_id is not null
        and (invoices.issued_on is null or invoices.issued_on <= $until)
),
billed_orders as (
    select distinct billed.order_id
    from billed
),
ordered as (
    select
        order_lines.order_id, sum(cast(order_lines.amount as double)) as ordered,
        sum(cast(order_lines.amount as double) - cast(order_lines.cost as double)) as earned,
        sum(case when order_lines.amount <> 0 and order_lines.cost is null then 1 else 0 end) as uncosted
    from order_lines
    join billed_orders on billed_orders.order_id = order_lines.order_id
    where order_lines.ordered_on is null or order_lines.ordered_on <= $until
    group by order_lines.order_id
),
earned as (
    select
        billed.deal_id, sum(ordered.ordered) as ordered, sum(ordered.earned) as earned,
        sum(ordered.uncosted) + count(*) - count(ordered.order_id) as unknown
    from billed
    left join ordered on ordered.order_id = billed.order_id
    group by billed.deal_id
),
population as (
    select
        aged_deals.*,
        case when earned.unknown = 0 and earned.ordered > 0 then cast(earned.earned as double) / nullif(earned.ordered, 0) end
            as margin_rate
    from aged_deals
    left join earned on earned.deal_id = aged_deals.deal_id
)
select
    source, won_month, had, count(*) as won, sum(coalesce(amount, 0)) as won_money,
    sum(cast(amount as double) * margin_rate) as margin, sum(case when margin_rate is not null then amount end) as costed
from population
where status = 'won' and won_month is not null
group by source, won_month, had
