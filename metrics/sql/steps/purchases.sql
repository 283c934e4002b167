-- What customers bought, filtered: order lines, returns among them, or deals won. One shape for both, so that customers are
-- looked at alike whether the store holds orders or deals (metrics/rfm.py).
select bought.*
from (
    select
        order_lines.order_id as purchase_id, order_lines.line_no, order_lines.ordered_on as bought_on, order_lines.customer_key,
        order_lines.rep_key, order_lines.product_key, order_lines.team, order_lines.region, order_lines.amount,
        order_lines.is_return
    from order_lines
    where $by_orders and order_lines.ordered_on between $span_from and $day
    union all
    select
        deals.deal_id as purchase_id, 1 as line_no, deals.closed_on as bought_on, deals.customer_key, deals.rep_key,
        deals.product_key, deals.team, deals.region, deals.amount, false as is_return
    from deals
    where not $by_orders and deals.status = 'won' and deals.closed_on between $span_from and $day
) as bought
