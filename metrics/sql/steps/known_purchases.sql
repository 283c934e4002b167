-- What customers bought by a day, whatever is filtered: lines of orders, else, where nobody has orders on record, deals won.
select
    scoped_lines.customer_key, scoped_lines.ordered_on as bought_on, scoped_lines.amount,
    case when scoped_lines.is_return then 0 else 1 end as is_bought, 1 as is_order
from scoped_lines
where scoped_lines.customer_key is not null and scoped_lines.ordered_on <= $day
union all
select scoped_credit.customer_key, scoped_credit.closed_on as bought_on, scoped_credit.amount, 1 as is_bought, 0 as is_order
from scoped_credit
where scoped_credit.customer_key is not null and scoped_credit.status = 'won' and scoped_credit.closed_on <= $day
    and not exists (select 1 from scoped_lines)
