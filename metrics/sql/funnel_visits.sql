-- Visits of the cohort's deals to open stages: how long each took and how it ended (metrics/funnel.py).
-- `went`: forward, back, again (the same stage once more), won, lost; or open: still there, so that its time is censored.
with walked as (
    select
        deal_stages.deal_id, deal_stages.stage, places.place, deal_stages.entered_on,
        case when deal_stages.left_on <= $until then deal_stages.left_on end as left_on,
        lead(places.place) over (  -- a visit without a day was going on when the deal was first seen
            partition by deal_stages.deal_id
            order by deal_stages.entered_on nulls first, deal_stages.left_on nulls last, places.place
        ) as next_place
    from deal_stages
    join cohort on cohort.deal_id = deal_stages.deal_id
    join places on places.stage = deal_stages.stage and places.pipeline is not distinct from cohort.pipeline
    where deal_stages.entered_on is null or deal_stages.entered_on <= $until
),
ended as (
    select
        cohort.pipeline, walked.deal_id, walked.stage, walked.place, walked.entered_on, walked.next_place,
        case
            when walked.next_place > walked.place then 'forward'
            when walked.next_place < walked.place then 'back'
            when walked.next_place is not null then 'again'
            else cohort.status_then
        end as went,
        coalesce(
            walked.left_on,
            case when walked.next_place is null and cohort.closed_on <= $until then cohort.closed_on end
        ) as left_on
    from walked
    join cohort on cohort.deal_id = walked.deal_id
),
population as (
    select
        ended.*, greatest(date_diff('day', ended.entered_on, coalesce(ended.left_on, cast($as_of as date))), 0) as days,
        case when ended.left_on is null then 0 else 1 end as is_over
    from ended
)
select pipeline, place, next_place, went, days, is_over, count(*) as visits
from population
group by pipeline, place, next_place, went, days, is_over
