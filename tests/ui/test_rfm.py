"""How segments of customers are drawn: every mark opens its rows, plotly takes the figures, names agree everywhere."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import customer_shares, rfm, rfm_cells, rfm_moves
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.rules.repository import ROOT
from tests.ui.answered import EN, ZH
from ui import customer_tiers, rfm_lists, rows, shares_drawn
from ui import rfm as drawn
from ui.field import ink
from ui.look import Look
from ui.margins import columns
from ui.text import texts
from ui.theme import Mode, palette

Draw, Say = Callable[[Result, Look], go.Figure | None], Callable[[Result, Look], str | None]
DRAWN: dict[str, tuple[Callable[[str, View], Query], Draw, Say, str]] = {
    "segments": (rfm.segments, drawn.segments, drawn.who_brings_it, "customers"),
    "cells": (rfm.cells, drawn.cells, drawn.how_often, "customers"),
    "moves": (rfm_moves.moves, drawn.moves, drawn.who_moved, "customers"),
    "classes": (customer_shares.classes, shares_drawn.classes, shares_drawn.how_few, "customers"),
    "curve": (customer_shares.curve, shares_drawn.curve, shares_drawn.largest, "largest"),
    "tiers": (customer_shares.tiers, customer_tiers.tiers, customer_tiers.who_fits_not, "customers"),
}


@pytest.mark.parametrize("name", list(DRAWN))
@pytest.mark.parametrize("of", rfm.OF)
def test_every_mark_opens_the_rows_it_counts(seen: Snapshot, view: View, name: str, of: str) -> None:
    ask, draw, say, counted = DRAWN[name]
    query = ask(of, rfm.spanned(view))
    result = seen.ask(query, EVERYTHING)
    for look in (EN, ZH, replace(ZH, is_narrow=True)):
        figure = draw(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())  # by plotly's own rules
        assert "{" not in str(say(result, look))
        if name == "moves":
            assert "…" not in "".join(figure.layout.yaxis.ticktext), "no segment's name is cut, on a phone neither"
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata if mark]
    assert len(marks) >= 3
    for mark in (marks[0], marks[1], marks[-1]):
        column, _, at = json.loads(mark)
        rows = seen.ask(query.rows(column, **at), EVERYTHING).frame
        row = next(row for row in result.frame.iter_rows(named=True) if all(row[by] == at[by] for by in at))
        assert rows["customer"].n_unique() == row[counted]
    nothing = Result(result.frame.clear(), result.raw.clear(), query)
    assert draw(nothing, EN) is None
    assert say(nothing, EN) is None


def test_the_field_of_scores_says_which_way_is_better(seen: Snapshot, view: View) -> None:
    result = seen.ask(rfm.cells("revenue", rfm.spanned(view)), EVERYTHING)
    for look, recent, often in ((EN, "Long ago → recent", "Seldom → often"), (ZH, "很久以前 → 最近", "少 → 多")):
        figure = drawn.cells(result, look)
        assert figure is not None
        assert (figure.layout["xaxis"]["title"]["text"], figure.layout["yaxis"]["title"]["text"]) == (recent, often)
    whole, once = int(result.frame["customers"].sum()), int(result.frame["once"].sum())
    assert drawn.how_often(result, EN) == f"{once / whole:.0%} of the customers bought once in these days."


def test_nothing_apart_is_below_a_scroll() -> None:
    least = rows.ROW_HEIGHT * (1 + len(rfm_cells.named()) + len(rfm.APART) - len(rfm.REFUSED))
    assert rfm_lists.Segments.height > max(least, rows.MOST_HEIGHT)


def test_of_few_customers_no_twenty_are_told(seen: Snapshot, view: View) -> None:
    result = seen.ask(customer_shares.curve("revenue", rfm.spanned(view)), EVERYTHING)
    tops = pl.col("top").is_in(["top_1", "percent_20"])
    few = result.frame.filter(tops).with_columns(largest=pl.lit(1, pl.Int64), share=pl.lit(0.9))
    said = shares_drawn.largest(Result(few, few, result.query), EN)
    assert said == "Of 1 customer the largest brings 90.0%; the largest fifth brings 90%."
    said = shares_drawn.largest(Result(few.head(1), few, result.query), ZH)
    assert said == "1 个客户中，最大的 1 个贡献 90.0%。"
    assert ", the 20 largest " in (shares_drawn.largest(result, EN) or "")


def test_lists_in_words(seen: Snapshot, view: View) -> None:
    spanned = rfm.spanned(view)
    whole = seen.ask(rfm.segments("revenue", spanned), EVERYTHING)
    shown = rfm_lists.segments(whole.frame.drop("place"), ZH)
    assert shown["segment"][0] == "核心客户"
    assert shown["advice"][0].startswith("重点维护")
    listed = seen.ask(rfm.members("revenue", spanned, "champions"), EVERYTHING)
    assert "segment" not in rfm_lists.members(listed.frame, EN).columns
    assert str(listed.frame.height) in (rfm_lists.how_many(listed, EN) or "")
    slipped = seen.ask(rfm_moves.slipped("revenue", spanned), EVERYTHING)
    assert set(rfm_lists.slipped(slipped.frame, EN)["segment_then"]) <= {"Champions", "Loyal"}
    nobodys = slipped.frame.with_columns(rep=pl.lit(None, pl.String))
    assert set(rfm_lists.slipped(slipped.frame, EN).columns) - set(rfm_lists.slipped(nobodys, EN).columns) == {"rep"}
    still = slipped.frame.with_columns(is_unchanged=pl.lit(value=True))
    assert rfm_lists.what_is_at_stake(Result(still, slipped.raw, slipped.query), EN) is None
    misfits = seen.ask(customer_shares.misfits("revenue", spanned), EVERYTHING)
    assert set(customer_tiers.misfits(misfits.frame, EN)["fit"]) <= {"Too low", "Too high"}


def test_a_segment_is_called_the_same_everywhere() -> None:
    """On the screen, in the rows behind a mark, and on the command line as in metrics/rfm.toml."""
    told = tomllib.loads((ROOT / "data" / "segments.toml").read_text("utf-8"))["values"]
    for column in ("segment", "segment_then", "segment_now"):
        for name, one in rfm_cells.named().items():
            for lang in ("en", "zh-CN"):
                assert told[column][name][lang] == texts(lang)[f"value.{column}.{name}"] == one.label.text(lang)


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh"])
def test_names_of_segments_are_read_whole_in_the_list(look: Look) -> None:
    """At 1,920 px its first column shows 23 letters, or half as many Chinese signs."""
    names = [drawn.label(name, look) for name in (*rfm_cells.named(), *rfm.APART)]
    assert not [name for name in names if columns(name) > 22]


def test_whose_customers_slipped_stands_first(seen: Snapshot, view: View) -> None:
    frame = seen.ask(rfm_moves.slipped("revenue", rfm.spanned(view)), EVERYTHING).frame
    told = rfm_lists.slipped(frame, EN)
    assert told.columns[:2] == ["customer", "rep"]
    assert told["amount_then"].cast(str).str.ends_with(".0").all()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_figures_are_read_on_any_cell(mode: Mode) -> None:
    """Contrast by WCAG, told by hand where a colour of the palette stands, and between two of them never under 4.5."""
    colours = palette(mode).sequential
    for at in range(91):
        on = ink(at / 90, colours, 0, 1, "none")
        low, share = divmod(at, 10)
        mixed = [
            int(colours[low][place : place + 2], 16) * (1 - share / 10)
            + int(colours[min(low + 1, 9)][place : place + 2], 16) * share / 10
            for place in (1, 3, 5)
        ]
        light = sum(
            weight * ((part / 255 + 0.055) / 1.055) ** 2.4
            for weight, part in zip((0.2126, 0.7152, 0.0722), mixed, strict=True)
        )
        assert (1.05 / (light + 0.05) if on == "#FFFFFF" else (light + 0.05) / 0.05) >= 4.5
    assert ink(None, colours, 0, 1, "none") == "none"
