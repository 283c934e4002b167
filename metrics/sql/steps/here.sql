-- The stage each deal open on `$day` (the question's own `open_then`) stood in, and since when, as its visits to open stages say.
-- A state rebuilt from dates names no stage: then the visit does.
select stage_visits.deal_id, max(stage_visits.stage) as stage, max(stage_visits.entered_on) as entered_on
from stage_visits
join open_then on open_then.deal_id = stage_visits.deal_id
    and (open_then.stage is null or open_then.stage = stage_visits.stage)
where stage_visits.entered_on <= $day and (stage_visits.left_on is null or stage_visits.left_on > $day)
group by stage_visits.deal_id
