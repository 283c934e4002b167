"""Trends as they are drawn and told: every mark opens its rows, both languages, and what a reader must be told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.catalog import measure
from metrics.cumulative import cumulative
from metrics.cuts import total, trend
from metrics.festival import festival
from metrics.query import Query, Result
from metrics.together import over
from metrics.trends import course, so_far
from metrics.usual import usual
from metrics.view import View
from metrics.viewer import EVERYTHING
from metrics.workdays import Workdays, calendar
from tests.ui.answered import EN, ZH
from ui import answers, elapsed, festivals, limits, rows, splits, toward, trends
from ui.look import Look

Ask, Draw = Callable[[View, Workdays], Query], Callable[[Result, Look], go.Figure | None]
Tell = Callable[[Result, Look], str | None]
ASKED: dict[str, tuple[Ask, Draw, Tell]] = {
    "bars": (
        lambda view, _: course("won_amount", "month", view, ("previous", "last_year", "two_years")),
        trends.course, trends.course_found,
    ),
    "line": (lambda view, _: course("win_rate", "month", view, ("last_year",)), trends.course, trends.course_found),
    "so_far": (lambda view, days: so_far("created_deals", "month", view, days), elapsed.so_far, elapsed.so_far_found),
    "usual": (lambda view, _: usual("created_deals", "month", view), limits.usual, limits.in_words),
    "rates": (lambda view, _: usual("win_rate", "quarter", view), limits.usual, limits.in_words),
    "cumulative": (lambda view, _: cumulative("won_amount", "fiscal_quarter", view), toward.cumulative, toward.how_far),
    "festival": (lambda view, _: festival("created_deals", view), festivals.festival, festivals.told),
    "festival_days": (lambda view, _: festival("created_deals", view, "day"), festivals.festival, festivals.told),
}  # fmt: skip


@pytest.fixture(scope="module")
def days(seen: Snapshot) -> Workdays:
    assert seen.as_of is not None
    return Workdays.of(seen.ask(calendar(View(as_of=seen.as_of)), EVERYTHING).frame)


@pytest.mark.parametrize("name", list(ASKED))
def test_every_mark_opens_the_rows_of_its_number(seen: Snapshot, view: View, days: Workdays, name: str) -> None:
    ask, draw, _ = ASKED[name]
    query = ask(view.with_period("this_year"), days)
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, EN)
    assert figure is not None
    go.Figure(figure.to_dict())  # as plotly's own rules have it
    points = [
        (mark, value)
        for trace in figure.data
        if trace.hoverinfo != "skip" and trace.name != EN.words("column.target_due")
        for mark, value in zip(trace.customdata, trace.x if trace.orientation == "h" else trace.y, strict=True)
        if mark is not None
    ]
    assert len(points) >= 3
    one = query.measures[0]
    is_count = one.id == "created_deals"
    for mark, value in points[:: max(len(points) // 6, 1)]:
        column, where, at = json.loads(mark)
        assert where
        behind = query.rows(column, **at)
        height = seen.ask(behind.count(), EVERYTHING).frame.item()
        if is_count and name != "festival":  # which is drawn by working day
            assert height == value, (mark, value)
        spanned = over(view, date.fromisoformat(at["from_on"]), date.fromisoformat(at["to_on"]))
        alone = seen.ask(total(one, spanned), EVERYTHING).frame.item(0, one.id)
        if name != "festival":
            assert float(alone or 0) == pytest.approx(float(value or 0)), (mark, value)


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_findings_are_whole_sentences_in_both_languages(seen: Snapshot, view: View, days: Workdays, look: Look) -> None:
    for name, (ask, _, tell) in ASKED.items():
        said = tell(seen.ask(ask(view.with_period("this_year"), days), EVERYTHING), look)
        if name in ("line", "festival_days"):
            assert said is None, "rates are not added up, days not judged"
            continue
        assert said, name
        assert said.endswith("。" if look.lang == "zh-CN" else "."), said
        assert not re.search(r"[{}]|None|nan", said), said
    told = tell_of(seen, view, days, "so_far", look)
    assert "13" in told
    assert ("2026年6月" if look is ZH else "Jun 2026") in told


def tell_of(seen: Snapshot, view: View, days: Workdays, name: str, look: Look) -> str:
    ask, _, tell = ASKED[name]
    return tell(seen.ask(ask(view.with_period("this_year"), days), EVERYTHING), look) or ""


def test_the_numbers_behind_have_headings_in_words(seen: Snapshot, view: View, days: Workdays) -> None:
    for name, (ask, _, _) in ASKED.items():
        query = ask(view.with_period("this_year"), days)
        result = seen.ask(query, EVERYTHING)
        shown, units = trends.Course(query, "trend_course", view).figures(result)
        assert shown.height == result.frame.height, name
        assert not [column for column in shown.columns if "from_on" in column]
        headings = rows.headings(shown)
        assert all(headings[column] != column for column in shown.columns), (name, headings)
        assert set(units) <= set(result.frame.columns)


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh"])
def test_one_whole_bucket_is_named_once_and_cut_ones_are_told(seen: Snapshot, view: View, look: Look) -> None:
    of = view.with_period(from_on=date(2026, 3, 10), to_on=date(2026, 5, 20))
    result = seen.ask(course("won_amount", "month", of, ("last_year",)), EVERYTHING)
    said = trends.course_found(result, look) or ""
    april = "Apr 2026" if look is EN else "2026年4月"
    assert said.count(april) == 1, said
    told = {note.code: note["from_on"] or note["to_on"] for note in result.notes}
    assert (told["begun_before"], told["ended_within"]) == (date(2026, 3, 10), date(2026, 5, 20))
    whole = seen.ask(course("won_amount", "month", view.with_period(from_on=date(2026, 3, 1), to_on=date(2026, 5, 31))),
                     EVERYTHING)  # fmt: skip
    assert not {note.code for note in whole.notes} & {"begun_before", "ended_within", "unfinished"}


@pytest.mark.parametrize("look", [EN, ZH, replace(EN, is_narrow=True)], ids=["en", "zh", "phone"])
def test_weeks_so_far_are_told_apart_beside_their_bars(seen: Snapshot, view: View, days: Workdays, look: Look) -> None:
    figure = elapsed.so_far(seen.ask(so_far("revenue", "week", view, days), EVERYTHING), look)
    assert figure is not None
    names = figure.layout.yaxis.ticktext
    assert len(set(names)) == 3
    assert not [name for name in names if "…" in name]


def test_the_festival_is_told_to_be_no_signal(seen: Snapshot, view: View, days: Workdays) -> None:
    told = tell_of(seen, view, days, "festival", EN)
    assert "2024, 2025 and 2026" in told
    assert "no signal" in told


def test_signals_are_told_with_time_and_number() -> None:
    months = [date(2025 + at // 12, at % 12 + 1, 1) for at in range(12)]
    frame = pl.DataFrame({
        "month": months, "created_deals": [10.0] * 11 + [99.0], "is_counted": [True] * 12,
        "away": [-0.1] * 11 + [5.0], "centre": [17.4] * 12, "lower": [0.0] * 12, "upper": [40.0] * 12,
        "festival": [None] * 11 + [date(2025, 12, 5)],
    }, schema_overrides={"festival": pl.Date})  # fmt: skip
    asked = usual("created_deals", "month", View(as_of=date(2026, 1, 1)))
    said = limits.in_words(Result(frame, frame, asked), EN)
    assert said == (
        "Signals: 2. Dec 2025: 99 is above the upper limit (40) (the Spring Festival was on 5 Dec 2025). "
        "Jan 2025 – Nov 2025: 11 in a row below the mean (17.4)."
    ).replace("17.4", EN.written(17.4, answers.Series(measure("created_deals"), "count", "", None, None, None, None)))
    alike = frame.with_columns(away=pl.lit(0.0))
    assert "all 12 lie within" in (limits.in_words(Result(alike, alike, asked), EN) or "")
    assert limits.in_words(Result(frame.clear(), frame, asked), EN) is None


def test_a_split_of_a_rate_puts_the_others_together_by_their_parts(seen: Snapshot, view: View) -> None:
    one = measure("win_rate")
    asked = trend([one, *one.parts], "quarter", over(view, date(2025, 1, 1), view.as_of), "rep")
    result = answers.narrowed(seen.ask(asked, EVERYTHING), one.id, None)
    figure = splits.multiples(result, EN)
    go.Figure(figure.to_dict())
    rest = figure.data[-1]
    assert [trace.customdata[0] is None for trace in figure.data] == [False] * splits.MOST + [True]
    frame = result.frame.filter(pl.col("quarter") == date(2025, 1, 1)).with_columns(pl.col("won_deals", "closed_deals"))
    size = result.frame.group_by("rep").agg(pl.col("closed_deals").sum()).sort("closed_deals", descending=True)
    left = frame.join(size.head(splits.MOST), on="rep", how="anti", nulls_equal=True)
    assert rest.y[0] == pytest.approx(left["won_deals"].sum() / left["closed_deals"].sum())


def test_a_week_is_told_to_be_one(seen: Snapshot, view: View, days: Workdays) -> None:
    result = seen.ask(so_far("created_deals", "week", view, days), EVERYTHING)
    assert str(elapsed.so_far_found(result, EN)).startswith("Week of 15 Jun 2026 so far (3 working days)")
    assert str(elapsed.so_far_found(result, ZH)).startswith("2026年6月15日当周截至目前")


def test_shares_add_up_to_one_and_mean_nothing_below_zero(seen: Snapshot, view: View) -> None:
    asked = trend("won_amount", "quarter", over(view, date(2025, 1, 1), view.as_of), "rep")
    result = seen.ask(asked, EVERYTHING)
    figure = splits.shares(result, ZH)
    bars = [trace for trace in figure.data if trace.x[0] is not None]
    assert sum(float(trace.y[0]) for trace in bars) == pytest.approx(1)
    assert tuple(figure.layout.yaxis.range) == (0, 1.02)
    below = Result(result.frame.with_columns(won_amount=-pl.col("won_amount")), result.raw, result.query)
    assert "负" in splits.shares(below, ZH).layout.annotations[0].text
