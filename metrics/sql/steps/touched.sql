-- Deals open on a day (the question's own `open_then`) with the day of their last touch: the last activity, or what the CRM
-- calls the last one; deals may be shared out.
select
    open_then.*,
    greatest(
        done.done_on, case when open_then.last_activity_on <= $day then open_then.last_activity_on end,
        case when told.last_activity_on <= $day then told.last_activity_on end
    ) as touched_on
from open_then
left join (
    select seen_activities.deal_id, max(seen_activities.done_on) as done_on
    from seen_activities
    join open_then on open_then.deal_id = seen_activities.deal_id
    where seen_activities.done_on <= $day
    group by seen_activities.deal_id
) as done on done.deal_id = open_then.deal_id
left join (
    select deals.deal_id, max(deals.last_activity_on) as last_activity_on
    from deals
    join open_then on open_then.deal_id = deals.deal_id
    group by deals.deal_id
) as told on told.deal_id = open_then.deal_id
