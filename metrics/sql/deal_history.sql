-- Every state one deal was seen in, the newest first. States before the first upload are rebuilt and left out. A deal that
-- is not the viewer's any more has none: what others make of it is theirs.
with population as (
    select
        deal_versions.seen_from,
        case when deal_versions.seen_to < date '9999-12-31' then deal_versions.seen_to end as seen_to,
        deal_versions.stage, deal_versions.status,
        deal_versions.amount, deal_versions.expected_close_on, deal_versions.probability,
        deal_versions.forecast_category, deal_versions.next_step, deal_versions.team, reps.rep
    from deal_versions
    left join reps on reps.rep_key = deal_versions.rep_key
    where deal_versions.deal_id = $deal_id and not deal_versions.is_reconstructed
        and deal_versions.deal_id in (select deals.deal_id from deals)
)
select * from population order by seen_from desc
