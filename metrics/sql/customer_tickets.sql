-- The tickets in view that are open on a day, or were opened in some days, the newest first (metrics/customer.py).
with population as (
    select
        tickets.ticket_id, tickets.opened_on, case when tickets.closed_on <= $day then tickets.closed_on end as closed_on,
        tickets.kind, tickets.severity, tickets.status, products.product, reps.rep
    from tickets
    left join products on products.product_key = tickets.product_key
    left join reps on reps.rep_key = tickets.rep_key
    where tickets.opened_on between $from_on and $to_on
        or (tickets.opened_on <= $day and (tickets.closed_on is null or tickets.closed_on > $day))
)
select
    ticket_id, opened_on, closed_on, kind, severity, status, product, rep,
    date_diff('day', opened_on, coalesce(closed_on, cast($day as date))) as open_days
from population
order by opened_on desc, ticket_id
