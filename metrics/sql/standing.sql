-- Deals open on a day, as they were seen then, with the stage they stood in and since when (metrics/odds.py).
with open_then as (
    select
        deals_seen.deal_id, deals_seen.deal, deals_seen.pipeline, deals_seen.stage, deals_seen.amount,
        deals_seen.probability, deals_seen.rep_key, deals_seen.team, deals_seen.customer_key, deals_seen.created_on,
        deals_seen.expected_close_on, deals_seen.is_reconstructed,
        coalesce(deals_seen.expected_close_on between $due_from and $due_to, false) as is_due
    from deals_seen
    where deals_seen.seen_from <= $day and $day < deals_seen.seen_to and deals_seen.status = 'open'
        and (not $is_bounded or coalesce(deals_seen.expected_close_on between $due_from and $due_to, false))
),
placed as (
    select
        open_then.*, coalesce(open_then.stage, here.stage) as stage_then, here.entered_on,
        date_diff('day', here.entered_on, cast($day as date)) as age
    from open_then
    left join here on here.deal_id = open_then.deal_id
),
population as (  -- with names, for the rows; the sums below need none
    select
        placed.deal_id, placed.deal, customers.customer, reps.rep, placed.team, placed.pipeline, placed.stage_then as stage,
        placed.amount, placed.probability, placed.created_on, placed.expected_close_on, placed.is_reconstructed,
        placed.entered_on, placed.age
    from placed
    left join customers on customers.customer_key = placed.customer_key
    left join reps on reps.rep_key = placed.rep_key
)
select
    pipeline, stage_then as stage, age, count(distinct deal_id) as deals, sum(coalesce(amount, 0)) as amount,
    sum(cast(amount as double) * probability) as by_crm, sum(coalesce(amount, 0)) filter (where probability is not null)
        as amount_with_probability,
    count(*) filter (where is_reconstructed) as rebuilt,
    -- the same of those that are due, for who asks about these and about all (metrics/coverage.py)
    count(*) filter (where is_due) as due, sum(case when is_due then coalesce(amount, 0) end) as due_amount,
    sum(case when is_due then cast(amount as double) * probability end) as due_by_crm,
    sum(coalesce(amount, 0)) filter (where is_due and probability is not null) as due_with_probability,
    count(*) filter (where is_due and is_reconstructed) as due_rebuilt
from placed
group by pipeline, stage_then, age
