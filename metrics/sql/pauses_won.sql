-- How long it took from each day on which a customer bought, by deals won, to the next one, or lasts so far (metrics/repeat.py). All that
-- may be seen is gone through, whatever is filtered: filters choose the purchases that a pause begins with.
-- The rows are in order for the reason that those of cohorts are.
with days as (
    select distinct scoped_credit.customer_key, scoped_credit.closed_on as bought_on
    from scoped_credit
    where scoped_credit.status = 'won' and scoped_credit.customer_key is not null and scoped_credit.closed_on <= $day
),
chosen as (
    select distinct deals.customer_key, deals.closed_on as bought_on
    from deals
    where deals.status = 'won' and deals.customer_key is not null and deals.closed_on <= $day
),
population as (
    select told_pauses.*
    from told_pauses
    order by told_pauses.bought_on desc, told_pauses.customer_key
)
select pause_sums.purchase, pause_sums.days, pause_sums.again, pause_sums.silent, pause_sums.begun_on
from pause_sums
union all
select cast(null as bigint) as purchase, cast(null as bigint) as days, cast(null as bigint) as again, count(*) as silent,
    cast(null as date) as begun_on
from deals
where deals.status = 'won' and deals.customer_key is null and deals.closed_on <= $day
