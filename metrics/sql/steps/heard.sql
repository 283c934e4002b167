-- What customers were asked and what they said in some days (steps customer_surveys): sent by the day of sending, said by that of
-- the answer. The customer is told where one said more than one thing only: of 500,000 who answer once nothing repeats.
select
    counted.*,
    case when counted.is_said = 1
        and count(case when counted.is_said = 1 then 1 end) over (partition by counted.kind, counted.customer_key) > 1
        then counted.customer_key end as repeated_key
from (
    select
        customer_surveys.*,
        case when customer_surveys.sent_on between $from_on and $to_on then 1 else 0 end as is_sent,
        case when customer_surveys.said_on between $from_on and $to_on then customer_surveys.is_read else 0 end as is_said,
        case when customer_surveys.said_on between $from_on and $to_on then 1 - customer_surveys.is_read else 0 end as is_unread
    from customer_surveys
    where customer_surveys.sent_on between $from_on and $to_on or customer_surveys.said_on between $from_on and $to_on
) as counted
