-- Deals with the channel that brought them and the day they were brought on: the day their first lead was created, without
-- a lead their own (metrics/brought.py). `$is_first`: the channel is the lead's (first touch), else the deal's (last touch);
-- where one says nothing, the other's. What happened after `$until` has not. `is_unseen`: there is a lead, out of scope.
select
    deals.deal_id, deals.deal, deals.rep_key, deals.customer_key, deals.amount, deals.created_on, first_leads.lead_id,
    first_leads.deal_id is null as is_direct, not coalesce(first_leads.is_in_scope, true) as is_unseen,
    first_leads.source as lead_source, deals.source as deal_source,
    case when $is_first then coalesce(first_leads.source, deals.source)
        else coalesce(deals.source, first_leads.source) end as source,
    coalesce(first_leads.created_on, deals.created_on) as brought_on,
    case when deals.closed_on > $until then 'open' else deals.status end as status,
    case when deals.closed_on <= $until then deals.closed_on end as closed_on
from deals
left join first_leads on first_leads.deal_id = deals.deal_id and first_leads.place = 1
where deals.created_on is null or deals.created_on <= $until
