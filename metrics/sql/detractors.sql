-- Who said in a period that they are not content, and what they said of it: of NPS the detractors, of CSAT those that gave at
-- most two fifths of the scale, which is told by all scores of its kind (metrics/satisfaction.py).
with population as (
    select low_scores.*, customers.customer, reps.rep
    from low_scores
    left join customers on customers.customer_key = low_scores.customer_key
    left join reps on reps.rep_key = low_scores.rep_key
    where low_scores.said_on between $from_on and $to_on
)
select survey_id, kind, customer, rep, score, said_on, comment
from population
order by case when trim(comment) = '' or comment is null then 1 else 0 end, said_on desc, survey_id
