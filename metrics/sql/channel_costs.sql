-- What was spent on each channel: the campaigns with any day in a period, without one all of them, and those of which
-- nobody knows a day (metrics/costs.py).
with population as (
    select
        campaigns.campaign, campaigns.source, campaigns.starts_on, coalesce(campaigns.ends_on, campaigns.starts_on) as ends_on,
        campaigns.cost
    from campaigns
    where not $has_period or campaigns.starts_on is null
        or (campaigns.starts_on <= $to_on and coalesce(campaigns.ends_on, campaigns.starts_on) >= $from_on)
)
select source, starts_on, ends_on, count(*) as campaigns, count(cost) as priced, sum(cost) as cost
from population
group by source, starts_on, ends_on
