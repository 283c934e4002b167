-- Lines of pay (the question's own `items`), added up by person, period and state; what has no rate by currency, too
-- (metrics/pay.py).
select
    reps.rep, summed.bucket, summed.state, summed.currency, summed.lines, summed.money, summed.gains, summed.foreign_money
from (
    select
        items.rep_key, items.bucket, items.state, case when items.state = 'no_rate' then items.currency end as currency,
        count(*) as lines, sum(items.money) as money, sum(case when items.money > 0 then items.money end) as gains,
        sum(case when items.state = 'no_rate' then items.amount_original end) as foreign_money
    from items
    group by items.rep_key, items.bucket, items.state, case when items.state = 'no_rate' then items.currency end
) as summed
left join reps on reps.rep_key = summed.rep_key
