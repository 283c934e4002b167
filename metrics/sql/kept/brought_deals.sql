-- brought_deals of all deals, from what the store keeps of them (metrics/rollups.py): of the columns, those that answers read.
-- Of a first lead that came after `$until` nothing is known yet: then a lead without a day is the first.
select
    cast(null as varchar) as deal_id, cast(null as varchar) as deal, cast(null as bigint) as rep_key,
    cast(null as bigint) as customer_key, told.amount, told.created_on, cast(null as varchar) as lead_id,
    not told.is_led and not told.is_led_undated as is_direct, false as is_unseen, told.first_source as lead_source,
    told.deal_source,
    case when $is_first then coalesce(told.first_source, told.deal_source)
        else coalesce(told.deal_source, told.first_source) end as source,
    coalesce(case when told.is_led then told.lead_on end, told.created_on) as brought_on,
    case when told.closed_on > $until then 'open' else told.status end as status,
    case when told.closed_on <= $until then told.closed_on end as closed_on
from (
    select
        first_leads.deal_source, first_leads.status, first_leads.amount, first_leads.created_on, first_leads.closed_on,
        first_leads.lead_on,
        first_leads.has_lead and coalesce(first_leads.lead_on <= $until, true) as is_led,
        first_leads.has_undated and first_leads.lead_on > $until as is_led_undated,
        case when coalesce(first_leads.lead_on <= $until, true) then first_leads.lead_source
            when first_leads.has_undated then first_leads.undated_source end as first_source
    from first_leads
) as told
where told.created_on is null or told.created_on <= $until
