-- What was sold to customers as far as the viewer may see it, whatever is filtered, line by line, returns left out: order
-- lines; where nobody has loaded orders, the products of won deals, dated by their closing day.
select all_sold.*
from (
    select
        scoped_lines.order_id as sale_id, scoped_lines.ordered_on as sold_on, scoped_lines.customer_key,
        scoped_lines.rep_key, scoped_lines.product_key, scoped_lines.quantity, scoped_lines.amount
    from scoped_lines
    where not scoped_lines.is_return and scoped_lines.product_key is not null and scoped_lines.customer_key is not null
    union all
    select
        scoped_deals.deal_id as sale_id, scoped_deals.closed_on as sold_on, scoped_deals.customer_key, scoped_deals.rep_key,
        coalesce(scoped_deal_lines.product_key, scoped_deals.product_key) as product_key, scoped_deal_lines.quantity,
        coalesce(scoped_deal_lines.amount, scoped_deals.amount) as amount
    from scoped_deals
    join (select count(*) as order_lines from scoped_lines) as ordered on ordered.order_lines = 0
    left join scoped_deal_lines on scoped_deal_lines.deal_id = scoped_deals.deal_id
    where scoped_deals.status = 'won' and scoped_deals.customer_key is not null
        and coalesce(scoped_deal_lines.product_key, scoped_deals.product_key) is not null
) as all_sold
