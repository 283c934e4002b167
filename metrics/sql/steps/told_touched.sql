-- Deals open on a day (the question's own `open_then`) with their last activity as it is known today. Where that had been by
-- then, or there never was any, nothing later hides an earlier one (`is_settled`): most activities need not be looked at.
select
    named.deal_id, max(deals.last_activity_on) as last_activity_on,
    count(deals.deal_id) > 0 and coalesce(max(deals.last_activity_on) <= $day, true) as is_settled
from (select distinct open_then.deal_id from open_then) as named
left join deals on deals.deal_id = named.deal_id
group by named.deal_id
