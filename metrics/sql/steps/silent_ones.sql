-- Regular customers whose pause of today is no shorter than their mean one; the days of no others need be gone through.
select
    regulars.customer_key, regulars.purchases, regulars.last_on,
    date_diff('day', regulars.last_on, cast($day as date)) as days_since
from regulars
where date_diff('day', regulars.last_on, cast($day as date)) >= $least_silent
    and date_diff('day', regulars.last_on, cast($day as date)) * (regulars.purchases - 1)
        >= date_diff('day', regulars.first_on, regulars.last_on)
