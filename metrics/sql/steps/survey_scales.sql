-- By kind of survey, from all in the viewer's scope whatever is filtered: the highest score, which tells the scale, and
-- whether any survey is on record that nobody answered: without one, nobody knows how many were asked.
select
    coalesce(lower(trim(scoped_surveys.kind)), 'unknown') as kind, max(scoped_surveys.score) as top_score,
    max(case when scoped_surveys.score is null and scoped_surveys.sent_on is not null then 1 else 0 end) as tells_silence
from scoped_surveys
group by coalesce(lower(trim(scoped_surveys.kind)), 'unknown')
