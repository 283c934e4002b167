-- The people known at one customer (metrics/customer.py).
with population as (
    select
        contacts.contact, contacts.title, contacts.email, contacts.phone, contacts.created_on, contacts.contact_id
    from contacts
    join customers on customers.customer_key = contacts.customer_key
    where customers.customer = $customer
)
select contact, title, email, phone, created_on from population order by contact nulls last, contact_id
