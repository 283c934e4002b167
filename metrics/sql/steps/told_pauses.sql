-- Pauses that begin with a purchase which was chosen (the question's own `chosen`): how long each took, or lasts so far
-- (metrics/repeat.py).
select
    numbered_days.*, date_diff('day', numbered_days.bought_on, coalesce(numbered_days.next_on, cast($day as date))) as days,
    case when numbered_days.next_on is null then 0 else 1 end as in_again
from numbered_days
join chosen on chosen.customer_key = numbered_days.customer_key and chosen.bought_on = numbered_days.bought_on
where numbered_days.purchase <= $most
