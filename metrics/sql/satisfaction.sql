-- What customers were asked and what they said, by month or quarter (metrics/satisfaction.py): `sent` belongs to the day a
-- survey was sent, what was said to the day of the answer.
with spanned as (
    select
        heard.*,
        case when $grain = 'quarter' then cast(date_trunc('quarter', heard.sent_on) as date)
            else cast(date_trunc('month', heard.sent_on) as date) end as sent_span,
        case when $grain = 'quarter' then cast(date_trunc('quarter', heard.said_on) as date)
            else cast(date_trunc('month', heard.said_on) as date) end as said_span
    from heard
),
counted as (
    select
        spanned.kind, spanned.sent_span as span, cast(null as bigint) as repeated_key, 1 as is_sent, 0 as is_said,
        spanned.is_answered, 0 as is_unread, cast(null as double) as score, count(*) as surveys
    from spanned
    where spanned.is_sent = 1
    group by spanned.kind, spanned.sent_span, spanned.is_answered
    union all
    select
        spanned.kind, spanned.said_span as span, spanned.repeated_key, 0 as is_sent, spanned.is_said, 1 as is_answered,
        spanned.is_unread, spanned.score, count(*) as surveys
    from spanned
    where spanned.is_said = 1 or spanned.is_unread = 1
    group by spanned.kind, spanned.said_span, spanned.repeated_key, spanned.is_said, spanned.is_unread, spanned.score
),
population as (
    select spanned.* from spanned
)
select
    counted.kind, counted.span, counted.repeated_key as customer_key, counted.is_sent, counted.is_said, counted.is_answered, counted.is_unread,
    counted.score, counted.surveys, survey_scales.scale, survey_scales.tells_silence
from counted
left join survey_scales on survey_scales.kind = counted.kind
