-- The stage that a deal open on `$day` stood in where its state, rebuilt from dates, names none: then its visit does. Where all
-- are named, no visit is looked at.
select deal_stages.deal_id, max(deal_stages.stage) as stage
from deal_stages
join open_deals on open_deals.deal_id = deal_stages.deal_id
where open_deals.stage is null
    and deal_stages.entered_on <= $day and (deal_stages.left_on is null or deal_stages.left_on > $day)
group by deal_stages.deal_id
