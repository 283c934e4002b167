-- How often the expected close of deals open on `$day` (the question's own `open_then`) had been moved to a later month by then,
-- and the largest amount of the last `$cut_days` days, in the deal's own currency: a new rate is no cut.
select
    states.deal_id,
    count(*) filter (
        where cast(date_trunc('month', states.expected_close_on) as date) > cast(date_trunc('month', states.due_before) as date)
    ) as pushes,
    max(states.amount_original) filter (
        where states.currency is not distinct from states.currency_now
            and date_diff('day', states.seen_to, cast($day as date)) <= $cut_days
    ) as most
from (
    select
        said.deal_id, said.amount_original, said.expected_close_on, said.seen_to, said.currency,
        open_then.currency as currency_now,
        lag(said.expected_close_on) over (
            partition by said.deal_id, said.expected_close_on is null order by said.seen_from
        ) as due_before
    from (  -- until that day: of a deal that is open on it, no state of that day says otherwise
        select
            deal_versions.deal_id, deal_versions.amount_original, deal_versions.expected_close_on,
            deal_versions.seen_from, deal_versions.seen_to, deal_versions.currency
        from deal_versions
        where deal_versions.status = 'open' and deal_versions.seen_from <= $day
        union all
        select
            deal_versions.deal_id, deal_versions.amount_original, deal_versions.expected_close_on,
            deal_versions.seen_from, deal_versions.seen_to, deal_versions.currency
        from deal_versions
        where deal_versions.status <> 'open' and deal_versions.seen_from <= $day and deal_versions.seen_to <= $day
    ) as said
    join open_then on open_then.deal_id = said.deal_id
) as states
group by states.deal_id
