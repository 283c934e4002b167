-- What customers were asked, one row per survey; what colleagues, the person and the manager say is not among it. An
-- answer without a day of its own counts on the day it was sent. A score outside of the scale of its kind cannot be read.
select
    surveys.survey_id, coalesce(lower(trim(surveys.kind)), 'unknown') as kind, surveys.customer_key, surveys.rep_key,
    surveys.team, surveys.region, surveys.sent_on, surveys.answered_on,
    case when surveys.score is not null then coalesce(surveys.answered_on, surveys.sent_on) end as said_on,
    surveys.score, surveys.comment, case when surveys.score is null then 0 else 1 end as is_answered,
    case when surveys.score between 0 and survey_scales.scale then 1 else 0 end as is_read,
    survey_scales.scale, survey_scales.tells_silence
from surveys
left join survey_scales on survey_scales.kind = coalesce(lower(trim(surveys.kind)), 'unknown')
where surveys.kind is null or lower(trim(surveys.kind)) not in ('peer', 'self', 'manager')
