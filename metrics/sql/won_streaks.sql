-- Deals won in a row, by salesperson (metrics/streaks.py), day by day: of what was closed on one day nobody knows the
-- order, so that a day with a loss ends a row, and the wins of that day belong to none. Days are fewer than deals, and
-- those without a loss are few of them: which of these follow each other is told by how many days with one came before.
with days as (
    select
        deals.rep_key, deals.closed_on, count(*) as closed, count(case when deals.status = 'lost' then 1 end) as lost
    from deals
    where deals.status in ('won', 'lost') and deals.closed_on <= $until and deals.rep_key is not null
    group by deals.rep_key, deals.closed_on
),
numbered as (
    select
        days.rep_key, days.closed_on, days.closed, days.lost,
        row_number() over (partition by days.rep_key order by days.closed_on) as place
    from days
),
unbroken as (  -- stretch: how many days with a loss there were before
    select
        numbered.rep_key, numbered.closed_on, numbered.closed,
        numbered.place - row_number() over (partition by numbered.rep_key order by numbered.closed_on) as stretch
    from numbered
    where numbered.lost = 0
),
streaks as (
    select
        unbroken.rep_key, unbroken.stretch, sum(unbroken.closed) as row_of, min(unbroken.closed_on) as from_on,
        max(unbroken.closed_on) as to_on
    from unbroken
    group by unbroken.rep_key, unbroken.stretch
),
longest as (
    select streaks.rep_key, max(streaks.row_of) as row_of from streaks group by streaks.rep_key
),
tops as (
    select
        numbered.rep_key, sum(numbered.closed) as closed, sum(numbered.closed - numbered.lost) as won,
        -- of whoever has left nothing runs on: no next deal can end it
        max(case when reps.left_on is null or reps.left_on > $until then numbered.closed_on end) as last_on
    from numbered
    join reps on reps.rep_key = numbered.rep_key
    group by numbered.rep_key
),
population as (
    select
        deals.deal_id, deals.deal, deals.rep_key, reps.rep, deals.status, deals.closed_on, deals.amount,
        deals.customer_key, unbroken.stretch, unbroken.stretch is null as is_broken
    from deals
    join days on days.rep_key = deals.rep_key and days.closed_on = deals.closed_on
    join reps on reps.rep_key = deals.rep_key
    left join unbroken on unbroken.rep_key = deals.rep_key and unbroken.closed_on = deals.closed_on
    where deals.status in ('won', 'lost')
)
select
    reps.rep, cast(max(tops.closed) as bigint) as closed, cast(max(tops.won) as bigint) as won,
    cast(coalesce(max(longest.row_of), 0) as bigint) as longest,
    -- of those as long the first counts: it begins, and ends, before the others
    min(case when streaks.row_of = longest.row_of then streaks.from_on end) as from_on,
    min(case when streaks.row_of = longest.row_of then streaks.to_on end) as to_on,
    coalesce(min(case when streaks.row_of = longest.row_of then streaks.stretch end), 1) as stretch,
    cast(coalesce(max(case when streaks.to_on = tops.last_on then streaks.row_of end), 0) as bigint) as running,
    min(case when streaks.to_on = tops.last_on then streaks.from_on end) as running_from
from tops
join reps on reps.rep_key = tops.rep_key
left join longest on longest.rep_key = tops.rep_key
left join streaks
    on streaks.rep_key = tops.rep_key and (streaks.row_of = longest.row_of or streaks.to_on = tops.last_on)
group by reps.rep
