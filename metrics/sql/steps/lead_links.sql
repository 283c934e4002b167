-- Which lead a deal came of, where either names the other; a pair that both name stands twice (metrics/brought.py).
select leads.lead_id, leads.deal_id
from leads
where leads.deal_id is not null
union all
select deals.lead_id, deals.deal_id
from deals
where deals.lead_id is not null
