-- Payments, by hand.

-- collected, by paid_on
select {by} as cut, sum(t.amount) as answer
from crm.payments as t {members}
where not $dated or t.paid_on between $from_on and $to_on
group by cut;
