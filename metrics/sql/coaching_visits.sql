-- Visits to open stages that began in a period, and how long they took: one salesperson's and the others'
-- (metrics/coaching.py). Who is still there counts as having stayed so far; nothing after `$to_on` is counted.
with owned as (
    select
        deals.deal_id, deals.deal, deals.customer_key, deals.rep_key, deals.amount,
        case when reps.rep = $rep then 'own' else 'peers' end as side
    from deals
    left join reps on reps.rep_key = deals.rep_key
    where deals.rep_key is not null
),
population as (
    select
        owned.deal_id, owned.deal, owned.customer_key, owned.rep_key, owned.amount, owned.side, stage_visits.pipeline,
        stage_visits.place, stage_visits.stage, stage_visits.entered_on,
        case when stage_visits.left_on <= $to_on then stage_visits.left_on end as left_on,
        case when stage_visits.left_on <= $to_on then 1 else 0 end as is_over,
        greatest(date_diff(
            'day', stage_visits.entered_on, least(coalesce(stage_visits.left_on, cast($to_on as date)), cast($to_on as date))
        ), 0) as days
    from stage_visits
    join owned on owned.deal_id = stage_visits.deal_id
    where stage_visits.entered_on between $from_on and $to_on
        and (stage_visits.status <> 'open' or not stage_visits.is_gone)
)
select pipeline, place, side, days, is_over, count(*) as visits
from population
group by pipeline, place, side, days, is_over
