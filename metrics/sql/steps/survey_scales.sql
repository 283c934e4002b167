-- By kind of survey, whatever is filtered: its scale, and whether any survey in scope is on record that nobody answered:
-- without one, nobody knows how many were asked. The scale is told by all scores of the company, so that it is the same for
-- every viewer: the smallest of 5, 10 and 100 that less than one score in twenty exceeds, and of few scores at most one,
-- so that a slip of the pen does not change it. NPS is asked on 0 to 10.
with silent as (
    select
        coalesce(lower(trim(scoped_surveys.kind)), 'unknown') as kind,
        max(case when scoped_surveys.score is null and scoped_surveys.sent_on is not null then 1 else 0 end) as tells_silence
    from scoped_surveys
    group by coalesce(lower(trim(scoped_surveys.kind)), 'unknown')
)
select
    survey_marks.kind, coalesce(silent.tells_silence, 0) as tells_silence,
    case when survey_marks.kind = 'nps' then 10
        when survey_marks.over_10 > 0 and survey_marks.over_10 >= 0.05 * survey_marks.scores
            and (survey_marks.over_10 > 1 or survey_marks.scores = 1) then 100
        when survey_marks.over_5 > 0 and survey_marks.over_5 >= 0.05 * survey_marks.scores
            and (survey_marks.over_5 > 1 or survey_marks.scores = 1) then 10 else 5 end as scale
from survey_marks
left join silent on silent.kind = survey_marks.kind
