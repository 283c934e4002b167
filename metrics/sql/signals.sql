-- Deals open on a day, with what speaks against each of them, sign by sign (metrics/signals.py). Each large table is
-- read once: engines would keep a copy of what is read twice.
with open_then as (
    select
        deals_seen.deal_id, deals_seen.deal, deals_seen.pipeline, deals_seen.stage, deals_seen.amount,
        deals_seen.amount_original,
        deals_seen.rep_key, deals_seen.customer_key, deals_seen.created_on, deals_seen.expected_close_on,
        deals_seen.next_step, deals_seen.last_activity_on
    from deals_seen
    where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
),
done as (
    select activities.deal_id, max(activities.done_on) as done_on
    from activities
    join open_then on open_then.deal_id = activities.deal_id
    where activities.done_on <= $day
    group by activities.deal_id
),
told as (  -- what the CRM says itself, and activities that the viewer may not see
    select deals.deal_id, deals.last_activity_on
    from deals
    join open_then on open_then.deal_id = deals.deal_id
    where deals.last_activity_on is not null
),
here as (  -- a state rebuilt from dates names no stage: then the visit does
    select deal_stages.deal_id, max(deal_stages.stage) as stage, max(deal_stages.entered_on) as entered_on
    from deal_stages
    join open_then on open_then.deal_id = deal_stages.deal_id
        and (open_then.stage is null or open_then.stage = deal_stages.stage)
    where deal_stages.entered_on <= $day and (deal_stages.left_on is null or deal_stages.left_on > $day)
    group by deal_stages.deal_id
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
    join open_then on open_then.deal_id = deal_versions.deal_id
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
        open_then.deal_id, open_then.deal, open_then.rep_key, open_then.customer_key, open_then.pipeline,
        coalesce(open_then.stage, here.stage) as stage, open_then.amount, open_then.created_on,
        open_then.expected_close_on, open_then.next_step, here.entered_on as stage_since,
        greatest(
            done.done_on, case when open_then.last_activity_on <= $day then open_then.last_activity_on end,
            case when told.last_activity_on <= $day then told.last_activity_on end
        ) as touched_on,
        date_diff('day', open_then.expected_close_on, cast($day as date)) as past_days,
        date_diff('day', here.entered_on, cast($day as date)) as stage_days,
        usual.p75 as stage_p75, moved.pushes, moved.most as most_amount, open_then.amount_original,
        count(nullif(trim(open_then.next_step), '')) over () as steps_known,
        count(coalesce(done.done_on, open_then.last_activity_on, told.last_activity_on)) over () as touches_known,
        sum(coalesce(open_then.amount, 0)) over () as open_amount
    from open_then
    left join told on told.deal_id = open_then.deal_id
    left join done on done.deal_id = open_then.deal_id
    left join here on here.deal_id = open_then.deal_id
    left join usual on usual.stage = coalesce(open_then.stage, here.stage)
        and usual.pipeline is not distinct from open_then.pipeline
    left join moved on moved.deal_id = open_then.deal_id
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
        aged.silent_days, aged.stage_days, aged.stage_p75, aged.pushes, aged.most_amount, aged.cut_share,
        aged.open_share,
        case when aged.expected_close_on is not null then aged.past_days > 0 end as is_past_due,
        aged.silent_days >= $silent_days as is_silent,
        case when aged.stage_p75 is not null then aged.stage_days > aged.stage_p75 end as is_slow,
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
    + case when is_slow then 1 else 0 end + case when is_pushed then 1 else 0 end
    + case when is_cut then 1 else 0 end + case when is_stepless then 1 else 0 end
    + case when is_big then 1 else 0 end as signals
from population
order by signals desc, population.amount desc nulls last, population.deal_id
