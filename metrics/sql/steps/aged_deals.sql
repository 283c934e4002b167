-- Deals that channels brought since their costs are listed, with the months of 30 days until they were won and those gone by
-- since they were brought (metrics/payback.py). Rounded up and down: 0.4833 is just under a half, and whole days ÷ 30 lie
-- 0.0333 apart. `had`: whole months that have gone by.
select
    aged.deal_id, aged.deal, aged.lead_id, aged.rep_key, aged.customer_key, aged.source, aged.brought_on, aged.closed_on,
    aged.status, aged.amount,
    greatest(1, cast(round(cast(aged.days_to_won as double) / 30 + 0.4833) as integer)) as won_month,
    cast(round(cast(aged.days_had as double) / 30 - 0.4833) as integer) as had
from (
    select
        brought_deals.*, date_diff('day', brought_deals.brought_on, brought_deals.closed_on) as days_to_won,
        date_diff('day', brought_deals.brought_on, cast($until as date)) as days_had
    from brought_deals
    join (
        select campaigns.source, min(campaigns.starts_on) as first_on
        from campaigns
        where campaigns.starts_on is not null and campaigns.source is not null
        group by campaigns.source
    ) as listed on listed.source = brought_deals.source and listed.first_on <= brought_deals.brought_on
    where not $has_period or brought_deals.brought_on between $from_on and $to_on
) as aged
