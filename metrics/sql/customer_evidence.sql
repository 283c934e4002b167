-- What suggests that something should be done about one customer (metrics/customer_actions.py): one row per thing that
-- says so, whatever is filtered; `action` is what suggests itself.
with chosen as (
    select customers.customer_key, customers.customer, customers.credit_limit
    from customers
    where customers.customer = $customer
),
invoiced as (
    select invoices.invoice_id, invoices.due_on, invoices.amount, chosen.credit_limit
    from invoices
    join chosen on chosen.customer_key = invoices.customer_key
    where invoices.issued_on <= $day
),
settled as (
    select invoice_payments.invoice_id, sum(invoice_payments.amount) as paid
    from invoice_payments
    join invoiced on invoiced.invoice_id = invoice_payments.invoice_id
    where invoice_payments.paid_on is null or invoice_payments.paid_on <= $day
    group by invoice_payments.invoice_id
),
owing as (
    select
        invoiced.invoice_id, invoiced.due_on, invoiced.credit_limit,
        invoiced.amount - coalesce(settled.paid, 0) as owed
    from invoiced
    left join settled on settled.invoice_id = invoiced.invoice_id
    where invoiced.amount <> coalesce(settled.paid, 0)
),
recorded as (
    select count(*) as contacts from contacts
),
open_then as (
    select
        deals_seen.deal_id, deals_seen.deal, deals_seen.amount, deals_seen.expected_close_on, deals_seen.created_on,
        deals_seen.last_activity_on, deals_seen.is_reconstructed
    from deals_seen
    join chosen on chosen.customer_key = deals_seen.customer_key
    where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
),
touches as (  -- where no touch of any deal is on record, none is missed
    select sum(counted.touches) as recorded
    from (
        select count(*) as touches from seen_activities where seen_activities.done_on <= $day
        union all
        select count(*) from deals_seen where deals_seen.last_activity_on <= $day
    ) as counted
),
signed as (
    select contracts.contract_id, contracts.contract, contracts.ends_on, contracts.amount,
        max(contracts.ends_on) over () as last_end
    from contracts
    join chosen on chosen.customer_key = contracts.customer_key
    where coalesce(contracts.signed_on, contracts.starts_on, cast($day as date)) <= $day
),
ordered as (
    select count(*) as lines from scoped_lines
),
bought as (
    select scoped_lines.order_id as id, min(scoped_lines.ordered_on) as day, sum(scoped_lines.amount) as amount
    from scoped_lines
    join chosen on chosen.customer_key = scoped_lines.customer_key
    where not scoped_lines.is_return and scoped_lines.ordered_on between $from_on and $day
    group by scoped_lines.order_id
    union all
    select scoped_credit.deal_id, scoped_credit.closed_on, scoped_credit.amount
    from scoped_credit
    join chosen on chosen.customer_key = scoped_credit.customer_key
    cross join ordered
    where ordered.lines = 0 and scoped_credit.status = 'won' and scoped_credit.closed_on between $from_on and $day
),
population as (
    select 'overdue' as action, owing.invoice_id as id, owing.due_on as day, owing.owed as amount,
        cast(null as varchar) as what, cast(null as decimal(18, 4)) as bound, cast(null as double) as score
    from owing
    where owing.owed > 0 and owing.due_on < $day
    union all
    select 'credit', owing.invoice_id, owing.due_on, owing.owed, cast(null as varchar), owing.credit_limit, cast(null as double)
    from owing
    where owing.credit_limit > 0
    union all
    select 'ticket', tickets.ticket_id, tickets.opened_on, cast(null as decimal(18, 4)),
        coalesce(tickets.kind, tickets.severity), cast(null as decimal(18, 4)), cast(null as double)
    from tickets
    join chosen on chosen.customer_key = tickets.customer_key
    where tickets.opened_on <= $day and (tickets.closed_on is null or tickets.closed_on > $day)
    union all
    select 'low_score', low_scores.survey_id, low_scores.said_on, cast(null as decimal(18, 4)), low_scores.kind,
        cast(null as decimal(18, 4)), low_scores.score
    from low_scores
    join chosen on chosen.customer_key = low_scores.customer_key
    where low_scores.said_on between $scores_from and $day
    union all
    select 'renewal', signed.contract_id, signed.ends_on, signed.amount, signed.contract, cast(null as decimal(18, 4)),
        cast(null as double)
    from signed
    where signed.ends_on = signed.last_end and signed.ends_on between $day and $renew_until
    union all
    select 'past_due', open_then.deal_id, open_then.expected_close_on, open_then.amount, open_then.deal,
        cast(null as decimal(18, 4)), cast(null as double)
    from open_then
    where open_then.expected_close_on < $day and not open_then.is_reconstructed
    union all
    select 'untouched', touched.deal_id, coalesce(touched.touched_on, touched.created_on), touched.amount, touched.deal,
        cast(null as decimal(18, 4)), cast(null as double)
    from touched
    cross join touches
    where coalesce(touched.touched_on, touched.created_on) <= $untouched_since and touches.recorded > 0
    union all
    select 'no_contact', chosen.customer, cast(null as date), cast(null as decimal(18, 4)), cast(null as varchar),
        cast(null as decimal(18, 4)), cast(null as double)
    from chosen
    cross join recorded
    left join contacts on contacts.customer_key = chosen.customer_key
    where recorded.contacts > 0 and contacts.customer_key is null
    union all
    select 'buying', bought.id, bought.day, bought.amount, cast(null as varchar), cast(null as decimal(18, 4)),
        cast(null as double)
    from bought
)
select * from population
