-- Who said in a period that they are not content, and what they said of it: of NPS the detractors, of CSAT those that gave at
-- most two fifths of the scale, which is told by all scores of its kind (metrics/satisfaction.py).
with population as (
    select customer_surveys.*, customers.customer, reps.rep
    from customer_surveys
    left join customers on customers.customer_key = customer_surveys.customer_key
    left join reps on reps.rep_key = customer_surveys.rep_key
    where customer_surveys.said_on between $from_on and $to_on and customer_surveys.is_read = 1
        and ((customer_surveys.kind = 'nps' and customer_surveys.score <= $detracts)
            or (customer_surveys.kind = 'csat' and customer_surveys.score <= 0.4 * customer_surveys.scale))
)
select survey_id, kind, customer, rep, score, said_on, comment
from population
order by case when trim(comment) = '' or comment is null then 1 else 0 end, said_on desc, survey_id
