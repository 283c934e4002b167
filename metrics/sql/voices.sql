-- What was asked of customers and colleagues about salespeople in a period, and what was answered (metrics/voices.py).
-- A survey belongs to the day it was sent, else to the day it was answered. `side`: about one person, or about others.
with population as (
    select
        surveys.survey_id, lower(trim(surveys.kind)) as kind, surveys.customer_key, surveys.rep_key, surveys.sent_on,
        surveys.answered_on, surveys.score, surveys.comment,
        case when surveys.score is null then 0 else 1 end as is_answered,
        case when reps.rep = $rep then 'own' else 'others' end as side
    from surveys
    join reps on reps.rep_key = surveys.rep_key
    where coalesce(surveys.sent_on, surveys.answered_on) between $from_on and $to_on
)
select kind, side, score, is_answered, count(*) as surveys
from population
group by kind, side, score, is_answered
