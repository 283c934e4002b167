-- What signed contracts bring the people credited for them, by the day they were signed or begin (metrics/pay.py).
with credited as (
    select
        contract_credits.*,
        case
            when cast($dated_by as varchar) = 'starts_on' then contract_credits.starts_on else contract_credits.signed_on
        end as earned_on
    from contract_credits
    where contract_credits.credit = $credit
),
population as (
    select
        credited.contract_id as line_id, credited.deal_id, coalesce(credited.contract, credited.deal) as line,
        credited.customer_key, credited.rep_key, reps.rep,
        coalesce(rep_teams.team, reps.team) as team, credited.earned_on, pay_days.bucket, credited.whole_amount,
        credited.amount as money, cast(null as varchar) as currency, cast(null as decimal(18, 4)) as amount_original,
        case
            when credited.earned_on is null then 'no_day'
            when credited.amount is null then 'no_amount'
            when reps.rep is null then 'no_person'
            else 'counted'
        end as state
    from credited
    left join reps on reps.rep_key = credited.rep_key
    left join pay_days on pay_days.day = credited.earned_on
    left join rep_teams on rep_teams.rep_key = credited.rep_key
        and pay_days.last_on >= rep_teams.from_on and pay_days.last_on < rep_teams.to_on
    where credited.earned_on between $from_on and $to_on or credited.earned_on is null
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
