"""Targets over working days, whose target is whose, and the pace: on a calendar of five-day weeks, counted by hand."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.catalog import measure
from metrics.cumulative import cumulative
from metrics.cuts import breakdown, breakdowns, total, trend
from metrics.errors import MeasureNotBy, UnknownMeasure
from metrics.query import Result
from metrics.target import Span
from metrics.target_standing import standing
from metrics.target_trees import reconciled
from metrics.viewer import Viewer
from metrics.workdays import Workdays, calendar
from tests.metrics.conftest import Ask, answered, view

# 2026: January has 22 working days, February 20, March 22, the year 261. By 15 March 10 of March's 22 have gone by.
MARCH = {"preset": "this_month"}


def row(result: Result) -> dict[str, object]:
    assert result.frame.height == 1
    return result.frame.row(0, named=True)


def codes(result: Result) -> list[str]:
    return [note.code for note in result.notes]


def test_a_year_goal_is_spread_over_working_days(ask: Ask) -> None:
    # March: 22 days of 10 = 220; won 40; 10 of 22 days gone
    found = row(ask(total("attainment", view(**MARCH))))
    assert found["attainment.target"] == 220
    assert found["attainment.actual"] == 40
    assert found["attainment"] == pytest.approx(40 / 220)
    assert found["attainment.elapsed"] == pytest.approx(10 / 22)
    assert found["attainment.pace"] == pytest.approx((40 / 220) / (10 / 22))


def test_pace_at_half_time(empty: duckdb.DuckDBPyConnection) -> None:
    """Ten working days, five gone, 40 of 100 won: 40 % attained at 50 % of the time is a pace of 0.8."""
    empty.execute(
        "insert into crm.targets values ('won_amount','company',null,'2026-03-02','2026-03-13',100,1,null,null)"
    )
    empty.execute(
        "insert into crm.deals (deal_id, status, amount, closed_on, push_count, is_gone)"
        " values ('d', 'won', 40, '2026-03-03', 0, false)"
    )
    fortnight = view(as_of=date(2026, 3, 8), from_on=date(2026, 3, 2), to_on=date(2026, 3, 13))
    found = row(answered(empty, total("attainment", fortnight)))
    assert found == {
        "attainment": pytest.approx(0.4),
        "attainment.target": 100,
        "attainment.actual": 40,
        "attainment.elapsed": 0.5,
        "attainment.pace": pytest.approx(0.8),
    }


def test_due_are_the_goals_of_the_days_gone_by(empty: duckdb.DuckDBPyConnection) -> None:
    """Months of 100, 100 and 1,000: by 15 March 10 of March's 22 days are due, 200 + 1000 · 10/22 = 654.55."""
    for month, last, value in ((1, 31, 100), (2, 28, 100), (3, 31, 1000)):
        empty.execute(
            "insert into crm.targets values ('won_amount','company',null,?,?,?,1,null,null)",
            [date(2026, month, 1), date(2026, month, last), value],
        )
    empty.execute(
        "insert into crm.deals (deal_id, status, amount, closed_on, push_count, is_gone)"
        " values ('d', 'won', 100, '2026-01-10', 0, false)"
    )
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))
    found = row(answered(empty, total("attainment", quarter)))
    assert (found["attainment.target"], found["attainment"]) == (1200, pytest.approx(100 / 1200))
    assert found["attainment.elapsed"] == pytest.approx(52 / 64)  # of days, not of the goal
    assert found["attainment.pace"] == pytest.approx(100 / 654.5455, rel=1e-6)


def test_a_target_of_exactly_the_days_asked_comes_before_its_parts(empty: duckdb.DuckDBPyConnection) -> None:
    """A quarter of 1,500 whose months are 100, 200, 1,000, one of them cut in weeks: each is what it was set to."""
    goals = [(1, 1, 3, 31, 1500), (1, 1, 1, 31, 100), (2, 1, 2, 28, 200), (3, 1, 3, 31, 1000), (3, 2, 3, 8, 7)]
    for from_month, from_day, month, day, value in goals:
        empty.execute(
            "insert into crm.targets values ('won_amount','company',null,?,?,?,1,null,null)",
            [date(2026, from_month, from_day), date(2026, month, day), value],
        )
    empty.execute(
        "insert into crm.deals (deal_id, status, amount, closed_on, push_count, is_gone)"
        " values ('d', 'won', 150, '2026-01-10', 0, false)"
    )
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))
    whole = row(answered(empty, total("attainment", quarter)))
    assert (whole["attainment.target"], whole["attainment"]) == (1500, pytest.approx(0.1))
    assert whole["attainment.pace"] == pytest.approx(0.1 / (52 / 64))  # of its own days, whatever the months ask
    days = Workdays.of(answered(empty, calendar(quarter)).frame)
    stood = answered(empty, standing("won_amount", Span(date(2026, 1, 1), date(2026, 3, 31)), view(), days))
    assert stood.frame.select("target", "attainment", "pace").row(0) == pytest.approx(
        (1500, whole["attainment"], whole["attainment.pace"])
    )
    months = answered(empty, trend("attainment", "month", quarter)).frame
    assert months["attainment.target"].to_list() == pytest.approx([100, 200, 1000])
    assert answered(empty, trend("attainment", "quarter", quarter)).frame["attainment.target"].to_list() == [1500]
    due = answered(empty, cumulative("won_amount", "fiscal_quarter", view())).frame
    assert due.filter(pl.col("day") == date(2026, 3, 15))["target_due"].item() == pytest.approx(1500 * 52 / 64)
    half = row(answered(empty, total("attainment", view(from_on=date(2026, 1, 1), to_on=date(2026, 2, 28)))))
    assert half["attainment.target"] == 300  # no target of its own: the days' shortest


def test_the_shortest_span_and_the_highest_version_hold(ask: Ask) -> None:
    frame = ask(breakdown("attainment", "team", view(**MARCH))).frame
    targets = dict(frame.select("team", "attainment.target").rows())
    # North: the raised version, 440; South: its year, 22 days of 1
    assert targets == {"North": 440, "South": 22}
    assert frame["team"][0] == "North"  # 40 ÷ 440 against 0 ÷ 22
    # In February North has no target of its own
    february = ask(breakdown("attainment", "team", view(preset="last_month"))).frame
    assert dict(february.select("team", "attainment.target").rows()) == {"North": None, "South": 20}


def test_a_team_that_is_chosen_has_its_own_target(ask: Ask) -> None:
    found = row(ask(total("attainment", view(**MARCH).with_filter("team", "North"))))
    assert (found["attainment.target"], found["attainment.actual"]) == (440, 40)
    both = row(ask(total("attainment", view(**MARCH).with_filter("team", ("North", "South")))))
    assert both["attainment.target"] == 462


def test_of_several_chosen_each_must_have_a_target(empty: duckdb.DuckDBPyConnection) -> None:
    """What Cid won is not held against what Ann and Bob are to bring; nor is what nobody is named for."""
    for rep, key, amount in (("Ann", 1, 100), ("Bob", 2, 200), ("Cid", 3, 300)):
        empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (?, ?, false)", [key, rep])
        empty.execute("insert into crm.deals (deal_id, status, amount, closed_on, rep_key, push_count, is_gone)"
                      " values (?, 'won', ?, '2026-03-03', ?, 0, false)", [rep, amount, key])  # fmt: skip
    for rep in ("Ann", "Bob"):
        empty.execute("insert into crm.targets values ('won_amount','rep',?,'2026-03-01','2026-03-31',200,1,null,null)",
                      [rep])  # fmt: skip
    march = view(**MARCH)
    for chosen, reached, said in (
        (("Ann", "Bob"), 0.75, []), (("Ann", "Bob", "Cid"), None, ["no_target_of_all"]),
        (("Ann", None), None, ["no_target_by"]),
    ):  # fmt: skip
        result = answered(empty, total("attainment", march.with_filter("rep", chosen)))
        assert (row(result)["attainment"], codes(result)) == (reached, said)
    by_month = answered(empty, trend("attainment", "month", march.with_filter("rep", ("Ann", "Bob", "Cid"))))
    assert row(by_month)["attainment"] is None
    each = answered(empty, breakdown("attainment", "rep", march.with_filter("rep", ("Ann", "Cid", None))))
    assert dict(each.frame.select("rep", "attainment").rows()) == {"Ann": 0.5, "Cid": None}


def test_over_time(ask: Ask) -> None:
    frame = ask(trend("attainment", "month", view(preset="this_quarter"))).frame
    assert frame.select("month", "attainment.target", "attainment.actual").rows() == [
        (date(2026, 1, 1), 220, 100.0),
        (date(2026, 2, 1), 200, 250.55),
        (date(2026, 3, 1), 220, 40.0),
    ]
    assert frame["attainment.elapsed"].to_list() == [1, 1, pytest.approx(10 / 22)]


def test_what_has_not_begun_is_not_missed(ask: Ask) -> None:
    frame = ask(trend("attainment", "month", view(from_on=date(2026, 3, 1), to_on=date(2026, 4, 30)))).frame
    assert frame.select("month", "attainment", "attainment.target").rows() == [
        (date(2026, 3, 1), pytest.approx(40 / 220), 220),
        (date(2026, 4, 1), None, 220),
    ]


def test_rates_need_a_target_for_exactly_the_period(ask: Ask) -> None:
    quarter = row(ask(total("attainment:win_rate", view(preset="this_quarter"))))
    assert quarter["attainment:win_rate.target"] == 0.5
    assert quarter["attainment:win_rate"] == pytest.approx((3 / 5) / 0.5)
    assert quarter["attainment:win_rate.pace"] is None
    month = ask(total("attainment:win_rate", view(**MARCH)))
    assert row(month)["attainment:win_rate"] is None
    assert codes(month) == ["undated", "no_target"] or codes(month) == ["no_target"]


def test_why_there_is_none(ask: Ask) -> None:
    assert codes(ask(total("attainment", view()))) == ["target_needs_period"]
    assert codes(ask(total("attainment:revenue", view(**MARCH)))) == ["no_target"]
    assert codes(ask(total("attainment", view(**MARCH).with_filter("industry", "metal")))) == ["no_target_by"]
    assert codes(ask(breakdown("attainment", "customer", view(**MARCH)))) == ["no_target_by"]
    missing = ask(total("attainment:revenue", view(**MARCH)))
    assert "targets" in missing.notes[0].text("en")
    assert "目标" in missing.notes[0].text("zh-CN")


def test_targets_that_cover_only_a_part_are_said(ask: Ask) -> None:
    result = ask(total("attainment", view(preset="this_quarter").with_filter("team", "North")))
    assert row(result)["attainment.target"] == 440
    assert row(result)["attainment"] is row(result)["attainment.pace"] is None, "a quarter beside March's target"
    assert [(note.code, note["covered"], note["days"]) for note in result.notes] == [("target_partly", 22, 64)]
    cut = ask(breakdown("attainment", "team", view(preset="this_quarter")))
    assert {one["attainment"] for one in cut.frame.filter(cut.frame["team"] == "North").to_dicts()} == {None}
    assert "target_partly_there" in codes(cut)


def test_the_headline_is_a_setting(ask: Ask) -> None:
    found = row(ask(total("attainment", view(preset="this_quarter", headline="win_rate"))))
    assert found["attainment.target"] == 0.5


def test_a_scoped_viewer_is_measured_against_their_own_and_not_the_company(ask: Ask) -> None:
    north = Viewer(scope="teams", teams=("North",), above=("Sales",), rep_keys=(1, 2))
    company = ask(total("attainment", view(**MARCH)), north)
    assert row(company)["attainment.target"] == 440
    frame = ask(breakdown("attainment", "team", view(**MARCH)), north).frame
    assert frame.select("team", "attainment.target").rows() == [("North", 440)]


def test_beside_other_measures(ask: Ask) -> None:
    found = row(ask(total(("won_amount", "attainment", "open_deals"), view(**MARCH))))
    assert (found["won_amount"], found["attainment.target"], found["open_deals"]) == (40, 220, 3)


def test_rows_are_those_of_the_actual(ask: Ask) -> None:
    query = total("attainment", view(**MARCH))
    assert ask(query.rows("attainment")).frame["deal_id"].to_list() == ["d04"]
    assert ask(query.rows()).frame.height == 1


def test_ids() -> None:
    assert measure("attainment:win_rate").label.en == "Target attainment: win rate"
    with pytest.raises(UnknownMeasure):
        measure("attainment:win_rte")
    with pytest.raises(UnknownMeasure):
        measure("attainment:attainment")
    with pytest.raises(MeasureNotBy):
        breakdowns("attainment", ("team", "rep"), view(**MARCH))


def test_a_withdrawn_target_is_none_where_targets_are_added_and_spread(empty: duckdb.DuckDBPyConnection) -> None:
    """Ann's month was set to 80 and taken back: her quarter holds again. Bob has none any more, with a reason."""
    for rep, key in (("Ann", 1), ("Bob", 2)):
        empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (?, ?, false)", [key, rep])
        empty.execute("insert into crm.deals (deal_id, status, amount, closed_on, rep_key, push_count, is_gone)"
                      " values (?, 'won', 100, '2026-02-03', ?, 0, false)", [rep, key])  # fmt: skip
    for rep, starts, ends, value, version in (
        ("Ann", "2026-01-01", "2026-03-31", 640, 1), ("Ann", "2026-02-01", "2026-02-28", 80, 1),
        ("Ann", "2026-02-01", "2026-02-28", 0, 2), ("Bob", "2026-02-01", "2026-02-28", 100, 1),
        ("Bob", "2026-02-01", "2026-02-28", 0, 2),
    ):  # fmt: skip
        empty.execute("insert into crm.targets values ('won_amount','rep',?,?,?,?,?,null,null)",
                      [rep, starts, ends, value, version])  # fmt: skip
    february = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
    half = february.with_period(from_on=date(2026, 1, 1), to_on=date(2026, 2, 28))
    ann = row(answered(empty, total("attainment", february.with_filter("rep", "Ann"))))
    assert (ann["attainment.target"], ann["attainment"]) == (200, 0.5)  # 640 of 64 working days: 20 days of 10
    assert row(answered(empty, total("attainment", half.with_filter("rep", "Ann"))))["attainment.target"] == 420
    both = answered(empty, total("attainment", february.with_filter("rep", ("Ann", "Bob"))))
    assert (row(both)["attainment"], codes(both)) == (None, ["no_target_of_all"])
    assert codes(answered(empty, total("attainment", february.with_filter("rep", "Bob")))) == ["no_target"]
    empty.execute("insert into crm.targets values"
                  " ('won_amount','rep','Bob','2026-02-01','2026-02-28',50,3,null,null)")  # fmt: skip
    assert row(answered(empty, total("attainment", february.with_filter("rep", "Bob"))))["attainment"] == 2
    empty.execute("delete from crm.targets where version = 3")
    span, days = Span(date(2026, 2, 1), date(2026, 2, 28)), Workdays.of(answered(empty, calendar(february)).frame)
    stood = answered(empty, standing("won_amount", span, view(), days))
    told = stood.frame.filter(name="Bob").select("target", "original", "attainment_original", "gap", "due")
    assert told.row(0) == (0, 100, None, None, None)
    assert [(one["count"]) for one in stood.notes if one.code == "targets_withdrawn"] == [2]
    assert answered(empty, reconciled("won_amount", span, view())).frame.is_empty()
