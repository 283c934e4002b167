-- One deal as it stands now, with the names of the members it points to.
with population as (
    select
        deals.deal_id, deals.deal, customers.customer, reps.rep, deals.team, deals.region,
        deals.stage, deals.status, deals.amount, deals.probability, deals.forecast_category,
        deals.created_on, deals.expected_close_on, deals.closed_on, deals.cycle_days,
        deals.stage_since, deals.last_activity_on, deals.push_count, deals.next_step,
        products.product, deals.source, deals.campaign, deals.lead_id, deals.pipeline, deals.deal_type,
        deals.lost_reason, deals.competitor, deals.gone_on, deals.currency, deals.amount_original, deals.extra
    from deals
    left join customers on customers.customer_key = deals.customer_key
    left join reps on reps.rep_key = deals.rep_key
    left join products on products.product_key = deals.product_key
    where deals.deal_id = $deal_id
)
select * from population
