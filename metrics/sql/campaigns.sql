-- Campaigns that began in a period, with what has come of them until `$until` (metrics/campaigns.py). A campaign held
-- again under its name is one run per day it began; a lead or a deal belongs to the run that had begun last when it was
-- created. It names its campaign by name or id (then it is that run's). `$is_first`: a deal is its lead's campaign's, else its
-- own (first touch); otherwise the other way round (last touch).
with begun as (
    select
        coalesce(campaigns.campaign, campaigns.campaign_id) as campaign, campaigns.starts_on, min(campaigns.source) as source
    from campaigns
    group by coalesce(campaigns.campaign, campaigns.campaign_id), campaigns.starts_on
),
numbered as (
    select
        begun.campaign, begun.starts_on, begun.source,
        row_number() over (partition by begun.campaign order by begun.starts_on nulls first) as run,
        lead(begun.starts_on) over (partition by begun.campaign order by begun.starts_on nulls first) as next_on
    from begun
),
runs as (  -- what came before the first one began is the first one's, too
    select
        numbered.campaign, numbered.starts_on, numbered.source, numbered.run,
        case when numbered.run = 1 then cast('1900-01-01' as date) else numbered.starts_on end as from_on,
        coalesce(numbered.next_on, cast('9999-12-31' as date)) as before_on
    from numbered
),
called as (
    select runs.campaign as called, runs.campaign, runs.run, runs.from_on, runs.before_on from runs
    union
    select campaigns.campaign_id, runs.campaign, runs.run, cast('1900-01-01' as date), cast('9999-12-31' as date)
    from campaigns
    join runs on runs.campaign = coalesce(campaigns.campaign, campaigns.campaign_id)
        and runs.starts_on is not distinct from campaigns.starts_on
    where campaigns.campaign_id <> campaigns.campaign
),
named as (
    select
        'lead' as what, leads.lead_id, cast(null as varchar) as deal_id, leads.lead as name, leads.rep_key,
        leads.campaign as called, leads.created_on as met_on, leads.created_on, leads.status,
        cast(null as decimal(18, 4)) as amount
    from leads
    where leads.campaign is not null and (leads.created_on is null or leads.created_on <= $until)
    union all
    select
        'deal', first_leads.lead_id, deals.deal_id, deals.deal, deals.rep_key,
        case when $is_first then coalesce(first_leads.campaign, deals.campaign)
            else coalesce(deals.campaign, first_leads.campaign) end,
        case when deals.campaign is null or ($is_first and first_leads.campaign is not null) then first_leads.created_on
            else deals.created_on end,
        deals.created_on,
        case when deals.closed_on > $until then 'open' else deals.status end, deals.amount
    from deals
    left join first_leads on first_leads.deal_id = deals.deal_id and first_leads.place = 1
    where (deals.campaign is not null or first_leads.campaign is not null)
        and (deals.created_on is null or deals.created_on <= $until)
),
came as (
    select
        named.what, named.lead_id, named.deal_id, named.name, named.rep_key, named.created_on, named.status, named.amount,
        coalesce(called.campaign, named.called) as campaign, coalesce(called.run, 1) as run
    from named
    left join called on called.called = named.called
        and coalesce(named.met_on, cast('1900-01-01' as date)) >= called.from_on
        and coalesce(named.met_on, cast('1900-01-01' as date)) < called.before_on
),
began as (  -- without a list of campaigns, a campaign began with the first it brought
    select came.campaign, came.run, min(came.created_on) as first_on from came group by came.campaign, came.run
),
population as (
    select
        came.campaign, runs.source, coalesce(runs.starts_on, began.first_on) as starts_on, came.what, came.lead_id,
        came.deal_id, came.name, came.rep_key, came.created_on, came.status, came.amount
    from came
    join began on began.campaign = came.campaign and began.run = came.run
    left join runs on runs.campaign = came.campaign and runs.run = came.run
    where not $has_period or coalesce(runs.starts_on, began.first_on) between $from_on and $to_on
)
select
    campaign, min(source) as source, min(starts_on) as starts_on,
    count(*) filter (where what = 'lead') as leads,
    count(*) filter (where what = 'deal') as deals,
    count(*) filter (where what = 'deal' and status = 'won') as won,
    sum(coalesce(amount, 0)) filter (where what = 'deal' and status = 'won') as won_money
from population
group by campaign
