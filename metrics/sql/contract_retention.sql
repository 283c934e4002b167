-- Contracts that run on the day before a period, on its last day, or that ended in between: what customers are worth a year on
-- either day, and whether a contract that ended was followed (metrics/contract_retention.py). On the day on which one that
-- follows begins, a contract no longer runs. Who is looked at is told by the filters; whether one was followed, and who went
-- over to a contract outside of them or came from one, by all contracts of these customers, with whomever (`others`: some
-- are out of scope). `elsewhere` are customers churned within
-- them who have a later contract outside, beside one that they had there all along.
with relieved as (
    select distinct ending.contract_id
    from dated_contracts as ending
    join dated_contracts as later on later.customer_key = ending.customer_key
        and later.starts_on = ending.ends_on and later.starts_on > ending.starts_on and later.ends_on > ending.ends_on
    where ending.in_known = 1 and later.in_known = 1
),
dated as (
    select
        dated_contracts.*,
        case
            when relieved.contract_id is null then dated_contracts.ends_on
            else cast(dated_contracts.ends_on - interval 1 day as date)
        end as runs_until
    from dated_contracts
    left join relieved on relieved.contract_id = dated_contracts.contract_id
),
placed as (
    select
        dated.*,
        case when dated.starts_on <= $start and dated.runs_until >= $start then dated.is_chosen else 0 end as in_start,
        case when dated.starts_on <= $day and dated.runs_until >= $day then dated.is_chosen else 0 end as in_end,
        case when dated.ends_on > $start and dated.ends_on <= $day then dated.is_chosen else 0 end as in_ended,
        case when dated.starts_on <= $start and dated.runs_until >= $start then 1 - dated.is_chosen else 0 end as others_start,
        case when dated.starts_on <= $day and dated.runs_until >= $day then 1 - dated.is_chosen else 0 end as others_end
    from dated
    where dated.in_known = 1
),
followed as (
    select distinct ended.contract_id
    from placed as ended
    join placed as later on later.customer_key = ended.customer_key
        and later.starts_on > ended.starts_on and later.ends_on > ended.ends_on
        and later.starts_on <= cast(ended.ends_on + interval 60 day as date)
    where ended.in_ended = 1 and later.starts_on <= $day
),
held as (
    select
        placed.customer_key,
        coalesce(sum(case when placed.in_start = 1 then placed.annual end), 0) as annual_start,
        coalesce(sum(case when placed.in_end = 1 then placed.annual end), 0) as annual_end,
        coalesce(sum(case when placed.others_end = 1 then placed.annual end), 0) as annual_others,
        max(placed.in_start) as contracts_start, max(placed.in_end) as contracts_end,
        max(placed.others_start) as others_start, max(placed.others_end) as others_end
    from placed
    group by placed.customer_key
    having max(placed.in_start) = 1 or max(placed.in_end) = 1
),
moved as (
    select
        turned.*,
        case
            when turned.kind in ('won', 'taken_over') then cast(null as varchar)
            when turned.kind = 'churned' then 'churned'
            when turned.stayed_end > turned.annual_start + 0.005 then 'expanded'
            when turned.stayed_end < turned.annual_start - 0.005 then 'contracted'
            else 'kept'
        end as became
    from (
        select
            held.*, case when held.contracts_end = 0 and held.others_start = 0 then held.annual_others else held.annual_end end as stayed_end,
            case
                when held.contracts_start = 0 and held.others_start > 0 and held.others_end = 0 then 'taken_over'
                when held.contracts_start = 0 then 'won'
                when held.contracts_end = 0 and held.others_start = 0 and held.others_end > 0 then 'handed_over'
                when held.contracts_end = 0 then 'churned'
                when held.annual_end > held.annual_start + 0.005 then 'expanded'
                when held.annual_end < held.annual_start - 0.005 then 'contracted'
                else 'kept'
            end as kind
        from held
    ) as turned
),
elsewhere as (
    select distinct placed.customer_key
    from placed
    join moved on moved.customer_key = placed.customer_key
    join placed as later on later.customer_key = placed.customer_key
    where placed.in_start = 1 and moved.kind = 'churned' and later.is_chosen = 0
        and later.starts_on > placed.starts_on and later.starts_on <= $day
),
population as (
    select
        placed.*, moved.kind as turned,
        case when (moved.kind = 'handed_over' and placed.others_end = 1)
            or (moved.kind = 'taken_over' and placed.others_start = 1) then 1 else 0 end as in_handover,
        case
            when cast(placed.ends_on + interval 60 day as date) > $day then 'undecided'
            when followed.contract_id is not null then 'followed'
            else 'ended'
        end as renewal
    from placed
    left join moved on moved.customer_key = placed.customer_key
    left join followed on followed.contract_id = placed.contract_id
    where placed.in_scope = 1 and (
        placed.in_start = 1 or placed.in_end = 1 or placed.in_ended = 1
        or (moved.kind = 'handed_over' and placed.others_end = 1) or (moved.kind = 'taken_over' and placed.others_start = 1)
    )
    order by placed.ends_on, placed.contract_id
)
select
    moved.kind as turned, moved.became, count(*) as counted, sum(moved.annual_start) as annual_start,
    sum(moved.annual_end) as annual_end, sum(moved.stayed_end) as stayed_end,
    sum(moved.annual_start * moved.annual_start) as squares_start, sum(moved.stayed_end * moved.stayed_end) as squares_end,
    sum(moved.annual_start * moved.stayed_end) as products
from moved
group by moved.kind, moved.became
union all
select
    population.renewal as turned, cast(null as varchar) as became, count(*) as counted, sum(population.annual) as annual_start,
    cast(null as double) as annual_end, cast(null as double) as stayed_end, cast(null as double) as squares_start,
    cast(null as double) as squares_end, cast(null as double) as products
from population
where population.in_ended = 1
group by population.renewal
union all
select
    'left_out' as turned, cast(null as varchar) as became, count(*) as counted, cast(null as double) as annual_start,
    cast(null as double) as annual_end, cast(null as double) as stayed_end, cast(null as double) as squares_start,
    cast(null as double) as squares_end, cast(null as double) as products
from dated_contracts
where dated_contracts.in_known = 0 and dated_contracts.is_chosen = 1
having count(*) > 0
union all
select
    'others' as turned, cast(null as varchar) as became, count(*) as counted, cast(null as double) as annual_start,
    cast(null as double) as annual_end, cast(null as double) as stayed_end, cast(null as double) as squares_start,
    cast(null as double) as squares_end, cast(null as double) as products
from dated_contracts
where dated_contracts.in_scope = 0
having count(*) > 0
union all
select
    'elsewhere' as turned, cast(null as varchar) as became, count(*) as counted, cast(null as double) as annual_start,
    cast(null as double) as annual_end, cast(null as double) as stayed_end, cast(null as double) as squares_start,
    cast(null as double) as squares_end, cast(null as double) as products
from elsewhere
having count(*) > 0
