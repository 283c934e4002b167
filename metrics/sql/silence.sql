-- Deals open on a day, and for how long nobody has touched them (metrics/activity.py): since the last activity, or what
-- the CRM calls the last one; never touched, since the deal was created. The CRM does not say of which kind ($of_kind)
-- its last one was.
with open_then as (
    select
        deals_seen.deal_id, deals_seen.deal, deals_seen.rep_key, deals_seen.customer_key, deals_seen.stage,
        deals_seen.amount, deals_seen.created_on, deals_seen.expected_close_on,
        case when not $of_kind then deals_seen.last_activity_on end as last_activity_on, deals_seen.is_reconstructed,
        true as is_main
    from deals_seen
    where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
),
aged as (
    select
        touched.*,
        greatest(date_diff('day', coalesce(touched.touched_on, touched.created_on), cast($day as date)), 0) as silent_days
    from touched
),
population as (
    select
        aged.deal_id, aged.deal, aged.rep_key, aged.customer_key, aged.stage, aged.amount, aged.silent_days,
        aged.touched_on, aged.created_on, aged.expected_close_on, aged.is_main, aged.is_reconstructed,
        case
            when aged.touched_on is null then 'never'
            when aged.silent_days <= 7 then '0-7'
            when aged.silent_days <= 14 then '8-14'
            when aged.silent_days < 30 then '15-29'
            when aged.silent_days <= 60 then '30-60'
            when aged.silent_days <= 90 then '61-90'
            else '91+'
        end as band
    from aged
)
select
    band, silent_days, count(*) filter (where is_main) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where is_reconstructed) as reconstructed
from population
group by band, silent_days
