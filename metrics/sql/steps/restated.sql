-- How often the expected close of deals open on `$day` had been moved to a later month by then, and the largest amount of the
-- last `$cut_days` days, in the deal's own currency: a new rate is no cut. Few deals were ever due in another month: only
-- their states are put in order.
select told.deal_id, coalesce(moves.pushes, 0) as pushes, told.most
from (
    select
        states_then.deal_id,
        max(states_then.amount_original) filter (
            where states_then.currency is not distinct from states_then.currency_now
                and date_diff('day', states_then.seen_to, cast($day as date)) <= $cut_days
        ) as most
    from states_then
    group by states_then.deal_id
) as told
left join (
    select ordered.deal_id, count(*) as pushes
    from (
        select
            states_then.deal_id, states_then.due_month,
            lag(states_then.due_month) over (partition by states_then.deal_id order by states_then.seen_from) as month_before
        from states_then
        where states_then.due_month is not null and states_then.deal_id in (
            select states_then.deal_id
            from states_then
            group by states_then.deal_id
            having min(states_then.due_month) < max(states_then.due_month)
        )
    ) as ordered
    where ordered.due_month > ordered.month_before
    group by ordered.deal_id
) as moves on moves.deal_id = told.deal_id
