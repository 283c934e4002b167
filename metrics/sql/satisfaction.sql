-- What customers were asked and what they said, by month or quarter (metrics/satisfaction.py): `sent` belongs to the day a
-- survey was sent, what was said to the day of the answer.
with heard as (
    select
        customer_surveys.*,
        case when customer_surveys.sent_on between $from_on and $to_on then 1 else 0 end as is_sent,
        case when customer_surveys.said_on between $from_on and $to_on then customer_surveys.is_read else 0 end as is_said,
        case when customer_surveys.said_on between $from_on and $to_on then 1 - customer_surveys.is_read else 0 end as is_unread,
        case when $grain = 'quarter' then cast(date_trunc('quarter', customer_surveys.sent_on) as date)
            else cast(date_trunc('month', customer_surveys.sent_on) as date) end as sent_span,
        case when $grain = 'quarter' then cast(date_trunc('quarter', customer_surveys.said_on) as date)
            else cast(date_trunc('month', customer_surveys.said_on) as date) end as said_span
    from customer_surveys
    where customer_surveys.sent_on between $from_on and $to_on or customer_surveys.said_on between $from_on and $to_on
),
again as (  -- the customer is told where one said more than one thing only: of 500,000 who answer once nothing repeats
    select
        heard.*,
        case when heard.is_said = 1 and count(case when heard.is_said = 1 then 1 end) over (partition by heard.kind, heard.customer_key) > 1
            then heard.customer_key end as repeated_key
    from heard
),
counted as (
    select
        heard.kind, heard.sent_span as span, cast(null as bigint) as repeated_key, 1 as is_sent, 0 as is_said,
        heard.is_answered, 0 as is_unread, cast(null as double) as score, count(*) as surveys
    from heard
    where heard.is_sent = 1
    group by heard.kind, heard.sent_span, heard.is_answered
    union all
    select
        again.kind, again.said_span as span, again.repeated_key, 0 as is_sent, again.is_said, 1 as is_answered,
        again.is_unread, again.score, count(*) as surveys
    from again
    where again.is_said = 1 or again.is_unread = 1
    group by again.kind, again.said_span, again.repeated_key, again.is_said, again.is_unread, again.score
),
population as (
    select heard.* from heard
)
select
    counted.kind, counted.span, counted.repeated_key as customer_key, counted.is_sent, counted.is_said, counted.is_answered, counted.is_unread,
    counted.score, counted.surveys, survey_scales.scale, survey_scales.tells_silence
from counted
left join survey_scales on survey_scales.kind = counted.kind
