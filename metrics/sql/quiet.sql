-- Customers with open deals who were touched regularly (metrics/activity.py): their touches of the year before the last
-- one, the longest pause among those, and how long it is quiet now.
with standing as (
    select
        deals_seen.customer_key, count(*) as deals, sum(coalesce(deals_seen.amount, 0)) as amount,
        count(*) filter (where deals_seen.is_reconstructed) as reconstructed
    from deals_seen
    where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
        and deals_seen.customer_key is not null
    group by deals_seen.customer_key
),
lately as (
    select customer_activities.customer_key
    from customer_activities
    where customer_activities.done_on > $quiet_since and customer_activities.done_on <= $day
        and customer_activities.customer_key is not null
),
silent as (  -- of whom it may be quiet; of deals known from dates alone the answer says so, whoever is quiet
    select standing.customer_key
    from standing
    where standing.reconstructed > 0 or standing.customer_key not in (select lately.customer_key from lately)
),
done as (  -- of these few alone: all others were touched lately
    select customer_activities.customer_key, customer_activities.done_on
    from customer_activities
    join silent on silent.customer_key = customer_activities.customer_key
    where customer_activities.done_on <= $day
),
last_seen as (
    select done.customer_key, max(done.done_on) as last_on from done group by done.customer_key
),
recent as (
    select
        done.customer_key, last_seen.last_on,
        date_diff('day', lag(done.done_on) over (partition by done.customer_key order by done.done_on), done.done_on) as pause
    from done
    join last_seen on last_seen.customer_key = done.customer_key
    where date_diff('day', done.done_on, last_seen.last_on) between 0 and 365
),
usual as (  -- several touches of a day are one: no days lie between them
    select
        recent.customer_key, recent.last_on, count(case when coalesce(recent.pause, 1) > 0 then 1 end) as touch_days,
        max(recent.pause) as longest_pause, sum(recent.pause) as span_days
    from recent
    group by recent.customer_key, recent.last_on
    having count(case when coalesce(recent.pause, 1) > 0 then 1 end) >= $least_touches
),
population as (
    select
        usual.customer_key, customers.customer, customers.tier, usual.touch_days, usual.span_days, usual.longest_pause,
        usual.last_on as touched_on, date_diff('day', usual.last_on, cast($day as date)) as silent_days,
        standing.deals, standing.amount, standing.reconstructed
    from usual
    left join customers on customers.customer_key = usual.customer_key
    join standing on standing.customer_key = usual.customer_key
)
select * from population
