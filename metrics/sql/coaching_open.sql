-- Open deals as they stand today, with what their owner has let slip and how often each was touched lately: one
-- salesperson's and the others' (metrics/coaching.py). What nobody here writes down says nothing about anybody. Seen from a
-- day in the past there are none: what was written then is not looked up.
with owned as (
    select
        deals.deal_id, deals.deal, deals.customer_key, deals.rep_key, deals.pipeline, deals.stage, deals.amount,
        deals.created_on, deals.expected_close_on, deals.next_step, deals.push_count, deals.last_activity_on,
        case when reps.rep = $rep then 'own' else 'peers' end as side
    from deals
    left join reps on reps.rep_key = deals.rep_key
    where deals.status = 'open' and not deals.is_gone and deals.rep_key is not null and deals.created_on <= $day
        and not $is_past
),
touched as (
    select deal_activities.deal_id, count(*) as touches
    from deal_activities
    where deal_activities.done_on between $span_from and $day
    group by deal_activities.deal_id
),
kept as (  -- what anybody writes down
    select
        max(case when trim(owned.next_step) <> '' then 1 else 0 end) as has_steps,
        max(case when owned.last_activity_on is not null then 1 else 0 end) as has_touches,
        max(case when owned.push_count > 0 then 1 else 0 end) as has_pushes
    from owned
),
population as (
    select
        owned.*,
        owned.expected_close_on < $day as is_past_due,
        case when kept.has_touches = 1 then
            date_diff('day', coalesce(owned.last_activity_on, owned.created_on), cast($day as date)) >= $silent_days
        end as is_silent,
        case when kept.has_pushes = 1 then owned.push_count >= $least_pushes end as is_pushed,
        case when kept.has_steps = 1 then nullif(trim(owned.next_step), '') is null end as is_stepless,
        case when kept.has_touches = 1 and owned.created_on <= $span_from then coalesce(touched.touches, 0) end as touches
    from owned
    cross join kept
    left join touched on touched.deal_id = owned.deal_id
)
select
    side,
    count(*) filter (where is_past_due) as past_due, count(is_past_due) as past_due_of,
    count(*) filter (where is_silent) as silent, count(is_silent) as silent_of,
    count(*) filter (where is_pushed) as pushed, count(is_pushed) as pushed_of,
    count(*) filter (where is_stepless) as stepless, count(is_stepless) as stepless_of,
    count(touches) as cases, cast(sum(touches) as double) as whole, cast(sum(touches * touches) as double) as squares
from population
group by side
