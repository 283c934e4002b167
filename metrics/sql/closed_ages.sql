-- Deals decided in two spans of time by how many days after their creation (metrics/closed_ages.py): one row per deal.
with population as (
    select
        deals.*, date_diff('day', deals.created_on, deals.closed_on) as days,
        case when deals.closed_on between $from_on and $to_on then 'now' else 'before' end as span
    from deals
    where deals.status in ('won', 'lost')
        and (deals.closed_on between $from_on and $to_on or deals.closed_on between $before_from and $before_to)
)
select span, pipeline, days, count(*) as closed, count(*) filter (where status = 'won') as won
from population
group by span, pipeline, days
