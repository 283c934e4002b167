-- What tickets on record tell, whatever is filtered: whether any is called a complaint, and whether any has a closing day.
select
    coalesce(max(named_tickets.is_called), 0) as tells,
    coalesce(max(case when named_tickets.closed_on is not null then 1 else 0 end), 0) as tells_closing
from named_tickets
