-- What was sold within the view, line by line, returns left out: order lines of whole orders, whatever products are filtered;
-- where nobody has loaded orders, the products of won deals, dated by their closing day.
select all_sold.*
from (
    select
        whole_orders.order_id as sale_id, whole_orders.ordered_on as sold_on, whole_orders.customer_key,
        whole_orders.rep_key, whole_orders.product_key, whole_orders.quantity, whole_orders.amount
    from whole_orders
    where not whole_orders.is_return and whole_orders.product_key is not null
    union all
    select
        deals.deal_id as sale_id, deals.closed_on as sold_on, deals.customer_key, deals.rep_key,
        coalesce(deal_lines.product_key, deals.product_key) as product_key, deal_lines.quantity,
        coalesce(deal_lines.amount, deals.amount) as amount
    from deals
    join (select count(*) as order_lines from scoped_lines) as ordered on ordered.order_lines = 0
    left join deal_lines on deal_lines.deal_id = deals.deal_id
    where deals.status = 'won' and coalesce(deal_lines.product_key, deals.product_key) is not null
) as all_sold
