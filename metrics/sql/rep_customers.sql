-- Customers whose first deal ever was won in a period, by who won it (metrics/scorecard.py). Whether it was the first is a
-- fact of all history, whatever is filtered; of several deals won on that day each of their owners has won the customer.
with population as (
    select
        deals.deal_id, deals.deal, deals.customer_key, deals.rep_key, deals.amount, deals.closed_on, reps.rep
    from deals
    join customers on customers.customer_key = deals.customer_key and customers.first_won_on = deals.closed_on
    join reps on reps.rep_key = deals.rep_key
    where deals.status = 'won' and deals.closed_on between $from_on and $to_on
)
select rep, count(distinct customer_key) as customers
from population
group by rep
