-- Surveys, by hand.

-- survey_answers, by answered_on
select {by} as cut, count(t.score) as answer
from crm.surveys as t {members}
where t.score is not null and coalesce(lower(trim(t.kind)), '?') not in ('peer', 'self', 'manager')
    and (not $dated or t.answered_on between $from_on and $to_on)
group by cut;

-- surveys_sent, by sent_on
select {by} as cut, count(*) as answer
from crm.surveys as t {members}
where coalesce(lower(trim(t.kind)), '?') not in ('peer', 'self', 'manager')
    and (not $dated or t.sent_on between $from_on and $to_on)
group by cut;

-- surveys_replied, by sent_on
select {by} as cut, count(t.score) as answer
from crm.surveys as t {members}
where t.score is not null and coalesce(lower(trim(t.kind)), '?') not in ('peer', 'self', 'manager')
    and (not $dated or t.sent_on between $from_on and $to_on)
group by cut;

-- response_rate, by sent_on
-- Where everything was answered, nobody knows how many were asked.
select {by} as cut, case when count(t.score) < count(*) then cast(count(t.score) as double) / count(*) end as answer
from crm.surveys as t {members}
where coalesce(lower(trim(t.kind)), '?') not in ('peer', 'self', 'manager')
    and (not $dated or t.sent_on between $from_on and $to_on)
group by cut;

-- nps_balance, by answered_on
select {by} as cut, 100 * (count(*) filter (where t.score > 8.99) - count(*) filter (where t.score < 6.01)) as answer
from crm.surveys as t {members}
where t.score is not null and upper(trim(t.kind)) = 'NPS' and (not $dated or t.answered_on between $from_on and $to_on)
group by cut;

-- nps_answers, by answered_on
select {by} as cut, count(t.score) as answer
from crm.surveys as t {members}
where t.score is not null and upper(trim(t.kind)) = 'NPS' and (not $dated or t.answered_on between $from_on and $to_on)
group by cut;

-- nps, by answered_on
select {by} as cut, 100.0 * avg(sign(t.score - 7.5) * case when t.score > 6 and t.score < 9 then 0 else 1 end) as answer
from crm.surveys as t {members}
where t.score is not null and upper(trim(t.kind)) = 'NPS' and (not $dated or t.answered_on between $from_on and $to_on)
group by cut;
