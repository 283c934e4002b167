-- Tickets, and whether each is a complaint: its kind says so, or no ticket on record says so of any.
select
    tickets.*, ticket_kinds.tells, ticket_kinds.tells_closing,
    case when ticket_kinds.tells = 0 or lower(tickets.kind) like '%complain%' or tickets.kind like '%投诉%'
        or tickets.kind like '%客诉%' or tickets.kind like '%抱怨%' then 1 else 0 end as is_complaint
from tickets
cross join ticket_kinds
