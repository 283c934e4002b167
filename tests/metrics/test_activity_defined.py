"""What counts as done, for whom and since when: each rule of the activity questions on a few rows, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import duckdb
import polars as pl
import pytest

from metrics import activity
from metrics.campaigns import campaigns
from metrics.channels import channels
from metrics.cuts import total, trend
from metrics.landmark import landmark
from metrics.query import Query
from metrics.response import response
from metrics.signals import SILENT_DAYS
from metrics.survival import kaplan_meier, kaplan_meier_by
from metrics.view import View
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import ANN, MARCH, TODAY, _act, _deal, _lead, _put, _rows

Db = duckdb.DuckDBPyConnection
NINE = datetime(2026, 3, 10, 9, 0)
NORTH = view().with_filter("team", "North")


def _codes(connection: Db, query: Query) -> set[str]:
    return {note.code for note in answered(connection, query).notes}


# ------------------------------------------------------------------------------------------------- whoever did it


@pytest.mark.parametrize(("asked", "who"), [(NORTH, None), (view(), ANN)], ids=["filter", "scope"])
def test_a_lead_answered_by_a_colleague_is_answered(people: Db, asked: View, who: Viewer | None) -> None:
    _lead(people, "L1", NINE, team="North")
    _act(people, 1, NINE.date(), done_at=NINE + timedelta(minutes=20), lead_id="L1", rep_key=2, team="South")
    (row,) = _rows(people, response(asked), *([who] if who else []))
    assert (row["leads"], row["answered"], row["waiting"], row["median_hours"]) == (1, 1, 0, pytest.approx(1 / 3))


@pytest.mark.parametrize(("asked", "who"), [(NORTH, None), (view(), ANN)], ids=["filter", "scope"])
def test_touches_of_a_colleague_are_touches_of_the_deal(people: Db, asked: View, who: Viewer | None) -> None:
    """Ann's won deal was called six times by Bob, her lost one once by herself; another of Bob's stays out of sight."""
    viewer = [who] if who else []
    start = date(2026, 1, 5)
    _act(people, 99, start, deal_id="his", rep_key=2, team="South")
    _deal(people, "his", rep_key=2, team="South", created_on=start)
    for deal, status in (("won", "won"), ("lost", "lost")):
        _deal(people, deal, team="North", status=status, created_on=start, closed_on=date(2026, 3, 5))
    for number in range(6):
        _act(people, number, start + timedelta(days=number), deal_id="won", rep_key=2, team="South")
    _act(people, 7, start, deal_id="lost", team="North")
    rows = _rows(people, activity.touches(asked), *viewer)
    assert {(row["status"], row["band"]) for row in rows if row["deals"]} == {("won", "6-10"), ("lost", "1-2")}
    found = next(row for row in _rows(people, landmark(asked, 14), *viewer) if row["kind"] == "any")
    assert (found["with_rate"], found["with_rate.n"], found["without_rate.n"]) == (0.5, 2, 0)


@pytest.mark.parametrize(("asked", "who"), [(NORTH, None), (view(), ANN)], ids=["filter", "scope"])
def test_whom_a_colleague_touched_has_not_gone_quiet(people: Db, asked: View, who: Viewer | None) -> None:
    viewer = [who] if who else []
    _put(people, "customers", customer_key=7, customer="Regular", is_implied=False)
    _deal(people, "d", customer_key=7, team="North", seen_team="North")
    for number in range(30):  # Ann every ten days until 60 days ago
        _act(people, number, TODAY - timedelta(days=60 + 10 * number), customer_key=7, deal_id="d", team="North")
    assert [row["customer"] for row in _rows(people, activity.quiet(asked), *viewer)] == ["Regular"]
    _act(people, 99, TODAY - timedelta(days=3), customer_key=7, deal_id="d", rep_key=2, team="South")
    assert _rows(people, activity.quiet(asked), *viewer) == []
    assert _rows(people, replace(activity.quiet(asked), finish="plain"), *viewer) == [], "no more is read than is told"
    assert len(_rows(people, replace(activity.quiet(asked, of_all=True), finish="plain"), *viewer)) == 1
    bands = {row["band"]: row["deals"] for row in _rows(people, activity.silence(asked), *viewer) if row["deals"]}
    assert bands == {"0-7": 1}


def test_a_kind_that_is_chosen_is_what_counts(people: Db) -> None:
    _deal(people, "d")
    _act(people, 1, TODAY - timedelta(days=40), deal_id="d", kind="visit")
    _act(people, 2, TODAY, deal_id="d", kind="call")
    visits = {row["band"]: row["deals"] for row in _rows(people, activity.silence(view().with_filter("kind", "visit")))}
    assert visits["30-60"] == 1


def test_nothing_of_a_colleague_but_that_it_was_done_is_shown(people: Db) -> None:
    from metrics.base import base_tables

    _deal(people, "hers")
    _deal(people, "his", rep_key=2)
    for number, deal in enumerate(("hers", "his")):
        _act(people, number, TODAY, deal_id=deal, rep_key=2, subject="secret", outcome="secret")
    steps, _ = base_tables(("deal_activities",), (), ANN)
    named = ", ".join(f"{step.name} as ({step.sql})" for step in steps)
    found = people.sql(f"with {named} select * from deal_activities").pl()
    assert found["deal_id"].to_list() == ["hers"]
    assert not {"rep_key", "team", "subject", "outcome", "minutes"} & set(found.columns)
    assert _rows(people, activity.by_week(MARCH), ANN) == [
        row for row in _rows(people, activity.by_week(MARCH), ANN) if row["rep"] == "Ann"
    ]


# ------------------------------------------------------------------------------------------- since when it is known


def test_deals_older_than_the_record_are_not_called_untouched(people: Db) -> None:
    """Recorded since 10 January: of four deals lost two are older. Visits only since 1 February."""
    for number, created in enumerate((date(2026, 1, 1), date(2026, 1, 9), date(2026, 1, 10), date(2026, 2, 2))):
        _deal(people, f"d{number}", status="lost", created_on=created, closed_on=date(2026, 3, 5))
    _act(people, 1, date(2026, 1, 10), deal_id="d2")
    _act(people, 2, date(2026, 2, 1), deal_id="d2", kind="visit")
    _act(people, 3, date(2026, 2, 3), deal_id="d3", kind="visit")
    asked = activity.touches(MARCH)
    rows = {row["band"]: row["deals"] for row in _rows(people, asked) if row["deals"]}
    assert rows == {"1-2": 2}
    (said,) = answered(people, asked).notes
    assert (said.code, said["count"], said["of"], said["since"]) == ("touches_recorded", 2, 4, date(2026, 1, 10))
    assert {row["deal_id"] for row in _rows(people, asked.rows(status="lost", band="1-2"))} == {"d2", "d3"}
    kinds = {row["kind"]: (row["with_rate.n"], row["without_rate.n"]) for row in _rows(people, landmark(view(), 14))}
    assert kinds == {"any": (2, 0), "call": (1, 1), "visit": (1, 0)}
    assert len(_rows(people, landmark(view(), 14).rows("without_rate", kind="call"))) == 1
    assert "early_recorded" in _codes(people, landmark(view(), 14))


def test_where_all_deals_are_older_nothing_is_said(people: Db) -> None:
    _deal(people, "old", status="lost", created_on=date(2026, 1, 1), closed_on=date(2026, 3, 5))
    _act(people, 1, date(2026, 3, 1), deal_id="old")
    for query in (activity.touches(MARCH), landmark(view(), 14)):
        assert answered(people, query).frame.is_empty()
        assert _codes(people, query) == {"touches_unrecorded"}


def test_what_is_rebuilt_is_said(people: Db) -> None:
    _deal(people, "d", seen_from=date(2026, 3, 10))
    people.execute(
        "insert into fold.deal_versions"
        " (deal_id, status, amount, rep_key, created_on, seen_from, seen_to, is_reconstructed)"
        " values ('d', 'open', 100, 1, date '2026-01-01', date '2026-01-01', date '2026-03-10', true)"
    )
    early = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
    assert "reconstructed" in _codes(people, activity.silence(early))
    assert "reconstructed" not in _codes(people, activity.silence(view()))


# -------------------------------------------------------------------------------------------------------------- weeks


def test_a_week_of_nothing_is_a_week_of_nothing(people: Db) -> None:
    """Twelve weeks from 5 January with two of nothing in between: 0, drawn, and a quiet spell; none before or after."""
    for week in range(9):
        for number in range(10):
            if week not in {4, 5}:
                _act(people, 100 * week + number, date(2026, 1, 5) + timedelta(weeks=week, days=number % 5))
    rows = _rows(people, activity.pace(view(from_on=date(2025, 10, 1), to_on=TODAY)))
    assert [row["activities"] for row in rows] == [10, 10, 10, 10, 0, 0, 10, 10, 10]
    assert [row["week"] for row in rows if row["is_quiet"]] == [date(2026, 2, 2), date(2026, 2, 9)]
    assert {row["per_day"] for row in rows if row["is_quiet"]} == {0}


def test_weeks_in_which_one_was_not_there_are_not_quiet(people: Db) -> None:
    """Ann works from 5 January on; Bob did his first on 11 February, is idle for a week, and left on 1 March."""
    people.execute("update crm.reps set hired_on = null, left_on = date '2026-03-01' where rep = 'Bob'")
    for week in range(9):
        _act(people, week, date(2026, 1, 5) + timedelta(weeks=week))
    _act(people, 20, date(2026, 2, 11), rep_key=2)
    _act(people, 21, date(2026, 2, 24), rep_key=2)
    rows = _rows(people, activity.pace(view(from_on=date(2026, 1, 1), to_on=TODAY).with_filter("rep", "Bob")))
    assert [(row["week"].day, row["activities"], row["workdays"]) for row in rows] == [
        (9, 1, 3),
        (16, 0, 5),
        (23, 1, 5),
    ]


def test_a_planned_visit_is_not_done(people: Db) -> None:
    _act(people, 1, date(2026, 3, 3))
    _act(people, 2, date(2026, 3, 20), kind="visit")  # five days ahead
    month = view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 31))
    for asked in (view(), month):
        assert answered(people, total("activities", asked)).frame.item(0, "activities") == 1
        assert sum(row["activities"] for row in _rows(people, activity.pace(asked))) == 1
        assert len(_rows(people, total("activities", asked).rows())) == 1
    assert answered(people, trend("activities", "month", month)).frame["activities"].sum() == 1


def test_periods_past_and_to_come_are_answered_with_their_own_deals(people: Db) -> None:
    """Bob's open deal came in March; nobody's never makes anybody idle; next quarter has nothing to show yet."""
    _deal(people, "b", rep_key=2, created_on=date(2026, 3, 12), seen_from=date(2026, 3, 12))
    _deal(people, "nobody", rep_key=None)
    _act(people, 1, date(2026, 2, 3))
    february = view(from_on=date(2026, 2, 2), to_on=date(2026, 2, 8))
    assert {row["rep"] for row in _rows(people, activity.by_week(february))} == {"Ann"}
    assert {row["rep"] for row in _rows(people, activity.by_week(MARCH))} == {"Bob"}
    later = view(from_on=date(2026, 4, 1), to_on=date(2026, 6, 30))
    assert _rows(people, activity.by_week(later)) == []
    assert _rows(people, activity.pace(later)) == []
    _put(people, "customers", customer_key=7, customer="Later", is_implied=False)
    _deal(people, "later", customer_key=7, created_on=date(2026, 3, 1), seen_from=date(2026, 3, 1))
    for number in range(30):
        _act(people, 10 + number, date(2025, 12, 1) - timedelta(days=10 * number), customer_key=7)
    assert _rows(people, activity.quiet(february)) == [], "no deal of theirs was open then"
    assert len(_rows(people, activity.quiet(view()))) == 1


# ------------------------------------------------------------------------------------------------------------ silence


def test_silence_of_a_deal_shared_is_its_owners(people: Db) -> None:
    """Of 1,000 Bob has 30 %: his is the money of his part; the deal is counted for Ann, as in `open_deals`."""
    _deal(people, "d", amount=1000, last_activity_on=TODAY, seen_activity_on=TODAY)
    for key, low, high, main in ((2, 0.0, 0.3, False), (None, 0.3, 1.0, True)):
        _put(people, "owner_shares", deal_id="d", rep_key=key, from_share=low, to_share=high, is_main=main)
    for rep, deals, amount in (("Ann", 1, 700), ("Bob", 0, 300)):
        asked = view().with_filter("rep", rep)
        rows = _rows(people, activity.silence(asked))
        standing = answered(people, total(("open_deals", "open_amount"), asked)).frame.row(0)
        assert (
            (sum(row["deals"] for row in rows), sum(row["amount"] for row in rows)) == (deals, amount) == standing[:2]
        )
        assert len(_rows(people, activity.silence(asked).rows("deals", band="0-7"))) == deals
    both = view().with_filter("rep", ["Ann", "Bob"])
    assert [(row["deals"], row["amount"]) for row in _rows(people, activity.silence(both)) if row["deals"]] == [
        (1, 1000)
    ]


def test_silence_and_its_sign_begin_on_one_day(people: Db) -> None:
    for days in (SILENT_DAYS - 1, SILENT_DAYS):
        _deal(people, f"d{days}")
        _act(people, days, TODAY - timedelta(days=days), deal_id=f"d{days}")
    rows = {row["band"]: row["deals"] for row in _rows(people, activity.silence(view())) if row["deals"]}
    assert rows == {"15-29": 1, "30-60": 1}
    assert "30-60" in activity.LONG_SILENT
    assert "15-29" not in activity.LONG_SILENT


# ----------------------------------------------------------------------------------------------------------- response


def test_leads_all_answered_at_once_are_answered(people: Db) -> None:
    for number in range(2):
        _lead(people, str(number), NINE, first_touch_at=NINE + timedelta(minutes=10))
    (row,) = _rows(people, response(view()))
    assert [row[f"within_{span}"] for span in ("1h", "4h", "1d", "3d", "7d")] == [1.0] * 5
    assert (row["within_1d.low"], row["within_1d.high"]) == (pytest.approx(0.3424, abs=1e-4), 1)  # Wilson, 2 of 2


def test_none_of_two_has_a_range(people: Db) -> None:
    for number in range(2):
        _lead(people, str(number), NINE, first_touch_at=NINE + timedelta(hours=3))
    (row,) = _rows(people, response(view()))
    assert (row["within_1h"], row["within_1h.low"], row["within_4h"]) == (0, 0, 1)
    assert row["within_1h.high"] == pytest.approx(0.6576, abs=1e-4)  # Wilson, 0 of 2


def test_rows_behind_the_leads_are_the_leads(people: Db) -> None:
    """Five: answered after 30, 60.5 and 4 × 60 minutes, waiting, and converted nobody knows when (left out)."""
    for name, seconds in (("a", 1800), ("b", 3630), ("c", 14400)):
        _lead(people, name, NINE, first_touch_at=NINE + timedelta(seconds=seconds))
    _lead(people, "waits", NINE)
    _lead(people, "undated", NINE, deal_id="x")
    (row,) = _rows(people, response(view()))
    assert (row["leads"], row["answered"], row["waiting"]) == (4, 3, 1)
    for column in ("leads", "answered", "waiting"):
        assert len(_rows(people, response(view()).rows(column))) == row[column]
    for span, count in (("1h", 1), ("4h", 3)):
        assert row[f"within_{span}"] == count / 4
        assert len(_rows(people, response(view()).rows(f"within_{span}"))) == count


def test_conversions_do_not_hide_times_of_day(people: Db) -> None:
    for number in range(3):
        _lead(people, f"c{number}", NINE, converted_on=NINE.date())
    for number in range(2):
        _lead(people, f"t{number}", NINE, first_touch_at=NINE + timedelta(minutes=30))
    assert _codes(people, response(view())) == set()
    assert _rows(people, response(view()))[0]["within_1h"] == pytest.approx(0.4)


def test_curves_in_one_pass_are_those_one_by_one() -> None:
    """Freireich's remissions (6-MP and placebo) and a group that nothing has ended in, against one curve each."""
    mercaptopurine = [
        (6, 3),
        (6, -1),
        (7, 1),
        (9, -1),
        (10, 1),
        (10, -1),
        (11, -1),
        (13, 1),
        (16, 1),
        (17, -1),
        (19, -1),
    ]
    placebo = [(1, 2), (2, 2), (3, 1), (4, 2), (5, 2), (8, 4), (11, 2), (12, 2), (15, 1), (17, 1), (22, 1), (23, 1)]
    groups = {"6-MP": [*mercaptopurine, (20, -1), (22, 1), (23, 1), (25, -1), (32, -2), (34, -1), (35, -1)]}
    groups |= {"placebo": placebo, "none": [(3, -2)], None: [(4, 1), (4, -1)]}
    rows = [(name, days, n > 0, abs(n)) for name, of in groups.items() for days, n in of]
    times = pl.DataFrame(
        rows, schema={"of": pl.String, "days": pl.Int64, "is_over": pl.Boolean, "n": pl.Int64}, orient="row"
    )
    found = kaplan_meier_by(times, ["of"])
    for name in groups:
        mine = pl.col("of").eq_missing(pl.lit(name, pl.String))
        alone = kaplan_meier(times.filter(mine))
        together = found.filter(mine).drop("of")
        assert kaplan_meier_by(times.filter(mine), ["of"]).drop("of").rows() == together.rows()
        assert together.height == alone.height
        for one, other in zip(together.rows(), alone.rows(), strict=True):
            assert one[:3] == other[:3]
            ends = [(mine, theirs) for mine, theirs in zip(one[3:], other[3:], strict=True) if theirs is not None]
            assert [mine for mine, _ in ends] == pytest.approx([theirs for _, theirs in ends], abs=1e-12)
            assert one[3:].count(None) == other[3:].count(None)
    at_six = found.filter((pl.col("of") == "6-MP") & (pl.col("days") == 6))
    assert at_six.item(0, "share") == pytest.approx(18 / 21)


# --------------------------------------------------------------------------------------------- campaigns and channels


@pytest.fixture
def held_twice(people: Db) -> Db:
    """One fair in March of two years: 1,000 spent and 5,000 won, then 3,000 spent and 7,000 won."""
    for number, year, cost, won in ((25, 2025, 1000, 5000), (26, 2026, 3000, 7000)):
        _put(people, "campaigns", campaign_id=f"C{number}", campaign="Fair", source="fair", starts_on=date(year, 3, 1),
             ends_on=date(year, 3, 5), cost=cost)  # fmt: skip
        _deal(people, f"d{number}", status="won", amount=won, campaign="Fair", created_on=date(year, 3, 10),
              closed_on=date(year, 3, 12))  # fmt: skip
    return people


def test_a_fair_of_every_year_is_counted_run_by_run(held_twice: Db) -> None:
    for year, cost, won in ((2025, 1000, 5000), (2026, 3000, 7000)):
        asked = campaigns(view(from_on=date(year, 1, 1), to_on=date(year, 12, 31)))
        (row,) = _rows(held_twice, asked)
        assert (row["cost"], row["deals"], row["won_money"], row["cost_per_won"]) == (cost, 1, won, cost)
        assert len(_rows(held_twice, asked.rows("won", campaign="Fair"))) == 1
    (row,) = _rows(held_twice, campaigns(view()))
    assert (row["cost"], row["deals"], row["won_money"]) == (4000, 2, 12000)


def test_whose_run_a_lead_is(held_twice: Db) -> None:
    """By its id it is that run's, whenever it came; before the first began, the first's; a deal is its lead's run's."""
    _lead(held_twice, "by id", datetime(2026, 3, 9, 9), campaign="C25")
    _lead(held_twice, "before", datetime(2025, 2, 1, 9), campaign="Fair")
    _lead(held_twice, "between", datetime(2026, 2, 28, 9), campaign="Fair")
    _lead(held_twice, "second", datetime(2026, 3, 1, 9), campaign="Fair")
    _deal(held_twice, "late", lead_id="between", created_on=date(2026, 3, 11))
    first = campaigns(view(from_on=date(2025, 1, 1), to_on=date(2025, 12, 31)))
    assert {row["lead_id"] for row in _rows(held_twice, first.rows("leads"))} == {"by id", "before", "between"}
    assert {row["deal_id"] for row in _rows(held_twice, first.rows("deals"))} == {"d25", "late"}
    second = campaigns(view(from_on=date(2026, 1, 1), to_on=TODAY))
    assert {row["lead_id"] for row in _rows(held_twice, second.rows("leads"))} == {"second"}


def test_a_converted_lead_is_qualified_on_the_earlier_day(people: Db) -> None:
    """Created 10 January; converted on day 7 and called qualified on day 25; converted nobody knows when: left out."""
    created = date(2026, 1, 10)
    more = {"a": (created + timedelta(days=25), created + timedelta(days=7), None), "b": (None, None, None),
            "undated": (None, None, "x"), "known": (created + timedelta(days=3), None, "y")}  # fmt: skip
    for name, (qualified, converted, deal) in more.items():
        _put(people, "leads", lead_id=name, rep_key=1, source="web", created_on=created, qualified_on=qualified,
             converted_on=converted, deal_id=deal)  # fmt: skip
    asked = channels(view(from_on=date(2026, 1, 1), to_on=TODAY))
    (row,) = _rows(people, asked)
    assert (row["qualified_now"], row["qualified_now.n"]) == (pytest.approx(2 / 3), 3)
    (said,) = answered(people, asked).notes
    assert (said.code, said["count"]) == ("answered_undated", 1)
    assert len(_rows(people, asked.rows("qualified_now", source="web"))) == 3


def test_nobody_sees_no_activity_of_others() -> None:
    from metrics.base import base_tables

    nobody = Viewer(scope="rep")
    for name in ("deal_activities", "seen_activities", "lead_activities", "customer_activities"):
        steps, _ = base_tables((name,), (), nobody)
        assert "where false" in " ".join(step.sql for step in steps)
