-- The last activity for each deal open on `$day` (the question's own `open_then`), or what the CRM calls the last one of the deal as
-- it is known today.
select
    told_touched.deal_id,
    greatest(
        done.done_on, case when told_touched.last_activity_on <= $day then told_touched.last_activity_on end
    ) as touched_on
from told_touched
left join (
    select seen_activities.deal_id, max(seen_activities.done_on) as done_on
    from seen_activities
    join told_touched on told_touched.deal_id = seen_activities.deal_id
    where seen_activities.done_on <= $day and not told_touched.is_settled
    group by seen_activities.deal_id
) as done on done.deal_id = told_touched.deal_id
