-- Who bought again within some days after an answer, by what the answer was (metrics/repurchase.py). A customer counts once
-- for each kind of survey, with the first answer of the period that is old enough for the days to be over, as far as purchases are known: what
-- came after an answer must not decide whether it counts.
with told as (
    select
        customer_surveys.*,
        case when customer_surveys.kind = 'nps' then case when customer_surveys.score >= $promotes then 'promoter'
                when customer_surveys.score <= $detracts then 'detractor' else 'passive' end
            else case when customer_surveys.score >= $satisfied * customer_surveys.scale
                then 'satisfied' else 'not_satisfied' end end as opinion
    from customer_surveys
    where customer_surveys.kind in ('nps', 'csat') and customer_surveys.customer_key is not null
        and customer_surveys.is_read = 1 and customer_surveys.said_on between $from_on and $to_on
),
known as (
    select least(max(known_purchases.bought_on), cast($day as date)) as until, max(known_purchases.is_order) as is_order
    from known_purchases
    where known_purchases.is_bought = 1
),
placed as (
    select
        told.*, known.until, known.is_order,
        row_number() over (partition by told.kind, told.customer_key, case
            when date_diff('day', told.said_on, known.until) >= $within then 1 else 0 end
            order by told.said_on, told.survey_id) as place
    from told
    cross join known
),
kept as (
    select placed.*, case when date_diff('day', placed.said_on, placed.until) >= $within then 1 else 0 end as is_old_enough
    from placed
    where placed.place = 1
),
days as (
    select distinct kept.customer_key, kept.said_on
    from kept
    where kept.is_old_enough = 1
),
again as (
    select days.customer_key, days.said_on, min(known_purchases.bought_on) as next_on
    from known_purchases
    join days on days.customer_key = known_purchases.customer_key
    where known_purchases.is_bought = 1 and known_purchases.bought_on > $from_on
        and known_purchases.bought_on > days.said_on
        and date_diff('day', days.said_on, known_purchases.bought_on) <= $within
    group by days.customer_key, days.said_on
),
population as (
    select
        kept.survey_id, kept.kind, kept.opinion, kept.customer_key, kept.rep_key, kept.said_on, kept.score, kept.comment,
        kept.is_old_enough, kept.is_order, again.next_on,
        case when again.next_on is not null then 1 else 0 end as is_again
    from kept
    left join again on again.customer_key = kept.customer_key and again.said_on = kept.said_on and kept.is_old_enough = 1
)
select kind, opinion, is_old_enough, is_again, is_order, count(*) as customers
from population
group by kind, opinion, is_old_enough, is_again, is_order
