-- Everything that happened to one deal, day by day (ui/timeline.py): what each upload changed from what to what, stages
-- entered, what was done, its beginning and its end. `lane` is what it is about. Nothing of a deal that is not the viewer's
-- any more. A new rate of its currency is no change of its amount.
with states as (
    select
        deal_versions.seen_from, deal_versions.stage, deal_versions.status, deal_versions.amount,
        deal_versions.amount_original, deal_versions.currency,
        deal_versions.expected_close_on, deal_versions.probability, deal_versions.forecast_category,
        deal_versions.next_step, deal_versions.team, reps.rep,
        row_number() over (order by deal_versions.seen_from) as place,
        lag(deal_versions.stage) over (order by deal_versions.seen_from) as stage_before,
        lag(deal_versions.status) over (order by deal_versions.seen_from) as status_before,
        lag(deal_versions.amount) over (order by deal_versions.seen_from) as amount_before,
        lag(deal_versions.amount_original) over (order by deal_versions.seen_from) as original_before,
        lag(deal_versions.currency) over (order by deal_versions.seen_from) as currency_before,
        lag(deal_versions.expected_close_on) over (order by deal_versions.seen_from) as due_before,
        lag(deal_versions.probability) over (order by deal_versions.seen_from) as probability_before,
        lag(deal_versions.forecast_category) over (order by deal_versions.seen_from) as category_before,
        lag(deal_versions.next_step) over (order by deal_versions.seen_from) as step_before,
        lag(reps.rep) over (order by deal_versions.seen_from) as rep_before
    from deal_versions
    left join reps on reps.rep_key = deal_versions.rep_key
    where deal_versions.deal_id = $deal_id and not deal_versions.is_reconstructed
        and deal_versions.deal_id in (select deals.deal_id from deals)
),
changes as (
    select states.seen_from as day, 'amount' as lane, cast(states.amount_before as varchar) as old,
        cast(states.amount as varchar) as new, cast(null as varchar) as who, states.place
    from states
    where states.place = 1 or (
        states.amount is distinct from states.amount_before
        and (states.amount_original is distinct from states.original_before or states.currency is distinct from states.currency_before)
    )
    union all
    select states.seen_from, 'expected_close_on', cast(states.due_before as varchar),
        cast(states.expected_close_on as varchar), cast(null as varchar), states.place
    from states where states.place = 1 or states.expected_close_on is distinct from states.due_before
    union all
    select states.seen_from, 'rep', states.rep_before, states.rep, cast(null as varchar), states.place
    from states where states.place = 1 or states.rep is distinct from states.rep_before
    union all
    select states.seen_from, 'status', states.status_before, states.status, cast(null as varchar), states.place
    from states where states.place > 1 and states.status is distinct from states.status_before
    union all
    select states.seen_from, 'seen_stage', states.stage_before, states.stage, cast(null as varchar), states.place
    from states where states.place > 1 and states.stage is distinct from states.stage_before
    union all
    select states.seen_from, 'probability', cast(states.probability_before as varchar),
        cast(states.probability as varchar), cast(null as varchar), states.place
    from states where states.place > 1 and states.probability is distinct from states.probability_before
    union all
    select states.seen_from, 'forecast_category', states.category_before, states.forecast_category, cast(null as varchar), states.place
    from states where states.place > 1 and states.forecast_category is distinct from states.category_before
    union all
    select states.seen_from, 'next_step', states.step_before, states.next_step, cast(null as varchar), states.place
    from states where states.place > 1 and states.next_step is distinct from states.step_before
),
population as (
    select changes.day, changes.lane, changes.old, changes.new, changes.who, cast(null as date) as until_on
    from changes
    where changes.old is not null or changes.new is not null
    union all
    select deal_stages.entered_on, 'stage', cast(null as varchar), deal_stages.stage, reps.rep, deal_stages.left_on
    from deal_stages
    left join reps on reps.rep_key = deal_stages.rep_key
    where deal_stages.deal_id = $deal_id
    union all
    select
        activities.done_on, 'activity', activities.kind, coalesce(activities.subject, activities.outcome), reps.rep,
        cast(null as date)
    from activities
    left join reps on reps.rep_key = activities.rep_key
    where activities.deal_id = $deal_id
    union all
    select deals.created_on, 'created', cast(null as varchar), cast(null as varchar), cast(null as varchar), cast(null as date)
    from deals where deals.deal_id = $deal_id and deals.created_on is not null
    union all
    select deals.closed_on, 'closed', cast(null as varchar), deals.status, cast(null as varchar), cast(null as date)
    from deals where deals.deal_id = $deal_id and deals.closed_on is not null
    union all
    select deals.gone_on, 'gone', cast(null as varchar), cast(null as varchar), cast(null as varchar), cast(null as date)
    from deals where deals.deal_id = $deal_id and deals.is_gone
)
select day, lane, old, new, who, until_on, day > cast($day as date) as is_planned
from population order by day desc nulls last, lane, new
