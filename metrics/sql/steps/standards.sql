-- What its stage asks of each open deal, and how long the deal has stood in it.
select
    open_deals.*, coalesce(open_deals.stage, stage_now.stage) as stage_then, stage_now.entered_on,
    date_diff('day', stage_now.entered_on, cast($day as date)) as days_in_stage, places.max_days,
    concat(',', places.required, ',') as required
from open_deals
left join stage_now on stage_now.deal_id = open_deals.deal_id
left join places on places.stage = coalesce(open_deals.stage, stage_now.stage)
    and places.pipeline is not distinct from open_deals.pipeline
