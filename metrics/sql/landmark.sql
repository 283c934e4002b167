-- Deals still open a fixed number of days after they were created, what was done for them until then, and how they
-- ended (metrics/landmark.py). What was done later does not count, nor do deals that ended before: else long deals
-- would look well kept, and quick wins neglected.
with started as (
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
    select activities.deal_id, activities.kind, count(*) as touches
    from activities
    join looked_at on looked_at.deal_id = activities.deal_id
    where date_diff('day', looked_at.created_on, activities.done_on) between 0 and $within
    group by activities.deal_id, activities.kind
),
touched as (
    select early.deal_id, early.kind, early.touches from early where early.kind is not null
    union all
    select early.deal_id, 'any' as kind, sum(early.touches) as touches from early group by early.deal_id
),
kinds as (
    select distinct touched.kind from touched
),
counted as (  -- the same as counting the population, without making it
    select touched.kind, looked_at.ended, count(*) as deals
    from touched
    join looked_at on looked_at.deal_id = touched.deal_id
    group by touched.kind, looked_at.ended
    union all
    select cast(null as varchar) as kind, looked_at.ended, count(*) as deals from looked_at group by looked_at.ended
),
population as (
    select
        kinds.kind, looked_at.deal_id, looked_at.deal, looked_at.rep_key, looked_at.customer_key, looked_at.amount, looked_at.created_on,
        looked_at.closed_on, looked_at.ended, coalesce(touched.touches, 0) as touches
    from looked_at
    cross join kinds
    left join touched on touched.deal_id = looked_at.deal_id and touched.kind = kinds.kind
)
select kind, ended, sum(deals) as deals from counted group by kind, ended
