-- Deals open on `$day`, as they were seen then (metrics/signals.py, metrics/standards.py).
select
    deals_seen.deal_id, deals_seen.deal, deals_seen.pipeline, deals_seen.stage, deals_seen.amount,
    deals_seen.amount_original, deals_seen.rep_key, deals_seen.team, deals_seen.customer_key, deals_seen.product_key,
    deals_seen.source, deals_seen.competitor, deals_seen.probability, deals_seen.forecast_category,
    deals_seen.created_on,
    deals_seen.expected_close_on, deals_seen.next_step, deals_seen.last_activity_on, deals_seen.currency, deals_seen.is_reconstructed
from deals_seen
where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
