-- What was asked of customers and colleagues about salespeople in a period, and what was answered (metrics/voices.py).
-- A survey belongs to the day it was sent, else to the day it was answered; a score
-- outside of the scale of its kind is no answer. `side`: about one person, or about others.
with population as (
    select
        surveys.survey_id, lower(trim(surveys.kind)) as kind, surveys.customer_key, surveys.rep_key, surveys.sent_on,
        surveys.answered_on, surveys.score, surveys.comment,
        case when surveys.score between 0 and survey_scales.scale then 1 else 0 end as is_answered, survey_scales.scale,
        case when reps.rep = $rep then 'own' else 'others' end as side
    from surveys
    join reps on reps.rep_key = surveys.rep_key
    left join survey_scales on survey_scales.kind = lower(trim(surveys.kind))
    where coalesce(surveys.sent_on, surveys.answered_on) between $from_on and $to_on
)
select kind, side, customer_key, score, is_answered, scale, count(*) as surveys
from population
group by kind, side, customer_key, score, is_answered, scale
