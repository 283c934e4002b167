-- What each campaign that began in a period cost, whether or not anything came of it (metrics/campaigns.py); and those of
-- which nobody knows when they began.
with population as (
    select
        coalesce(campaigns.campaign, campaigns.campaign_id) as campaign, campaigns.source, campaigns.starts_on,
        campaigns.ends_on, campaigns.cost
    from campaigns
    where not $has_period or campaigns.starts_on is null or campaigns.starts_on between $from_on and $to_on
)
select
    campaign, min(source) as source, min(starts_on) as starts_on, max(ends_on) as ends_on, sum(cost) as cost,
    count(cost) as priced, count(*) as listed
from population
group by campaign
