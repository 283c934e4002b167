-- Deals as their parts, by hand and without crm.product_shares or crm.owner_shares: what test_check.py puts for {deals}.
-- {deals}: crm.deals or crm.deal_versions, of which each row is read as its parts.

-- by product
with lines as (
    select deal_id, product_key, sum(amount) as part from crm.deal_lines where amount is not null group by all
),
told as (select deal_id, sum(part) as said from lines group by deal_id),
whole as (
    -- In the deal's own currency. Lines that say more than the deal are cut down to it in proportion.
    select deal_id, said, greatest(said, coalesce(amount_original, amount, 0)) as whole
    from told join crm.deals using (deal_id)
),
parts as (
    select deal_id, product_key, part / whole as share from lines join whole using (deal_id) where whole > 0
    union all
    select deal_id, null, 1 - said / whole from whole where whole > 0 and said < whole
)
select t.* replace (
    coalesce(parts.share, 1) * t.amount as amount,
    case when parts.deal_id is null then t.product_key else parts.product_key end as product_key
)
from {deals} as t left join parts on parts.deal_id = t.deal_id

-- by owner
with others as (
    select o.deal_id, o.rep_key, sum(o.share) as share
    from crm.deal_owners as o join crm.deals as d on d.deal_id = o.deal_id
    where o.share > 0 and o.rep_key <> d.rep_key group by all
),
cut as (
    select deal_id, rep_key, share / greatest(1, sum(share) over (partition by deal_id)) as share from others
),
credited as (
    select c.deal_id, c.rep_key, c.share, coalesce(
        (
            select m.team from crm.rep_teams as m where m.rep_key = c.rep_key
                and coalesce(d.closed_on, date '9999-12-30') >= m.from_on
                and coalesce(d.closed_on, date '9999-12-30') < m.to_on
        ),
        r.team
    ) as team
    from cut as c join crm.deals as d on d.deal_id = c.deal_id left join crm.reps as r on r.rep_key = c.rep_key
)
select t.* replace (t.amount * c.share as amount, c.rep_key as rep_key, c.team as team)
from {deals} as t join credited as c on c.deal_id = t.deal_id
union all
select t.* replace (t.amount * (1 - coalesce(given.share, 0)) as amount)
from {deals} as t
left join (select deal_id, sum(share) as share from cut group by deal_id) as given on given.deal_id = t.deal_id
