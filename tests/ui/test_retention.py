"""How retention is drawn: every mark opens its rows, plotly takes the figures, and sentences say what they stand on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.buyers_over_time import buyers_over_time
from metrics.cohorts import cohorts, outside
from metrics.contract_retention import contract_bridge, contract_rates, renewals
from metrics.query import Query, Result
from metrics.repeat import curve, repeat
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import cohorts as triangle
from ui import contract_retention, returning
from ui.look import Look

Draw, Say = Callable[[Result, Look], go.Figure | None], Callable[[Result, Look], str | None] | None
DRAWN: dict[str, tuple[Callable[[View], Query], Draw, Say]] = {
    **{name: (lambda view: cohorts("revenue", "month", view), draw, triangle.how_many_return)
       for name, draw in triangle.DRAWN.items()},
    "curve": (lambda view: curve("revenue", view), returning.curves, None),
    "course": (lambda view: buyers_over_time("won_amount", "quarter", view), returning.course, returning.what_moved),
    "rates": (contract_rates, contract_retention.rates, contract_retention.how_much_stays),
    "bridge": (contract_bridge, contract_retention.bridge, None),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_its_rows(seen: Snapshot, view: View, name: str) -> None:
    ask, draw, say = DRAWN[name]
    query = ask(view)
    result = seen.ask(query, EVERYTHING)
    for look in (EN, replace(ZH, is_narrow=True), ZH):
        figure = draw(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())  # by plotly's own rules
        if say is not None:
            assert "{" not in (say(result, look) or "{")
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    assert len(marks) >= 3
    for mark in (*marks[:3], marks[-1]):
        column, _, at = json.loads(mark)
        assert seen.ask(query.rows(column, **at).first(1), EVERYTHING).frame.height == 1, mark
    nothing = Result(result.frame.clear(), result.raw.clear(), query)
    assert draw(nothing, EN) is None
    assert say is None or say(nothing, EN) is None


def test_cells_say_what_they_stand_on(seen: Snapshot, view: View) -> None:
    """A small cohort is in brackets, a running cell in a dotted frame, and what is beyond the data stays empty."""
    result = seen.ask(cohorts("revenue", "month", view), EVERYTHING)
    small = Result(result.frame.with_columns(is_small=pl.lit(value=True)), result.raw, result.query)
    figure = triangle.retained(small, EN)
    assert figure is not None
    cells = figure.data[1]
    assert all(text.startswith("(") and text.endswith("%)") for text in cells.text)
    running = result.frame.filter(pl.col("is_partial") & (pl.col("size") > 0)).height
    assert len(figure.layout.shapes) == running > 0
    assert figure.data[0].z[-1].count(None) == len(figure.data[0].z[-1]) - 1
    told = dict(zip(map(str, cells.customdata), cells.hovertext, strict=True))
    assert all(("by definition" in text) == ('"nth": 0' in mark) for mark, text in told.items())
    assert "In the calendar month after that of their first purchase" in (triangle.how_many_return(result, EN) or "")
    phone = replace(EN, is_narrow=True)
    figure, said = triangle.retained(result, phone), triangle.how_many_return(result, phone) or ""
    assert figure is not None
    later = re.search(r"In calendar month (\+\d+) it is \d+% \(", said)
    assert later is None or later[1] in figure.layout.xaxis.ticktext, "on a phone, too, what is told is in the drawing"
    assert later, said


def test_lists_open_their_rows(seen: Snapshot, view: View) -> None:
    for query in (outside("revenue", "month", view), repeat("revenue", view), renewals(view)):
        result = seen.ask(query, EVERYTHING)
        assert result.frame.height
        row = result.frame.row(0, named=True)
        at = {name: row[name] for name in query.by}
        assert seen.ask(query.rows(**at).first(1), EVERYTHING).frame.height == 1
    kinds = seen.ask(outside("revenue", "month", view), EVERYTHING)
    rows = seen.ask(kinds.query.rows("amount", kind="cohort"), EVERYTHING).frame
    assert float(rows["amount"].sum()) == pytest.approx(kinds.frame["amount"][0])


def test_sentences_about_pauses(seen: Snapshot, view: View) -> None:
    result = seen.ask(repeat("revenue", view), EVERYTHING)
    assert "bought again. Half of all do within" in (returning.how_soon(result, EN) or "")
    assert returning.pauses(result.frame, EN).height == result.frame.height
    open_ended = result.frame.with_columns(pl.lit(None, pl.Int64).alias("median_days"))
    assert "% of all do within 365 days" in (returning.how_soon(replace(result, frame=open_ended), EN) or "")
    assert returning.how_soon(replace(result, frame=result.frame.clear()), ZH) is None
    listed = seen.ask(renewals(view), EVERYTHING)
    assert contract_retention.upcoming(listed.frame, EN).columns[0] == "contract"
    assert "180" in (contract_retention.what_ends(listed, ZH) or "")
    assert contract_retention.what_ends(replace(listed, frame=listed.frame.clear()), EN) is None
