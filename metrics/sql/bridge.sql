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
moving as (  -- what was open on either day, or closed between them
    select distinct deal_versions.deal_id
    from deal_versions
    where (deal_versions.status = 'open' or deal_versions.closed_on > $from_day)
        and deal_versions.seen_to > $from_day and deal_versions.seen_from <= $to_day
    union
    select closings.deal_id from closings
),
opened as (  -- open again meanwhile, as an upload between the two days showed
    select distinct deal_versions.deal_id
    from deal_versions
    where deal_versions.status = 'open' and deal_versions.seen_from > $from_day and deal_versions.seen_from <= $to_day
),
ours as (
    select
        seen.deal_id,
        max(seen.status) filter (where seen.is_start) as start_status,
        max(seen.status) filter (where seen.is_end) as end_status,
        sum(coalesce(seen.amount, 0)) filter (where seen.is_start) as start_amount,
        sum(coalesce(seen.amount, 0)) filter (where seen.is_end) as end_amount,
        max(seen.rep_key) filter (where seen.is_start) as start_rep,
        max(seen.rep_key) filter (where seen.is_end) as end_rep
    from (
        select
            deals_seen.deal_id, deals_seen.status, deals_seen.amount, deals_seen.rep_key,
            deals_seen.seen_from <= $from_day and $from_day < deals_seen.seen_to as is_start,
            (deals_seen.seen_from <= $to_day and $to_day < deals_seen.seen_to)
            or coalesce(deals_seen.seen_from = closings.told_on, false) as is_end
        from deals_seen
        join moving on moving.deal_id = deals_seen.deal_id
        left join closings on closings.deal_id = deals_seen.deal_id
        where deals_seen.seen_to > $from_day
    ) as seen
    where seen.is_start or seen.is_end
    group by seen.deal_id
),
theirs as (
    select
        told.deal_id, max(told.deal) as deal, max(told.customer_key) as customer_key,
        min(told.created_on) as created_on,
        max(told.status) filter (where told.is_start) as start_status,
        max(told.status) filter (where told.is_end) as end_status,
        max(told.due_on) filter (where told.is_start) as start_due,
        max(told.due_on) filter (where told.is_end) as end_due,
        max(told.closed_on) filter (where told.is_end) as closed_on,
        coalesce(
            max(told.amount_original) filter (where told.is_start) = max(told.amount_original) filter (where told.is_end)
            and max(told.currency) filter (where told.is_start) = max(told.currency) filter (where told.is_end), false
        ) as is_same_money,
        max(told.stage) filter (where told.is_start and told.is_in_scope) as shown_start_stage,
        max(told.stage) filter (where told.is_end and told.is_in_scope) as shown_end_stage,
        max(told.due_on) filter (where told.is_start and told.is_in_scope) as shown_start_due,
        max(told.due_on) filter (where told.is_end and told.is_in_scope) as shown_end_due,
        max(told.status) filter (where told.is_end and told.is_in_scope) as shown_end_status,
        max(case when told.is_reconstructed then 1 else 0 end) as is_reconstructed
    from (
        select
            deal_versions.deal_id, deal_versions.deal, deal_versions.customer_key, deal_versions.created_on,
            deal_versions.status, deal_versions.stage, deal_versions.closed_on, deal_versions.is_reconstructed,
            deal_versions.is_in_scope, deal_versions.amount_original, deal_versions.currency,
            case when deal_versions.status = 'open' then deal_versions.expected_close_on
                else coalesce(deal_versions.closed_on, deal_versions.expected_close_on) end as due_on,
            deal_versions.seen_from <= $from_day and $from_day < deal_versions.seen_to as is_start,
            (deal_versions.seen_from <= $to_day and $to_day < deal_versions.seen_to)
            or coalesce(deal_versions.seen_from = closings.told_on, false) as is_end
        from deal_versions
        join moving on moving.deal_id = deal_versions.deal_id
        left join closings on closings.deal_id = deal_versions.deal_id
        where deal_versions.seen_to > $from_day
    ) as told
    where told.is_start or told.is_end
    group by told.deal_id
),
placed as (  -- where each deal in view stood: in the pipeline looked at, or where instead
    select
        ours.deal_id, theirs.deal, theirs.customer_key, ours.start_rep, ours.end_rep, theirs.created_on,
        ours.start_amount, ours.end_amount, theirs.start_status, theirs.end_status, theirs.start_due, theirs.end_due,
        theirs.closed_on, theirs.is_reconstructed, theirs.is_same_money, theirs.shown_start_stage, theirs.shown_end_stage,
        theirs.shown_start_due, theirs.shown_end_due, theirs.shown_end_status,
        ours.start_status is not null as is_ours_at_start, ours.end_status is not null as is_ours_at_end,
        coalesce(ours.start_status = 'open', false)
        and (not $is_bounded or coalesce(theirs.start_due between $due_from and $due_to, false)) as is_start,
        coalesce(ours.end_status = 'open', false)
        and (not $is_bounded or coalesce(theirs.end_due between $due_from and $due_to, false)) as is_end,
        coalesce(ours.end_status <> 'open', false)
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
