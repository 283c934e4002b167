-- Leads of two spans of time by channel, and whether they were qualified soon (metrics/channels.py). Only leads old enough
-- to have had that many days count, so that young ones do not make the later span look worse.
with population as (
    select
        leads.lead_id, leads.lead, leads.rep_key, leads.source, leads.campaign, leads.status, leads.created_on,
        leads.qualified_on, leads.converted_on,
        case when leads.created_on >= $from_on then 'now' else 'before' end as span,
        case when date_diff('day', leads.created_on, coalesce(leads.qualified_on, leads.converted_on)) <= $within then 1
            else 0 end as is_qualified
    from leads
    where leads.created_on between $before_from and $to_on
        and date_diff('day', leads.created_on, cast($until as date)) >= $within
)
select source, span, is_qualified, count(*) as leads from population group by source, span, is_qualified
