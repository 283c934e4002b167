-- What customers said who are not content: of NPS the detractors, of CSAT who gave at most so much of its scale.
select customer_surveys.*
from customer_surveys
where customer_surveys.is_read = 1 and (
    (customer_surveys.kind = 'nps' and customer_surveys.score <= $detracts)
    or (customer_surveys.kind = 'csat' and customer_surveys.score <= $unsatisfied * customer_surveys.scale)
)
