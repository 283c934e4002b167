-- Customers with their scores and their segment, in each span. A score is told by how many customers of the span are lower: 5
-- where at least four fifths of all are, 4 where three fifths are, down to 1. Who is alike shares the lowest place of them, so
-- that ties never part. Of fewer customers than there are scores there are no fifths. The segment of a cell is looked up in
-- the texts that metrics/rfm_cells.py makes of metrics/rfm.toml.
select
    cells.customer_key, cells.span, cells.last_on, cells.orders, cells.amount, cells.r_score, cells.f_score, cells.m_score,
    case when cells.of_all < $least_scored then 'too_few'
        else trim(substring($names, $width * (cells.number - 1) + 1, $width)) end as segment,
    trim(substring($places, $width * (cells.number - 1) + 1, $width)) as place
from (
    select
        told.*,
        cast(substring($cells, 50 * told.r_score + 10 * told.f_score + 2 * told.m_score - 61, 2) as integer) as number
    from (
        select
            placed.customer_key, placed.span, placed.last_on, placed.orders, placed.amount, placed.of_all,
            case when 5 * placed.less_recent >= 4 * placed.of_all then 5 when 5 * placed.less_recent >= 3 * placed.of_all then 4
                when 5 * placed.less_recent >= 2 * placed.of_all then 3 when 5 * placed.less_recent >= placed.of_all then 2 else 1
            end as r_score,
            case when 5 * placed.less_often >= 4 * placed.of_all then 5 when 5 * placed.less_often >= 3 * placed.of_all then 4
                when 5 * placed.less_often >= 2 * placed.of_all then 3 when 5 * placed.less_often >= placed.of_all then 2 else 1
            end as f_score,
            case when 5 * placed.less_money >= 4 * placed.of_all then 5 when 5 * placed.less_money >= 3 * placed.of_all then 4
                when 5 * placed.less_money >= 2 * placed.of_all then 3 when 5 * placed.less_money >= placed.of_all then 2 else 1
            end as m_score
        from (
            select
                spans_bought.*, counted.of_all,
                rank() over (partition by spans_bought.span order by spans_bought.last_on) - 1 as less_recent,
                rank() over (partition by spans_bought.span order by spans_bought.orders) - 1 as less_often,
                rank() over (partition by spans_bought.span order by spans_bought.amount) - 1 as less_money
            from spans_bought
            join (select spans_bought.span, count(*) as of_all from spans_bought group by spans_bought.span) as counted
                on counted.span = spans_bought.span
        ) as placed
    ) as told
) as cells
