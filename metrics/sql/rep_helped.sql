-- Deals of others that somebody helped to win: those won in a period in which a person has a share and that another owns
-- (metrics/scorecard.py).
with parts as (
    select owner_shares.deal_id, owner_shares.rep_key as helper_key, owner_shares.to_share - owner_shares.from_share as share
    from owner_shares
    where owner_shares.rep_key is not null and owner_shares.to_share > owner_shares.from_share
),
population as (
    select
        deals.deal_id, deals.deal, deals.customer_key, deals.rep_key, deals.amount, deals.closed_on, reps.rep,
        parts.share
    from parts
    join deals on deals.deal_id = parts.deal_id
    join reps on reps.rep_key = parts.helper_key
    where deals.status = 'won' and deals.closed_on between $from_on and $to_on
        and parts.helper_key is distinct from deals.rep_key
)
select rep, count(distinct deal_id) as helped, sum(cast(amount as double) * share) as amount
from population
group by rep
