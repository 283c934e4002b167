-- Invoices, by hand. What is owed on a day is what was invoiced until then, less the payments of each invoice until then.

-- invoiced, by issued_on
select {by} as cut, sum(t.amount) as answer
from crm.invoices as t {members}
where not $dated or t.issued_on between $from_on and $to_on
group by cut;

-- outstanding, stock
select {by} as cut, sum(t.amount - coalesce(until_then.paid, 0)) as answer
from crm.invoices as t {members}
left join (select invoice_id, sum(amount) as paid from crm.payments where paid_on is null or paid_on <= $to_on group by invoice_id) as until_then
    on until_then.invoice_id = t.invoice_id
where t.issued_on <= $to_on and t.amount <> coalesce(until_then.paid, 0)
group by cut;

-- overdue, stock
select {by} as cut, sum(t.amount - coalesce(until_then.paid, 0)) as answer
from crm.invoices as t {members}
left join (select invoice_id, sum(amount) as paid from crm.payments where paid_on is null or paid_on <= $to_on group by invoice_id) as until_then
    on until_then.invoice_id = t.invoice_id
where t.issued_on <= $to_on and t.due_on < $to_on and t.amount > coalesce(until_then.paid, 0)
group by cut;
