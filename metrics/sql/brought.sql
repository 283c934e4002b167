-- Leads and deals by the channel that brought them, and what became of them until `$until` (metrics/brought.py).
-- `followed` are the leads of the period as the lead funnel follows them. Of deals, those brought in the period. By week,
-- for win rates are compared between deals of the same weeks.
with population as (
    select
        'lead' as what, followed.lead_id, cast(null as varchar) as deal_id, followed.lead as name, followed.rep_key,
        followed.source, followed.created_on as brought_on, followed.furthest, followed.outcome as status,
        cast(null as decimal(18, 4)) as amount, false as is_direct, false as is_unseen, cast(null as date) as closed_on, followed.qualified_on
    from followed
    union all
    select
        'deal', brought_deals.lead_id, brought_deals.deal_id, brought_deals.deal, brought_deals.rep_key,
        brought_deals.source, brought_deals.brought_on, 3, brought_deals.status, brought_deals.amount,
        brought_deals.is_direct, brought_deals.is_unseen, brought_deals.closed_on, cast(null as date)
    from brought_deals
    where not $has_period or brought_deals.brought_on between $from_on and $to_on
)
select
    source, cast(date_trunc('week', brought_on) as date) as brought_in, min(brought_on) as first_on,
    count(*) filter (where what = 'lead') as leads,
    count(*) filter (where what = 'lead' and furthest > 1) as qualified, count(qualified_on) as dated,
    count(*) filter (where what = 'lead' and furthest > 2) as became,
    count(*) filter (where what = 'deal') as deals,
    count(*) filter (where what = 'deal' and is_direct) as direct,
    count(*) filter (where what = 'deal' and is_unseen) as unseen,
    count(*) filter (where what = 'deal' and status = 'won') as won,
    count(*) filter (where what = 'deal' and status = 'lost') as lost_deals,
    sum(coalesce(amount, 0)) filter (where what = 'deal' and status = 'won') as won_money
from population
group by source, cast(date_trunc('week', brought_on) as date)
