"""How targets stand: pace over working days, projected ends, boldness, versions, the tree; worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.catalog import measure
from metrics.chances import student
from metrics.query import Result
from metrics.target import Span
from metrics.target_owners import by_owner
from metrics.target_pace import bold, ended, verdict
from metrics.target_standing import last_days, standing
from metrics.target_trees import reconciled, spans
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.workdays import Workdays, calendar
from tests.metrics.conftest import answered, view
from tests.metrics.test_scope import CEM, NORTH

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))
FORTNIGHT = Span(date(2026, 3, 2), date(2026, 3, 13))
QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))


def stand(
    connection: duckdb.DuckDBPyConnection,
    of: str,
    span: Span,
    seen: View | None = None,
    viewer: Viewer = EVERYTHING,
    scopes: tuple[str, ...] = ("team", "rep"),
) -> Result:
    seen = seen or view()
    here = seen.with_period(from_on=span.starts_on, to_on=span.ends_on)
    days = Workdays.of(answered(connection, calendar(here)).frame)
    return answered(connection, standing(of, span, seen, days, scopes), viewer)


def rows(result: Result) -> dict[str | None, dict[str, Any]]:
    return {row["name"]: row for row in result.frame.iter_rows(named=True)}


def aim(connection: duckdb.DuckDBPyConnection, span: Span, value: float, **more: object) -> None:
    row = {"measure": "won_amount", "scope": "company", "scope_value": None, "version": 1, "reason": None} | more
    row |= {"starts_on": span.starts_on, "ends_on": span.ends_on, "value": value}
    names = ", ".join(row)
    connection.execute(f"insert into crm.targets ({names}) values ({', '.join('?' * len(row))})", [*row.values()])


def win(connection: duckdb.DuckDBPyConnection, day: date, amount: float, *, status: str = "won", rep: int = 1,
        team: str = "North") -> None:  # fmt: skip
    connection.execute(
        "insert into crm.deals (deal_id, status, amount, closed_on, rep_key, team, push_count, is_gone)"
        " values (uuid(), ?, ?, ?, ?, ?, 0, false)", [status, amount, day, rep, team],
    )  # fmt: skip


def test_half_of_the_days_gone_and_40_of_100_reached(empty: duckdb.DuckDBPyConnection) -> None:
    """Ten working days, five gone: the pace is 80 %, 60 are missing, 12 on each of the five days left."""
    aim(empty, FORTNIGHT, 100)
    win(empty, date(2026, 3, 3), 40)
    (row,) = stand(empty, "won_amount", FORTNIGHT, view(as_of=date(2026, 3, 8))).frame.to_dicts()
    assert (row["attainment"], row["elapsed"], row["pace"]) == (0.4, 0.5, pytest.approx(0.8))
    assert (row["gap"], row["due"], row["run_rate"], row["required"]) == (60, 50, 8, 12)
    assert row["projected"] is None  # nothing is known of fortnights before
    assert row["percentile"] is None


def test_a_margin_that_is_not_known_has_reached_nothing_that_is_told(company: duckdb.DuckDBPyConnection) -> None:
    """In January no line has a cost, in February two: a target of January is neither missed nor reached."""
    company.execute("update crm.order_lines set cost = null where ordered_on < date '2026-02-01'")
    january = Span(date(2026, 1, 1), date(2026, 1, 31))
    for span, actual in ((january, None), (QUARTER, 40.55)):
        aim(company, span, 100, measure="gross_margin")
        row = rows(stand(company, "gross_margin", span))[None]
        assert row["actual"] == pytest.approx(actual) if actual else row["actual"] is row["verdict"] is None
        told = [row[name] for name in ("verdict", "pace", "attainment", "projected", "run_rate")]
        assert told == [None] * 5, "the quarter is known in part"
    aim(company, january, 100, measure="gross_margin", scope="team", scope_value="North")
    north = rows(stand(company, "gross_margin", january))["North"]
    assert north["actual"] is None, "a team's sum of what is not known is not 0"
    assert "targets_partly_known" in {one.code for one in stand(company, "gross_margin", QUARTER).notes}
    company.execute("update crm.order_lines set cost = 0 where cost is null")
    assert rows(stand(company, "gross_margin", QUARTER))[None]["attainment"] is not None
    company.execute("delete from crm.order_lines")
    assert rows(stand(company, "gross_margin", january))[None]["actual"] == 0


def test_the_spring_festival_is_not_counted(empty: duckdb.DuckDBPyConnection) -> None:
    """February 2026 with 16–20 and 23 off: of 14 working days 5 are gone on the 8th, 10 from the 13th to the 23rd."""
    empty.execute("update crm.calendar set is_workday = false where day in ('2026-02-16', '2026-02-17', '2026-02-18',"
                  " '2026-02-19', '2026-02-20', '2026-02-23')")  # fmt: skip
    february = Span(date(2026, 2, 1), date(2026, 2, 28))
    aim(empty, february, 140)
    win(empty, date(2026, 2, 5), 40)
    early = stand(empty, "won_amount", february, view(as_of=date(2026, 2, 8))).frame.row(0, named=True)
    assert (early["due"], early["required"]) == (50, pytest.approx(100 / 9))
    late = stand(empty, "won_amount", february, view(as_of=date(2026, 2, 23))).frame.row(0, named=True)
    assert (late["due"], late["elapsed"]) == (100, pytest.approx(10 / 14))
    assert late["required"] == 25


def test_a_change_in_the_middle_leaves_what_was_reached_of_the_original(company: duckdb.DuckDBPyConnection) -> None:
    before = rows(stand(company, "won_amount", MARCH, scopes=("team",)))["North"]
    aim(company, MARCH, 880, scope="team", scope_value="North", version=3, reason="two more people")
    after = rows(stand(company, "won_amount", MARCH, scopes=("team",)))["North"]
    assert (before["original"], before["target"], after["target"]) == (220, 440, 880)
    assert before["attainment_original"] == after["attainment_original"] == pytest.approx(40 / 220)
    assert after["attainment"] == pytest.approx(40 / 880)
    assert (after["versions"], after["reason"]) == (3, "two more people")


def test_the_rate_of_a_division_is_not_the_mean_of_its_teams(empty: duckdb.DuckDBPyConnection) -> None:
    """North wins 1 of 1, South 1 of 9: together 2 of 10, where the mean of the rates would be 56 %."""
    empty.execute("insert into crm.teams values ('Sales', null), ('North', 'Sales'), ('South', 'Sales')")
    for name, value in (("Sales", 0.4), ("North", 0.5), ("South", 0.3)):
        aim(empty, MARCH, value, measure="win_rate", scope="team", scope_value=name)
    win(empty, date(2026, 3, 3), 1)
    win(empty, date(2026, 3, 4), 1, team="South")
    for _ in range(8):
        win(empty, date(2026, 3, 5), 1, team="South", status="lost")
    result = stand(empty, "win_rate", MARCH)
    found = rows(result)
    assert [found[name]["actual"] for name in ("Sales", "North", "South")] == [0.2, 1.0, pytest.approx(1 / 9)]
    assert found["Sales"]["attainment"] == pytest.approx(0.5)
    assert [(row["name"], row["depth"], row["parent"]) for row in found.values()] == [
        ("Sales", 1, None), ("North", 2, "Sales"), ("South", 2, "Sales")
    ]  # fmt: skip
    assert found["Sales"]["pace"] is None  # a rate has no share per day
    assert found["North"]["actual.low"] == pytest.approx(0.2065, abs=1e-4)  # Wilson, 1 of 1


def test_a_team_without_deals_of_its_own_has_those_below_it(company: duckdb.DuckDBPyConnection) -> None:
    aim(company, QUARTER, 1000, scope="team", scope_value="Sales")
    (row,) = stand(company, "won_amount", QUARTER, scopes=("team",)).frame.to_dicts()
    assert row["actual"] == 390.55


def test_the_days_left_bring_what_they_brought_before(empty: duckdb.DuckDBPyConnection) -> None:
    """Five of March's 22 days left on the 24th; the last five of each month before brought 10, 20, 30, 10, 20, 30.

    Late months count for more; and the spread is told by how the months began, too (500 in each), by least squares.
    """
    aim(empty, MARCH, 90)
    win(empty, date(2026, 3, 10), 50)
    win(empty, date(2025, 9, 1), 1)  # since when there are data
    for month, amount in zip((9, 10, 11, 12, 1, 2), (10, 20, 30, 10, 20, 30), strict=True):
        last = date(2025 + (month < 9), month % 12 + 1, 1) if month != 12 else date(2026, 1, 1)
        win(empty, last - timedelta(days=3), amount)
        win(empty, date(2025 + (month < 9), month, 2), 500)  # not in the last days
    (row,) = stand(empty, "won_amount", MARCH, view(as_of=date(2026, 3, 24))).frame.to_dicts()
    days = np.array([22, 23, 20, 23, 22, 20])  # of September to February, five of them the last ones
    weight = np.sqrt(np.tile(0.5 ** (np.arange(6, 0, -1) / 2), 2))
    zeros = np.zeros(6)
    design = np.stack([np.r_[np.full(6, 5.0), zeros], np.r_[zeros, days - 5]], 1) ** 0.5
    roots = np.sqrt([10, 20, 30, 10, 20, 30, 501, *[500] * 5])
    levels = np.linalg.lstsq(design * weight[:, None], roots * weight, rcond=None)[0]
    effective = (weight**2).sum() ** 2 / (weight**4).sum()
    left_over = (weight**2 * (roots - design @ levels) ** 2).sum() / (weight**2).sum() * effective / (effective - 2)
    middle, lent = 5**0.5 * levels[0], (weight[:6] ** 4).sum() / (weight[:6] ** 2).sum() ** 2
    reach = student(1.2815515655, effective - 2) * (left_over * (1 + lent)) ** 0.5
    ends = [50 + one**2 for one in (middle - reach, middle + reach)]
    assert row["projected"] == pytest.approx(50 + middle**2 + left_over)
    assert [row["projected.low"], row["projected.high"]] == pytest.approx(ends)
    assert 70 < row["projected"] < 75, "their mean is 20; the last month, of 30, counts most"
    assert row["verdict"] == "unlikely"
    assert row["spans"] == 6
    assert row["percentile"] == 0  # 500 and more in each month before


def test_the_last_days_of_a_span() -> None:
    days = Workdays(tuple(date(2026, 3, day) for day in (2, 3, 4, 5, 6, 9, 10)))
    span = Span(date(2026, 3, 1), date(2026, 3, 15))
    assert last_days(span, 2, days) == (date(2026, 3, 7), date(2026, 3, 15))  # from the Saturday on
    assert last_days(span, 9, days) == span


def test_ranges_and_how_bold_by_hand() -> None:
    rests = pl.DataFrame({"o": ["a"] * 3 + ["b"] * 2, "rest": [10.0, 20.0, 30.0, 1.0, 1.0]})
    first, second = ended(rests, ["o"]).to_dicts()
    # of their roots, mean 4.3705, s = 1.1608: ± t(0.9; 2) = 1.886 · s · √(4/3) = 2.528; 1.843², 6.898²
    low, high = pytest.approx(3.4, abs=0.1), pytest.approx(47.6, abs=0.2)
    assert (first["rest"], first["rest.low"], first["rest.high"]) == (20, low, high)
    returned = rests.head(3).with_columns(pl.col("rest") - 20)  # where it was below 0, of themselves: 10 · 2.178
    (told,) = ended(returned, ["o"]).to_dicts()
    assert (told["rest.low"], told["rest.high"]) == (pytest.approx(-21.8, abs=0.1), pytest.approx(21.8, abs=0.1))
    assert second["rest"] is None
    past = pl.DataFrame({"o": ["a"] * 5, "was": [1.0, 2.0, 3.0, 4.0, 5.0], "target": [4.0] * 5})
    (told,) = bold(past, ["o"], measure("won_amount")).to_dicts()
    assert (told["spans"], told["reached"], told["percentile"], told["best_past"]) == (5, 2, pytest.approx(0.6), 5)
    assert bold(past.head(3), ["o"], measure("won_amount"))["percentile"].to_list() == [None]
    (less,) = bold(past, ["o"], measure("cycle_days")).to_dicts()  # where less is better
    assert less["reached"] == 4


@pytest.mark.parametrize(
    ("numbers", "is_over", "says"),
    [
        ((100.0, 100.0, 110.0, 120.0), False, "met"),
        ((50.0, 100.0, 101.0, 120.0), False, "likely"),
        ((50.0, 100.0, 90.0, 120.0), False, "open"),
        ((50.0, 100.0, 60.0, 90.0), False, "unlikely"),
        ((99.0, 100.0, 99.0, 99.0), True, "missed"),
        ((99.0, 100.0, None, None), False, None),
        ((None, 100.0, 60.0, 90.0), True, None),
        ((99.0, 0.0, 99.0, 120.0), False, None),  # withdrawn
    ],
)
def test_verdicts(numbers: tuple[float | None, ...], is_over: bool, says: str | None) -> None:
    names = ("actual", "target", "projected.low", "projected.high")
    frame = pl.DataFrame(
        {name: [value] for name, value in zip(names, numbers, strict=True)}, dict.fromkeys(names, pl.Float64)
    )
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("actual.low", "actual.high"))
    assert frame.select(verdict(measure("won_amount"), is_over=is_over)).item() == says


def test_who_may_see_what(company: duckdb.DuckDBPyConnection) -> None:
    """A target over one's own is seen, what was reached of it is not."""
    aim(company, MARCH, 300)
    aim(company, MARCH, 50, scope="rep", scope_value="Cem")
    aim(company, MARCH, 60, scope="rep", scope_value="Ann")
    north = rows(stand(company, "won_amount", MARCH, viewer=NORTH))
    assert set(north) == {None, "North", "Ann"}
    assert (north[None]["target"], north[None]["actual"], north[None]["verdict"]) == (300, None, None)
    assert north["North"]["actual"] == 40
    cem = rows(stand(company, "won_amount", MARCH, viewer=CEM))
    assert set(cem) == {None, "Cem"}
    assert answered(company, reconciled("won_amount", MARCH, view()), CEM).frame.is_empty()


def test_filters_choose_owners(company: duckdb.DuckDBPyConnection) -> None:
    aim(company, MARCH, 60, scope="rep", scope_value="Ann")
    aim(company, MARCH, 300)
    found = rows(stand(company, "won_amount", MARCH, view().with_filter("team", "North")))
    assert set(found) == {"North", "Ann"}
    other = stand(company, "won_amount", MARCH, view().with_filter("industry", "metal"))
    assert rows(other)[None]["actual"] == 40
    assert [note.code for note in other.notes] == ["targets_not_filtered"]


def test_nothing_set_is_said(company: duckdb.DuckDBPyConnection) -> None:
    result = stand(company, "revenue", MARCH)
    assert result.frame.is_empty()
    assert [note.code for note in result.notes] == ["no_target"]


def test_a_stock_has_a_target_but_no_pace(company: duckdb.DuckDBPyConnection) -> None:
    aim(company, MARCH, 300, measure="open_amount")
    metal = view().with_filter("industry", "metal")  # a target is for all of its owner
    (row,) = stand(company, "open_amount", MARCH, metal, scopes=()).frame.to_dicts()
    assert (row["actual"], row["pace"], row["projected"], row["required"]) == (190, None, None, None)


def test_parts_of_numbers_that_do_not_add_up_are_not_added() -> None:
    below = pl.DataFrame({"team": ["S", "S", "N"], "part": ["N", "O", "N"]})
    cut = pl.DataFrame({"scope": ["team", "team"], "name": ["N", "O"], "cycle_days": [10.0, 30.0], "place": [0, 0]})
    found = dict(by_owner(cut, below, measure("cycle_days"), ["place"]).select("name", "value").rows())
    assert found == {"S": None, "N": 10.0}


def test_targets_that_do_not_add_up_are_told(company: duckdb.DuckDBPyConnection) -> None:
    for name, value in (("North", 100), ("South", 100)):
        aim(company, QUARTER, value, scope="team", scope_value=name)
    aim(company, QUARTER, 220)
    aim(company, QUARTER, 70, scope="rep", scope_value="Ann")
    aim(company, QUARTER, 50, scope="rep", scope_value="Bob")
    aim(company, QUARTER, 230, scope="product", scope_value="Saw")
    aim(company, Span(date(2026, 1, 1), date(2026, 1, 31)), 60)
    frame = answered(company, reconciled("won_amount", QUARTER, view())).frame
    told = {(row["name"], row["part"]): (row["parts"], row["difference"]) for row in frame.iter_rows(named=True)}
    assert told == {
        (None, "team"): (200, 20), (None, "product"): (230, -10), (None, "month"): (60, 160),
        ("North", "rep"): (120, -20), ("North", "month"): (440, -340),
    }  # fmt: skip
    january = frame.filter((pl.col("part") == "month") & pl.col("name").is_null())
    assert january["covered"].item() == pytest.approx(31 / 90)
    aim(company, Span(date(2026, 2, 1), date(2026, 2, 28)), 0)  # taken back: no days of a month's target
    assert answered(company, reconciled("won_amount", QUARTER, view())).frame.equals(frame)


def test_rates_are_not_added(company: duckdb.DuckDBPyConnection) -> None:
    result = answered(company, reconciled("win_rate", QUARTER, view()))
    assert result.frame.is_empty()
    assert [note.code for note in result.notes] == ["targets_not_added"]


def test_which_targets_there_are(company: duckdb.DuckDBPyConnection) -> None:
    frame = answered(company, spans(view())).frame
    assert frame.filter(pl.col("scope") == "team").select("starts_on", "targets", "version").rows() == [
        (date(2026, 1, 1), 1, 1), (date(2026, 3, 1), 2, 2)
    ]  # fmt: skip


def test_months_that_do_not_add_up_to_their_quarter_are_said(company: duckdb.DuckDBPyConnection) -> None:
    months = (Span(date(2026, 1, 1), date(2026, 1, 31)), Span(date(2026, 2, 1), date(2026, 2, 28)), MARCH)
    aim(company, QUARTER, 250)
    for month, value in zip(months, (60, 70, 120), strict=True):
        aim(company, month, value)
    assert stand(company, "won_amount", QUARTER).notes == ()  # they do
    aim(company, MARCH, 130.5, version=2)
    (said,) = stand(company, "won_amount", QUARTER).notes
    assert (said.code, said["parts"], said["target"]) == ("targets_months_differ_company", "260.5", "250")
    assert "260.5" in said.text("zh-CN")
