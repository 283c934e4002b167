-- The same over a whole period, by salesperson, team, region, and by industry and tier of the customer, all at once: who
-- differs from the rest is judged among all of them (metrics/satisfaction.py).
with population as (
    select heard.*, reps.rep, customers.industry, customers.tier
    from heard
    left join reps on reps.rep_key = heard.rep_key
    left join customers on customers.customer_key = heard.customer_key
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
