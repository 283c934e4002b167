-- Deals won in a row, by salesperson (metrics/streaks.py): closed deals in the order in which they were closed, those of
-- one day in the order of their ids. Each loss begins a new stretch; the wins of a stretch are a streak.
with population as (
    select
        deals.deal_id, deals.deal, deals.rep_key, reps.rep, deals.status, deals.closed_on, deals.amount,
        deals.customer_key,
        sum(case when deals.status = 'lost' then 1 else 0 end) over (
            partition by deals.rep_key order by deals.closed_on, deals.deal_id
            rows between unbounded preceding and current row
        ) as stretch
    from deals
    join reps on reps.rep_key = deals.rep_key
    where deals.status in ('won', 'lost') and deals.closed_on <= $until
)
select
    rep, cast(sum(closed) as bigint) as closed, cast(sum(won) as bigint) as won, max(won) as longest,
    max(case when place = 1 then from_on end) as from_on, max(case when place = 1 then to_on end) as to_on,
    cast(max(case when place = 1 then stretch end) as bigint) as stretch, max(case when back = 1 then won end) as running,
    max(case when back = 1 then from_on end) as running_from
from (
    select
        streaks.rep, streaks.stretch, streaks.won, streaks.closed, streaks.from_on, streaks.to_on,
        row_number() over (partition by streaks.rep order by streaks.won desc, streaks.stretch) as place,
        row_number() over (partition by streaks.rep order by streaks.stretch desc) as back
    from (
        select
            population.rep, population.stretch, count(*) filter (where population.status = 'won') as won,
            count(*) as closed, min(case when population.status = 'won' then population.closed_on end) as from_on,
            max(population.closed_on) as to_on
        from population
        group by population.rep, population.stretch
    ) as streaks
) as placed
group by rep
