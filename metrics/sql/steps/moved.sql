-- What became of each customer between two spans, by what was bought in either (the question's own `bought`): new, came
-- back, buys more or less, is gone (metrics/buyers.py). `ever`: each customer's first day in all history.
select
    bought.*, bought.amount_now - bought.amount_then as change, ever.customer, ever.first_on,
    case
        when bought.customer_key is null then 'unassigned'
        when bought.bought_now = 0 and bought.bought_then = 0 then 'corrected'
        when bought.bought_now = 0 then 'lost'
        when bought.bought_then > 0 and bought.amount_now > bought.amount_then then 'expanding'
        when bought.bought_then > 0 and bought.amount_now < bought.amount_then then 'shrinking'
        when bought.bought_then > 0 then 'steady'
        when coalesce(ever.first_on > $before_to, true) then 'new'
        else 'returned'
    end as kind
from bought
left join ever on ever.customer_key = bought.customer_key
