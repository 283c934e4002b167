-- Contracts signed by a day: those in scope (`in_scope`), those of them looked at (`is_chosen`), and what else their customers
-- have with others; how long they run and what they are worth a year (metrics/contract_retention.py): whole
-- months as the calendar has them, what is left over in days, a twelfth of 365 to the month. One whose last day is its
-- anniversary is of whole months too. What is shorter than $least_days is taken as if it had so many.
select
    lengths.contract_id, lengths.contract, lengths.customer_key, lengths.rep_key, lengths.team, lengths.region,
    lengths.deal_id, lengths.status, lengths.signed_on, lengths.starts_on, lengths.ends_on, lengths.amount, lengths.in_known,
    lengths.is_chosen, lengths.in_scope,
    round(
        cast(lengths.amount as double) * 12 / nullif(
            greatest(
                lengths.whole_months + cast(
                    case when lengths.whole_months > 0 and lengths.days_over = 1 then 0 else lengths.days_over end as double
                ) * 12 / 365,
                cast($least_days as double) * 12 / 365
            ), 0
        ), 2
    ) as annual
from (
    select
        placed.*,
        placed.months - case when placed.stop_day < placed.start_day then 1 else 0 end as whole_months,
        case
            when placed.stop_day >= placed.start_day then placed.stop_day - placed.start_day
            else greatest(date_diff('day', placed.month_before, placed.stop_month) - placed.start_day, 0) + placed.stop_day
        end as days_over
    from (
        select
            ended.*,
            (year(ended.stop_on) - year(ended.starts_on)) * 12 + month(ended.stop_on) - month(ended.starts_on) as months,
            date_diff('day', cast(date_trunc('month', ended.starts_on) as date), ended.starts_on) as start_day,
            date_diff('day', cast(date_trunc('month', ended.stop_on) as date), ended.stop_on) as stop_day,
            cast(date_trunc('month', ended.stop_on) as date) as stop_month,
            cast(
                date_trunc('month', cast(cast(date_trunc('month', ended.stop_on) as date) - interval 1 day as date)) as date
            ) as month_before
        from (
            select
                known_contracts.*, cast(known_contracts.ends_on + interval 1 day as date) as stop_on,
                case
                    when known_contracts.customer_key is null or known_contracts.starts_on is null
                        or known_contracts.ends_on is null or known_contracts.amount is null
                        or known_contracts.ends_on < known_contracts.starts_on then 0 else 1
                end as in_known,
                case when contracts.contract_id is null then 0 else 1 end as is_chosen,
                case when known_contracts.is_in_scope then 1 else 0 end as in_scope
            from known_contracts
            left join contracts on contracts.contract_id = known_contracts.contract_id
            where known_contracts.signed_on is null or known_contracts.signed_on <= $day
        ) as ended
    ) as placed
) as lengths
