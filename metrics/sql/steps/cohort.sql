-- Deals created in a period (without one all) and by `$until`.
-- `status_then`: what was closed after `$until` is open. Open deals that are gone are nobody's cohort.
select
    deals.*, case when deals.status = 'open' or deals.closed_on > $until then 'open' else deals.status end as status_then
from deals
where (deals.status <> 'open' or not deals.is_gone)
    and (not $has_period or deals.created_on between $from_on and $to_on)
    and (deals.created_on is null or deals.created_on <= $until)
