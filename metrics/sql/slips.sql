-- Deals that were open on the eve of a window of `$window` days and should have closed within it; which of them were moved
-- out of it (metrics/slips.py). Windows end on `$day` and as many days before it, 0 is the last one: a state belongs to the
-- one that its expected close lies in.
with expected as (
    select
        deals_seen.deal_id, deals_seen.deal, deals_seen.rep_key, deals_seen.customer_key, deals_seen.amount,
        deals_seen.expected_close_on, deals_seen.is_reconstructed,
        date_diff('day', deals_seen.expected_close_on, cast($day as date)) as days_ago,
        date_diff('day', deals_seen.seen_from, cast($day as date)) as from_ago,
        date_diff('day', deals_seen.seen_to, cast($day as date)) as to_ago
    from deals_seen
    where deals_seen.status = 'open' and deals_seen.expected_close_on <= $day
),
placed as (
    select
        expected.*,
        case
            when expected.days_ago < $window then 0
            when expected.days_ago < 2 * $window then 1
            when expected.days_ago < 3 * $window then 2
            when expected.days_ago < 4 * $window then 3
            when expected.days_ago < 5 * $window then 4
            when expected.days_ago < 6 * $window then 5
            when expected.days_ago < 7 * $window then 6
        end as place
    from expected
),
due as (
    select placed.*
    from placed
    where placed.from_ago >= (placed.place + 1) * $window and placed.to_ago < (placed.place + 1) * $window
),
later as (
    select
        due.deal_id, due.place, max(ends.expected_close_on) as moved_to
    from due
    join deals_seen as ends on ends.deal_id = due.deal_id
    where ends.status = 'open' and date_diff('day', ends.seen_from, cast($day as date)) >= due.place * $window
        and date_diff('day', ends.seen_to, cast($day as date)) < due.place * $window
        and not coalesce(date_diff('day', ends.expected_close_on, cast($day as date)) >= due.place * $window, false)
    group by due.deal_id, due.place
),
population as (
    select
        due.deal_id, due.deal, customers.customer, reps.rep, due.amount, due.expected_close_on, later.moved_to, due.place,
        due.is_reconstructed, later.deal_id is not null as is_slipped
    from due
    left join later on later.deal_id = due.deal_id and later.place = due.place
    left join customers on customers.customer_key = due.customer_key
    left join reps on reps.rep_key = due.rep_key
)
select
    place, rep, count(*) as due, count(*) filter (where is_slipped) as slipped,
    sum(case when is_slipped then amount end) as amount, count(*) filter (where is_reconstructed) as rebuilt
from population
group by place, rep
