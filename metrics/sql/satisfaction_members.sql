-- The same over a whole period, by salesperson, team, region, and by industry and tier of the customer, all at once: who
-- differs from the rest is judged among all of them (metrics/satisfaction.py).
with heard as (
    select
        customer_surveys.*, reps.rep, customers.industry, customers.tier,
        case when customer_surveys.sent_on between $from_on and $to_on then 1 else 0 end as is_sent,
        case when customer_surveys.said_on between $from_on and $to_on then customer_surveys.is_read else 0 end as is_said,
        case when customer_surveys.said_on between $from_on and $to_on then 1 - customer_surveys.is_read else 0 end as is_unread
    from customer_surveys
    left join reps on reps.rep_key = customer_surveys.rep_key
    left join customers on customers.customer_key = customer_surveys.customer_key
    where customer_surveys.sent_on between $from_on and $to_on or customer_surveys.said_on between $from_on and $to_on
),
again as (  -- the customer is told where one said more than one thing only: of 500,000 who answer once nothing repeats
    select
        heard.*,
        case when heard.is_said = 1 and count(case when heard.is_said = 1 then 1 end) over (partition by heard.kind, heard.customer_key) > 1
            then heard.customer_key end as repeated_key
    from heard
),
population as (
    select again.* from again
)
select
    population.kind, population.rep, population.team, population.region, population.industry, population.tier,
    population.repeated_key as customer_key, population.is_sent, population.is_said, population.is_answered, population.is_unread,
    population.score, population.scale, population.tells_silence, count(*) as surveys
from population
group by
    population.kind, population.rep, population.team, population.region, population.industry, population.tier,
    population.repeated_key, population.is_sent, population.is_said, population.is_answered, population.is_unread,
    population.score, population.scale, population.tells_silence
