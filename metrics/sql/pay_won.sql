-- What deals won bring the people who are credited for them, by the period in which they were closed (metrics/pay.py).
-- Open questions are kept beside what counts: nobody to pay, no rate, no amount, no day.
with dated as (
    select deal_credits.*
    from deal_credits
    where deal_credits.credit = $credit and deal_credits.status = 'won'
        and (deal_credits.closed_on between $from_on and $to_on or deal_credits.closed_on is null)
),
items as (
    select
        dated.deal_id as line_id, dated.deal_id, dated.deal as line, dated.customer_key, dated.rep_key,
        dated.closed_on as earned_on, pay_days.bucket, pay_days.last_on,
        dated.whole_amount, dated.amount as money, dated.currency,
        dated.amount_original,
        case
            when dated.closed_on is null then 'no_day'
            when dated.amount is null and dated.amount_original is not null then 'no_rate'
            when dated.amount is null then 'no_amount'
            when dated.rep_key is null then 'no_person'
            else 'counted'
        end as state
    from dated
    left join pay_days on pay_days.day = dated.closed_on
),
population as (
    select paid_items.*
    from paid_items
)
select pay_sums.* from pay_sums
