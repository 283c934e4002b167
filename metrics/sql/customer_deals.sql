-- The deals in view that are open on a day, or were closed in some days (metrics/customer.py).
with population as (
    select
        open_deals.deal_id, open_deals.deal, 'open' as status, open_deals.stage, open_deals.amount,
        open_deals.created_on, open_deals.expected_close_on, cast(null as date) as closed_on,
        cast(null as varchar) as lost_reason, reps.rep
    from open_deals
    left join reps on reps.rep_key = open_deals.rep_key
    union all
    select
        deals.deal_id, deals.deal, deals.status, deals.stage, deals.amount, deals.created_on, deals.expected_close_on,
        deals.closed_on, deals.lost_reason, reps.rep
    from deals
    left join reps on reps.rep_key = deals.rep_key
    where deals.status in ('won', 'lost') and deals.closed_on between $from_on and $to_on
)
select * from population
order by case when status = 'open' then 0 else 1 end, coalesce(closed_on, expected_close_on) desc nulls last, deal_id
