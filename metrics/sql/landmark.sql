-- Deals still open a fixed number of days after they were created, what was done for them until then, and how they
-- ended (metrics/landmark.py). What was done later does not count, nor do deals that ended before: else long deals
-- would look well kept, and quick wins neglected.
-- Of deals older than the record of activity nobody knows what was done early: each kind is compared among those created
-- since it was first recorded. Where a day may be missing, one `coalesce` costs engines a third of two conditions.
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
        deals.first_done_on,
        case when deals.closed_on > $until then 'open' else deals.status end as ended
    from deals
    where deals.created_on is not null and (not $has_period or deals.created_on between $from_on and $to_on)
        and case when deals.closed_on is null then deals.status = 'open' else true end
        and coalesce(date_diff('day', deals.created_on, deals.gone_on) > $within, true)
),
looked_at as (
    select started.*
    from started
    where date_diff('day', started.created_on, cast($until as date)) >= $within
        and coalesce(date_diff('day', started.created_on, started.closed_on) > $within, true)
),
early as (  -- by deal and kind, for the rows; the counts below need but the first of each kind
    select deal_activities.deal_id, looked_at.created_on, deal_activities.kind, count(*) as touches
    from deal_activities
    join looked_at on looked_at.deal_id = deal_activities.deal_id
    where date_diff('day', looked_at.created_on, deal_activities.done_on) between 0 and $within
        and (not $has_period or deal_activities.done_on between $from_on and $early_to)
    group by deal_activities.deal_id, looked_at.created_on, deal_activities.kind
),
touched as (
    select early.deal_id, early.created_on, early.kind, early.touches from early where early.kind is not null
    union all
    select early.deal_id, early.created_on, 'any' as kind, sum(early.touches) as touches
    from early
    group by early.deal_id, early.created_on
),
firsts as (  -- of the same deals as `looked_at`
    select
        first_touches.deal_id, first_touches.kind, first_touches.created_on,
        case when first_touches.closed_on > $until then 'open' else first_touches.status end as ended
    from first_touches
    where (not $has_period or first_touches.created_on between $from_on and $to_on)
        and date_diff('day', first_touches.created_on, first_touches.first_on) <= $within
        and case when first_touches.closed_on is null then first_touches.status = 'open' else true end
        and coalesce(date_diff('day', first_touches.created_on, first_touches.closed_on) > $within, true)
        and coalesce(date_diff('day', first_touches.created_on, first_touches.gone_on) > $within, true)
        and date_diff('day', first_touches.created_on, cast($until as date)) >= $within
),
seen_first as (  -- of any kind the first is kept with the deal; of the kinds asked for it is that of any of these
    select firsts.kind, firsts.created_on, firsts.ended, count(*) as deals
    from firsts
    where firsts.kind is not null
    group by firsts.kind, firsts.created_on, firsts.ended
    union all
    select 'any', looked_at.created_on, looked_at.ended, count(*)
    from looked_at
    where not $of_kind and date_diff('day', looked_at.created_on, looked_at.first_done_on) <= $within
    group by looked_at.created_on, looked_at.ended
    union all
    select 'any', firsts.created_on, firsts.ended, count(distinct firsts.deal_id)
    from firsts
    where $of_kind
    group by firsts.created_on, firsts.ended
),
kinds as (
    select recorded.kind, recorded.first_on
    from recorded
    where recorded.kind in (select seen_first.kind from seen_first)
),
days as (
    select looked_at.created_on, looked_at.ended, count(*) as deals from looked_at group by looked_at.created_on, looked_at.ended
),
counted as (  -- the same as counting the population, without making it
    select 'touched' as part, kinds.kind, seen_first.ended, sum(seen_first.deals) as deals
    from seen_first
    join kinds on kinds.kind = seen_first.kind
    where seen_first.created_on >= kinds.first_on
    group by kinds.kind, seen_first.ended
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
    left join touched on touched.deal_id = looked_at.deal_id and touched.created_on = looked_at.created_on
        and touched.kind = kinds.kind
)
select
    part, kind, ended, deals, (select recorded.first_on from recorded where recorded.kind = 'any') as recorded_on
from counted
