-- What was asked in some days and what was answered, the newest first (metrics/customer.py).
with population as (
    select
        lower(trim(surveys.kind)) as kind, surveys.sent_on, surveys.answered_on, surveys.score, surveys.comment,
        reps.rep, surveys.survey_id
    from surveys
    left join reps on reps.rep_key = surveys.rep_key
    where coalesce(surveys.sent_on, surveys.answered_on) between $from_on and $to_on
)
select kind, sent_on, answered_on, score, comment, rep
from population
order by coalesce(sent_on, answered_on) desc, survey_id
