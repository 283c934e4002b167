-- Pauses by the purchase they begin with and their days: ended by the next one, or not yet (metrics/repeat.py).
select
    told_pauses.purchase, told_pauses.days, count(case when told_pauses.in_again = 1 then told_pauses.days end) as again,
    count(case when told_pauses.in_again = 0 then told_pauses.days end) as silent, min(told_pauses.bought_on) as begun_on
from told_pauses
group by told_pauses.purchase, told_pauses.days
