"""Answers over time beside the days compared with: by hand, by hand-written SQL on the demo company, and their rows."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from data.store import Store
from metrics.cuts import breakdown, pivot, total, trend
from metrics.query import Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.metrics.conftest import Ask, view
from tests.small import small_store

QUARTER = {"preset": "this_quarter"}  # 1 January – 15 March gone by: 74 days


def rows_of(result: Result, *names: str) -> list[tuple[object, ...]]:
    return result.frame.select(names).rows()


def test_months_beside_the_months_before(ask: Ask) -> None:
    # 74 days from 1 October: until 13 December, and the first deal was closed on the 15th
    found = ask(trend(("won_amount", "created_deals"), "month", view(**QUARTER, compare="previous")))
    assert rows_of(found, "month", "won_amount", "won_amount.before", "created_deals.before") == [
        (date(2026, 1, 1), 100.0, None, 1),
        (date(2026, 2, 1), 250.55, None, 1),
        (date(2026, 3, 1), 40.0, None, 1),
    ]
    half = view(preset="custom", from_on=date(2026, 1, 1), to_on=date(2026, 3, 31), as_of=date(2026, 3, 31))
    found = ask(trend("won_amount", "month", half.with_compare("previous")))
    assert rows_of(found, "month", "won_amount.before") == [
        (date(2026, 1, 1), 0.0),
        (date(2026, 2, 1), 0.0),
        (date(2026, 3, 1), 500.0),
    ]


def test_a_bucket_without_a_counterpart_is_unknown(ask: Ask) -> None:
    """The previous month ends before this one: February has no 29th to compare the 29th of January with."""
    january = view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 31), as_of=date(2026, 3, 31), compare="previous")
    frame = ask(trend("won_amount", "day", january)).frame
    before = dict(frame.select("day", "won_amount.before").rows())
    assert before[date(2026, 3, 14)] == 250.55  # 14 February
    assert before[date(2026, 3, 28)] == 0
    assert before[date(2026, 3, 29)] is None


def test_days_of_last_year_are_the_same_dates(ask: Ask) -> None:
    """Over 29 February 2024, which has no counterpart in 2025."""
    spring = view(from_on=date(2025, 2, 1), to_on=date(2025, 3, 31), as_of=date(2025, 6, 1), compare="last_year")
    query = trend("created_deals", "day", spring)
    then = next(part for part in query.parts if part.finish == "then")
    raw = pl.DataFrame({"day": [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)], "created_deals": [1, 2, 3]})
    now = pl.DataFrame({"day": [], "created_deals": []}, schema={"day": pl.Date, "created_deals": pl.Int64})
    empty = pl.DataFrame({"first_on": [None]}, schema={"first_on": pl.Date})
    frames = [raw if part is then else now if part is query else empty for part in query.parts]
    frames = [
        pl.DataFrame({"undated_0": [0]}) if part.finish == "undated" else one
        for part, one in zip(query.parts, frames, strict=True)
    ]
    frame = query.finished(frames).frame
    assert frame.filter(pl.col("created_deals.before") > 0).select("day", "created_deals.before").rows() == [
        (date(2025, 2, 28), 1),
        (date(2025, 3, 1), 3),
    ]


def test_the_rows_behind_a_number_of_then(ask: Ask) -> None:
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31), as_of=date(2026, 3, 31), compare="previous")
    query = trend(("won_amount", "win_rate"), "month", quarter, "team")
    found = ask(query)
    row = found.frame.filter(pl.col("won_amount.before") > 0).row(0, named=True)
    assert (row["month"], row["team"], row["won_amount.before"], row["win_rate.before.n"]) == (
        date(2026, 3, 1), "South", 500.0, 1,
    )  # fmt: skip
    behind = ask(query.rows("won_amount.before", month=date(2026, 3, 1), team="South")).frame
    assert behind["deal_id"].to_list() == ["d06"]
    assert ask(query.rows("won_amount", month=date(2026, 3, 1), team="North")).frame["deal_id"].to_list() == ["d04"]


def test_nothing_is_compared_with_days_before_the_data(ask: Ask) -> None:
    winter = view(from_on=date(2025, 11, 1), to_on=date(2026, 3, 31), as_of=date(2026, 3, 31), compare="previous")
    found = ask(trend("created_deals", "quarter", winter))
    assert "begins" in {note.code for note in found.notes}
    none = ask(trend("revenue", "month", view(**QUARTER, compare="previous")))
    assert none.frame["revenue.before"].is_null().all()
    assert "nothing_before" in {note.code for note in none.notes}


# --------------------------------------------------------------------------------------------------------- attainment


def test_attainment_then_is_of_the_whole_period_s_target(ask: Ask) -> None:
    # March of 22 working days at 10 a day; by the 15th 40 were won. February: 20 days at 10; 250.55 won until the 15th.
    compared = view(preset="this_month", compare="previous")
    found = ask(total("attainment", compared)).frame.row(0, named=True)
    assert found["attainment"] == pytest.approx(40 / 220)
    assert found["attainment.before"] == pytest.approx(250.55 / 200)
    by_month = ask(trend("attainment", "month", compared)).frame
    assert by_month["attainment.before"].to_list() == [pytest.approx(250.55 / 200)]
    teams = ask(breakdown("attainment", "team", view(**QUARTER, compare="previous"))).frame
    assert teams["attainment.before"].is_null().all(), "nobody had a target last year"


# ------------------------------------------------------------------------------------------- against hand-written SQL

_BY_MONTH = """
with days as (
    select closed_on, status, amount, date_diff('month', date '{now}', closed_on) as place
    from crm.deals where closed_on between date '{now}' and date '{now_end}'
), earlier as (
    select closed_on, status, amount, date_diff('month', date '{then}', closed_on) as place
    from crm.deals where closed_on between date '{then}' and date '{then_end}'
)
select (date '{now}' + to_months(place::int))::date as month,
    (select coalesce(sum(amount) filter (where status = 'won'), 0)::double
        from days where days.place = months.place) as won,
    (select coalesce(sum(amount) filter (where status = 'won'), 0)::double
        from earlier where earlier.place = months.place) as won_then,
    (select count(*) filter (where status = 'won') / nullif(count(*) filter (where status in ('won', 'lost')), 0)
        from earlier where earlier.place = months.place) as rate_then
from (select unnest(range({months})) as place) as months order by month
"""


@pytest.mark.parametrize("compare", ["previous", "last_year"])
def test_every_month_as_sql_by_hand_says(compare: str) -> None:
    store: Store = small_store()
    with store.snapshot() as seen:
        day = seen.as_of
        assert day is not None
        looked = View.model_validate({"as_of": day, "preset": "this_year", "compare": compare})
        elapsed = (day - date(day.year, 1, 1)).days
        then = date(day.year - 1, 1, 1)  # the year before is both
        days = {
            "now": date(day.year, 1, 1), "now_end": day, "then": then,
            "then_end": date.fromordinal(then.toordinal() + elapsed), "months": day.month,
        }  # fmt: skip
        wanted = seen.frame(_BY_MONTH.format(**days))
        found = seen.ask(trend(("won_amount", "win_rate"), "month", looked), EVERYTHING).frame
        assert found["month"].to_list() == wanted["month"].to_list()
        assert found["won_amount"].to_list() == pytest.approx(wanted["won"].to_list())
        assert found["won_amount.before"].to_list() == pytest.approx(wanted["won_then"].to_list())
        assert found["win_rate.before"].to_list() == pytest.approx(wanted["rate_then"].to_list())
        assert sum(wanted["won_then"]) > 0
        whole = seen.ask(total("won_amount", looked), EVERYTHING).frame
        assert sum(found["won_amount.before"]) == pytest.approx(whole["won_amount.before"].item())
        crossed = seen.ask(pivot("won_amount", ("team", "month"), looked), EVERYTHING).frame
        assert crossed["won_amount.before"].sum() == pytest.approx(sum(wanted["won_then"]))
        open_then = seen.ask(trend("open_amount", "month", looked), EVERYTHING).frame["open_amount.before"]
        end = seen.ask(total("open_amount", looked), EVERYTHING).frame["open_amount.before"].item()
        assert open_then.to_list()[-1] == pytest.approx(end), "the last bucket stands where the whole period stands"
