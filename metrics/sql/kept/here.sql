-- here of the store's own day, from what is kept of the deals open on it (metrics/rollups.py).
select open_in_view.deal_id, open_in_view.stage_here as stage, open_in_view.here_on as entered_on
from open_in_view
where open_in_view.stage_here is not null
