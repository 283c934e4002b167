-- Leads of two spans of time by channel, and whether they were qualified or converted soon, whichever came first
-- (metrics/channels.py). Only leads old enough to have had that many days count, so that young ones do not make the later
-- span look worse. Of leads that became a deal nobody knows when, only those qualified soon are known to be so.
with dated as (
    select leads.*, date_diff('day', leads.created_on, least(leads.qualified_on, leads.converted_on)) as days_to_qualified
    from leads
    where leads.created_on between $before_from and $to_on
        and date_diff('day', leads.created_on, cast($until as date)) >= $within
),
population as (
    select
        dated.lead_id, dated.lead, dated.rep_key, dated.source, dated.campaign, dated.status, dated.created_on,
        dated.qualified_on, dated.converted_on,
        case
            when dated.converted_on is null and dated.deal_id is not null and coalesce(dated.days_to_qualified > $within, true)
                then 'undated'
            when dated.created_on >= $from_on then 'now'
            else 'before'
        end as span,
        case when dated.days_to_qualified <= $within then 1 else 0 end as is_qualified
    from dated
)
select source, span, is_qualified, count(*) as leads from population group by source, span, is_qualified
