-- Scores about every salesperson in a period, by kind of survey (metrics/scorecard.py); one outside of its scale says nothing.
with population as (
    select
        surveys.survey_id, lower(trim(surveys.kind)) as kind, surveys.customer_key, surveys.rep_key, surveys.sent_on,
        surveys.answered_on, surveys.score, surveys.comment, reps.rep, survey_scales.scale
    from surveys
    join reps on reps.rep_key = surveys.rep_key
    join survey_scales on survey_scales.kind = lower(trim(surveys.kind))
    where coalesce(surveys.sent_on, surveys.answered_on) between $from_on and $to_on
        and surveys.score between 0 and survey_scales.scale
)
select rep, kind, score, scale, count(*) as surveys
from population
group by rep, kind, score, scale
