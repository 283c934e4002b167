-- Customers with their scores and their segment, in each span. A score is told by the place among all customers of the span: 5
-- from four fifths on, 4 from three fifths, down to 1. Who is alike shares a place, so that ties never part: the middle one; but
-- nobody can be more recent than the most recent, who score 5, and who bought once did not buy often, which is 1. Places are
-- counted twice, from 0: the lowest and the highest of those alike, added up. Of fewer customers than there are scores there are
-- no fifths, and of customers of one day none is recent. The segment of a cell is looked up in the texts that metrics/rfm_cells.py
-- makes of metrics/rfm.toml.
select
    cells.customer_key, cells.span, cells.last_on, cells.orders, cells.amount, cells.r_score, cells.f_score, cells.m_score,
    case cells.status when 'scored' then trim(substring($names, $width * (cells.number - 1) + 1, $width)) else cells.status end
        as segment,
    trim(substring($places, $width * (cells.number - 1) + 1, $width)) as place, cells.status
from (
    select
        told.*,
        cast(substring($cells, 50 * told.r_score + 10 * told.f_score + 2 * told.m_score - 61, 2) as integer) as number
    from (
        select
            placed.customer_key, placed.span, placed.last_on, placed.orders, placed.amount,
            case when placed.of_all < $least_scored then 'too_few' when placed.first_last = placed.last_last then 'one_day'
                else 'scored' end as status,
            case when placed.last_on = placed.last_last then 5
                when 5 * placed.recent >= 8 * placed.of_all then 5 when 5 * placed.recent >= 6 * placed.of_all then 4
                when 5 * placed.recent >= 4 * placed.of_all then 3 when 5 * placed.recent >= 2 * placed.of_all then 2 else 1
            end as r_score,
            case when placed.orders = 1 then 1
                when 5 * placed.often >= 8 * placed.of_all then 5 when 5 * placed.often >= 6 * placed.of_all then 4
                when 5 * placed.often >= 4 * placed.of_all then 3 when 5 * placed.often >= 2 * placed.of_all then 2 else 1
            end as f_score,
            case when 5 * placed.much >= 8 * placed.of_all then 5 when 5 * placed.much >= 6 * placed.of_all then 4
                when 5 * placed.much >= 4 * placed.of_all then 3 when 5 * placed.much >= 2 * placed.of_all then 2 else 1
            end as m_score
        from (
            select
                spans_bought.*, counted.of_all, counted.first_last, counted.last_last,
                rank() over (partition by spans_bought.span order by spans_bought.last_on)
                + count(*) over (partition by spans_bought.span order by spans_bought.last_on) - 2 as recent,
                rank() over (partition by spans_bought.span order by spans_bought.orders)
                + count(*) over (partition by spans_bought.span order by spans_bought.orders) - 2 as often,
                rank() over (partition by spans_bought.span order by spans_bought.amount)
                + count(*) over (partition by spans_bought.span order by spans_bought.amount) - 2 as much
            from spans_bought
            join (
                select
                    spans_bought.span, count(*) as of_all, min(spans_bought.last_on) as first_last,
                    max(spans_bought.last_on) as last_last
                from spans_bought
                group by spans_bought.span
            ) as counted on counted.span = spans_bought.span
        ) as placed
    ) as told
) as cells
