-- last_touched of the store's own day, from what is kept of the deals open on it (metrics/rollups.py).
select open_now.deal_id, open_now.touched_on from open_now
