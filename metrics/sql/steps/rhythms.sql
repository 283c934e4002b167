-- The pauses of silent customers between the days on which they bought: how many, how long, how unlike each other.
select
    paused.customer_key, count(paused.pause) as pauses, sum(paused.pause) as pause_sum,
    sum(paused.pause * paused.pause) as pause_squares, max(paused.pause) as longest_pause, median(paused.pause) as usual_pause
from (
    select
        bought_days.customer_key,
        date_diff(
            'day',
            lag(bought_days.bought_on) over (partition by bought_days.customer_key order by bought_days.bought_on),
            bought_days.bought_on
        ) as pause
    from bought_days
    join silent_ones on silent_ones.customer_key = bought_days.customer_key
) as paused
group by paused.customer_key
