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
population as (
    select heard.* from heard
)
select
    population.kind, population.rep, population.team, population.region, population.industry, population.tier,
    population.customer_key, population.is_sent, population.is_said, population.is_answered, population.is_unread,
    population.score, population.scale, population.tells_silence, count(*) as surveys
from population
group by
    population.kind, population.rep, population.team, population.region, population.industry, population.tier,
    population.customer_key, population.is_sent, population.is_said, population.is_answered, population.is_unread,
    population.score, population.scale, population.tells_silence
