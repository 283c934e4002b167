-- What regular customers bought day by day in some weeks, and in the same weeks a year before (metrics/customer_signals.py):
-- orders, or won deals where no order is on record. Regular is who bought on so many days of both spans together, and had
-- bought before them; whoever was chosen by the earlier span alone would seem to fall by chance.
with recorded as (
    select cast(coalesce(sum(scoped_order_days.n), 0) as bigint) as lines from scoped_order_days
),
sold as (
    select scoped_order_days.customer_key, scoped_order_days.ordered_on as day, scoped_order_days.amount
    from scoped_order_days
    where not scoped_order_days.is_return and (
        scoped_order_days.ordered_on between $now_from and $day
        or scoped_order_days.ordered_on between $then_from and $then_to
    )
    union all
    select scoped_credit.customer_key, scoped_credit.closed_on, scoped_credit.amount
    from scoped_credit
    cross join recorded
    where recorded.lines = 0 and scoped_credit.status = 'won' and (
        scoped_credit.closed_on between $now_from and $day or scoped_credit.closed_on between $then_from and $then_to
    )
),
often as (  -- nobody else can have bought on so many days
    select sold.customer_key from sold group by sold.customer_key having count(*) >= $least_days
),
bought as (
    select sold.customer_key, sold.day, sum(sold.amount) as amount
    from sold
    join often on often.customer_key = sold.customer_key
    group by sold.customer_key, sold.day
),
regular as (
    select bought.customer_key
    from bought
    join customers on customers.customer_key = bought.customer_key
    where least(
        coalesce(customers.first_order_on, customers.first_won_on), coalesce(customers.first_won_on, customers.first_order_on)
    ) < $then_from
    group by bought.customer_key
    having count(*) >= $least_days
),
counted as (
    select
        customers.customer, bought.customer_key, bought.day, bought.amount, customers.tier, reps.rep,
        case when bought.day >= $now_from then 1 else 0 end as is_now
    from bought
    join regular on regular.customer_key = bought.customer_key
    join customers on customers.customer_key = bought.customer_key
    left join reps on reps.rep_key = customers.rep_key
),
summed as (
    select
        counted.customer, max(counted.tier) as tier, max(counted.rep) as rep,
        sum(cast(counted.amount as double) * counted.is_now) as now, sum(cast(counted.amount as double)) as both,
        sum(cast(counted.amount as double) * cast(counted.amount as double)) as squares
    from counted
    group by counted.customer
),
pooled as (
    select cast(sum(summed.now) as double) / nullif(cast(sum(summed.both) as double), 0) as odds from summed
),
lower as (  -- only of these is it asked since when: who is named lies further below what the others let expect
    select summed.customer
    from summed
    cross join pooled
    where summed.now - pooled.odds * summed.both
        < -1.2 * sqrt(pooled.odds * (1 - pooled.odds) * summed.squares)
),
population as (
    select counted.* from counted
)
select
    summed.customer, summed.tier, summed.rep, summed.now, summed.both, summed.squares, population.day,
    population.is_now, cast(population.amount as double) as amount,
    case when recorded.lines > 0 then 'orders' else 'won' end as bought
from summed
cross join recorded
left join lower on lower.customer = summed.customer
left join population on population.customer = lower.customer
