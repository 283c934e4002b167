-- Deals whose lead and who themselves name a channel: the first touch beside the last (metrics/brought.py).
with population as (
    select
        brought_deals.deal_id, brought_deals.deal, brought_deals.lead_id, brought_deals.rep_key, brought_deals.customer_key,
        brought_deals.lead_source, brought_deals.deal_source, brought_deals.brought_on, brought_deals.created_on,
        brought_deals.closed_on, brought_deals.status, brought_deals.amount
    from brought_deals
    where brought_deals.lead_source is not null and brought_deals.deal_source is not null
        and (not $has_period or brought_deals.brought_on between $from_on and $to_on)
)
select
    lead_source, deal_source, count(*) as deals, count(*) filter (where status = 'won') as won,
    count(*) filter (where status = 'lost') as lost_deals,
    sum(coalesce(amount, 0)) filter (where status = 'won') as won_money
from population
group by lead_source, deal_source
