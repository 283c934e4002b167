"""How the concentration of customers looks: classes below each other, and the curve of what the largest bring."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import numbers
from ui.drawing import legend, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_CLASSES = ("A", "B", "C")


def classes(result: Result, look: Look) -> go.Figure | None:
    """Classes A, B and C: the share of customers and that of money."""
    rows = result.frame.filter(pl.col("share").is_not_null()).to_dicts()
    if not rows:
        return None
    sheet, names = Sheet(), [look.words("products.class", name=row["class"]) for row in rows]
    for column, of, colour in (
        ("share_customers", "customers", str(look.palette.neutral)), ("share", "amount", look.colour(0)),
    ):  # fmt: skip
        sheet.add_bar(
            x=[row[column] for row in rows], y=list(range(len(rows))), orientation="h", hoverinfo="text",
            name=look.words(f"segments.of_{of}"), marker={"color": colour},
            customdata=[mark_of(of, name, **{"class": row["class"]}) for row, name in zip(rows, names, strict=True)],
            hovertext=[_class_says(row, name, look) for row, name in zip(rows, names, strict=True)],
        )  # fmt: skip
    texts = [_class_text(row, look) for row in rows]
    ends = [max(row["share_customers"], row["share"]) for row in rows]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0, max(ends)), look, "group").update_layout(height=68 * len(rows) + 64)


def _class_text(row: dict[str, Any], look: Look) -> str:
    count = numbers.exact(row["customers"], "count", look.lang)
    return count if look.is_narrow else f"{count} · {look.money(float(row['amount']))}"


def _class_says(row: dict[str, Any], name: str, look: Look) -> str:
    shares = " → ".join(numbers.share(row[column], look.lang) for column in ("share_customers", "share"))
    each = look.labelled("column.average", look.money(row["average"]))
    return under_pointer(name, _class_text(row, look), shares, each)


def how_few(result: Result, look: Look) -> str | None:
    """How many customers bring four fifths."""
    top = result.frame.filter(pl.col("class") == "A")
    if top.is_empty():
        return None
    row = top.row(0, named=True)
    return look.words(
        "question.customer_classes_found", count=numbers.exact(row["customers"], "count", look.lang),
        share=numbers.share(row["share_customers"], look.lang, 0), of=numbers.share(row["share"], look.lang, 0),
    )  # fmt: skip


def curve(result: Result, look: Look) -> go.Figure | None:
    """What the largest customers bring together, the more of them the further right; the few by number as dots."""
    points = result.frame.filter(pl.col("top").is_null())
    if points.is_empty():
        return None
    sheet, tops = Sheet(), result.frame.filter(pl.col("top").is_not_null()).unique("largest", maintain_order=True)
    line = points.to_dicts()
    sheet.add_scatter(
        x=[0.0, 1.0], y=[0.0, 1.0], mode="lines", hoverinfo="skip", name=look.words("segments.even"),
        line={"color": str(look.palette.muted), "width": 1, "dash": "dot"},
    )  # fmt: skip
    sheet.add_scatter(
        x=[0.0, *(row["share_customers"] for row in line)], y=[0.0, *(row["share"] for row in line)], mode="lines",
        name=look.words("segments.curve"), line={"color": look.colour(0), "width": 3}, hoverinfo="text",
        customdata=[None, *(mark_of("amount", _first(row, look), largest=row["largest"]) for row in line)],
        hovertext=["", *(_point_says(row, look) for row in line)],
    )  # fmt: skip
    marked = tops.to_dicts()
    sheet.add_scatter(
        x=[row["share_customers"] for row in marked], y=[row["share"] for row in marked], mode="markers",
        name=look.words("segments.largest"), hoverinfo="text", marker={"size": 11, "color": look.colour(1)},
        customdata=[mark_of("amount", _first(row, look), largest=row["largest"]) for row in marked],
        hovertext=[_point_says(row, look) for row in marked],
    )  # fmt: skip
    for update, of in ((sheet.update_xaxes, "customers"), (sheet.update_yaxes, "amount")):
        places, texts = numbers.ticks(0, 1, "share", look.lang, at_most=4 if look.is_narrow else 6)
        update(
            tickvals=places, ticktext=texts, range=[-0.02, 1.03], title={"text": look.words(f"segments.of_{of}")},
            fixedrange=True, zeroline=False, gridcolor=look.palette.grid, automargin=True,
        )  # fmt: skip
    sheet.update_layout(height=max(look.height, 380))
    return legend(sheet, shows=True, look=look)


def _first(row: dict[str, Any], look: Look) -> str:
    return look.words("segments.first", count=numbers.exact(row["largest"], "count", look.lang))


def _point_says(row: dict[str, Any], look: Look) -> str:
    shares = " → ".join(numbers.share(row[name], look.lang) for name in ("share_customers", "share"))
    return under_pointer(_first(row, look), shares, look.money(float(row["amount"])))


def largest(result: Result, look: Look) -> str | None:
    """What the largest customer, the ten largest and the largest fifth bring."""
    tops = {row["top"]: row for row in result.frame.filter(pl.col("top").is_not_null()).iter_rows(named=True)}
    if not tops:
        return None
    more = [
        look.words("question.customer_curve_top", count=numbers.exact(tops[name]["largest"], "count", look.lang),
                   share=numbers.share(tops[name]["share"], look.lang))
        for name in ("top_5", "top_10", "top_20") if name in tops
    ]  # fmt: skip
    if "percent_20" in tops:
        fifth = numbers.share(tops["percent_20"]["share"], look.lang, 0)
        more.append(look.words("question.customer_curve_fifth", share=fifth))
    first = numbers.share(tops["top_1"]["share"], look.lang)
    count = numbers.exact(int(result.frame["largest"].max()), "count", look.lang)  # type: ignore[arg-type]
    return look.words("question.customer_curve_found", count=count, share=first, more="".join(more))
