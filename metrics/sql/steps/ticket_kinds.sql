-- What tickets on record tell, whatever is filtered: whether any is called a complaint, and whether any has a closing day.
select
    coalesce(max(case when lower(scoped_tickets.kind) like '%complain%' or scoped_tickets.kind like '%投诉%'
        or scoped_tickets.kind like '%客诉%' or scoped_tickets.kind like '%抱怨%' then 1 else 0 end), 0) as tells,
    coalesce(max(case when scoped_tickets.closed_on is not null then 1 else 0 end), 0) as tells_closing
from scoped_tickets
