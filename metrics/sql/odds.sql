-- How visits to open stages ended, of deals decided until a day: the own history that odds are made of (metrics/odds.py).
-- A visit counts as long as the deal was in the stage; of a deal that came twice each visit counts.
with decided as (
    select deals.deal_id, deals.pipeline, deals.closed_on, deals.status
    from deals
    where deals.status <> 'open' and deals.closed_on <= $until
),
visits as (
    select
        deal_stages.deal_id, deal_stages.stage, deal_stages.entered_on,
        coalesce(deal_stages.left_on, decided.closed_on) as left_on
    from deal_stages
    join decided on decided.deal_id = deal_stages.deal_id
),
open_stages as (
    select distinct stages.pipeline, stages.stage from stages where stages.status = 'open'
),
population as (
    select
        visits.deal_id, decided.pipeline, visits.stage, visits.entered_on, visits.left_on, decided.closed_on,
        decided.status, greatest(date_diff('day', visits.entered_on, visits.left_on), 0) as days
    from visits
    join decided on decided.deal_id = visits.deal_id
    join open_stages on open_stages.stage = visits.stage
        and (open_stages.pipeline is null or open_stages.pipeline is not distinct from decided.pipeline)
)
select pipeline, stage, days, count(*) as decided, count(*) filter (where status = 'won') as won
from population group by pipeline, stage, days
