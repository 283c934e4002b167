-- What payments bring the people credited for them, by the day they came in or their deal was closed
-- (metrics/pay.py). Refunds are payments below zero.
with credited as (
    select
        payment_credits.*,
        case cast($dated_by as varchar) when 'closed_on' then payment_credits.closed_on else payment_credits.paid_on end
            as earned_on
    from payment_credits
    where payment_credits.credit = $credit
),
items as (
    select
        credited.payment_id as line_id, credited.deal_id, coalesce(credited.deal, credited.invoice_id) as line,
        credited.customer_key, credited.rep_key, credited.earned_on, pay_days.bucket, pay_days.last_on,
        credited.whole_amount,
        credited.amount as money, cast(null as varchar) as currency, cast(null as decimal(18, 4)) as amount_original,
        case
            when credited.earned_on is null then 'no_day'
            when credited.amount is null then 'no_amount'
            when credited.rep_key is null then 'no_person'
            else 'counted'
        end as state
    from credited
    left join pay_days on pay_days.day = credited.earned_on
    where credited.earned_on between $from_on and $to_on or credited.earned_on is null
),
sums as (
    select
        items.rep_key, items.bucket, items.state, case when items.state = 'no_rate' then items.currency end as currency,
        count(*) as lines, sum(items.money) as money, sum(case when items.money > 0 then items.money end) as gains,
        sum(case when items.state = 'no_rate' then items.amount_original end) as foreign_money
    from items
    group by items.rep_key, items.bucket, items.state, case when items.state = 'no_rate' then items.currency end
),
population as (
    select items.*, reps.rep, coalesce(rep_teams.team, reps.team) as team
    from items
    left join reps on reps.rep_key = items.rep_key
    left join rep_teams on rep_teams.rep_key = items.rep_key
        and items.last_on >= rep_teams.from_on and items.last_on < rep_teams.to_on
)
select reps.rep, sums.bucket, sums.state, sums.currency, sums.lines, sums.money, sums.gains, sums.foreign_money
from sums
left join reps on reps.rep_key = sums.rep_key
