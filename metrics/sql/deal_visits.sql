-- The stages one deal went through, in order.
with population as (
    select deal_stages.stage, deal_stages.entered_on, deal_stages.left_on, reps.rep
    from deal_stages
    left join reps on reps.rep_key = deal_stages.rep_key
    where deal_stages.deal_id = $deal_id
)
select * from population order by entered_on, left_on nulls last
