-- Of the leads a deal came of, in their order; the first of them brought it (metrics/brought.py).
select
    deal_leads.deal_id, deal_leads.lead_id, deal_leads.source, deal_leads.campaign, deal_leads.created_on,
    deal_leads.is_in_scope,
    row_number() over (
        partition by deal_leads.deal_id
        order by case when deal_leads.is_in_scope then 0 else 1 end, deal_leads.created_on nulls last, deal_leads.lead_id
    ) as place
from deal_leads
where deal_leads.created_on is null or deal_leads.created_on <= $until
