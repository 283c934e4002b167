-- Activities, by hand.

-- activities, by done_on
select {by} as cut, count(*) as answer
from crm.activities as t {members}
where not $dated or cast(t.done_at as date) between $from_on and $to_on
group by cut;

-- activities_per_won_deal, by done_on
-- Two tables, each counted at its own grain: a join of the rows would count an activity once per deal.
select a.cut, cast(a.activities as double) / w.deals as answer
from (
    select {by} as cut, count(*) as activities
    from crm.activities as t {members}
    where not $dated or cast(t.done_at as date) between $from_on and $to_on
    group by cut
) as a
join (
    select {by_won} as cut, count(*) as deals
    from crm.deals as t {members_won}
    where t.status = 'won' and (not $dated or t.closed_on between $from_on and $to_on)
    group by cut
) as w on w.cut is not distinct from a.cut;
