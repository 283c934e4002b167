"""How it looks what customers say: NPS and CSAT over time and by member with their ranges, and who answered at all."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.query import Result
from metrics.satisfaction import KINDS
from ui import answers, numbers
from ui.drawing import MOST_TICKS, legend, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import Draw, Find, mark_of
from ui.rows import MOST_ROWS
from ui.sheet import Sheet

Row = dict[str, Any]
_UNITS = {"nps": "number", "csat": "share"}
_SHAPES = ("circle", "diamond")
"""Of marks, kind by kind."""
_NAMED = 3
"""Names that a sentence lists."""


def written(value: float | None, kind: str, look: Look) -> str:
    """A result in its unit: NPS as a whole number, CSAT as a share."""
    unit = _UNITS.get(kind, "number")
    return numbers.written(None if value is None else round(value) if kind == "nps" else value, unit, look.lang)


def _ranged(row: Row, kind: str, look: Look) -> str:
    ends = (written(row[f"value.{end}"], kind, look) for end in ("low", "high"))
    value = written(row["value"], kind, look)
    return value if row["value.low"] is None else look.words("satisfaction.ranged", value=value, ends=" – ".join(ends))


def _asked(row: Row, look: Look) -> str:
    """How many were asked and answered, where it is known."""
    if row["response_rate"] is None:
        return look.words("satisfaction.response_unknown")
    ends = " – ".join(numbers.share(row[f"response_rate.{end}"], look.lang, 0) for end in ("low", "high"))
    return look.words(
        "satisfaction.response_known", sent=numbers.exact(row["sent"], "count", look.lang),
        share=numbers.share(row["response_rate"], look.lang, 0), ends=ends,
    )  # fmt: skip


def _says(title: str, row: Row, kind: str, look: Look) -> str:
    """What a mark says under the pointer: the result with its range, the counts, the rest, and who was asked."""
    lines = [_ranged(row, kind, look), look.labelled("column.answered", f"{row['answered']:,}")]
    if kind == "nps":
        lines += [look.labelled(f"column.{name}", f"{row[name]:,}") for name in ("promoters", "passives", "detractors")]
    if row["others"] is not None:
        lines.append(look.labelled("column.others", f"{written(row['others'], kind, look)} ({row['others.n']:,})"))
    return under_pointer(title, *lines, _asked(row, look))


# ----------------------------------------------------------------------------------------------------------- over time


def nps(result: Result, look: Look) -> go.Figure | None:
    """NPS of each span with its range."""
    return _course(result, look, "nps")


def csat(result: Result, look: Look) -> go.Figure | None:
    """CSAT of each span with its range."""
    return _course(result, look, "csat")


def _course(result: Result, look: Look, kind: str) -> go.Figure | None:
    rows = result.frame.filter((pl.col("kind") == kind) & (pl.col("answered") > 0)).to_dicts()
    if not rows:
        return None
    sheet, places = Sheet(), _places([row["span"] for row in rows], result)
    titles = [_span(row["span"], result, look) for row in rows]
    value, low, high = (
        np.array([row["value"] if row[name] is None else row[name] for row in rows], dtype=float)
        for name in ("value", "value.low", "value.high")
    )
    colours = [look.colour(1) if row["is_beyond_chance"] else look.colour(0) for row in rows]
    sheet.add_scatter(
        x=places, y=value, mode="lines+markers", hoverinfo="text", showlegend=False,
        line={"color": look.colour(0), "width": 2},
        marker={"size": 11, "color": colours, "line": {"width": 2, "color": colours},
                "symbol": ["circle-open" if row["is_partial"] else "circle" for row in rows]},
        error_y={"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low,
                 "color": str(look.palette.neutral), "thickness": 1.5, "width": 4},
        customdata=[mark_of("answered", title, kind=kind, span=row["span"].isoformat())
                    for title, row in zip(titles, rows, strict=True)],
        hovertext=[_says(title, row, kind, look) for title, row in zip(titles, rows, strict=True)],
    )  # fmt: skip
    _upright(sheet, float(low.min()), float(high.max()), _UNITS[kind], look)
    _along(sheet, places, titles, look)
    return legend(sheet, shows=False, look=look)


def _places(spans: list[date], result: Result) -> list[int]:
    """Months or quarters since the first, so that a span without answers leaves its place."""
    step = 3 if dict(result.query.params).get("grain") == "quarter" else 1
    first = min(spans)
    return [((day.year - first.year) * 12 + day.month - first.month) // step for day in spans]


def _span(day: date, result: Result, look: Look) -> str:
    return numbers.bucket(day, str(dict(result.query.params).get("grain", "month")), look.lang, look.fiscal_start)


def _upright(sheet: Sheet, low: float, high: float, unit: str, look: Look) -> None:
    """Values up the side, with a line at zero where NPS goes below it."""
    places, texts = numbers.ticks(min(low, 0.0), max(high, 0.0), unit, look.lang, at_most=5)
    ends = [min(low, places[0]) * 1.05, max(high, places[-1]) * 1.05]
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=ends, automargin=True, showgrid=True, gridcolor=look.palette.grid,
        zeroline=True, zerolinecolor=look.palette.muted, fixedrange=True,
    )  # fmt: skip
    sheet.update_layout(height=look.height)


def _along(sheet: Sheet, places: list[int], titles: list[str], look: Look) -> None:
    """Few names of spans along the bottom."""
    most = 3 if look.is_narrow else MOST_TICKS
    step = -(-len(places) // most)
    sheet.update_xaxes(
        tickvals=places[::step], ticktext=titles[::step], range=[min(places) - 0.6, max(places) + 0.6], showgrid=False,
        fixedrange=True, zeroline=False, tickangle=0,
    )  # fmt: skip


def response(result: Result, look: Look) -> go.Figure | None:
    """The share of those asked that answered, kind by kind, by when they were asked."""
    known = result.frame.filter(pl.col("response_rate").is_not_null())
    if known.is_empty():
        return None
    sheet, first = Sheet(), known.get_column("span").to_list()
    for at, kind in enumerate(k for k in (*KINDS, *sorted(set(known["kind"]) - set(KINDS))) if k in set(known["kind"])):
        rows = known.filter(pl.col("kind") == kind).to_dicts()
        titles = [_span(row["span"], result, look) for row in rows]
        value, low, high = (
            np.array([row[name] for row in rows], dtype=float)
            for name in ("response_rate", "response_rate.low", "response_rate.high")
        )
        sheet.add_scatter(
            x=_since(rows, min(first), result), y=value, mode="lines+markers", hoverinfo="text", name=kind.upper(),
            line={"color": look.colour(at), "width": 2},
            marker={"size": 9, "line": {"width": 2, "color": look.colour(at)},
                    "symbol": [_SHAPES[at % 2] + ("-open" if row["may_rise"] else "") for row in rows]},
            error_y={"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low,
                     "color": str(look.palette.neutral), "thickness": 1.5, "width": 3},
            customdata=[mark_of("sent", title, kind=kind, span=row["span"].isoformat())
                        for title, row in zip(titles, rows, strict=True)],
            hovertext=[under_pointer(f"{title} · {kind.upper()}", *_by_now(row, look))
                       for title, row in zip(titles, rows, strict=True)],
        )  # fmt: skip
    spans = sorted(set(first))
    _upright(sheet, 0.0, float(known.get_column("response_rate.high").max() or 1.0), "share", look)  # type: ignore[arg-type]
    _along(sheet, _places(spans, result), [_span(day, result, look) for day in spans], look)
    return legend(sheet, shows=sheet.named > 1, look=look)


def _by_now(row: Row, look: Look) -> list[str]:
    """Who was asked and answered, and that more may answer yet."""
    return [_asked(row, look), *([look.words("satisfaction.may_rise")] if row["may_rise"] else [])]


def _since(rows: list[Row], first: date, result: Result) -> list[int]:
    return _places([first, *(row["span"] for row in rows)], result)[1:]


def nps_found(result: Result, look: Look) -> str | None:
    """NPS of all spans together, from how many answers, and which spans differ from the rest."""
    part = result.frame.filter((pl.col("kind") == "nps") & (pl.col("answered") > 0))
    if part.is_empty():
        return None
    return _sentence(part, _whole(part, "nps", look), result, look)


def csat_found(result: Result, look: Look) -> str | None:
    """CSAT of all spans together."""
    part = result.frame.filter((pl.col("kind") == "csat") & (pl.col("answered") > 0))
    if part.is_empty():
        return None
    return _sentence(part, _whole(part, "csat", look), result, look)


def _whole(part: pl.DataFrame, kind: str, look: Look) -> str:
    """The result of all spans together, with its range."""
    return _ranged({f"value{end}": part.item(0, f"together{end}") for end in ("", ".low", ".high")}, kind, look)


def _sentence(part: pl.DataFrame, value: str, result: Result, look: Look) -> str:
    count = numbers.exact(int(part.get_column("answered").sum()), "count", look.lang)
    said = [look.words("satisfaction.found", value=value, count=count)]
    apart = part.filter("is_beyond_chance").sort("span").get_column("span").to_list()
    if apart:
        names = numbers.listed([_span(day, result, look) for day in apart[:_NAMED]], look.lang)
        said.append(look.words("satisfaction.spans_differ", names=names))
    return _joined(said, look)


def _joined(said: list[str], look: Look) -> str:
    return punctuation.sentences(said, look.lang)


def response_found(result: Result, look: Look) -> str | None:
    """Of all that were asked how many answered, where it is known."""
    known = result.frame.filter(pl.col("response_rate").is_not_null())
    if known.is_empty():
        return None
    sent, heard = (int(known.get_column(name).sum()) for name in ("sent", "sent_answered"))
    return look.words(
        "satisfaction.response_found", sent=numbers.exact(sent, "count", look.lang),
        answered=numbers.exact(heard, "count", look.lang), share=numbers.share(heard / sent, look.lang, 0),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- by member


@cache
def members(kind: str, dimension: str) -> Draw:
    """The drawing of the members of a dimension; the same function for the same asked, so that figures are kept."""

    def draw(result: Result, look: Look) -> go.Figure | None:
        part = result.frame.filter((pl.col("kind") == kind) & (pl.col("answered") > 0))
        rows = part.filter(pl.col("dimension") == dimension).head(look.top or 12).to_dicts()
        whole = part.filter(pl.col("dimension").is_null()).to_dicts()
        return _members(rows, whole, kind, dimension, look) if rows else None

    return draw


def _members(rows: list[Row], whole: list[Row], kind: str, dimension: str, look: Look) -> go.Figure:
    sheet, at = Sheet(), np.arange(len(rows))
    names = [answers.label(row["member"], dimension, look.lang) for row in rows]
    value, low, high = (
        np.array([row["value"] if row[name] is None else row[name] for row in rows], dtype=float)
        for name in ("value", "value.low", "value.high")
    )
    sheet.add_scatter(
        x=value, y=at, mode="markers", hoverinfo="text", showlegend=False,
        marker={"size": 13, "color": [look.colour(1) if row["is_beyond_chance"] else look.colour(0) for row in rows]},
        error_x={"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low,
                 "color": str(look.palette.neutral), "thickness": 2},
        customdata=[mark_of("answered", name, kind=kind, **{dimension: row["member"]})
                    for name, row in zip(names, rows, strict=True)],
        hovertext=[_says(name, row, kind, look) for name, row in zip(names, rows, strict=True)],
    )  # fmt: skip
    for row in whole:
        sheet.add_vline(row["value"], {"color": str(look.palette.muted), "width": 1, "dash": "dot"})
    texts = [written(row["value"], kind, look) for row in rows]
    if not look.is_narrow:
        texts = [f"{text} · n = {row['answered']:,}" for text, row in zip(texts, rows, strict=True)]
    numbers_at(sheet, high, texts, look, from_zero=False)
    return in_rows(sheet, names, texts, (min(0.0, float(low.min())), float(high.max())), look)


@cache
def who_differs(kind: str, dimension: str) -> Find:
    """The sentence about the members of a dimension: who differs from the rest beyond chance, or that nobody does."""

    def find(result: Result, look: Look) -> str | None:
        part = result.frame.filter((pl.col("kind") == kind) & (pl.col("dimension") == dimension))
        found = part.filter("is_beyond_chance").sort("answered", descending=True)
        if found.is_empty():
            return look.words("satisfaction.nobody_differs") if part.height > 1 else None
        said = [
            look.words(
                "satisfaction.differs",
                name=answers.label(row["member"], dimension, look.lang),
                value=written(row["value"], kind, look),
                others=written(row["others"], kind, look),
            )
            for row in found.head(_NAMED).iter_rows(named=True)
        ]
        return _joined(said, look)

    return find


# --------------------------------------------------------------------------------------------------- who is not content


def as_list(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """What was said, by whom and to whom."""
    named = frame.select("said_on", "score", "comment", "customer", "rep", "kind")
    return named.with_columns(
        pl.col("kind").str.to_uppercase(), pl.col("comment").fill_null(look.words("satisfaction.silent"))
    )


def who_is_not_content(result: Result, look: Look) -> str | None:
    """How many are not content, and how many of them say why."""
    frame = result.frame
    if frame.is_empty():
        return None
    why = frame.filter(pl.col("comment").str.strip_chars().str.len_chars() > 0).height
    text = look.words("satisfaction.not_content", count=f"{frame.height:,}", why=f"{why:,}")
    return (
        text if frame.height <= MOST_ROWS else f"{text} {look.words('satisfaction.first_rows', count=f'{MOST_ROWS:,}')}"
    )
