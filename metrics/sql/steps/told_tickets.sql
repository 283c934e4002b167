-- Tickets, and whether each is a complaint: its kind says so (`is_called`), or no ticket on record says so of any.
select
    tickets.*, ticket_kinds.tells, ticket_kinds.tells_closing, named_tickets.is_called,
    case when ticket_kinds.tells = 0 then 1 else named_tickets.is_called end as is_complaint
from tickets
join named_tickets on named_tickets.ticket_id = tickets.ticket_id
cross join ticket_kinds
