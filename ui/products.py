"""How products look: ranked with their classes, growth beside share, and against their plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.catalog import dimension
from metrics.notes import Note, note
from metrics.query import Result
from metrics.sold import PLACES
from ui import answers, labels, numbers
from ui.drawing import legend, shorten, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import Subject, mark_of
from ui.sheet import Sheet

CLASSES = ("A", "B", "C")
_NAMED = 4
"""Names that a sentence lists."""
_FAR = 2.0
"""Growth beyond this is drawn at the edge: one new hit would else press all others together."""
_DOT = 15
"""Pixels across."""
_ROOM, _ROOM_NARROW = (540.0, 290.0), (250.0, 270.0)
"""Pixels of the drawing of a quadrant where it is smallest, on a projector beside another one and on a phone."""


def ranked(result: Result, look: Look) -> go.Figure | None:
    """Members below each other, the largest first, each with its share and what they add up to."""
    by, of = result.query.by[0], result.query.measures[0]
    known = result.frame.filter(pl.col("share") > 0)
    frame = known.head(max(look.top or 12, _NAMED))
    if frame.is_empty():
        return None
    sheet, rows = Sheet(), frame.to_dicts()
    colours = {"A": look.colour(0), "B": look.colour(1), "C": str(look.palette.neutral)}
    labels = [answers.label(row[by], by, look.lang) for row in rows]
    for name in CLASSES:
        at = [index for index, row in enumerate(rows) if row["class"] == name]
        if at:
            sheet.add_bar(
                x=[rows[index]["share"] for index in at], y=at, orientation="h", width=0.66, hoverinfo="text",
                name=look.words("products.class", name=name), marker={"color": colours[name]},
                customdata=[mark_of(of.id, labels[index], **{by: rows[index][by]}) for index in at],
                hovertext=[_ranked_says(labels[index], rows[index], of.id, look) for index in at],
            )  # fmt: skip
    texts = [_ranked_text(row, of.id, look) for row in rows]
    numbers_at(sheet, [row["share"] for row in rows], texts, look)
    return in_rows(sheet, labels, texts, (0, max(row["share"] for row in rows)), look)


def _ranked_text(row: dict[str, Any], of: str, look: Look) -> str:
    """Its share where there is room for one number, since that is what its bar draws."""
    if look.is_narrow:
        return numbers.share(row["share"], look.lang)
    added = numbers.share(row["cumulative"], look.lang, 0)
    return f"{_value(row[of], of, look)} · {look.words('products.added', share=added)}"


def _ranked_says(label: str, row: dict[str, Any], of: str, look: Look) -> str:
    parts = {name: numbers.share(row[name], look.lang) for name in ("share", "cumulative")}
    lines = (
        _value(row[of], of, look),
        *(look.labelled(f"column.{name}", text) for name, text in parts.items()),
    )
    return under_pointer(f"{label} · {look.words('products.class', name=row['class'])}", *lines)


def _value(value: float, of: str, look: Look) -> str:
    known = answers.known_measure(of)
    return numbers.written(value, known.unit if known else "number", look.lang, look.currency)


def few_bring_most(result: Result, look: Look) -> str | None:
    """How many members bring four fifths, and the largest of them."""
    by, of = result.query.by[0], result.query.measures[0]
    top = result.frame.filter(pl.col("class") == "A")
    if top.is_empty():
        return None
    names = [answers.label(value, by, look.lang) for value in top.get_column(by).head(_NAMED)]
    if result.frame.filter(pl.col("class").is_not_null()).height == 1:  # a share of one among one tells nothing
        return look.words("question.pareto_alone", names=names[0])
    return look.words(
        "question.pareto_found", count=numbers.exact(top.height, "count", look.lang),
        of=numbers.exact(result.frame.filter(pl.col("class").is_not_null()).height, "count", look.lang),
        by=dimension(by).label.text(look.lang).lower(), measure=of.label.text(look.lang).lower(),
        share=numbers.share(top.get_column("cumulative")[-1], look.lang, 0), names=numbers.listed(names, look.lang),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- growth beside share


class Quadrant(Subject):
    """Growth beside share: how many stand at the edge, since they grew by more than is drawn."""

    def notes(self, result: Result) -> Sequence[Note]:
        """What the answer says, and how many are drawn nearer than they lie."""
        count = result.frame.filter(pl.col("growth") > _FAR).height
        return [*result.notes, *([note("growth_far", count=count, most=f"{_FAR:.0%}")] if count else [])]


def quadrants(result: Result, look: Look) -> go.Figure | None:
    """Growth to the right, share upwards; lines at the growth of all together and at an even share."""
    frame = result.frame.filter(pl.col("growth").is_not_null())
    if frame.height < 2:
        return None
    rows, sheet = frame.to_dicts(), Sheet()
    grown = np.clip([row["growth"] for row in rows], -1, _FAR)
    share = np.array([row["share"] for row in rows])
    whole, even = float(rows[0]["whole_growth"]), float(rows[0]["even_share"])
    beyond = [row["product"] for row in rows if row["is_beyond_chance"]]
    wanted = dict.fromkeys([*beyond[:_NAMED], *(row["product"] for row in rows[:3])])
    places = {row["product"]: index for index, row in enumerate(rows)}
    names = {places[name]: shorten(name, 12 if look.is_narrow else 22) for name in wanted}
    across, up = _ends(grown, share, min(max(whole, -1), _FAR), even)
    parts = np.column_stack([(grown - across[0]) / (across[1] - across[0]), share / up[1]])
    sides = labels.placed(parts, names, _ROOM_NARROW if look.is_narrow else _ROOM, _DOT / 2)
    for position in PLACES[:4]:
        at = [index for index, row in enumerate(rows) if row["position"] == position]
        if not at:
            continue
        shown = [rows[index] for index in at]
        sheet.add_scatter(
            x=grown[at], y=share[at], mode="markers+text", hoverinfo="text",
            name=look.words(f"value.position.{position}"), marker=_dots(shown, position, look),
            text=[names[index] if index in sides else "" for index in at],
            textposition=[sides.get(index, "middle right") for index in at],
            textfont={"size": labels.LETTERS, "color": look.palette.text},
            customdata=[mark_of("amount_now", row["product"], product=row["product"]) for row in shown],
            hovertext=[_moved_says(row, look) for row in shown],
        )  # fmt: skip
    return _crossed(sheet, grown, share, min(max(whole, -1), _FAR), even, look)


def _dots(shown: list[dict[str, Any]], position: str, look: Look) -> dict[str, Any]:
    """The dots of a quadrant; those that moved beyond chance have a ring."""
    colour = look.colour(PLACES.index(position)) if position != "tail" else str(look.palette.neutral)
    rings = [3 if row["is_beyond_chance"] else 0 for row in shown]
    return {"size": _DOT, "color": colour, "line": {"width": rings, "color": str(look.palette.text)}}


def _crossed(sheet: Sheet, grown: np.ndarray, share: np.ndarray, whole: float, even: float, look: Look) -> go.Figure:
    """The axes, and the lines that part the quadrants."""
    across, up = _ends(grown, share, whole, even)
    line = {"color": str(look.palette.muted), "width": 1, "dash": "dot"}
    sheet.add_vline(whole, line)
    sheet.layout["shapes"].append(
        {"type": "line", "x0": 0, "x1": 1, "xref": "x domain", "y0": even, "y1": even, "yref": "y", "line": line}
    )
    for axis, ends, update in (
        ("growth", across, sheet.update_xaxes), ("share", up, sheet.update_yaxes),
    ):  # fmt: skip
        places, texts = numbers.ticks(ends[0], ends[1], "share", look.lang, at_most=4 if look.is_narrow else 6)
        if axis == "growth" and _FAR in grown:
            kept = [pair for pair in zip(places, texts, strict=True) if pair[0] < _FAR]
            places, texts = map(list, zip(*kept, (_FAR, f"≥{numbers.share(_FAR, look.lang, 0)}"), strict=True))
        update(
            tickvals=places, ticktext=texts, range=list(ends), title={"text": look.words(f"column.{axis}")},
            fixedrange=True, zeroline=False, gridcolor=look.palette.grid, automargin=True,
        )  # fmt: skip
    sheet.update_layout(height=max(look.height, 420))
    return legend(sheet, shows=True, look=look)


def _ends(
    grown: np.ndarray, share: np.ndarray, whole: float, even: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ends of both axes."""
    low, high = min(float(grown.min()), whole), max(float(grown.max()), whole)
    room = 0.08 * (high - low or 1)
    return (low - room, high + room), (0.0, max(float(share.max()), even) * 1.1)


def _moved_says(row: dict[str, Any], look: Look) -> str:
    shares = " → ".join(numbers.share(row[name], look.lang) for name in ("share_then", "share"))
    growth = look.labelled("column.growth", _signed(row["growth"], look))
    if row["is_beyond_chance"]:
        growth += f" · {look.words('column.is_beyond_chance')}"
    return under_pointer(row["product"], look.money(row["amount_now"]), growth, look.labelled("column.share", shares))


def _signed(value: float, look: Look) -> str:
    return ("+" if value > 0 else "") + numbers.share(value, look.lang, 0 if abs(value) >= 0.1 else 1)


def who_moved(result: Result, look: Look) -> str | None:
    """Which product grew most and which fell most against all together, beyond chance; nothing where none did."""
    found = result.frame.filter("is_beyond_chance").sort(pl.col("share") - pl.col("share_then"))
    if found.is_empty():
        return None
    said = []
    for name, row in (("rose", found.row(-1, named=True)), ("fell", found.row(0, named=True))):
        if (row["growth"] > row["whole_growth"]) == (name == "rose"):
            values = {of: _signed(row[of], look) for of in ("growth", "whole_growth")}
            said.append(look.words(f"question.quadrant_{name}", product=row["product"], **values))
    return punctuation.sentences(said, look.lang)


# ------------------------------------------------------------------------------------------------------- against plan


def against(result: Result, look: Look) -> go.Figure | None:
    """Products below each other, the largest gap first: what was sold as a bar, what is due as a line across it."""
    frame = result.frame.filter(pl.col("due_by_now") > 0).head(look.top or 12)
    if frame.is_empty():
        return None
    rows, sheet = frame.to_dicts(), Sheet()
    names, at = [row["product"] for row in rows], np.arange(frame.height)
    says = [_plan_says(row, look) for row in rows]
    marks = [mark_of("amount_now", row["product"], product=row["product"]) for row in rows]
    for is_under, name, colour in (
        (False, "products.reached", look.colour(0)), (True, "products.under", str(look.palette.bad)),
    ):  # fmt: skip
        here = [index for index, row in enumerate(rows) if row["is_under"] is is_under]
        if here:
            sheet.add_bar(
                x=[max(rows[index]["amount_now"], 0) for index in here], y=here, orientation="h", width=0.5,
                hoverinfo="text", name=look.words(name), hovertext=[says[index] for index in here],
                customdata=[marks[index] for index in here], marker={"color": colour},
            )  # fmt: skip
    sheet.add_scatter(
        x=[row["due_by_now"] for row in rows], y=at, mode="markers", hoverinfo="text", hovertext=says, customdata=marks,
        name=look.words("column.due_by_now"),
        marker={"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": str(look.palette.text)}},
    )  # fmt: skip
    ends = [max(row["amount_now"], row["due_by_now"]) for row in rows]
    texts = [_plan_text(row, look) for row in rows]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0, max(ends)), look)


def _plan_text(row: dict[str, Any], look: Look) -> str:
    """How much of what is due, and what brought it under where something did."""
    reached = numbers.share(row["attainment"], look.lang, 0)
    lever = row["lever"]
    return f"{reached} · {look.words(f'value.lever.{lever}')}" if lever else reached


def _plan_says(row: dict[str, Any], look: Look) -> str:
    due = f"{look.money(row['amount_now'])} / {look.money(row['due_by_now'])}"
    named = ("price", "volume", "mix", "other_effects", "conversion_effect")
    lines = [look.labelled(f"column.{name}", look.money(row[name])) for name in named if row[name]]
    return under_pointer(row["product"], due, *lines)


def who_is_under(result: Result, look: Look) -> str | None:
    """The product under plan beyond chance with the largest gap, the lever, and how many more there are."""
    found = result.frame.filter("is_under")
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    rest = result.frame.filter((pl.col("product") != row["product"]) & (pl.col("due_by_now") > 0))
    facts = {"product": row["product"], "gap": look.money(-row["gap"]),
             "reached": numbers.share(row["attainment"], look.lang, 0)}  # fmt: skip
    if rest.is_empty():  # where products are chosen
        said = [look.words("question.product_plan_found_alone", **facts)]
    else:
        others = float(rest.get_column("amount_now").sum()) / float(rest.get_column("due_by_now").sum())
        said = [look.words("question.product_plan_found", others=numbers.share(others, look.lang, 0), **facts)]
    if row["lever"]:
        said.append(look.words("question.product_plan_lever", lever=look.words(f"value.lever.{row['lever']}").lower()))
    if found.height > 1:
        said.append(look.words("question.product_plan_more", count=numbers.count(found.height - 1, look.lang)))
    return punctuation.sentences(said, look.lang)
