-- Leads created in a period, followed to what became of them (metrics/lead_funnel.py, metrics/brought.py).
-- `furthest`: 1 a lead, 2 qualified, 3 a deal, 4 won; as in the funnel of deals, what was skipped counts as passed.
-- A lead and its deals are linked where either names the other; of several deals one won is enough. The deals are not
-- filtered: a lead of one team may become the deal of another.
-- `outcome`: won, lost (the deal lost, or the lead found to be none), open; unseen: its deal is not loaded or not in scope.
-- Nothing after `$until` is counted, as far as it has a day.
with asked as (
    select leads.*
    from leads
    where (not $has_period or leads.created_on between $from_on and $to_on)
        and (leads.created_on is null or leads.created_on <= $until)
),
links as (
    select asked.lead_id, asked.deal_id
    from asked
    where asked.deal_id is not null and (asked.converted_on is null or asked.converted_on <= $until)
    union
    select scoped_deals.lead_id, scoped_deals.deal_id
    from scoped_deals
    where scoped_deals.lead_id in (select asked.lead_id from asked)
),
firsts as (  -- a deal of two leads brought its money once
    select links.deal_id, min(links.lead_id) as lead_id
    from links
    group by links.deal_id
),
ends as (  -- what became of the deals of a lead: won is said by any, lost by all
    select
        links.lead_id, count(*) as links, min(links.deal_id) as deal_id, min(scoped_deals.created_on) as created_on,
        count(*) filter (where scoped_deals.status <> 'open' or not scoped_deals.is_gone) as seen,
        count(*) filter (where scoped_deals.status = 'won' and not coalesce(scoped_deals.closed_on > $until, false)) as won,
        count(*) filter (where scoped_deals.status = 'lost' and not coalesce(scoped_deals.closed_on > $until, false)) as lost,
        min(scoped_deals.closed_on) filter (where scoped_deals.status = 'won') as won_on,
        sum(scoped_deals.amount) filter (
            where scoped_deals.status = 'won' and not coalesce(scoped_deals.closed_on > $until, false)
                and links.lead_id = firsts.lead_id
        ) as won_amount
    from links
    join firsts on firsts.deal_id = links.deal_id
    left join scoped_deals on scoped_deals.deal_id = links.deal_id
    where scoped_deals.created_on is null or scoped_deals.created_on <= $until
    group by links.lead_id
),
dated as (
    select
        asked.lead_id, asked.lead, asked.rep_key, asked.source, asked.campaign, asked.team, asked.region,
        asked.industry, asked.status, asked.disqualified_reason, asked.created_on,
        case when asked.qualified_on <= $until then asked.qualified_on end as qualified_on,
        case when asked.converted_on <= $until then asked.converted_on else ends.created_on end as became_deal_on,
        case when ends.won > 0 then ends.won_on end as won_on, coalesce(ends.deal_id, asked.deal_id) as deal_id,
        ends.won_amount, ends.links, ends.seen, ends.won, ends.lost,
        asked.disqualified_reason is not null or lower(trim(asked.status)) in (
            'disqualified', 'unqualified', 'not qualified', 'junk', 'junk lead', 'lost', 'lost lead', 'dead', 'invalid',
            'closed - not converted', 'rejected', 'spam', '无效', '无效线索', '已作废', '不合格', '丢失线索', '已放弃'
        ) as is_none
    from asked
    left join ends on ends.lead_id = asked.lead_id
),
placed as (
    select
        dated.*,
        case
            when dated.won > 0 then 4
            when dated.links > 0 or dated.became_deal_on is not null then 3
            when dated.qualified_on is not null then 2
            else 1
        end as furthest
    from dated
)
select
    placed.*,
    case
        when placed.furthest = 4 then 'won'
        when placed.furthest = 3 and placed.lost = placed.links then 'lost'
        when placed.furthest = 3 and coalesce(placed.lost, 0) = coalesce(placed.seen, 0) then 'unseen'
        when placed.furthest < 3 and placed.is_none then 'lost'
        else 'open'
    end as outcome,
    case when placed.qualified_on >= placed.created_on
        then date_diff('day', placed.created_on, placed.qualified_on) end as days_to_qualified,
    case when placed.became_deal_on >= coalesce(placed.qualified_on, placed.created_on)
        then date_diff('day', coalesce(placed.qualified_on, placed.created_on), placed.became_deal_on) end
        as days_to_deal,
    case when placed.won_on >= placed.became_deal_on
        then date_diff('day', placed.became_deal_on, placed.won_on) end as days_to_won,
    case when placed.won_on >= placed.created_on
        then date_diff('day', placed.created_on, placed.won_on) end as days_in_all
from placed
