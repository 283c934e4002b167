-- Deals closed in a period by the competitor they name (metrics/competitors.py). By the month of their creation, for win
-- rates are compared between deals of the same months.
with population as (
    select
        deals.deal_id, deals.deal, deals.rep_key, deals.customer_key, deals.competitor, deals.status, deals.amount,
        deals.lost_reason, deals.created_on, deals.closed_on
    from deals
    where deals.status in ('won', 'lost') and (deals.closed_on is null or deals.closed_on <= $until)
        and (not $has_period or deals.closed_on between $from_on and $to_on)
)
select
    competitor, cast(date_trunc('month', created_on) as date) as created_in,
    count(*) filter (where status = 'won') as won, count(*) filter (where status = 'lost') as lost_deals,
    sum(coalesce(amount, 0)) filter (where status = 'won') as won_money,
    sum(coalesce(amount, 0)) filter (where status = 'lost') as lost_money
from population
group by competitor, cast(date_trunc('month', created_on) as date)
