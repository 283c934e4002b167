-- Visits of the cohort's deals to open stages: how long each took and how it ended (metrics/funnel.py).
-- With $only_back those alone that went on to an earlier stage: few of many.
-- `went`: forward, back, again (the same stage once more), won, lost; or open: still there, so that its time is censored.
with walked as (  -- nothing after `$until` is counted, as in the cohort
    select
        stage_visits.deal_id, stage_visits.pipeline, stage_visits.stage, stage_visits.place, stage_visits.is_first,
        stage_visits.entered_on, case when stage_visits.left_on <= $until then stage_visits.left_on end as left_on,
        case
            when stage_visits.next_on is null or stage_visits.next_on <= $until then stage_visits.next_place
        end as next_place,
        case
            when stage_visits.status = 'open' or stage_visits.closed_on > $until then 'open' else stage_visits.status
        end as status_then
    from stage_visits
    where (stage_visits.status <> 'open' or not stage_visits.is_gone)
        and (not $has_period or stage_visits.created_on between $from_on and $to_on)
        and (stage_visits.created_on is null or stage_visits.created_on <= $until)
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $until)
        and (not $only_back or stage_visits.next_place < stage_visits.place)
),
population as (
    select
        walked.*,
        case
            when walked.next_place > walked.place then 'forward'
            when walked.next_place < walked.place then 'back'
            when walked.next_place is not null then 'again'
            else walked.status_then
        end as went,
        greatest(date_diff('day', walked.entered_on, coalesce(walked.left_on, cast($as_of as date))), 0) as days,
        case when walked.left_on is null then 0 else 1 end as is_over
    from walked
)
select
    pipeline, place, next_place, went, days, is_over, count(*) as visits,
    count(*) filter (where is_first) as first_visits
from population
group by pipeline, place, next_place, went, days, is_over
