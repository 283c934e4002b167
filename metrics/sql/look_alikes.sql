-- Every customer in scope with its traits and what it bought in the last year, returns taken off (metrics/look_alikes.py):
-- orders, or, where nobody has loaded any, won deals. The best are the fifth of those who bought that bought most; of equal
-- ones at the edge all. `source` is where the first deal that names one came from, else the first order. Filters do not
-- change who is best. `kind`: who might become it. The answer counts those who bought, by what is known of them and by parts
-- of their keys, which are digests, so that parts are random.
with ordered as (
    select scoped_lines.customer_key, sum(scoped_lines.amount) as amount, max(scoped_lines.ordered_on) as last_on
    from scoped_lines
    where scoped_lines.ordered_on between $from_on and $day and scoped_lines.customer_key is not null
    group by scoped_lines.customer_key
),
counted as (
    select count(*) as order_lines
    from scoped_lines
),
spent as (
    select ordered.customer_key, ordered.amount, ordered.last_on
    from ordered
    union all
    select scoped_credit.customer_key, sum(scoped_credit.amount) as amount, max(scoped_credit.closed_on) as last_on
    from scoped_credit
    join counted on counted.order_lines = 0
    where scoped_credit.status = 'won' and scoped_credit.closed_on between $from_on and $day
        and scoped_credit.customer_key is not null
    group by scoped_credit.customer_key
),
ranked as (
    select
        spent.customer_key, rank() over (order by spent.amount desc) as place, count(*) over () as buyers
    from spent
    where spent.amount > 0
),
dealt as (
    select
        scoped_deals.customer_key, scoped_deals.source,
        row_number() over (partition by scoped_deals.customer_key order by scoped_deals.created_on, scoped_deals.deal_id) as place
    from scoped_deals
    where scoped_deals.source is not null and scoped_deals.customer_key is not null and scoped_deals.created_on <= $day
),
first_ordered as (
    select scoped_lines.customer_key, min(scoped_lines.source) as source
    from scoped_lines
    where scoped_lines.order_no = 1 and scoped_lines.source is not null and scoped_lines.customer_key is not null
        and scoped_lines.ordered_on <= $day
    group by scoped_lines.customer_key
),
middle as (
    select median(cast(spent.amount as double)) as amount
    from spent
    where spent.amount > 0
),
population as (
    select
        customers.customer_key, customers.customer, customers.industry, customers.region, customers.size_band,
        customers.tier, coalesce(dealt.source, first_ordered.source) as source, reps.rep, reps.team, reps.manager,
        coalesce(spent.amount, 0) as amount, spent.last_on,
        case
            when ranked.place is null then 'none'
            when cast(spent.amount as double) < middle.amount and ranked.place > $best_share * ranked.buyers then 'small'
        end as kind,
        ranked.place is not null as is_buyer, coalesce(ranked.place <= $best_share * ranked.buyers, false) as is_best
    from customers
    left join spent on spent.customer_key = customers.customer_key
    left join ranked on ranked.customer_key = customers.customer_key
    left join dealt on dealt.customer_key = customers.customer_key and dealt.place = 1
    left join first_ordered on first_ordered.customer_key = customers.customer_key
    left join reps on reps.rep_key = customers.rep_key
    cross join middle
    where coalesce(customers.created_on, $day) <= $day
)
select
    population.industry, population.region, population.size_band, population.tier, population.source,
    round(cast(population.customer_key as double) * $parts_a_key) as part, counted.order_lines, count(*) as customers,
    sum(case when population.is_best then 1 else 0 end) as best
from population
cross join counted
where population.is_buyer
group by
    population.industry, population.region, population.size_band, population.tier, population.source,
    round(cast(population.customer_key as double) * $parts_a_key), counted.order_lines
