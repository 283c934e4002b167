-- Deals still open a fixed number of days after they were created, what was done for them until then, and how they
-- ended (metrics/landmark.py). What was done later does not count, nor do deals that ended before: else long deals
-- would look well kept, and quick wins neglected.
-- Of deals older than the record of activity nobody knows what was done early: each kind is compared among those created
-- since it was first recorded.
with recorded as (
    select known_activities.kind, min(known_activities.done_on) as first_on
    from known_activities
    where known_activities.is_of_deal and known_activities.kind is not null
    group by known_activities.kind
    union all
    select 'any' as kind, min(known_activities.done_on) as first_on from known_activities where known_activities.is_of_deal
),
started as (
    select
        deals.deal_id, deals.deal, deals.rep_key, deals.customer_key, deals.amount, deals.created_on, deals.closed_on,
        case when deals.status = 'open' or deals.closed_on > $until then 'open' else deals.status end as ended
    from deals
    where deals.created_on is not null and (not $has_period or deals.created_on between $from_on and $to_on)
        and (deals.status = 'open' or deals.closed_on is not null)
        and (deals.gone_on is null or date_diff('day', deals.created_on, deals.gone_on) > $within)
),
looked_at as (
    select started.*
    from started
    where date_diff('day', started.created_on, cast($until as date)) >= $within
        and (started.closed_on is null or date_diff('day', started.created_on, started.closed_on) > $within)
),
early as (
    select deal_activities.deal_id, deal_activities.kind, count(*) as touches
    from deal_activities
    join looked_at on looked_at.deal_id = deal_activities.deal_id
    where date_diff('day', looked_at.created_on, deal_activities.done_on) between 0 and $within
        and (not $has_period or deal_activities.done_on between $from_on and $early_to)
    group by deal_activities.deal_id, deal_activities.kind
),
touched as (
    select early.deal_id, early.kind, early.touches from early where early.kind is not null
    union all
    select early.deal_id, 'any' as kind, sum(early.touches) as touches from early group by early.deal_id
),
kinds as (
    select touched.kind, recorded.first_on
    from touched
    join recorded on recorded.kind = touched.kind
    group by touched.kind, recorded.first_on
),
days as (
    select looked_at.created_on, looked_at.ended, count(*) as deals from looked_at group by looked_at.created_on, looked_at.ended
),
counted as (  -- the same as counting the population, without making it
    select 'touched' as part, kinds.kind, looked_at.ended, count(*) as deals
    from touched
    join looked_at on looked_at.deal_id = touched.deal_id
    join kinds on kinds.kind = touched.kind
    where looked_at.created_on >= kinds.first_on
    group by kinds.kind, looked_at.ended
    union all
    select 'all', kinds.kind, days.ended, sum(days.deals)
    from days
    join kinds on days.created_on >= kinds.first_on
    group by kinds.kind, days.ended
    union all
    select case when days.created_on >= recorded.first_on then 'recorded' else 'early' end, recorded.kind, days.ended,
        sum(days.deals)
    from days
    join recorded on recorded.kind = 'any'
    group by case when days.created_on >= recorded.first_on then 'recorded' else 'early' end, recorded.kind, days.ended
),
population as (
    select
        kinds.kind, looked_at.deal_id, looked_at.deal, looked_at.rep_key, looked_at.customer_key, looked_at.amount, looked_at.created_on,
        looked_at.closed_on, looked_at.ended, coalesce(touched.touches, 0) as touches
    from looked_at
    join kinds on looked_at.created_on >= kinds.first_on
    left join touched on touched.deal_id = looked_at.deal_id and touched.kind = kinds.kind
)
select
    part, kind, ended, deals, (select recorded.first_on from recorded where recorded.kind = 'any') as recorded_on
from counted
