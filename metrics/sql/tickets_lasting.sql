-- How long tickets opened in a period took to close, those still open counted for as long as they have been
-- (metrics/complaints.py). Who closed before opening is left out, and counted.
with population as (
    select
        told_tickets.*, case when told_tickets.closed_on <= $until then 1 else 0 end as is_closed,
        date_diff('day', told_tickets.opened_on, case when told_tickets.closed_on <= $until then told_tickets.closed_on else cast($until as date) end) as days
    from told_tickets
    where told_tickets.opened_on between $from_on and $to_on
        and ($of = 'tickets' or told_tickets.is_complaint = 1)
)
select severity, days, is_closed, tells, tells_closing, count(*) as n
from population
group by severity, days, is_closed, tells, tells_closing
