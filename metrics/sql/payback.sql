-- Deals won by the channel that brought them, and in which month of 30 days after they were brought (metrics/payback.py).
-- Only what was brought since costs of the channel are listed. `had`: whole months that have gone by since it was brought.
with population as (
    select aged_deals.*
    from aged_deals
)
select source, won_month, had, count(*) as won, sum(coalesce(amount, 0)) as won_money
from population
where status = 'won' and won_month is not null
group by source, won_month, had
