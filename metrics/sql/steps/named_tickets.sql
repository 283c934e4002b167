-- Tickets on record, whatever is filtered, and whether each is called a complaint: here and nowhere else is said by which words.
select
    scoped_tickets.ticket_id, scoped_tickets.customer_key, scoped_tickets.opened_on, scoped_tickets.closed_on,
    case when lower(scoped_tickets.kind) like '%complain%' or scoped_tickets.kind like '%投诉%'
        or scoped_tickets.kind like '%客诉%' or scoped_tickets.kind like '%抱怨%' then 1 else 0 end as is_called
from scoped_tickets
