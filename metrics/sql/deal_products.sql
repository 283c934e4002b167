-- The products of one deal, line by line.
with population as (
    select deal_lines.line_no, products.product, products.category, deal_lines.quantity, deal_lines.amount
    from deal_lines
    left join products on products.product_key = deal_lines.product_key
    where deal_lines.deal_id = $deal_id
)
select * from population order by line_no
