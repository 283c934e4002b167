-- One deal as it stands now, with the names of the members it points to.
with population as (
    select deals.*, customers.customer, reps.rep, products.product
    from deals
    left join customers on customers.customer_key = deals.customer_key
    left join reps on reps.rep_key = deals.rep_key
    left join products on products.product_key = deals.product_key
    where deals.deal_id = $deal_id
)
select * from population
