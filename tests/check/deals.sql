-- Deals, by hand: what each measure means, without the metrics layer. See by_hand.py for {by} and {members}; {deals} is money
-- that several products or people may share.

-- won_amount, by closed_on
select {by} as cut, sum(t.amount) as answer
from {deals} as t {members}
where t.status = 'won' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- won_deals, by closed_on
select {by} as cut, count(*) as answer
from crm.deals as t {members}
where t.status = 'won' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- lost_deals, by closed_on
select {by} as cut, count(*) as answer
from crm.deals as t {members}
where t.status = 'lost' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- lost_amount, by closed_on
select {by} as cut, case when count(*) filter (where t.amount <> 0) > 0 then sum(t.amount) end as answer
from {deals} as t {members}
where t.status = 'lost' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- closed_deals, by closed_on
select {by} as cut, count(*) as answer
from crm.deals as t {members}
where t.status <> 'open' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- closed_amount, by closed_on
select {by} as cut, sum(t.amount) as answer
from {deals} as t {members}
where t.status <> 'open' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- win_rate, by closed_on
select {by} as cut, sum(case t.status when 'won' then 1.0 else 0.0 end) / count(*) as answer
from crm.deals as t {members}
where t.status <> 'open' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- win_rate_amount, by closed_on
-- Refused where deals were lost and none of them carries an amount: the rate would read 100 %.
select {by} as cut, case
    when count(*) filter (where t.status = 'lost') > 0 and count(*) filter (where t.status = 'lost' and t.amount <> 0) = 0 then null
    when sum(t.amount) = 0 then null
    else cast(coalesce(sum(t.amount) filter (where t.status = 'won'), 0) as double) / cast(sum(t.amount) as double)
end as answer
from {deals} as t {members}
where t.status <> 'open' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- won_amount_whole, by closed_on
select {by} as cut, sum(t.amount) as answer
from crm.deals as t {members}
where t.status = 'won' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- average_won_amount, by closed_on
select {by} as cut, cast(sum(t.amount) as double) / count(*) as answer
from crm.deals as t {members}
where t.status = 'won' and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- cycle_days, by closed_on
select {by} as cut, quantile_cont(date_diff('day', t.created_on, t.closed_on), 0.5) as answer
from crm.deals as t {members}
where t.status <> 'open' and t.created_on is not null and t.closed_on is not null
    and (not $dated or t.closed_on between $from_on and $to_on)
group by cut;

-- created_deals, by created_on
select {by} as cut, count(*) as answer
from crm.deals as t {members}
where not $dated or t.created_on between $from_on and $to_on
group by cut;

-- created_amount, by created_on
select {by} as cut, case when count(*) filter (where t.amount <> 0) > 0 then sum(t.amount) end as answer
from {deals} as t {members}
where not $dated or t.created_on between $from_on and $to_on
group by cut;

-- created_deals_won, by created_on
select {by} as cut, count(*) as answer
from crm.deals as t {members}
where t.status = 'won' and (not $dated or t.created_on between $from_on and $to_on)
group by cut;

-- win_rate_created, by created_on
select {by} as cut, sum(case t.status when 'won' then 1.0 else 0.0 end) / count(*) as answer
from crm.deals as t {members}
where not $dated or t.created_on between $from_on and $to_on
group by cut;

-- open_deals, stock
select {by} as cut, count(*) as answer
from crm.deal_versions as t {members}
where t.status = 'open' and t.seen_from <= $to_on and t.seen_to > $to_on
group by cut;

-- open_amount, stock
select {by} as cut, case when count(*) filter (where t.amount <> 0) > 0 then sum(t.amount) end as answer
from {deal_versions} as t {members}
where t.status = 'open' and t.seen_from <= $to_on and t.seen_to > $to_on
group by cut;

-- weighted_amount, stock
select {by} as cut, case when count(*) filter (where t.amount * t.probability <> 0) > 0 then
    sum(round(cast(t.amount as double) * t.probability, 4)) end as answer
from {deal_versions} as t {members}
where t.status = 'open' and t.seen_from <= $to_on and t.seen_to > $to_on
group by cut;

-- velocity, stock
-- The pace is that of the deals closed in the period; of fewer than 20 it is not told.
with standing as (
    select {by} as cut, count(*) as deals
    from crm.deal_versions as t {members}
    where t.status = 'open' and t.seen_from <= $to_on and t.seen_to > $to_on
    group by cut
),
closed as (
    select {by} as cut, count(*) as deals, count(*) filter (where t.status = 'won') as won,
        cast(sum(t.amount) filter (where t.status = 'won') as double) as amount,
        quantile_cont(date_diff('day', t.created_on, t.closed_on), 0.5)
            filter (where t.created_on is not null and t.closed_on is not null) as days
    from crm.deals as t {members}
    where t.status <> 'open' and (not $dated or t.closed_on between $period_from and $period_to)
    group by cut
)
select standing.cut, standing.deals * (closed.won / closed.deals) * (closed.amount / closed.won) / closed.days as answer
from standing join closed on closed.cut is not distinct from standing.cut
where closed.deals >= 20 and closed.won > 0 and closed.days > 0;
