-- What deals won bring the people who are credited for them, by the period in which they were closed (metrics/pay.py).
-- Open questions are kept beside what counts: nobody to pay, no rate, no amount, no day.
with dated as (
    select deal_credits.*
    from deal_credits
    where deal_credits.credit = $credit and deal_credits.status = 'won'
        and (deal_credits.closed_on between $from_on and $to_on or deal_credits.closed_on is null)
),
population as (
    select
        dated.deal_id as line_id, dated.deal_id, dated.deal as line, dated.customer_key, dated.rep_key, reps.rep,
        coalesce(rep_teams.team, reps.team) as team,
        dated.closed_on as earned_on, pay_days.bucket, dated.whole_amount, dated.amount as money, dated.currency,
        dated.amount_original,
        case
            when dated.closed_on is null then 'no_day'
            when dated.amount is null and dated.amount_original is not null then 'no_rate'
            when dated.amount is null then 'no_amount'
            when reps.rep is null then 'no_person'
            else 'counted'
        end as state
    from dated
    left join reps on reps.rep_key = dated.rep_key
    left join pay_days on pay_days.day = dated.closed_on
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
