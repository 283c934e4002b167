-- Of the leads a deal came of, in their order; the first of them brought it (metrics/brought.py).
select
    lead_links.deal_id, leads.lead_id, leads.source, leads.created_on,
    row_number() over (partition by lead_links.deal_id order by leads.created_on nulls last, leads.lead_id) as place
from lead_links
join leads on leads.lead_id = lead_links.lead_id
where leads.created_on is null or leads.created_on <= $until
