"""How cohorts look: a triangle, one row per cohort, one column per period after the first, a number in each cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import numbers
from ui.drawing import literal, under_pointer
from ui.field import in_field, ink, shaded
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

Draw = Callable[[Result, Look], go.Figure | None]
_NARROW_COLUMNS, _NARROW_ROWS = 5, 9
"""What a phone has room for; the list of numbers behind the drawing has all."""
_ROW = 40
"""Pixels of a row: cells are to be read across a room."""
_ENOUGH = 0.5
"""Of the customers followed for one period, those who must have been followed as long as a sentence speaks of."""


def retained(result: Result, look: Look) -> go.Figure | None:
    """The share of each cohort that bought in each period after its first."""
    return _triangle(result, look, "retained")


def amounts(result: Result, look: Look) -> go.Figure | None:
    """What each cohort brought in each period; the colour is that against its first."""
    return _triangle(result, look, "amount")


def added_up(result: Result, look: Look) -> go.Figure | None:
    """What each cohort has brought by each period; the colour is that against its first."""
    return _triangle(result, look, "cumulative")


def per_customer(result: Result, look: Look) -> go.Figure | None:
    """What a customer of each cohort has brought by each period, on average."""
    return _triangle(result, look, "per_customer")


DRAWN: dict[str, Draw] = {
    "retained": retained, "amount": amounts, "cumulative": added_up, "per_customer": per_customer
}  # fmt: skip
"""What cells may hold."""


def _triangle(result: Result, look: Look, of: str) -> go.Figure | None:
    frame = result.frame.filter(pl.col("kind").is_in(["all", "cohort"]) & (pl.col("size") > 0))
    if frame.is_empty():
        return None
    cohorts = frame.get_column("cohort").drop_nulls().unique().sort().to_list()
    ages = sorted(set(frame.get_column("nth").to_list()))
    if look.is_narrow:
        cohorts = cohorts[-_NARROW_ROWS:]
        ages = [age for age in ages if age > 0 or len(ages) == 1 or of != "retained"][:_NARROW_COLUMNS]
        followed = set(frame.filter(pl.col("nth").is_in(ages)).get_column("cohort").to_list())
        cohorts = [cohort for cohort in cohorts if cohort in followed]
    rows = [None, *cohorts] if frame.filter(pl.col("kind") == "all").height and of != "amount" else list(cohorts)
    cells = {(row["cohort"], row["nth"]): row for row in frame.iter_rows(named=True)}
    low, high = _ends(cells, of)
    shade = [[_shade(cells.get((cohort, age)), cells, of) for age in ages] for cohort in rows]
    sheet = shaded(shade, look.palette.sequential, low, high)
    drawn = [(x, y, cells[cohort, age]) for y, cohort in enumerate(rows) for x, age in enumerate(ages)
             if (cohort, age) in cells]  # fmt: skip
    names = [_where(row, result, look) for _, _, row in drawn]
    sheet.add_scatter(
        x=[x for x, *_ in drawn], y=[y for _, y, _ in drawn], mode="markers+text", hoverinfo="text", showlegend=False,
        marker={"size": 36, "opacity": 0, "symbol": "square"},
        text=[_text(row, of, look) for _, _, row in drawn],
        textfont={"size": 12 if look.is_narrow or (len(ages) > 10 and of != "retained") else 14,
                  "color": [_ink(shade[y][x], low, high, look) for x, y, _ in drawn]},
        customdata=[mark_of(of, name, kind=row["kind"], cohort=_iso(row["cohort"]), nth=row["nth"])
                    for name, (_, _, row) in zip(names, drawn, strict=True)],
        hovertext=[under_pointer(name, *_says(row, look)) for name, (_, _, row) in zip(names, drawn, strict=True)],
    )  # fmt: skip
    _running(sheet, [(x, y) for x, y, row in drawn if row["is_partial"]], look)
    heads = [look.words("retention.first") if age == 0 and not look.is_narrow else f"+{age}" for age in ages]
    sides = [_name(cohort, cells[cohort, 0], result, look) for cohort in rows]
    return in_field(sheet, heads, sides, look, height=_ROW * len(rows) + 60, size=13 if look.is_narrow else 14)


Cells = dict[tuple[Any, Any], dict[str, Any]]


def _shade(cell: dict[str, Any] | None, cells: Cells, of: str) -> float | None:
    """What the colour says: a share, an average, or money against that of the cohort's first period."""
    if cell is None or cell[of] is None:
        return None
    if of in ("retained", "per_customer"):
        return float(cell[of])
    first = cells[cell["cohort"], 0][of]
    return float(cell[of]) / first if first and first > 0 else None


def _ends(cells: Cells, of: str) -> tuple[float, float]:
    """From no colour to the strongest; the first period would press all others together where it is far above them."""
    later = [shade for (_, age), cell in cells.items() if age > 0 if (shade := _shade(cell, cells, of)) is not None]
    if of in ("cumulative", "per_customer"):
        every = [shade for cell in cells.values() if (shade := _shade(cell, cells, of)) is not None]
        return min(every, default=0.0), max(every, default=1.0)
    return 0.0, max(later, default=1.0) or 1.0


def _text(cell: dict[str, Any], of: str, look: Look) -> str:
    """The number; in brackets where the cohort is small, … while its period runs."""
    text = numbers.share(cell[of], look.lang, 0) if of == "retained" else numbers.written(cell[of], "money", look.lang)
    return f"({text})" if cell["is_small"] else text


def _ink(shade: float | None, low: float, high: float, look: Look) -> str:
    return ink(shade, look.palette.sequential, low, high, look.palette.muted)


def _running(sheet: Sheet, places: list[tuple[int, int]], look: Look) -> None:
    """A dotted frame around cells whose period is not over."""
    for x, y in places:
        sheet.layout["shapes"].append({
            "type": "rect", "x0": x - 0.46, "x1": x + 0.46, "y0": y - 0.44, "y1": y + 0.44, "xref": "x", "yref": "y",
            "line": {"color": str(look.palette.text), "width": 1.5, "dash": "dot"},
        })  # fmt: skip


def _iso(day: object) -> str | None:
    return None if day is None else str(day)


def bucket_name(day: Any, result: Result, look: Look) -> str:  # noqa: ANN401 - a day, as answers hold it
    """A period of the answer's grain, in words."""
    return numbers.bucket(day, str(dict(result.query.params)["grain"]), look.lang, look.fiscal_start)


def _name(cohort: object, first: dict[str, Any], result: Result, look: Look) -> str:
    """The cohort and how many customers it has."""
    name = look.words("retention.all") if cohort is None else bucket_name(cohort, result, look)
    return literal(f"{name} · {numbers.written(first['size'], 'count', look.lang)}")


def _where(cell: dict[str, Any], result: Result, look: Look) -> str:
    name = look.words("retention.all") if cell["kind"] == "all" else bucket_name(cell["cohort"], result, look)
    return f"{name} · +{cell['nth']}"


def _says(cell: dict[str, Any], look: Look) -> list[str]:
    """Everything about a cell, with the interval of its share."""
    customers, size = (numbers.exact(cell[name], "count", look.lang) for name in ("customers", "size"))
    if cell["nth"]:
        ends = "–".join(numbers.share(cell[f"retained.{end}"], look.lang, 0) for end in ("low", "high"))
        share = numbers.share(cell["retained"], look.lang)
        lines = [look.words("retention.active", customers=customers, size=size, ends=ends, share=share)]
    else:
        lines = [look.words("retention.active_first", customers=customers, size=size)]
    lines += [look.labelled(f"column.{name}", look.money(cell[name]))
              for name in ("amount", "cumulative", "per_customer")]  # fmt: skip
    return [*lines, look.words("retention.running")] if cell["is_partial"] else lines


def how_many_return(result: Result, look: Look) -> str | None:
    """Of all cohorts together, the share that bought in the period after the first and in the last one known."""
    frame = result.frame.filter((pl.col("kind") == "all") & (pl.col("nth") > 0))
    if frame.is_empty():
        return None
    if look.is_narrow:  # of what the drawing holds
        frame = frame.filter(pl.col("nth") < _NARROW_COLUMNS)
    first = frame.row(0, named=True)
    last = frame.filter(pl.col("size") >= _ENOUGH * first["size"]).row(-1, named=True)  # not of a few old cohorts
    said = [{name: numbers.share(row[name], look.lang, 0) for name in ("retained", "retained.low", "retained.high")}
            for row in (first, last)]  # fmt: skip
    grain = look.words(f"retention.grain_{dict(result.query.params)['grain']}")
    told = look.words(
        "question.cohorts_found", share=said[0]["retained"], low=said[0]["retained.low"], high=said[0]["retained.high"],
        size=numbers.exact(first["size"], "count", look.lang), grain=grain,
    )  # fmt: skip
    if last["nth"] == first["nth"]:
        return told
    return told + look.words(
        "question.cohorts_later", share=said[1]["retained"], low=said[1]["retained.low"],
        high=said[1]["retained.high"], count=last["nth"], grain=grain,
    )  # fmt: skip
