-- Open deals that are at least `$within` days old, and how often each was touched in these days: one salesperson's and the
-- others' (metrics/coaching.py). Nothing is known of touches where no activity of a deal is on record so early.
with touched as (
    select seen_activities.deal_id, count(*) as touches
    from seen_activities
    join open_deals on open_deals.deal_id = seen_activities.deal_id
    where seen_activities.done_on between $span_from and $day
    group by seen_activities.deal_id
),
begun as (
    select min(known_activities.done_on) as done_on from known_activities where known_activities.is_of_deal
),
population as (
    select
        open_deals.deal_id, open_deals.deal, open_deals.customer_key, open_deals.rep_key, open_deals.stage,
        open_deals.amount, open_deals.created_on, coalesce(touched.touches, 0) as touches,
        case when reps.rep = $rep then 'own' else 'peers' end as side
    from open_deals
    cross join begun
    left join touched on touched.deal_id = open_deals.deal_id
    left join reps on reps.rep_key = open_deals.rep_key
    where open_deals.created_on <= $span_from and begun.done_on <= $span_from and open_deals.rep_key is not null
)
select side, count(*) as cases, cast(sum(touches) as double) as whole, cast(sum(touches * touches) as double) as squares
from population
group by side
