-- Tickets open at the end of a day, the longest open first, with who sees to them (metrics/complaints.py).
with population as (
    select told_tickets.*, customers.customer, reps.rep, products.product, date_diff('day', told_tickets.opened_on, cast($day as date)) as days_open
    from told_tickets
    left join customers on customers.customer_key = told_tickets.customer_key
    left join reps on reps.rep_key = told_tickets.rep_key
    left join products on products.product_key = told_tickets.product_key
    where told_tickets.opened_on <= $day and (told_tickets.closed_on is null or told_tickets.closed_on > $day)
        and ($of = 'tickets' or told_tickets.is_complaint = 1)
)
select ticket_id, opened_on, days_open, customer, rep, product, kind, severity, status
from population
order by days_open desc, ticket_id
