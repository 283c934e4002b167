-- Deals open on a day, with what speaks against each of them, sign by sign (metrics/signals.py). Each large table is
-- read once: engines would keep a copy of what is read twice.
with open_then as (
    select open_deals.deal_id, open_deals.currency from open_deals
),
record as (  -- whether anybody writes down next steps and touches, or looked twice: else that there is none says nothing
    select
        max(case when trim(scoped_deals.next_step) <> '' then 1 else 0 end) as has_steps,
        max(case when scoped_deals.last_activity_on <= $day then 1 else 0 end) as has_touches
    from scoped_deals
),
looks as (
    select min(scoped_versions.seen_from) as first_on, max(scoped_versions.seen_from) as last_on
    from scoped_versions
    where scoped_versions.seen_from <= $day and not scoped_versions.is_reconstructed
),
begun as (
    select min(known_activities.done_on) as done_on from known_activities where known_activities.is_of_deal
),
asks as (
    select
        places.pipeline, places.stage, places.max_days, places.required, concat(',', places.required, ',') as fields
    from places
),
reached as (
    select
        won_stays.*,
        sum(won_stays.n) over (partition by won_stays.pipeline, won_stays.stage order by won_stays.days) as so_far,
        sum(won_stays.n) over (partition by won_stays.pipeline, won_stays.stage) as "all"
    from won_stays
),
usual as (
    select reached.pipeline, reached.stage, min(reached.days) as p75
    from reached
    where reached.so_far * 4 >= reached."all" * 3 and reached."all" >= $least_won
    group by reached.pipeline, reached.stage
),
facts as (
    select
        open_deals.deal_id, open_deals.deal, open_deals.rep_key, open_deals.customer_key, open_deals.pipeline,
        coalesce(open_deals.stage, stage_now.stage) as stage, open_deals.amount, open_deals.created_on,
        open_deals.expected_close_on, open_deals.next_step, stage_now.entered_on as stage_since,
        open_deals.is_reconstructed,
        greatest(
            last_touched.touched_on, case when open_deals.last_activity_on <= $day then open_deals.last_activity_on end
        ) as touched_on,
        case when not open_deals.is_reconstructed then
            date_diff('day', open_deals.expected_close_on, cast($day as date))
        end as past_days,
        date_diff('day', stage_now.entered_on, cast($day as date)) as stage_days,
        usual.p75 as stage_p75, asks.max_days,
        asks.required,
        nullif(concat(  -- of what its stage asks, what the deal does not meet
            case when asks.fields like '%,rep,%' and open_deals.rep_key is null then 'rep,' else '' end,
            case when asks.fields like '%,customer,%' and open_deals.customer_key is null then 'customer,' else '' end,
            case when asks.fields like '%,amount,%' and coalesce(open_deals.amount, 0) = 0 then 'amount,' else '' end,
            case when asks.fields like '%,expected_close_on,%' and open_deals.expected_close_on is null then 'expected_close_on,' else '' end,
            case when asks.fields like '%,next_step,%' and nullif(trim(open_deals.next_step), '') is null then 'next_step,' else '' end,
            case when asks.fields like '%,product,%' and open_deals.product_key is null then 'product,' else '' end,
            case when asks.fields like '%,source,%' and open_deals.source is null then 'source,' else '' end,
            case when asks.fields like '%,competitor,%' and open_deals.competitor is null then 'competitor,' else '' end,
            case when asks.fields like '%,probability,%' and open_deals.probability is null then 'probability,' else '' end
        ), '') as missing_fields,
        case when looks.first_on < looks.last_on then restated.pushes end as pushes,
        case when looks.first_on < looks.last_on then restated.most end as most_amount,
        open_deals.amount_original,
        case when record.has_steps = 1 and not open_deals.is_reconstructed then
            nullif(trim(open_deals.next_step), '') is null
        end as is_stepless,
        coalesce(record.has_touches = 1 or begun.done_on <= $day, false) as is_recorded,
        greatest(open_deals.created_on, begun.done_on) as untouched_since,
        sum(case when open_deals.amount > 0 then open_deals.amount end) over () as open_amount,
        count(case when open_deals.amount > 0 then 1 end) over () as open_priced
    from open_deals
    cross join record
    cross join looks
    cross join begun
    left join last_touched on last_touched.deal_id = open_deals.deal_id
    left join stage_now on stage_now.deal_id = open_deals.deal_id
    left join usual on usual.stage = coalesce(open_deals.stage, stage_now.stage)
        and usual.pipeline is not distinct from open_deals.pipeline
    left join asks on asks.stage = coalesce(open_deals.stage, stage_now.stage)
        and asks.pipeline is not distinct from open_deals.pipeline
    left join restated on restated.deal_id = open_deals.deal_id
),
aged as (
    select
        facts.*,
        cast(case when facts.missing_fields is null then 0 else
            case when facts.missing_fields like '%rep,%' then 1 else 0 end
            + case when facts.missing_fields like '%customer,%' then 1 else 0 end
            + case when facts.missing_fields like '%amount,%' then 1 else 0 end
            + case when facts.missing_fields like '%expected_close_on,%' then 1 else 0 end
            + case when facts.missing_fields like '%next_step,%' then 1 else 0 end
            + case when facts.missing_fields like '%product,%' then 1 else 0 end
            + case when facts.missing_fields like '%source,%' then 1 else 0 end
            + case when facts.missing_fields like '%competitor,%' then 1 else 0 end
            + case when facts.missing_fields like '%probability,%' then 1 else 0 end
        end as bigint) as missing,
        case when facts.is_recorded then
            greatest(date_diff('day', coalesce(facts.touched_on, facts.untouched_since), cast($day as date)), 0)
        end as silent_days,
        cast(facts.most_amount - facts.amount_original as double) / nullif(cast(facts.most_amount as double), 0) as cut_share,
        case when facts.amount > 0 then
            cast(facts.amount as double) / nullif(cast(facts.open_amount as double), 0)
        end as open_share
    from facts
),
judged as (
    select
        aged.deal_id, aged.deal, aged.customer_key, aged.rep_key, aged.pipeline, aged.stage, aged.amount,
        aged.created_on, aged.expected_close_on, aged.stage_since, aged.touched_on, aged.next_step, aged.past_days,
        aged.silent_days, aged.stage_days, aged.stage_p75, aged.max_days, aged.missing, aged.missing_fields, aged.pushes,
        aged.most_amount, aged.cut_share, aged.open_share, aged.is_reconstructed,
        aged.past_days > 0 as is_past_due,
        aged.silent_days >= $silent_days as is_silent,
        case when aged.stage_p75 is not null then aged.stage_days > aged.stage_p75 end as is_slow,
        case when aged.max_days is not null then aged.stage_days > aged.max_days end as is_overdue,
        case when aged.required is not null then aged.missing > 0 end as is_lacking,
        aged.pushes >= $least_pushes as is_pushed,
        case when aged.pushes is not null then coalesce(aged.cut_share, 0) >= $cut_share end as is_cut,
        aged.is_stepless,
        coalesce(aged.open_share, 0) > $big_share and aged.open_share * aged.open_priced > $big_times as is_big
    from aged
),
population as (  -- with names
    select
        judged.deal_id, judged.deal, customers.customer, reps.rep, judged.pipeline, judged.stage,
        judged.amount, judged.created_on, judged.expected_close_on, judged.stage_since,
        judged.touched_on, judged.next_step, judged.past_days, judged.silent_days,
        judged.stage_days, judged.stage_p75, judged.max_days, judged.missing, judged.missing_fields,
        judged.pushes, judged.most_amount, judged.cut_share, judged.open_share,
        judged.is_reconstructed, judged.is_past_due, judged.is_silent, judged.is_slow,
        judged.is_overdue, judged.is_lacking, judged.is_pushed, judged.is_cut, judged.is_stepless,
        judged.is_big
    from judged
    left join customers on customers.customer_key = judged.customer_key
    left join reps on reps.rep_key = judged.rep_key
)
select
    population.*,
    case when is_past_due then 1 else 0 end + case when is_silent then 1 else 0 end
    + case when is_slow then 1 else 0 end + case when is_overdue then 1 else 0 end
    + case when is_lacking then 1 else 0 end + case when is_pushed then 1 else 0 end
    + case when is_cut then 1 else 0 end + case when is_stepless then 1 else 0 end
    + case when is_big then 1 else 0 end as signals
from population
order by signals desc, population.amount desc nulls last, population.deal_id
