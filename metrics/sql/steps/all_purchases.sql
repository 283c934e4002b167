-- What customers bought that the viewer may see, whatever the filters, one row per customer (null: of nobody) and order: its
-- number (null: returns), the days and the money. Whether somebody buys often is a fact of the customer, not of what is looked
-- at.
select whole.*
from (
    select
        scoped_lines.customer_key, scoped_lines.order_no,
        max(case when scoped_lines.ordered_on >= $from_on then scoped_lines.ordered_on end) as last_now,
        max(case when scoped_lines.ordered_on <= $then_day then scoped_lines.ordered_on end) as last_then,
        sum(case when scoped_lines.ordered_on >= $from_on then scoped_lines.amount end) as amount_now,
        sum(case when scoped_lines.ordered_on <= $then_day then scoped_lines.amount end) as amount_then
    from scoped_lines
    where $by_orders and scoped_lines.ordered_on between $span_from and $day
    group by scoped_lines.customer_key, scoped_lines.order_no
    union all
    select
        scoped_credit.customer_key, 1 as order_no,
        max(case when scoped_credit.closed_on >= $from_on then scoped_credit.closed_on end) as last_now,
        max(case when scoped_credit.closed_on <= $then_day then scoped_credit.closed_on end) as last_then,
        sum(case when scoped_credit.closed_on >= $from_on then scoped_credit.amount end) as amount_now,
        sum(case when scoped_credit.closed_on <= $then_day then scoped_credit.amount end) as amount_then
    from scoped_credit
    where not $by_orders and scoped_credit.status = 'won' and scoped_credit.closed_on between $span_from and $day
    group by scoped_credit.customer_key, scoped_credit.deal_id
) as whole
