-- Deals open on a day (the question's own `open_then`) with the day of their last touch: the last activity, or what the CRM
-- calls the last one; deals may be shared out.
select
    open_then.*,
    greatest(
        done.done_on, case when open_then.last_activity_on <= $day then open_then.last_activity_on end,
        case when told_touched.last_activity_on <= $day then told_touched.last_activity_on end
    ) as touched_on
from open_then
left join (
    select seen_activities.deal_id, max(seen_activities.done_on) as done_on
    from seen_activities
    join told_touched on told_touched.deal_id = seen_activities.deal_id
    where seen_activities.done_on <= $day and not told_touched.is_settled
    group by seen_activities.deal_id
) as done on done.deal_id = open_then.deal_id
left join told_touched on told_touched.deal_id = open_then.deal_id
