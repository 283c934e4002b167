-- Deals open on a day, with what speaks against each of them, sign by sign (metrics/signals.py). Each large table is
-- read once: engines would keep a copy of what is read twice.
with done as (
    select activities.deal_id, max(activities.done_on) as done_on
    from activities
    join open_deals on open_deals.deal_id = activities.deal_id
    where activities.done_on <= $day
    group by activities.deal_id
),
told as (  -- what the CRM says itself, and activities that the viewer may not see
    select deals.deal_id, deals.last_activity_on
    from deals
    join open_deals on open_deals.deal_id = deals.deal_id
    where deals.last_activity_on is not null
),
asked as (  -- of what its stage asks, what a deal does not meet
    select
        unmet.deal_id, count(*) filter (where unmet.reason = 'field') as missing,
        nullif(concat(
            max(case unmet.field when 'rep' then 'rep,' else '' end),
            max(case unmet.field when 'customer' then 'customer,' else '' end),
            max(case unmet.field when 'amount' then 'amount,' else '' end),
            max(case unmet.field when 'expected_close_on' then 'expected_close_on,' else '' end),
            max(case unmet.field when 'next_step' then 'next_step,' else '' end),
            max(case unmet.field when 'product' then 'product,' else '' end),
            max(case unmet.field when 'source' then 'source,' else '' end),
            max(case unmet.field when 'competitor' then 'competitor,' else '' end),
            max(case unmet.field when 'probability' then 'probability,' else '' end)
        ), '') as missing_fields
    from unmet
    group by unmet.deal_id
),
won_days as (  -- how long deals that were won by then stood in each stage
    select
        stage_visits.pipeline, stage_visits.stage,
        date_diff('day', stage_visits.entered_on, stage_visits.left_on) as days, count(*) as n
    from stage_visits
    where stage_visits.status = 'won' and stage_visits.closed_on <= $day
        and stage_visits.left_on >= stage_visits.entered_on
    group by stage_visits.pipeline, stage_visits.stage,
        date_diff('day', stage_visits.entered_on, stage_visits.left_on)
),
reached as (
    select
        won_days.*,
        sum(won_days.n) over (partition by won_days.pipeline, won_days.stage order by won_days.days) as so_far,
        sum(won_days.n) over (partition by won_days.pipeline, won_days.stage) as "all"
    from won_days
),
usual as (
    select reached.pipeline, reached.stage, min(reached.days) as p75
    from reached
    where reached.so_far * 4 >= reached."all" * 3 and reached."all" >= $least_won
    group by reached.pipeline, reached.stage
),
states as (
    select
        deal_versions.deal_id, deal_versions.amount_original, deal_versions.expected_close_on, deal_versions.seen_to,
        lag(deal_versions.expected_close_on) over (
            partition by deal_versions.deal_id order by deal_versions.seen_from
        ) as due_before
    from deal_versions
    join open_deals on open_deals.deal_id = deal_versions.deal_id
    where deal_versions.seen_from <= $day
),
moved as (  -- in its own currency: a new rate is no cut
    select
        states.deal_id,
        count(*) filter (
            where cast(date_trunc('month', states.expected_close_on) as date)
                > cast(date_trunc('month', states.due_before) as date)
        ) as pushes,
        max(states.amount_original) filter (where date_diff('day', states.seen_to, cast($day as date)) <= $cut_days) as most
    from states
    group by states.deal_id
),
facts as (
    select
        open_deals.deal_id, open_deals.deal, open_deals.rep_key, open_deals.customer_key, open_deals.pipeline,
        coalesce(open_deals.stage, stage_now.stage) as stage, open_deals.amount, open_deals.created_on,
        open_deals.expected_close_on, open_deals.next_step, stage_now.entered_on as stage_since,
        greatest(
            done.done_on, case when open_deals.last_activity_on <= $day then open_deals.last_activity_on end,
            case when told.last_activity_on <= $day then told.last_activity_on end
        ) as touched_on,
        date_diff('day', open_deals.expected_close_on, cast($day as date)) as past_days,
        date_diff('day', stage_now.entered_on, cast($day as date)) as stage_days,
        usual.p75 as stage_p75, places.max_days,
        places.required, coalesce(asked.missing, 0) as missing, asked.missing_fields, moved.pushes, moved.most as most_amount, open_deals.amount_original,
        count(nullif(trim(open_deals.next_step), '')) over () as steps_known,
        count(coalesce(done.done_on, open_deals.last_activity_on, told.last_activity_on)) over () as touches_known,
        sum(coalesce(open_deals.amount, 0)) over () as open_amount
    from open_deals
    left join told on told.deal_id = open_deals.deal_id
    left join done on done.deal_id = open_deals.deal_id
    left join stage_now on stage_now.deal_id = open_deals.deal_id
    left join usual on usual.stage = coalesce(open_deals.stage, stage_now.stage)
        and usual.pipeline is not distinct from open_deals.pipeline
    left join places on places.stage = coalesce(open_deals.stage, stage_now.stage)
        and places.pipeline is not distinct from open_deals.pipeline
    left join asked on asked.deal_id = open_deals.deal_id
    left join moved on moved.deal_id = open_deals.deal_id
),
aged as (
    select
        facts.*,
        case when facts.touches_known > 0 then
            greatest(date_diff('day', coalesce(facts.touched_on, facts.created_on), cast($day as date)), 0)
        end as silent_days,
        cast(facts.most_amount - facts.amount_original as double) / nullif(cast(facts.most_amount as double), 0) as cut_share,
        cast(facts.amount as double) / nullif(cast(facts.open_amount as double), 0) as open_share
    from facts
),
population as (
    select
        aged.deal_id, aged.deal, customers.customer, reps.rep, aged.pipeline, aged.stage, aged.amount,
        aged.created_on, aged.expected_close_on, aged.stage_since, aged.touched_on, aged.next_step, aged.past_days,
        aged.silent_days, aged.stage_days, aged.stage_p75, aged.max_days, aged.missing, aged.missing_fields, aged.pushes, aged.most_amount, aged.cut_share,
        aged.open_share,
        case when aged.expected_close_on is not null then aged.past_days > 0 end as is_past_due,
        aged.silent_days >= $silent_days as is_silent,
        case when aged.stage_p75 is not null then aged.stage_days > aged.stage_p75 end as is_slow,
        case when aged.max_days is not null then aged.stage_days > aged.max_days end as is_overdue,
        case when aged.required is not null then aged.missing > 0 end as is_lacking,
        aged.pushes >= $least_pushes as is_pushed,
        coalesce(aged.cut_share, 0) >= $cut_share as is_cut,
        case when aged.steps_known > 0 then nullif(trim(aged.next_step), '') is null end as is_stepless,
        coalesce(aged.open_share, 0) > $big_share as is_big
    from aged
    left join customers on customers.customer_key = aged.customer_key
    left join reps on reps.rep_key = aged.rep_key
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
