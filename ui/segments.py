"""How the segments behind a change look: what each brought to it, which stand out, and the way into one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from metrics.catalog import Measure, dimension, measure
from metrics.query import Query, Result
from metrics.view import View
from ui import address, answers, numbers, session
from ui.drawing import under_pointer
from ui.guard import guarded
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import Subject, mark_of
from ui.reader import look as look_of
from ui.sheet import Sheet
from ui.text import lang, plain, t

_MOST, _FILLED, _OFFERED = 10, 7, 4
"""Most bars; as many as are drawn where fewer stand out; most segments that are offered as a filter."""


class SegmentsSubject(Subject):
    """What is looked behind: every segment."""

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The whole answer; of a ratio no share of the change, which may be many times it, and of shares points."""
        frame, units = super().figures(result)
        (of,) = self.query.measures
        if of.ratio is not None:
            frame = frame.drop("explained")
        if of.unit == "share":
            points = (pl.col("brought") * 100).alias("brought_points")
            frame = frame.select(points if name == "brought" else name for name in frame.columns)
        return frame, units | {"brought_points": "number"}


def brought(result: Result, look: Look) -> go.Figure | None:
    """What segments brought to the change: those that stand out in colour, else the best of the rest in grey."""
    rows = drawn_rows(result.frame)
    if not rows:
        return None
    (of,) = result.query.measures
    sheet, values = Sheet(), [float(row["brought"] or 0.0) for row in rows]
    names = [_name(row, look) for row in rows]
    better = -1 if of.better == "lower" else 1
    sheet.add_bar(
        x=values, y=np.arange(len(rows)), orientation="h", width=0.6, hoverinfo="text", showlegend=False,
        marker={"color": [_colour(row, better, look) for row in rows]},
        customdata=[_mark(row, of.id, name) for row, name in zip(rows, names, strict=True)],
        hovertext=[under_pointer(name, *_says(row, of, look)) for row, name in zip(rows, names, strict=True)],
    )  # fmt: skip
    sheet.add_vline(x=0, line={"width": 1, "color": look.palette.muted})
    texts = [_written(row, of.unit, look) for row in rows]
    numbers_at(sheet, values, texts, look)
    return in_rows(sheet, names, texts, (min(*values, 0.0), max(*values, 0.0)), look)


def drawn_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The segments drawn: what stands out, then what explains most in the dimension that explains best.

    Segments that are the same rows under other names (a team and its manager) are drawn once.
    """
    moved = frame.filter(pl.col("brought").is_not_null() & (pl.col("brought") != 0))
    once = moved.unique(["then", "now", "brought"], keep="first", maintain_order=True)
    out = once.filter("stands_out").head(_MOST)
    groups = once.filter(~pl.col("stands_out") & (pl.col("dimension") != "customer"))  # of customers there are too many
    best = groups.filter(pl.col("rank").fill_null(99) == pl.col("rank").fill_null(99).min())
    return [*out.iter_rows(named=True), *best.head(max(_FILLED - out.height, 0)).iter_rows(named=True)]


def _name(row: dict[str, Any], look: Look) -> str:
    known = dimension(row["dimension"])
    value = answers.label(row["value"], known.id, look.lang)
    return value if look.is_narrow else f"{value} · {known.label.text(look.lang)}"


def _mark(row: dict[str, Any], of: str, name: str) -> str:
    """The rows of the period; where there are none, those of the days compared with."""
    column = of if row["now"] else f"{of}.before"
    return mark_of(column, name, dimension=row["dimension"], value=row["value"])


def _moved(row: dict[str, Any], unit: str, look: Look) -> str:
    """What a segment brought, shares and scores in points."""
    if unit in ("share", "points"):
        return numbers.change(row["brought"], 0.0, unit, look.lang)
    return ("+" if row["brought"] > 0 else "") + numbers.written(row["brought"], unit, look.lang, look.currency)


def _span(row: dict[str, Any], unit: str, look: Look) -> str:
    then, now = (numbers.written(row[span], unit, look.lang, look.currency) for span in ("then", "now"))
    return f"{then} → {now}"


def _written(row: dict[str, Any], unit: str, look: Look) -> str:
    moved = _moved(row, unit, look)
    return moved if look.is_narrow else f"{moved} · {_span(row, unit, look)}"


def _says(row: dict[str, Any], of: Measure, look: Look) -> list[str]:
    said = [_span(row, of.unit, look), look.labelled("column.brought", _moved(row, of.unit, look))]
    if row["explained"] is not None and of.ratio is None:
        said.append(look.labelled("column.explained", numbers.share(row["explained"], look.lang, 0)))
    return [*said, look.words("question.segments_chance" if not row["stands_out"] else "question.segments_beyond")]


def _colour(row: dict[str, Any], better: int, look: Look) -> str:
    if not row["stands_out"]:
        return look.quiet
    return str(look.palette.good if row["brought"] * better >= 0 else look.palette.bad)


def what_stands_out(result: Result, look: Look) -> str | None:
    """The segments that changed otherwise than the rest, beyond chance; else that none did."""
    if result.frame.is_empty():
        return None
    (of,) = result.query.measures
    found = [row for row in drawn_rows(result.frame) if row["stands_out"]]
    if not found:
        quiet = drawn_rows(result.frame)
        if not quiet:
            return look.words("question.segments_alike")
        known = dimension(quiet[0]["dimension"]).label.text(look.lang)
        return look.words("question.segments_none", dimension=known)
    listed = [
        f"{_name(row, look)} ({look.paired(_moved(row, of.unit, look), _span(row, of.unit, look))})"
        for row in found[:3]
    ]
    return look.words("question.segments_found", segments=numbers.listed(listed, look.lang))


def narrowing(query: Query, view: View) -> None:
    """A button for each of the first segments drawn, which filters the whole page by it."""
    with guarded(), session.reading() as seen:
        rows = drawn_rows(seen.ask(query, session.viewer()).frame)[:_OFFERED]
    if not rows:
        return
    look = look_of(view)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(t("drivers.only"), width="content")
        for row in rows:
            st.button(
                plain(_name(row, look)), key=f"only.{row['dimension']}.{row['value']}", type="tertiary",
                icon=":material/filter_alt:", on_click=_narrowed, args=(view, row["dimension"], row["value"]),
            )  # fmt: skip


def _narrowed(view: View, name: str, value: str | None) -> None:
    address.show(view.with_filter(name, (value,)))


def measure_name(id_: str) -> str:
    """A measure in the reader's language."""
    return measure(id_).label.text(lang())
