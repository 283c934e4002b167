"""What the drivers page draws and says: every mark opens its rows; nothing where there is nothing to say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.buyers import lapsed, moved
from metrics.catalog import dimension
from metrics.factors import factors
from metrics.prices import prices
from metrics.query import Query, Result
from metrics.segments import segments
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import drivers
from ui import segments as drawn
from ui.look import Look

Draw = Callable[[Result, Look], go.Figure | None]
Say = Callable[[Result, Look], str | None]
DRAWN: dict[str, tuple[Callable[[View], Query], Draw, Say]] = {
    "factors": (lambda view: factors("won_amount", view), drivers.by_factors, drivers.which_factor),
    "velocity": (lambda view: factors("velocity", view), drivers.by_factors, drivers.which_factor),
    "prices": (prices, drivers.by_prices, drivers.which_effect),
    "prices_then": (lambda view: prices(view, "then"), drivers.by_prices, drivers.which_effect),
    "customers": (lambda view: moved("revenue", view), drivers.by_customers, drivers.which_customers),
    "customers_won": (lambda view: moved("won_amount", view), drivers.by_customers, drivers.which_customers),
    "segments": (lambda view: segments("revenue", view), drawn.brought, drawn.what_stands_out),
    "segments_rate": (lambda view: segments("lead_conversion", view), drawn.brought, drawn.what_stands_out),
}


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_its_rows_and_the_finding_is_said(seen: Snapshot, view: View, name: str) -> None:
    ask, draw, say = DRAWN[name]
    query = ask(view.with_period("last_12_months").with_compare("previous"))
    result = seen.ask(query, EVERYTHING)
    for look in (EN, ZH):
        figure = draw(result, look)
        assert figure is not None
        go.Figure(json.loads(figure.to_json()))  # checks every property
        said = say(result, look)
        assert said
        assert "{" not in said
    figure = draw(result, EN)
    assert figure is not None
    bars = figure.data[0]
    assert len(bars.customdata) == len(bars.x) >= 2
    for mark in bars.customdata:
        column, _, at = json.loads(mark)
        assert seen.ask(query.rows(column, **at).first(1), EVERYTHING).frame.height == 1, mark


def test_the_days_of_both_spans_are_not_cut(seen: Snapshot, view: View) -> None:
    result = seen.ask(factors("won_amount", view.with_period("last_12_months").with_compare("previous")), EVERYTHING)
    for look in (EN, ZH):
        figure = drivers.by_factors(result, look)
        assert figure is not None
        assert not [name for name in figure.layout.yaxis.ticktext if name.endswith("…")], look.lang


def test_the_days_of_both_spans_are_written_alike(seen: Snapshot, view: View) -> None:
    of = view.with_period(from_on=date(2024, 12, 31), to_on=date(2025, 12, 29)).with_compare("previous")
    figure = drivers.by_factors(seen.ask(factors("won_amount", of), EVERYTHING), ZH)
    assert figure is not None
    first, *_, last = figure.layout.yaxis.ticktext
    assert ("年" in first) == ("年" in last), (first, last)


def test_a_waterfall_ends_where_its_steps_lead(seen: Snapshot, view: View) -> None:
    for name in ("factors", "prices_then", "customers"):
        ask, draw, _ = DRAWN[name]
        figure = draw(seen.ask(ask(view.with_period("ytd").with_compare("last_year")), EVERYTHING), EN)
        assert figure is not None
        bars = figure.data[0]
        assert bars.base[-2] + bars.x[-2] == pytest.approx(bars.x[-1], rel=1e-9)
        assert bars.base[1] == pytest.approx(bars.x[0])


def test_no_block_of_the_prices_is_cut_on_a_phone(seen: Snapshot, view: View) -> None:
    for look in (ZH, EN):
        figure = drivers.by_prices(
            seen.ask(prices(view.with_period("ytd").with_compare("last_year")), EVERYTHING),
            replace(look, is_narrow=True),
        )
        assert figure is not None
        assert not [name for name in figure.layout.yaxis.ticktext if "…" in name]


def test_nothing_is_drawn_or_said_where_nothing_is(seen: Snapshot, view: View) -> None:
    empty = view.with_period(from_on="1990-01-01", to_on="1990-12-31").with_compare("previous")
    for ask, draw, say in DRAWN.values():
        result = seen.ask(ask(empty), EVERYTHING)
        assert draw(result, EN) is None
        assert say(result, EN) is None
    assert drivers.who_stopped(seen.ask(lapsed(empty), EVERYTHING), EN) is None


def test_what_stands_out_is_in_colour_and_named_first(seen: Snapshot, view: View) -> None:
    result = seen.ask(segments("revenue", view.with_period("ytd").with_compare("last_year")), EVERYTHING)
    rows = drawn.drawn_rows(result.frame)
    out = [row["stands_out"] for row in rows]
    assert out == sorted(out, reverse=True)
    figure, said = drawn.brought(result, EN), drawn.what_stands_out(result, EN)
    assert figure is not None
    assert [colour == EN.quiet for colour in figure.data[0].marker.color] == [not one for one in out]
    if any(out):
        assert rows[0]["value"] in str(said)
    else:
        assert "No segment stands out" in str(said)
        assert dimension(rows[0]["dimension"]).label.en in str(said)


def test_what_segments_bring_to_a_share_is_told_in_points(seen: Snapshot, view: View) -> None:
    """Never as a share of the change, which segments that move against each other can exceed many times."""
    asked = view.with_period("last_12_months").with_compare("previous")
    of_share, of_sum = (seen.ask(segments(name, asked), EVERYTHING) for name in ("win_rate", "won_amount"))
    figure, plain = drawn.brought(of_share, EN), drawn.brought(of_sum, EN)
    assert figure is not None
    assert plain is not None
    told, said = ("".join(one.data[0].hovertext) for one in (figure, plain))
    assert " pp" in told
    assert EN.words("column.explained") in said
    assert EN.words("column.explained") not in told
    frame, units = drawn.SegmentsSubject(of_share.query, "segments", asked).figures(of_share)
    assert {"explained", "brought"}.isdisjoint(frame.columns)
    assert frame["brought_points"].to_list() == pytest.approx((of_share.frame["brought"] * 100).to_list(), nan_ok=True)
    assert units["brought_points"] == "number"
    assert "explained" in drawn.SegmentsSubject(of_sum.query, "segments", asked).figures(of_sum)[0].columns


def test_who_stopped_within_a_scope_is_not_said_of_the_company(seen: Snapshot, view: View) -> None:
    stopped = pl.DataFrame({"customer": ["Acme"], "days_since": [60], "longest_pause": [20]})
    result = replace(seen.ask(lapsed(view), EVERYTHING), frame=stopped)
    for look, said in ((EN, "within what you may see"), (ZH, "您可见的订单")):
        own, every = (drivers.who_stopped(result, look, sees_all=sees_all) for sees_all in (False, True))
        assert said in str(own).lower()
        assert said not in str(every).lower()
        assert "Acme" in str(every)
