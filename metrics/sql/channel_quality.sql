-- Leads by channel and time of creation, and whether they came so far within so many days (metrics/channel_quality.py).
-- `followed` are the leads of the period as the lead funnel follows them. Only leads that have had the days are compared;
-- not those of which nobody can say when, or whether, they came there.
with reached as (
    select
        followed.*,
        case
            when $step = 2 then least(followed.qualified_on, followed.became_deal_on, followed.won_on)
            when $step = 3 then least(followed.became_deal_on, followed.won_on)
            else followed.won_on
        end as reached_on
    from followed
    where date_diff('day', followed.created_on, cast($until as date)) >= $within
),
population as (
    select
        reached.lead_id, reached.lead, reached.rep_key, reached.source, reached.campaign, reached.created_on,
        reached.reached_on, reached.qualified_on, reached.became_deal_on, reached.won_on, reached.deal_id,
        cast(date_trunc('month', reached.created_on) as date) as month,
        cast(date_trunc('quarter', reached.created_on) as date) as quarter,
        case when date_diff('day', reached.created_on, reached.reached_on) <= $within then 1 else 0 end as is_reached
    from reached
    where not (reached.furthest >= $step and reached.reached_on is null)
        and not ($step = 4 and reached.outcome = 'unseen')
)
select source, count(*) as leads, count(*) filter (where is_reached = 1) as came_so_far from population group by source
