-- Deals won in a row, by salesperson (metrics/streaks.py), day by day: of what was closed on one day nobody knows the
-- order, so that a day with a loss ends a row, and the wins of that day belong to none. The answer adds up days, which are
-- fewer than deals.
with days as (
    select
        deals.rep_key, deals.closed_on, count(*) as closed, sum(case when deals.status = 'lost' then 1 else 0 end) as lost
    from deals
    where deals.status in ('won', 'lost') and deals.closed_on <= $until and deals.rep_key is not null
    group by deals.rep_key, deals.closed_on
),
stretches as (  -- each day with a loss begins a new stretch
    select
        days.rep_key, days.closed_on, days.closed, days.lost, days.lost > 0 as is_broken,
        sum(case when days.lost > 0 then 1 else 0 end) over (
            partition by days.rep_key order by days.closed_on rows between unbounded preceding and current row
        ) as stretch
    from days
),
population as (
    select
        deals.deal_id, deals.deal, deals.rep_key, reps.rep, deals.status, deals.closed_on, deals.amount,
        deals.customer_key, stretches.stretch, stretches.is_broken
    from deals
    join stretches on stretches.rep_key = deals.rep_key and stretches.closed_on = deals.closed_on
    join reps on reps.rep_key = deals.rep_key
    where deals.status in ('won', 'lost')
)
select
    rep, cast(sum(closed) as bigint) as closed, cast(sum(won) as bigint) as won, cast(max(row_of) as bigint) as longest,
    max(case when place = 1 then from_on end) as from_on, max(case when place = 1 then to_on end) as to_on,
    cast(max(case when place = 1 then stretch end) as bigint) as stretch,
    cast(max(case when back = 1 then row_of end) as bigint) as running,
    max(case when back = 1 then from_on end) as running_from
from (
    select
        streaks.rep, streaks.stretch, streaks.won, streaks.row_of, streaks.closed, streaks.from_on, streaks.to_on,
        row_number() over (partition by streaks.rep order by streaks.row_of desc, streaks.stretch) as place,
        row_number() over (partition by streaks.rep order by streaks.stretch desc) as back
    from (
        select
            reps.rep, stretches.stretch, sum(stretches.closed) as closed,
            sum(stretches.closed - stretches.lost) as won,
            sum(case when stretches.is_broken then 0 else stretches.closed end) as row_of,
            min(case when not stretches.is_broken then stretches.closed_on end) as from_on,
            max(case when not stretches.is_broken then stretches.closed_on end) as to_on
        from stretches
        join reps on reps.rep_key = stretches.rep_key
        group by reps.rep, stretches.stretch
    ) as streaks
) as placed
group by rep
