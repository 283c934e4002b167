-- The stage each open deal stood in on `$day`, and since when. A state rebuilt from dates names no stage: then the visit does.
select deal_stages.deal_id, max(deal_stages.stage) as stage, max(deal_stages.entered_on) as entered_on
from deal_stages
join open_deals on open_deals.deal_id = deal_stages.deal_id
    and (open_deals.stage is null or open_deals.stage = deal_stages.stage)
where deal_stages.entered_on <= $day and (deal_stages.left_on is null or deal_stages.left_on > $day)
group by deal_stages.deal_id
