-- How often deals closed in a period were touched before they were closed, by whomever (metrics/activity.py). Of deals
-- older than the record of activity that is not known: they are in no band.
with recorded as (
    select min(known_activities.done_on) as first_on from known_activities where known_activities.is_of_deal
),
closed as (
    select deals.deal_id, deals.deal, deals.rep_key, deals.customer_key, deals.status, deals.amount, deals.created_on,
        deals.closed_on, deals.touches
    from deals
    where deals.status <> 'open' and deals.closed_on between $from_on and $to_on
),
counted as (  -- of the kinds asked for; how many of any kind is kept with the deal
    select closed.deal_id, count(*) as touches
    from deal_activities
    join closed on closed.deal_id = deal_activities.deal_id
    where $of_kind and deal_activities.done_on <= closed.closed_on
    group by closed.deal_id
),
touched as (
    select
        closed.deal_id, closed.deal, closed.rep_key, closed.customer_key, closed.status, closed.amount,
        closed.created_on, closed.closed_on,
        coalesce(case when $of_kind then counted.touches else closed.touches end, 0) as touches
    from closed
    left join counted on counted.deal_id = closed.deal_id
),
population as (
    select
        touched.*,
        case
            when touched.created_on is null or recorded.first_on is null or touched.created_on < recorded.first_on then null
            when touched.touches = 0 then '0'
            when touched.touches <= 2 then '1-2'
            when touched.touches <= 5 then '3-5'
            when touched.touches <= 10 then '6-10'
            else '11+'
        end as band
    from touched
    cross join recorded
)
select
    status, band, touches, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    (select recorded.first_on from recorded) as recorded_on
from population
group by status, band, touches
