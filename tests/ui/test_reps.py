"""What the page of salespeople draws: every mark opens its rows, sentences claim only what is beyond chance."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.cuts import trend
from metrics.leavers import leavers
from metrics.like_for_like import like_for_like
from metrics.pareto import pareto
from metrics.query import Query, Result
from metrics.reps import leaderboard
from metrics.reps_quadrant import quadrant
from metrics.reps_tenure import tenure
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from tests.ui.test_channels import marks
from ui import products, reps, reps_course, reps_lists, reps_quadrant, rows
from ui.look import Look
from ui.question import Subject

Case = tuple[
    Callable[[View], Query], Callable[[Result, Look], go.Figure | None], Callable[[Result, Look], str | None] | None
]
DRAWN: dict[str, Case] = {
    "reps_board": (lambda view: leaderboard(("win_rate", "activities"), view), reps.board, reps.who_is_apart),
    "reps_board_last": (lambda view: leaderboard(("activities",), view, "team"), reps.board_last, reps.who_is_apart),
    "rep_quadrant": (quadrant, reps_quadrant.placed, None),
    "like_for_like": (like_for_like, reps.adjusted, reps.who_differs_on_the_mix),
    "tenure": (tenure, reps.tenures, reps.which_band),
    "rep_shares": (lambda view: pareto("won_amount", "rep", view), products.ranked, reps_lists.few_bring_most),
}


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_its_rows_and_something_is_said(seen: Snapshot, view: View, name: str) -> None:
    ask, draw, say = DRAWN[name]
    spanned = view.with_period("last_12_months")
    query = ask(spanned)
    result = seen.ask(query, EVERYTHING)
    for look in (EN, ZH, replace(ZH, is_narrow=True)):
        assert draw(result, look) is not None
        assert say is None or say(result, look)
    figure = draw(result, EN)
    assert figure is not None
    drawn = sorted(set(marks(figure)))
    assert drawn
    for mark in drawn[:: max(len(drawn) // 4, 1)] if name != "tenure" else ():
        column, where, at = json.loads(mark)
        subject = Subject(query, name, spanned, column=column, at=tuple(at.items()))
        found = seen.ask(subject.rows().first(1), EVERYTHING).frame
        assert found.height == 1 or "process" in result.frame.columns, (name, where)
    nothing = replace(result, frame=result.frame.clear())
    assert draw(nothing, EN) is None
    assert say is None or say(nothing, EN) is None


def test_a_point_of_a_course_opens_its_rows(seen: Snapshot, view: View) -> None:
    spanned = view.with_period("last_12_months")
    names = seen.ask(leaderboard(("won_amount",), spanned), EVERYTHING).frame.get_column("rep").head(3).to_list()
    query = trend("won_amount", "quarter", spanned.with_filter("rep", names), by="rep")
    result = seen.ask(query, EVERYTHING)
    figure = reps_course.courses(result, EN)
    assert figure is not None
    assert len(figure.data) == 3
    column, _, at = json.loads(str(figure.data[0].customdata[1]))
    found = seen.ask(
        Subject(query, "rep_course", spanned, column=column, at=tuple(at.items())).rows(), EVERYTHING
    ).frame
    (value,) = result.frame.filter(
        (pl.col("rep") == at["rep"]) & (pl.col("quarter") == date.fromisoformat(at["quarter"]))
    ).get_column("won_amount")
    assert float(found.get_column("amount").sum()) == pytest.approx(value)


def test_who_is_not_told_apart_is_said_to_be_so(seen: Snapshot, view: View) -> None:
    result = seen.ask(leaderboard(("win_rate",), view.with_period("last_12_months")), EVERYTHING)
    alike = replace(result, frame=result.frame.with_columns(pl.lit(value=False).alias("win_rate.is_apart")))
    assert reps.who_is_apart(alike, EN) == "By win rate, nobody is distinguishable from the others."
    assert reps.who_is_apart(alike, ZH) == "按赢单率，无人能与其他人区分开。"
    figure = reps.board(alike, EN)
    assert figure is not None
    assert "Not distinguishable" in str(figure.data[1].hovertext[0])
    first = next(row for row in alike.frame.iter_rows(named=True) if row["win_rate.rank"] == 1)
    assert f"by {100 * first['win_rate.shrunk']:.1f}%" in str(figure.to_dict())


def test_the_list_names_where_somebody_stands_out(seen: Snapshot, view: View) -> None:
    result = seen.ask(leaderboard(("attainment", "activities"), view.with_period("last_12_months")), EVERYTHING)
    shown = reps.listing(result.frame, EN)
    told = ["rep", "attainment", "attainment.shrunk", "attainment.rank", "activities", "activities.shrunk",
            "activities.rank", "apart_in", "team", "tenure", "left_on", "is_partly"]  # fmt: skip
    assert shown.columns == told, "what somebody is ranked by stands before the rank"
    unknown = result.frame.with_columns(tenure=pl.lit(None, pl.String), is_partly=pl.lit(value=False))
    assert reps.listing(unknown, EN).columns == [name for name in told if name not in ("tenure", "is_partly")]
    assert set(shown.get_column("apart_in").drop_nulls()) & {"Activities ▲", "Activities ▼"}
    assert rows.heading("activities.rank") == "Activities, rank"
    assert rows.heading("win_rate.expected") == "Win rate of all on these segments"


def test_the_quadrant_names_nobody_by_chance(seen: Snapshot, view: View) -> None:
    result = seen.ask(quadrant(view.with_period("last_12_months")), EVERYTHING)
    calm = replace(result, frame=result.frame.with_columns(is_thin=pl.lit(value=False)))
    assert reps_quadrant.who_is_on_thin_ice(calm, EN) is None
    frame = calm.frame.with_columns(is_thin=pl.col("rep") == pl.col("rep").first(), stands_in=pl.lit("result_only"))
    thin = replace(calm, frame=frame)
    assert str(frame.item(0, "rep")) in (reps_quadrant.who_is_on_thin_ice(thin, ZH) or "")


def test_what_is_left_is_said_with_its_totals(seen: Snapshot, view: View) -> None:
    result = seen.ask(leavers(view), EVERYTHING)
    frame = pl.DataFrame({
        "rep": ["Ann", None], "open_deals": [2, 1], "open_amount": [70.0, 30.0], "planned": [0.0, 0.0],
        "outstanding": [50.0, 0.0], "overdue": [20.0, 0.0],
    })  # fmt: skip
    told = reps_lists.what_is_left(replace(result, frame=frame), EN) or ""
    assert "people who have left (1): 2 open deals" in told
    assert "In nobody's name: 1 open deal of 30" in told
    assert reps_lists.what_is_left(replace(result, frame=frame.clear()), EN) is None
