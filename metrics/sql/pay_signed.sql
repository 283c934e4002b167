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
items as (
    select
        credited.contract_id as line_id, credited.deal_id, coalesce(credited.contract, credited.deal) as line,
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
population as (
    select paid_items.*
    from paid_items
)
select pay_sums.* from pay_sums
