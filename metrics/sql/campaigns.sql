-- Campaigns that began in a period, with what they cost and what has come of them until `$until` (metrics/campaigns.py).
-- A lead or a deal belongs to the campaign it names, by name or id; a deal that names none, to that of its lead.
with called as (
    select campaigns.campaign as called, campaigns.campaign from campaigns where campaigns.campaign is not null
    union
    select campaigns.campaign_id, coalesce(campaigns.campaign, campaigns.campaign_id) from campaigns
    where campaigns.campaign_id is not null
),
paid as (
    select
        coalesce(campaigns.campaign, campaigns.campaign_id) as campaign, min(campaigns.source) as source,
        min(campaigns.starts_on) as starts_on, max(campaigns.ends_on) as ends_on, sum(campaigns.cost) as cost
    from campaigns
    group by coalesce(campaigns.campaign, campaigns.campaign_id)
),
came as (
    select
        'lead' as what, leads.lead_id, cast(null as varchar) as deal_id, leads.lead as name, leads.rep_key,
        coalesce(called.campaign, leads.campaign) as campaign, leads.created_on, leads.status,
        cast(null as decimal(18, 4)) as amount
    from leads
    left join called on called.called = leads.campaign
    where leads.campaign is not null and (leads.created_on is null or leads.created_on <= $until)
    union all
    select
        'deal', deals.lead_id, deals.deal_id, deals.deal, deals.rep_key,
        coalesce(called.campaign, deals.campaign, of_lead.campaign, leads.campaign), deals.created_on,
        case when deals.closed_on > $until then 'open' else deals.status end, deals.amount
    from deals
    left join leads on leads.lead_id = deals.lead_id
    left join called on called.called = deals.campaign
    left join called as of_lead on of_lead.called = leads.campaign
    where (deals.campaign is not null or leads.campaign is not null)
        and (deals.created_on is null or deals.created_on <= $until)
),
began as (  -- without a list of campaigns, a campaign began with the first it brought
    select came.campaign, min(came.created_on) as first_on from came group by came.campaign
),
population as (
    select
        came.campaign, paid.source, coalesce(paid.starts_on, began.first_on) as starts_on, came.what, came.lead_id,
        came.deal_id, came.name, came.rep_key, came.created_on, came.status, came.amount
    from came
    left join paid on paid.campaign = came.campaign
    left join began on began.campaign = came.campaign
    where not $has_period or coalesce(paid.starts_on, began.first_on) between $from_on and $to_on
)
select
    campaign, min(source) as source, min(starts_on) as starts_on,
    count(*) filter (where what = 'lead') as leads,
    count(*) filter (where what = 'deal') as deals,
    count(*) filter (where what = 'deal' and status = 'won') as won,
    sum(coalesce(amount, 0)) filter (where what = 'deal' and status = 'won') as won_money
from population
group by campaign
