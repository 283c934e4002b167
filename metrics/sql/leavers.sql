-- What people who have left on `$day` still have in their names, and what is in nobody's: open deals, payments planned for
-- later, and invoices that are not paid (metrics/leavers.py). A row each; `amount` is what of it is to come or owed.
with listed as (
    select count(*) as people
    from scoped_reps as reps
    where not reps.is_implied
),
gone as (
    select reps.rep_key, reps.rep, reps.team, reps.manager, reps.left_on
    from scoped_reps as reps
    cross join listed
    where reps.left_on <= $day or (reps.is_implied and listed.people > 0)
),
left_over as (  -- before payments are looked at: of millions of invoices few are theirs
    select invoices.*
    from invoices
    where invoices.issued_on <= $day
        and (invoices.rep_key is null or invoices.rep_key in (select gone.rep_key from gone))
),
settled as (
    select invoice_payments.invoice_id, sum(invoice_payments.amount) as paid_then
    from invoice_payments
    where (invoice_payments.paid_on is null or invoice_payments.paid_on <= $day)
        and invoice_payments.invoice_id in (select left_over.invoice_id from left_over)
    group by invoice_payments.invoice_id
),
owed as (
    select left_over.*, left_over.amount - coalesce(settled.paid_then, 0) as owed
    from left_over
    left join settled on settled.invoice_id = left_over.invoice_id
),
things as (
    select
        'deal' as thing, open_deals.deal_id, cast(null as varchar) as document_id, open_deals.deal as subject, open_deals.rep_key,
        open_deals.customer_key, open_deals.amount, open_deals.stage, open_deals.expected_close_on as due_on,
        open_deals.last_activity_on, false as is_overdue
    from open_deals
    union all
    select
        'plan' as thing, payment_plans.deal_id, payment_plans.plan_id as document_id, cast(null as varchar) as subject,
        payment_plans.rep_key, payment_plans.customer_key, payment_plans.amount, cast(null as varchar) as stage,
        payment_plans.planned_on as due_on, cast(null as date) as last_activity_on, false as is_overdue
    from payment_plans
    where payment_plans.planned_on > $day
    union all
    select
        'invoice' as thing, owed.deal_id, owed.invoice_id as document_id, cast(null as varchar) as subject, owed.rep_key,
        owed.customer_key, owed.owed as amount, cast(null as varchar) as stage, owed.due_on,
        cast(null as date) as last_activity_on, owed.owed > 0 and coalesce(owed.due_on < $day, false) as is_overdue
    from owed
    where owed.owed <> 0
),
population as (
    select things.*, gone.rep, gone.team, gone.manager, gone.left_on
    from things
    left join gone on gone.rep_key = things.rep_key
    where gone.rep_key is not null or things.rep_key is null
)
select
    rep, team, manager, left_on, thing, is_overdue, count(*) as things, sum(amount) as amount
from population
group by rep, team, manager, left_on, thing, is_overdue
