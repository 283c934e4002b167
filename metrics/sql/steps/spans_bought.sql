-- Customers with a purchase in each span: now, and then where there is an earlier day. Whoever only sent something back bought
-- nothing.
select spans.*
from (
    select
        summed_purchases.customer_key, 'now' as span, summed_purchases.last_now as last_on, summed_purchases.orders_now as orders,
        coalesce(summed_purchases.amount_now, 0) as amount
    from summed_purchases
    where summed_purchases.orders_now > 0 and summed_purchases.customer_key is not null
    union all
    select
        summed_purchases.customer_key, 'then' as span, summed_purchases.last_then as last_on, summed_purchases.orders_then as orders,
        coalesce(summed_purchases.amount_then, 0) as amount
    from summed_purchases
    where $then_day >= $span_from and summed_purchases.orders_then > 0 and summed_purchases.customer_key is not null
) as spans
