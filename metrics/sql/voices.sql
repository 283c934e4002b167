-- What was asked of customers and colleagues about salespeople in a period, and what was answered (metrics/voices.py).
-- A survey belongs to the day it was sent, else to the day it was answered; a score
-- outside of the scale of its kind is no answer. `side`: about one person, or about others.
with asked as (
    select
        surveys.survey_id, lower(trim(surveys.kind)) as kind, surveys.customer_key, surveys.rep_key, surveys.sent_on,
        surveys.answered_on, surveys.score, surveys.comment,
        case when surveys.score between 0 and survey_scales.scale then 1 else 0 end as is_answered, survey_scales.scale,
        case when reps.rep = $rep then 'own' else 'others' end as side
    from surveys
    join reps on reps.rep_key = surveys.rep_key
    left join survey_scales on survey_scales.kind = lower(trim(surveys.kind))
    where coalesce(surveys.sent_on, surveys.answered_on) between $from_on and $to_on
),
population as (  -- the customer is told where one said more than one thing only
    select
        asked.*,
        case when asked.is_answered = 1 and count(case when asked.is_answered = 1 then 1 end) over (partition by asked.kind, asked.customer_key) > 1
            then asked.customer_key end as repeated_key
    from asked
)
select kind, side, repeated_key as customer_key, score, is_answered, scale, count(*) as surveys
from population
group by kind, side, repeated_key, score, is_answered, scale
