-- Deals open on `$day`, with what their visits, activities and earlier states say of them: rows of fold.rolled_open_now.
with open_deals as (
    select deals_seen.deal_id, deals_seen.stage, deals_seen.currency
    from deals_seen
    where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
),
open_then as (
    select open_deals.deal_id, open_deals.stage, open_deals.currency from open_deals
),
population as (
    select
        open_then.deal_id, stage_now.stage as stage_now, stage_now.entered_on as stage_on, here.stage as stage_here,
        here.entered_on as here_on, last_touched.touched_on, restated.pushes, restated.most, 1 as n
    from open_then
    left join stage_now on stage_now.deal_id = open_then.deal_id
    left join here on here.deal_id = open_then.deal_id
    left join last_touched on last_touched.deal_id = open_then.deal_id
    left join restated on restated.deal_id = open_then.deal_id
)
select * from population
