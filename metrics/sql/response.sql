-- How long leads waited for a first answer: an activity, the first touch the CRM tells, or the conversion
-- (metrics/response.py), whoever gave it. Who was not answered by the end of `$until` is still waiting ("censored").
-- Times of day are only believed where both moments have one; the rest is known to the day.
with asked as (
    select leads.*
    from leads
    where (not $has_period or leads.created_on between $from_on and $to_on)
        and (leads.created_on is null or leads.created_on <= $until)
),
done as (  -- of the kinds asked for; of any kind, the first is kept with the lead
    select lead_activities.lead_id, min(lead_activities.done_at) as done_at
    from lead_activities
    join asked on asked.lead_id = lead_activities.lead_id
    where $of_kind and lead_activities.done_on <= $until and lead_activities.lead_id is not null
    group by lead_activities.lead_id
),
answered as (
    select
        asked.lead_id, asked.lead, asked.rep_key, asked.source, asked.campaign, asked.team, asked.region, asked.industry,
        asked.created_at, asked.created_on,
        least(
            case
                when $of_kind then done.done_at
                when cast(asked.first_done_at as date) <= $until then asked.first_done_at
            end,
            case when cast(asked.first_touch_at as date) <= $until then asked.first_touch_at end
        ) as touched_at,
        case when asked.converted_on <= $until then asked.converted_on end as converted_on,
        case when asked.converted_on is null and asked.deal_id is not null then 1 else 0 end as is_undated
    from asked
    left join done on done.lead_id = asked.lead_id
),
settled as (
    select
        answered.*,
        case when answered.touched_at is null or cast(answered.touched_at as date) > answered.converted_on
            then answered.converted_on else cast(answered.touched_at as date) end as answered_on,
        case
            when answered.touched_at is null or cast(answered.touched_at as date) > answered.converted_on
                then null  -- a conversion has no time of day: it says nothing about whether there are any
            when answered.created_at is not null and answered.created_at <> cast(answered.created_on as timestamp)
            and answered.touched_at <> cast(cast(answered.touched_at as date) as timestamp) then 1
            else 0
        end as is_timed
    from answered
),
measured as (
    select
        settled.lead_id, settled.lead, settled.rep_key, settled.source, settled.campaign, settled.team, settled.region,
        settled.industry, settled.created_at, settled.created_on, settled.touched_at, settled.converted_on,
        settled.answered_on, settled.is_timed, settled.is_undated,
        case when settled.answered_on is not null then 1 else 0 end as is_over,
        case when settled.created_on is not null then greatest(
            date_diff('day', settled.created_on, coalesce(settled.answered_on, cast($until as date))), 0
        ) end as days,
        case when settled.created_on is not null then greatest(  -- whole minutes, rounded up; a conversion has no time of day and counts at the end of its day
            round((cast(date_diff('second', settled.created_at, case
                when settled.is_timed = 1 then settled.touched_at
                else cast(cast(coalesce(settled.answered_on, cast($until as date)) + interval 1 day as date) as timestamp)
            end) as double) + 29.5) * 0.016666666666666666), 0
        ) end as minutes
    from settled
),
population as (  -- the first day to the minute, a week to the hour, then to the day; rounded up, so that none enters a span
    select
        measured.lead_id, measured.lead, measured.rep_key, measured.source, measured.campaign, measured.team,
        measured.region, measured.industry, measured.created_at, measured.created_on, measured.touched_at,
        measured.converted_on, measured.answered_on, measured.is_timed, measured.is_undated, measured.is_over,
        measured.days,
        case
            when measured.minutes <= 1440 then measured.minutes
            when measured.minutes <= 10080 then round((measured.minutes + 29.5) * 0.016666666666666666) * 60
            else round((measured.minutes + 719.5) * 0.00069444444444444447) * 1440
        end as minutes
    from measured
)
select is_over, is_timed, is_undated, days, minutes, count(*) as leads
from population
group by is_over, is_timed, is_undated, days, minutes
