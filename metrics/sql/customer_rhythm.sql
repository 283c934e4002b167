-- When one customer bought in some days (metrics/customer.py): orders, or won deals where no order is on record.
with chosen as (
    select customers.customer_key from customers where customers.customer = $customer
),
recorded as (
    select count(*) as lines from scoped_lines
),
population as (
    select scoped_lines.order_id as id, scoped_lines.ordered_on as day, scoped_lines.amount, 'orders' as bought_by
    from scoped_lines
    join chosen on chosen.customer_key = scoped_lines.customer_key
    where not scoped_lines.is_return and scoped_lines.ordered_on between $from_on and $day
    union all
    select scoped_credit.deal_id, scoped_credit.closed_on, scoped_credit.amount, 'won'
    from scoped_credit
    join chosen on chosen.customer_key = scoped_credit.customer_key
    cross join recorded
    where recorded.lines = 0 and scoped_credit.status = 'won' and scoped_credit.closed_on between $from_on and $day
)
select day, bought_by, count(distinct id) as purchases, sum(amount) as amount from population group by day, bought_by order by day
