-- The same over a whole period, by salesperson, team, region, and by industry and tier of the customer, all at once: who
-- differs from the rest is judged among all of them (metrics/satisfaction.py).
with heard as (
    select
        customer_surveys.*, reps.rep, customers.industry, customers.tier,
        case when customer_surveys.sent_on between $from_on and $to_on then 1 else 0 end as is_sent,
        case when customer_surveys.said_on between $from_on and $to_on then 1 else 0 end as is_said
    from customer_surveys
    left join reps on reps.rep_key = customer_surveys.rep_key
    left join customers on customers.customer_key = customer_surveys.customer_key
    where customer_surveys.sent_on between $from_on and $to_on or customer_surveys.said_on between $from_on and $to_on
),
counted as (
    select
        case when grouping(heard.rep) = 0 then 'rep' when grouping(heard.team) = 0 then 'team'
            when grouping(heard.region) = 0 then 'region' when grouping(heard.industry) = 0 then 'industry'
            when grouping(heard.tier) = 0 then 'tier' end as dimension,
        case when grouping(heard.rep) = 0 then heard.rep when grouping(heard.team) = 0 then heard.team
            when grouping(heard.region) = 0 then heard.region
            when grouping(heard.industry) = 0 then heard.industry
            when grouping(heard.tier) = 0 then heard.tier end as member,
        heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score, count(*) as surveys
    from heard
    group by grouping sets (
        (heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score),
        (heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score, heard.rep),
        (heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score, heard.team),
        (heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score, heard.region),
        (heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score, heard.industry),
        (heard.kind, heard.is_sent, heard.is_said, heard.is_answered, heard.score, heard.tier)
    )
),
population as (
    select heard.* from heard
)
select
    counted.dimension, counted.member, counted.kind, counted.is_sent, counted.is_said, counted.is_answered, counted.score,
    counted.surveys, survey_scales.top_score, survey_scales.tells_silence
from counted
left join survey_scales on survey_scales.kind = counted.kind
