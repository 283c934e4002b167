-- Deals won by the bucket of their customer's first one and by how many buckets later they are (metrics/cohorts.py). When
-- somebody came is a fact of all history, first_won_on, whatever is filtered; a cohort's members are those of it who bought
-- in their first bucket within the filters. What no cohort shown holds is told apart by its kind.
-- The rows are in order: to stop after some of them, unordered, DuckDB 2.0 may wait for itself where a table is read twice.
with lived as (
    select customers.customer_key, customers.first_won_on as first_on
    from customers
    where customers.first_won_on <= $day
),
begun as (
    select min(scoped_credit.closed_on) as begun_on
    from scoped_credit
    where scoped_credit.status = 'won'
),
dated as (
    select deals.*, deals.closed_on as bought_on, 1 as in_purchases
    from deals
    where deals.status = 'won' and (deals.closed_on <= $day or deals.closed_on is null)
),
population as (
    select cohort_population.*
    from cohort_population
    order by cohort_population.bought_on desc, cohort_population.deal_id
)
select
    cohort_told.kind, cohort_told.cohort, cohort_told.nth,
    count(case when cohort_told.purchases > 0 then cohort_told.customer_key end) as customers,
    count(distinct case when cohort_told.kind in ('later', 'before_first') then cohort_told.customer_key end)
    + count(case when cohort_told.kind not in ('later', 'before_first') then cohort_told.customer_key end) as met,
    sum(cohort_told.amount) as amount, min(begun.begun_on) as begun_on
from cohort_told
left join begun on true
group by cohort_told.kind, cohort_told.cohort, cohort_told.nth
