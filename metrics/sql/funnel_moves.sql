-- Moves of deals from one open stage to another, to won or to lost, within a period (metrics/moves.py): one row per move.
-- `went`: forward, to the next stage; skipped, over stages in between; back; again, into the same one; won; lost.
-- A move without a day belongs to no period. `days`: how long the deal had been in the stage it left.
with ended as (
    select
        stage_visits.deal_id, stage_visits.pipeline, stage_visits.place, stage_visits.entered_on, stage_visits.next_place,
        stage_visits.left_on,
        case when stage_visits.next_place is null then stage_visits.status end as outcome,
        case
            when stage_visits.next_place is null then stage_visits.closed_on
            else coalesce(stage_visits.next_on, stage_visits.left_on)
        end as day
    from stage_visits
    where (stage_visits.next_place is not null or stage_visits.status <> 'open')
        and (stage_visits.status <> 'open' or not stage_visits.is_gone)
),
moved as (
    select
        ended.deal_id, ended.pipeline, ended.place, ended.next_place, ended.entered_on, ended.day as moved_on_day,
        case
            when ended.outcome is not null then ended.outcome
            when ended.next_place = ended.place + 1 then 'forward'
            when ended.next_place > ended.place then 'skipped'
            when ended.next_place < ended.place then 'back'
            else 'again'
        end as went,
        case when ended.day >= ended.entered_on then
            date_diff('day', ended.entered_on, least(coalesce(ended.left_on, ended.day), ended.day))
        end as days
    from ended
    where (not $has_period and (ended.day is null or ended.day <= $to_on)) or ended.day between $from_on and $to_on
),
population as (
    select
        moved.deal_id, deals.deal, deals.rep_key, deals.customer_key, deals.amount, moved.pipeline, moved.place,
        moved.next_place, moved.went, moved.entered_on, moved.moved_on_day, moved.days
    from moved
    join deals on deals.deal_id = moved.deal_id
)
select
    pipeline, place, next_place, went, count(*) as moves, count(distinct deal_id) as deals,
    sum(coalesce(amount, 0)) as amount, median(days) as median_days
from population
group by pipeline, place, next_place, went
