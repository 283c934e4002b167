-- Scores about every salesperson in a period, by kind of survey (metrics/scorecard.py).
with population as (
    select
        surveys.survey_id, lower(trim(surveys.kind)) as kind, surveys.customer_key, surveys.rep_key, surveys.sent_on,
        surveys.answered_on, surveys.score, surveys.comment, reps.rep
    from surveys
    join reps on reps.rep_key = surveys.rep_key
    where coalesce(surveys.sent_on, surveys.answered_on) between $from_on and $to_on and surveys.score is not null
)
select rep, kind, score, count(*) as surveys
from population
group by rep, kind, score
