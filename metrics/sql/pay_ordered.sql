-- What order lines bring the people who sold them: their amount, or amount less cost; returns are below zero
-- (metrics/pay.py).
with dated as (
    select
        order_lines.*,
        case
            when cast($of as varchar) = 'gross_margin' then order_lines.amount - order_lines.cost else order_lines.amount
        end as money
    from order_lines
    where order_lines.ordered_on between $from_on and $to_on or order_lines.ordered_on is null
),
population as (
    select
        concat(dated.order_id, ' #', cast(dated.line_no as varchar)) as line_id, cast(null as varchar) as deal_id,
        dated.order_id as line, dated.customer_key, dated.product_key, dated.rep_key, reps.rep,
        coalesce(rep_teams.team, reps.team) as team,
        dated.ordered_on as earned_on, pay_days.bucket, dated.amount as whole_amount, dated.money,
        cast(null as varchar) as currency, cast(null as decimal(18, 4)) as amount_original,
        case
            when dated.ordered_on is null then 'no_day'
            when dated.amount is null then 'no_amount'
            when dated.money is null then 'no_cost'
            when reps.rep is null then 'no_person'
            else 'counted'
        end as state
    from dated
    left join reps on reps.rep_key = dated.rep_key
    left join pay_days on pay_days.day = dated.ordered_on
    left join rep_teams on rep_teams.rep_key = dated.rep_key
        and pay_days.last_on >= rep_teams.from_on and pay_days.last_on < rep_teams.to_on
)
select
    population.rep, population.bucket, population.state,
    case when population.state = 'no_rate' then population.currency end as currency,
    count(*) as lines, sum(population.money) as money,
    sum(case when population.money > 0 then population.money end) as gains,
    sum(case when population.state = 'no_rate' then population.amount_original end) as foreign_money
from population
group by population.rep, population.bucket, population.state,
    case when population.state = 'no_rate' then population.currency end
