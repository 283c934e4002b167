-- Deals open on a day (the question's own `open_then`) with the day of their last touch: the last activity, or what the CRM
-- calls the last one; deals may be shared out.
select
    open_then.*,
    greatest(
        last_touched.touched_on, case when open_then.last_activity_on <= $day then open_then.last_activity_on end
    ) as touched_on
from open_then
left join last_touched on last_touched.deal_id = open_then.deal_id
