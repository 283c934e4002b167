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
population as (
    select paid_items.*
    from paid_items
)
select pay_sums.* from pay_sums
