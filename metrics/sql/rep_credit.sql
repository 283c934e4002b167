-- Deals won in a period in which one salesperson and others have a part, with what each keeps: one row per deal
-- (metrics/credit.py). The shares of a deal add up to the whole, its owner keeping what nobody else has.
with parts as (
    select
        owner_shares.deal_id, coalesce(owner_shares.rep_key, deals.rep_key) as partner_key, deals.rep_key as owner_key,
        deals.deal, deals.customer_key, deals.amount, deals.closed_on,
        owner_shares.to_share - owner_shares.from_share as share
    from owner_shares
    join deals on deals.deal_id = owner_shares.deal_id
    where deals.status = 'won' and deals.closed_on between $from_on and $to_on
),
named as (
    select parts.*, reps.rep as partner
    from parts
    left join reps on reps.rep_key = parts.partner_key
),
shared as (
    select
        named.deal_id, sum(case when named.partner = $rep then named.share else 0 end) as share,
        sum(named.share) as whole,
        count(distinct case when named.share > 0 then coalesce(named.partner_key, -1) end) as people
    from named
    group by named.deal_id
),
population as (
    select
        deals.deal_id, deals.deal, customers.customer, reps.rep as owner, deals.closed_on, deals.amount, shared.share,
        cast(deals.amount as double) * shared.share as own_amount, shared.people, shared.whole, deals.rep_key
    from shared
    join deals on deals.deal_id = shared.deal_id
    left join customers on customers.customer_key = deals.customer_key
    left join reps on reps.rep_key = deals.rep_key
    where shared.share > 0 and shared.people > 1
)
select deal_id, deal, customer, owner, closed_on, amount, share, own_amount, people, whole
from population
order by closed_on desc, deal_id
