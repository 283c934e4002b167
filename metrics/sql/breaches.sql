-- Open deals that do not meet what their stage asks, reason by reason (metrics/standards.py).
with population as (
    select
        standards.deal_id, standards.deal, customers.customer, reps.rep, standards.pipeline,
        standards.stage_then as stage, standards.amount, unmet.reason, unmet.field,
        standards.entered_on as stage_since, standards.days_in_stage, standards.max_days,
        case when unmet.reason = 'time' then standards.days_in_stage - standards.max_days end as days_over,
        standards.expected_close_on
    from unmet
    join standards on standards.deal_id = unmet.deal_id
    left join customers on customers.customer_key = standards.customer_key
    left join reps on reps.rep_key = standards.rep_key
)
select population.* from population
order by population.amount desc nulls last, population.deal_id, population.reason desc, population.field
