"""A measure over time beside other times: by hand, by hand-written SQL on the demo company, and the rows behind."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from data.store import Store
from metrics.catalog import GRAINS
from metrics.cumulative import cumulative
from metrics.errors import MeasureNotAddedUp, MeasureNotOverTime, NotABucket
from metrics.period import Period
from metrics.query import Result
from metrics.trends import course, grain_for, so_far, then
from metrics.usual import usual
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.workdays import Workdays, calendar
from tests.metrics.conftest import Ask, view
from tests.small import small_store

QUARTER = view(preset="this_quarter")


@pytest.fixture(scope="module")
def store() -> Store:
    return small_store()


def asked(store: Store, query: object, viewer: Viewer = EVERYTHING) -> Result:
    with store.snapshot() as seen:
        return seen.ask(query, viewer)  # type: ignore[arg-type]


def days_of(ask: Ask, of: View) -> Workdays:
    return Workdays.of(ask(calendar(of)).frame)


# ------------------------------------------------------------------------------------------------------------ by hand


def test_a_course_by_hand(ask: Ask) -> None:
    """The data begin on 15 December 2025: more than half of that month is not known, and nothing before it."""
    found = ask(course("won_amount", "month", QUARTER, ("previous", "last_year")))
    assert found.frame.select("month", "to_on", "won_amount", "previous", "last_year", "is_partial").rows() == [
        (date(2026, 1, 1), date(2026, 1, 31), 100.0, None, None, False),
        (date(2026, 2, 1), date(2026, 2, 28), 250.55, None, None, False),
        (date(2026, 3, 1), date(2026, 3, 15), 40.0, None, None, True),
    ]
    assert [note.code for note in found.notes if note.code == "nothing_then"] == ["nothing_then"] * 2
    weeks = ask(course("won_amount", "week", view(from_on=date(2026, 2, 9), to_on=date(2026, 3, 15)), ("previous",)))
    assert weeks.frame.select("won_amount", "previous", "previous.from_on").rows()[0] == (250.55, 0.0, date(2026, 1, 5))
    assert weeks.frame["previous"].to_list() == [0.0, 0.0, 100.0, 0.0, 0.0]  # the week of 19 January


def test_of_all_time_the_last_buckets_are_drawn_and_said_where_more_came_before(ask: Ask) -> None:
    found = ask(course("won_amount", "month", view()))
    assert found.frame["month"].to_list() == [date(2025, 12, 1), *(date(2026, month, 1) for month in (1, 2, 3))]
    compared = ask(course("won_amount", "month", view(), ("last_year",))).frame
    assert (compared.height, compared["last_year"].to_list()) == (4, [None, None, None, None])
    assert "drawn_from" not in [note.code for note in found.notes], "nothing came before"
    later = ask(course("won_amount", "week", view(as_of=date(2026, 12, 31))))
    assert later.frame.item(0, "week") > date(2025, 12, 31)
    assert later.frame.item(0, "week") in [note["from_on"] for note in later.notes if note.code == "drawn_from"]
    days = view(from_on=date(2020, 1, 1), to_on=date(2026, 3, 15))
    assert ask(course("won_amount", "day", days)).frame.height == 400
    years = view(from_on=date(2024, 4, 1), to_on=date(2026, 3, 15))
    assert ask(course("won_amount", "month", years)).frame["won_amount"].null_count() == 20, "asked for, and not known"


def test_a_stock_stands_at_the_end_of_each_bucket(ask: Ask) -> None:
    found = ask(course("open_amount", "month", QUARTER)).frame
    assert found["open_amount"].to_list() == [40.0, 120.0, 190.0]  # d04; d04, d08 with 50 and d09; d08, d09, d10


def test_so_far_is_compared_after_as_many_working_days(ask: Ask) -> None:
    """15 March is a Sunday after ten working days; the tenth of February is Friday the 13th, with two days off then."""
    query = so_far("won_amount", "month", QUARTER, days_of(ask, QUARTER))
    found = ask(query)
    assert found.frame.select("series", "to_on", "won_amount", "workdays", "is_partial").rows() == [
        ("now", date(2026, 3, 15), 40.0, 10, True),
        ("previous", date(2026, 2, 15), 250.55, 10, True),
    ]
    assert found.frame["change"].to_list() == [None, pytest.approx(40 / 250.55 - 1)]
    friday = view(as_of=date(2026, 3, 13), preset="this_quarter")
    earlier = ask(so_far("won_amount", "month", friday, days_of(ask, friday))).frame
    assert earlier.row(1)[:5] == ("previous", date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 13), 0.0)
    rate = ask(so_far("win_rate", "month", QUARTER, days_of(ask, QUARTER))).frame
    assert rate.select("win_rate", "win_rate.n", "change").rows() == [(0.5, 2, None), (0.5, 2, 0.0)]  # in points


def test_no_change_is_told_on_a_base_below_0(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    company.execute(
        "update crm.order_lines set amount = -amount where ordered_on between '2026-02-01' and '2026-02-28'"
    )
    found = ask(so_far("revenue", "month", view(as_of=date(2026, 3, 31)), days_of(ask, QUARTER))).frame
    february = found.row(1, named=True)
    assert (february["series"], february["revenue"] < 0, february["change"]) == ("previous", True, None)


def test_a_month_that_is_over_is_compared_with_whole_months(ask: Ask) -> None:
    february = view(from_on=date(2026, 1, 1), to_on=date(2026, 2, 28))
    found = ask(so_far("won_amount", "month", february, days_of(ask, february))).frame
    assert found.select("series", "from_on", "to_on", "won_amount", "is_partial").rows() == [
        ("now", date(2026, 2, 1), date(2026, 2, 28), 250.55, False),
        ("previous", date(2026, 1, 1), date(2026, 1, 31), 100.0, False),
    ]


def test_a_quarter_adds_up_beside_its_target(ask: Ask) -> None:
    """2610 over the 261 working days of 2026 are ten a day."""
    found = ask(cumulative("won_amount", "fiscal_quarter", view()))
    rows = {row["day"]: row for row in found.frame.iter_rows(named=True)}
    assert len(rows) == 90
    assert rows[date(2026, 1, 20)]["won_amount"] == 100
    assert rows[date(2026, 3, 15)]["won_amount"] == pytest.approx(390.55)
    assert rows[date(2026, 3, 16)]["won_amount"] is None
    assert (rows[date(2026, 3, 13)]["target_due"], rows[date(2026, 3, 15)]["target_due"]) == (
        520,
        520,
    )  # nobody works on Sunday
    assert rows[date(2026, 3, 31)]["target_due"] == 640
    assert rows[date(2026, 3, 31)]["workdays"] == 64
    assert found.frame["last_year"].null_count() == 90
    assert {note.code for note in found.notes} >= {"nothing_then"}


def test_other_times_are_cut_where_the_period_cuts_its_buckets() -> None:
    """From 18 June to 17 June are twelve months, in thirteen buckets; weeks of another year are 52 earlier."""
    mid = Period(date(2025, 6, 18), date(2026, 6, 17))
    assert then(mid, "month", "previous", view()) == Period(date(2024, 6, 18), date(2025, 6, 17))
    assert then(mid, "month", "two_years", view()) == Period(date(2023, 6, 18), date(2024, 6, 17))
    february = Period(date(2024, 1, 31), date(2024, 2, 29))  # its last day is the last of the other February
    assert then(february, "year", "last_year", view()) == Period(date(2023, 1, 31), date(2023, 2, 28))
    quarter = Period(date(2026, 4, 1), date(2026, 6, 30))
    assert then(quarter, "month", "previous", view()) == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert then(quarter, "quarter", "last_year", view()) == Period(date(2025, 4, 1), date(2025, 6, 30))
    weeks = then(quarter, "week", "last_year", view())
    assert (weeks.from_on, weeks.to_on) == (date(2025, 4, 2), date(2025, 7, 1))  # Wednesday and Tuesday, as here
    day = Period(date(2026, 3, 4), date(2026, 3, 4))
    assert then(day, "day", "previous", view()).from_on == date(2026, 3, 3)
    assert then(day, "day", "last_year", view()).from_on == date(2025, 3, 5)  # a Wednesday, too


def test_what_does_not_add_up_is_refused(ask: Ask) -> None:
    for name in ("win_rate", "open_amount", "orders", "cycle_days"):
        with pytest.raises(MeasureNotAddedUp) as refused:
            cumulative(name, "month", view())
        assert "加" in refused.value.text("zh-CN")
    with pytest.raises(MeasureNotOverTime):
        course("attainment", "month", view())
    with pytest.raises(NotABucket):
        usual("won_amount", "rep", view())


@pytest.mark.parametrize(
    ("measure", "code"),
    [("won_amount", "usual_too_few"), ("open_amount", "usual_stock"), ("win_rate", "usual_too_few")],
)
def test_limits_are_refused_with_the_reason(ask: Ask, measure: str, code: str) -> None:
    found = ask(usual(measure, "month", view()))
    assert code in [note.code for note in found.notes]
    assert found.frame["upper"].null_count() == found.frame.height
    assert all(note.text("zh-CN") for note in found.notes)


def test_a_grain_fits_its_period() -> None:
    presets = {
        "this_month": "day",
        "this_quarter": "week",
        "last_12_months": "month",
        "this_year": "month",
        "all": "month",
    }
    assert {preset: grain_for(view(preset=preset)) for preset in presets} == presets
    assert grain_for(view(from_on=date(2015, 1, 1), to_on=date(2025, 12, 31))) == "quarter"


# ------------------------------------------------------------------------------------- the demo company, asked by SQL

_SUMS = """
select cast(date_trunc('{grain}', closed_on) as date), sum(amount)::double
from crm.deals where status = 'won' and closed_on between ? and ? group by 1
"""


def test_months_and_those_of_other_years_as_sql_counts_them(store: Store) -> None:
    span = View(as_of=_today(store), preset="last_12_months")
    with store.snapshot() as seen:
        frame = seen.ask(course("won_amount", "month", span, ("previous", "last_year", "two_years")), EVERYTHING).frame
        sums = dict(store_rows(seen, _SUMS.format(grain="month"), [date(2020, 1, 1), span.at]))
    assert "previous" not in frame.columns, "before twelve months lie those of last year: once is enough"
    whole = frame.filter(~frame["is_partial"])
    assert whole.height >= 11
    for row in whole.iter_rows(named=True):
        assert row["won_amount"] == pytest.approx(sums[row["month"]])
        assert row["last_year"] == pytest.approx(sums[row["last_year.from_on"]])
        assert row["last_year.from_on"] == row["month"].replace(year=row["month"].year - 1)


def store_rows(seen: object, sql: str, values: list[object]) -> list[tuple[object, ...]]:
    text = sql
    for value in values:
        text = text.replace("?", f"date '{value}'", 1)
    return seen.frame(text).rows()  # type: ignore[attr-defined,no-any-return]


def _today(store: Store) -> date:
    with store.snapshot() as seen:
        assert seen.as_of is not None
        return seen.as_of


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("measure", ["won_amount", "win_rate", "active_customers"])
def test_every_point_is_what_its_rows_say(store: Store, grain: str, measure: str) -> None:
    """The days that a point names give the same number when they are asked for by themselves, also for one rep."""
    from metrics.cuts import total
    from metrics.together import over

    day = _today(store)
    span = View(as_of=day, from_on=day - timedelta(days=380), to_on=day)
    for viewer in (EVERYTHING, Viewer(scope="rep", rep_keys=_a_rep(store))):
        found = asked(store, course(measure, grain, span, ("last_year",)), viewer).frame
        for name, prefix in ((measure, ""), ("last_year", "last_year.")):
            known = found.drop_nulls(name)
            for row in known.rows(named=True)[:: max(known.height // 3, 1)]:
                view_of = over(span, row[f"{prefix}from_on"], row[f"{prefix}to_on"])
                alone = asked(store, total(measure, view_of), viewer).frame.item(0, measure)
                assert float(row[name]) == pytest.approx(float(alone)), (row, prefix)


def _a_rep(store: Store) -> tuple[int, ...]:
    with store.snapshot() as seen:
        return (seen.frame("select rep_key from crm.deals group by 1 order by count(*) desc limit 1").item(),)


def test_a_point_opens_its_rows(store: Store) -> None:
    day = _today(store)
    span = View(as_of=day, preset="this_year")
    query = course("won_amount", "month", span, ("last_year",))
    row = asked(store, query).frame.row(0, named=True)
    at = {"from_on": row["last_year.from_on"].isoformat(), "to_on": row["last_year.to_on"].isoformat()}
    behind = asked(store, query.rows("last_year", **at)).frame
    assert float(behind["amount"].sum()) == pytest.approx(row["last_year"])
    assert asked(store, query.rows()).frame.height == asked(store, query.rows("won_amount").count()).frame.item()


def test_limits_are_those_of_the_rules(store: Store) -> None:
    from metrics import xmr

    frame = asked(store, usual("won_amount", "month", View(as_of=_today(store), preset="this_quarter"))).frame
    assert frame.height == 24
    assert frame["is_partial"].to_list()[-1]
    counted = frame.filter("is_counted")
    assert counted.height == 23
    limits = xmr.individuals([float(value) for value in counted["won_amount"]])
    assert counted["upper"].to_list() == pytest.approx(limits.upper.tolist())
    assert frame.filter(~frame["is_counted"])["upper"].null_count() == 1
    assert frame["festival"].drop_nulls().to_list() == [date(2025, 1, 29), date(2026, 2, 17)]
    weeks = asked(store, usual("created_deals", "week", View(as_of=_today(store)))).frame
    left_out = weeks.filter(~weeks["is_counted"])["week"].to_list()
    assert left_out == [date(2025, 9, 29), date(2026, 2, 16), date(2026, 6, 15)], "holidays, and the week that runs"
    days = asked(store, usual("created_deals", "day", View(as_of=_today(store)))).frame
    assert not days.filter(days["day"] == date(2026, 6, 14)).item(0, "is_counted"), "a Sunday"


def test_last_year_is_that_after_as_many_working_days(store: Store) -> None:
    day = _today(store)
    frame = asked(store, cumulative("won_amount", "fiscal_quarter", View(as_of=day))).frame
    row = frame.filter(frame["day"] == day).row(0, named=True)
    with store.snapshot() as seen:
        then = seen.frame(
            "select sum(amount)::double from crm.deals where status = 'won' and closed_on between"
            f" date '{row['last_year.from_on']}' and date '{row['last_year.to_on']}'"
        ).item()
        gone = seen.frame(
            "select count(*) filter (day between date '2026-04-01' and date '2026-06-17'),"
            f" count(*) filter (day between date '2025-04-01' and date '{row['last_year.to_on']}')"
            " from crm.calendar where is_workday"
        ).row(0)
    assert row["last_year"] == pytest.approx(then)
    assert gone == (row["workdays"], row["workdays"])


def test_filters_that_leave_nothing_leave_no_zeros(store: Store) -> None:
    every = View(as_of=_today(store), preset="this_year")
    none = every.with_filter("rep", "nobody")
    assert asked(store, course("won_amount", "month", none, ("last_year",))).frame.is_empty()
    assert asked(store, usual("won_amount", "month", none)).frame.is_empty()
    assert asked(store, usual("won_amount", "month", every)).frame.height
