-- From the open deals of one day to those of another: what came, what changed, what left, and why (metrics/bridge.py).
-- `ours`: what deals in view said on the two days, the parts of shared ones added up. `theirs`: the same of whole deals,
-- whoever had them, to tell a deal that came from elsewhere from a new one; what somebody out of the viewer's scope made
-- of a deal tells the cause, but is not shown.
with closed_between as (  -- told by a later upload
    select deal_versions.deal_id, min(deal_versions.seen_from) as told_on
    from deal_versions
    where deal_versions.status <> 'open' and deal_versions.closed_on > $from_day
        and deal_versions.closed_on <= $to_day and deal_versions.seen_from > $to_day
    group by deal_versions.deal_id
),
closings as (  -- and not seen on the last day: a state rebuilt from dates ends when the deal was closed
    select closed_between.deal_id, min(closed_between.told_on) as told_on
    from closed_between
    left join deal_versions on deal_versions.deal_id = closed_between.deal_id
        and deal_versions.seen_from <= $to_day and deal_versions.seen_to > $to_day
    group by closed_between.deal_id
    having count(deal_versions.deal_id) = 0
),
opened as (  -- open again meanwhile, as an upload between the two days showed
    select distinct deal_versions.deal_id
    from deal_versions
    where deal_versions.status = 'open' and deal_versions.seen_from > $from_day and deal_versions.seen_from <= $to_day
),
stood as (  -- states of the days between, but for what had been closed by the first and was still so on the last. Each
    -- part has conditions of one column only: of those engines see before they read whole rows
    select
        deals_seen.deal_id, deals_seen.status, deals_seen.amount, deals_seen.rep_key, deals_seen.seen_from,
        deals_seen.seen_to
    from deals_seen
    where deals_seen.status = 'open' and deals_seen.seen_to > $from_day
    union all
    select
        deals_seen.deal_id, deals_seen.status, deals_seen.amount, deals_seen.rep_key, deals_seen.seen_from,
        deals_seen.seen_to
    from deals_seen
    where deals_seen.status <> 'open' and deals_seen.closed_on > $from_day and deals_seen.seen_to > $from_day
    union all
    select
        deals_seen.deal_id, deals_seen.status, deals_seen.amount, deals_seen.rep_key, deals_seen.seen_from,
        deals_seen.seen_to
    from deals_seen
    where deals_seen.status <> 'open' and deals_seen.seen_from > $from_day and coalesce(deals_seen.closed_on <= $from_day, true)
        and deals_seen.seen_to > $from_day
    union all
    select
        deals_seen.deal_id, deals_seen.status, deals_seen.amount, deals_seen.rep_key, deals_seen.seen_from,
        deals_seen.seen_to
    from deals_seen
    where deals_seen.status <> 'open' and deals_seen.seen_to > $from_day and deals_seen.seen_to <= $to_day
        and deals_seen.seen_from <= $from_day and coalesce(deals_seen.closed_on <= $from_day, true)
),
said as (  -- the same of whole deals
    select
        deal_versions.deal_id, deal_versions.deal, deal_versions.customer_key, deal_versions.created_on,
        deal_versions.status, deal_versions.stage, deal_versions.closed_on, deal_versions.expected_close_on,
        deal_versions.amount_original, deal_versions.currency, deal_versions.seen_from, deal_versions.seen_to,
        deal_versions.is_reconstructed, deal_versions.is_in_scope
    from deal_versions
    where deal_versions.status = 'open' and deal_versions.seen_to > $from_day
    union all
    select
        deal_versions.deal_id, deal_versions.deal, deal_versions.customer_key, deal_versions.created_on,
        deal_versions.status, deal_versions.stage, deal_versions.closed_on, deal_versions.expected_close_on,
        deal_versions.amount_original, deal_versions.currency, deal_versions.seen_from, deal_versions.seen_to,
        deal_versions.is_reconstructed, deal_versions.is_in_scope
    from deal_versions
    where deal_versions.status <> 'open' and deal_versions.closed_on > $from_day and deal_versions.seen_to > $from_day
    union all
    select
        deal_versions.deal_id, deal_versions.deal, deal_versions.customer_key, deal_versions.created_on,
        deal_versions.status, deal_versions.stage, deal_versions.closed_on, deal_versions.expected_close_on,
        deal_versions.amount_original, deal_versions.currency, deal_versions.seen_from, deal_versions.seen_to,
        deal_versions.is_reconstructed, deal_versions.is_in_scope
    from deal_versions
    where deal_versions.status <> 'open' and deal_versions.seen_from > $from_day and coalesce(deal_versions.closed_on <= $from_day, true)
        and deal_versions.seen_to > $from_day
    union all
    select
        deal_versions.deal_id, deal_versions.deal, deal_versions.customer_key, deal_versions.created_on,
        deal_versions.status, deal_versions.stage, deal_versions.closed_on, deal_versions.expected_close_on,
        deal_versions.amount_original, deal_versions.currency, deal_versions.seen_from, deal_versions.seen_to,
        deal_versions.is_reconstructed, deal_versions.is_in_scope
    from deal_versions
    where deal_versions.status <> 'open' and deal_versions.seen_to > $from_day and deal_versions.seen_to <= $to_day
        and deal_versions.seen_from <= $from_day and coalesce(deal_versions.closed_on <= $from_day, true)
),
ours as (
    select
        seen.deal_id,
        max(case when seen.status = 'open' then 0 else 1 end) filter (where seen.is_start) as start_closed,
        max(case when seen.status = 'open' then 0 else 1 end) filter (where seen.is_end) as end_closed,
        sum(coalesce(seen.amount, 0)) filter (where seen.is_start) as start_amount,
        sum(coalesce(seen.amount, 0)) filter (where seen.is_end) as end_amount,
        max(seen.rep_key) filter (where seen.is_start) as start_rep,
        max(seen.rep_key) filter (where seen.is_end) as end_rep
    from (
        select
            stood.deal_id, stood.status, stood.amount, stood.rep_key, stood.seen_from <= $from_day as is_start,
            (stood.seen_from <= $to_day and $to_day < stood.seen_to)
            or coalesce(stood.seen_from = closings.told_on, false) as is_end
        from stood
        left join closings on closings.deal_id = stood.deal_id
    ) as seen
    where seen.is_start or seen.is_end
    group by seen.deal_id
),
states as (
    select
        said.*,
        case when said.status = 'open' then said.expected_close_on
            else coalesce(said.closed_on, said.expected_close_on) end as due_on,
        said.seen_from <= $from_day as is_start,
        (said.seen_from <= $to_day and $to_day < said.seen_to)
        or coalesce(said.seen_from = closings.told_on, false) as is_end
    from said
    left join closings on closings.deal_id = said.deal_id
),
theirs as (  -- most deals said the same on both days
    select
        states.deal_id, states.deal, states.customer_key, states.created_on, states.status as start_status,
        states.status as end_status, states.due_on as start_due, states.due_on as end_due, states.closed_on,
        states.amount_original is not null and states.currency is not null as is_same_money,
        case when states.is_in_scope then states.stage end as shown_start_stage,
        case when states.is_in_scope then states.stage end as shown_end_stage,
        case when states.is_in_scope then states.due_on end as shown_start_due,
        case when states.is_in_scope then states.due_on end as shown_end_due,
        case when states.is_in_scope then states.status end as shown_end_status,
        case when states.is_reconstructed then 1 else 0 end as is_reconstructed
    from states
    where states.is_start and states.is_end
    union all
    select
        states.deal_id, max(states.deal) as deal, max(states.customer_key) as customer_key,
        min(states.created_on) as created_on,
        max(states.status) filter (where states.is_start) as start_status,
        max(states.status) filter (where states.is_end) as end_status,
        max(states.due_on) filter (where states.is_start) as start_due,
        max(states.due_on) filter (where states.is_end) as end_due,
        max(states.closed_on) filter (where states.is_end) as closed_on,
        coalesce(
            max(states.amount_original) filter (where states.is_start) = max(states.amount_original) filter (where states.is_end)
            and max(states.currency) filter (where states.is_start) = max(states.currency) filter (where states.is_end), false
        ) as is_same_money,
        max(states.stage) filter (where states.is_start and states.is_in_scope) as shown_start_stage,
        max(states.stage) filter (where states.is_end and states.is_in_scope) as shown_end_stage,
        max(states.due_on) filter (where states.is_start and states.is_in_scope) as shown_start_due,
        max(states.due_on) filter (where states.is_end and states.is_in_scope) as shown_end_due,
        max(states.status) filter (where states.is_end and states.is_in_scope) as shown_end_status,
        max(case when states.is_reconstructed then 1 else 0 end) as is_reconstructed
    from states
    where (states.is_start or states.is_end) and not (states.is_start and states.is_end)
    group by states.deal_id
),
placed as (  -- where each deal in view stood: in the pipeline looked at, or where instead
    select
        ours.deal_id, theirs.deal, theirs.customer_key, ours.start_rep, ours.end_rep, theirs.created_on,
        ours.start_amount, ours.end_amount, theirs.start_status, theirs.end_status, theirs.start_due, theirs.end_due,
        theirs.closed_on, theirs.is_reconstructed, theirs.is_same_money, theirs.shown_start_stage, theirs.shown_end_stage,
        theirs.shown_start_due, theirs.shown_end_due, theirs.shown_end_status,
        ours.start_closed is not null as is_ours_at_start, ours.end_closed is not null as is_ours_at_end,
        coalesce(ours.start_closed = 0, false)
        and (not $is_bounded or coalesce(theirs.start_due between $due_from and $due_to, false)) as is_start,
        coalesce(ours.end_closed = 0, false)
        and (not $is_bounded or coalesce(theirs.end_due between $due_from and $due_to, false)) as is_end,
        coalesce(ours.end_closed = 1, false)
        and (
            coalesce(theirs.start_status = 'open', false)
            or (
                coalesce(theirs.closed_on > $from_day, false)
                and (theirs.start_status is distinct from theirs.end_status or opened.deal_id is not null)
            )
        )
        and (not $is_bounded or coalesce(theirs.end_due between $due_from and $due_to, false)) as is_closed_here
    from ours
    join theirs on theirs.deal_id = ours.deal_id
    left join opened on opened.deal_id = ours.deal_id
),
told as (  -- by which cause it came, and by which it left
    select
        placed.*,
        case
            when placed.is_start or not (placed.is_end or placed.is_closed_here) then null
            when placed.start_status is null and placed.created_on > $from_day then 'new'
            when placed.start_status is null then 'appeared'
            when placed.start_status <> 'open' then 'reopened'
            when $is_bounded and placed.start_due < $due_from then 'pushed_in'
            when $is_bounded and not coalesce(placed.start_due <= $due_to, false) then 'pulled_in'
            else 'transferred_in'
        end as came,
        case
            when placed.is_end or not (placed.is_start or placed.is_closed_here) then null
            when placed.is_closed_here then placed.end_status
            when placed.end_status is null then 'gone'
            when placed.is_ours_at_end and placed.end_due < $due_from then 'pulled_out'
            when placed.is_ours_at_end then 'pushed_out'
            else 'transferred_out'
        end as "left"
    from placed
    where placed.is_start or placed.is_end or placed.is_closed_here
),
weighed as (  -- it comes with what it was worth before where that is known, and leaves with that; a win with what it won
    select
        told.*,
        case when told.is_ours_at_start and told.start_status = 'open' then told.start_amount else told.end_amount end
            as carried,
        case
            when told.is_ours_at_start and told.start_status = 'open' and (told.is_end or told."left" = 'won')
                then told.end_amount - told.start_amount
        end as change
    from told
),
blocks as (
    select weighed.*, 'start' as cause, weighed.start_amount as moved from weighed where weighed.is_start
    union all
    select weighed.*, weighed.came, weighed.carried from weighed where weighed.came is not null
    union all
    select
        weighed.*,
        case when weighed.is_same_money then 'revalued' when weighed.change > 0 then 'increased' else 'decreased' end,
        weighed.change
    from weighed where weighed.change <> 0
    union all
    select weighed.*, weighed."left", -(weighed.carried + coalesce(weighed.change, 0))
    from weighed where weighed."left" is not null
    union all
    select weighed.*, 'end', weighed.end_amount from weighed where weighed.is_end
),
population as (  -- with names, for the rows; the sums below need none
    select
        blocks.deal_id, blocks.deal, customers.customer, blocks.cause, blocks.moved,
        blocks.start_amount, blocks.end_amount, before.rep as start_rep, after.rep as end_rep,
        blocks.shown_start_stage as start_stage, blocks.shown_end_stage as end_stage,
        blocks.shown_start_due as start_due, blocks.shown_end_due as end_due, blocks.shown_end_status as end_status,
        blocks.created_on, blocks.is_reconstructed
    from blocks
    left join customers on customers.customer_key = blocks.customer_key
    left join reps as before on before.rep_key = blocks.start_rep
    left join reps as after on after.rep_key = blocks.end_rep
)
select
    cause, sum(moved) as amount, count(*) as deals,
    count(*) filter (where cause in ('start', 'end') and is_reconstructed > 0) as reconstructed
from blocks
group by cause
