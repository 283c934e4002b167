-- Open deals with their forecast category and who says it: the CRM, the stage, or the probability (metrics/outlook.py).
select
    told.*,
    case
        when told.said is not null then told.said
        when told.of_stage is not null then told.of_stage
        when told.chance >= $commit_from then 'commit'
        when told.chance >= $best_case_from then 'best_case'
        when told.chance = 0 then 'omitted'
        else 'pipeline' end as forecast_category,
    case
        when told.said is not null then 'crm'
        when told.of_stage is not null then 'stage'
        when told.chance is not null then 'probability'
        else 'nobody' end as told_by
from (
    select
        open_deals.deal_id, open_deals.deal, open_deals.pipeline,
        coalesce(open_deals.stage, stage_unsaid.stage) as stage, open_deals.amount, open_deals.rep_key,
        open_deals.team, open_deals.customer_key, open_deals.created_on, open_deals.expected_close_on,
        case when open_deals.forecast_category in ('omitted', 'pipeline', 'best_case', 'commit')
            then open_deals.forecast_category end as said,
        case when places.forecast_category in ('omitted', 'pipeline', 'best_case', 'commit')
            then places.forecast_category end as of_stage,
        coalesce(open_deals.probability, places.probability) as chance
    from open_deals
    left join stage_unsaid on stage_unsaid.deal_id = open_deals.deal_id
    left join places on places.stage = coalesce(open_deals.stage, stage_unsaid.stage)
        and places.pipeline is not distinct from open_deals.pipeline
) as told
