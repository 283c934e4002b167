-- Deals won in a row, by salesperson (metrics/streaks.py), day by day: of what was closed on one day nobody knows the
-- order, so that a day with a loss ends a row, and the wins of that day belong to none. Days are fewer than deals, and
-- stretches fewer than days: whose is the longest is told by their sizes, without putting them in order.
with days as (
    select
        deals.rep_key, deals.closed_on, count(*) as closed, count(case when deals.status = 'lost' then 1 end) as lost
    from deals
    where deals.status in ('won', 'lost') and deals.closed_on <= $until and deals.rep_key is not null
    group by deals.rep_key, deals.closed_on
),
stretches as (  -- each day with a loss begins a new stretch
    select
        days.rep_key, days.closed_on, days.closed, days.lost, days.lost > 0 as is_broken,
        count(case when days.lost > 0 then 1 end) over (
            partition by days.rep_key order by days.closed_on rows between unbounded preceding and current row
        ) as stretch
    from days
),
streaks as (
    select
        stretches.rep_key, stretches.stretch, sum(stretches.closed) as closed,
        sum(stretches.closed - stretches.lost) as won,
        sum(case when stretches.is_broken then 0 else stretches.closed end) as row_of,
        min(case when not stretches.is_broken then stretches.closed_on end) as from_on,
        max(case when not stretches.is_broken then stretches.closed_on end) as to_on
    from stretches
    group by stretches.rep_key, stretches.stretch
),
tops as (
    select
        streaks.rep_key, sum(streaks.closed) as closed, sum(streaks.won) as won, max(streaks.row_of) as longest,
        max(streaks.stretch) as last_stretch
    from streaks
    group by streaks.rep_key
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
    reps.rep, cast(max(tops.closed) as bigint) as closed, cast(max(tops.won) as bigint) as won,
    cast(max(tops.longest) as bigint) as longest,
    -- of those as long the first counts: it begins, and ends, before the others
    min(case when streaks.row_of = tops.longest then streaks.from_on end) as from_on,
    min(case when streaks.row_of = tops.longest then streaks.to_on end) as to_on,
    min(case when streaks.row_of = tops.longest then streaks.stretch end) as stretch,
    cast(max(case when streaks.stretch = tops.last_stretch then streaks.row_of end) as bigint) as running,
    min(case when streaks.stretch = tops.last_stretch then streaks.from_on end) as running_from
from streaks
join tops on tops.rep_key = streaks.rep_key
join reps on reps.rep_key = streaks.rep_key
where streaks.row_of = tops.longest or streaks.stretch = tops.last_stretch
group by reps.rep
