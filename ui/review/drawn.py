"""How the pictures of a chapter look on a wall: everything is large, and each mark carries which label it stands for.

Pure: picture and look → figure. Heights are the reader's (the stage gives a picture the room that is left).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go

from data.punctuation import paired
from data.review.chapter import Chapter, Listing, Picture, Series, Value
from ui import numbers
from ui.drawing import literal, nothing, shorten, under_pointer, value_range
from ui.look import Look, with_alpha
from ui.sheet import Sheet
from ui.waterfall import broken, drawn_from

LARGE, SMALL, LOWEST = 22, 14, 180
"""Pixels of a letter on a wall, where nothing is under twenty, and on a phone, where there is no room for that; and of
the lowest picture on a wall, from where it grows into the room there is."""
_NAME, _NAME_ON_PHONE = 24, 13
"""Screen columns of a name beside a bar."""
_GAP = "\u2002"
_SIGNS = {"good": "▲ ", "bad": "▼ ", "plain": ""}
_ROOM = 1.12
"""How much wider than its bars a standing picture is up, for the numbers above them."""
_MOST_TICKS = 9
_KINDS = {"text": "text", "day": "day"}
"""How a column of a list stands by its unit; all else are numbers."""
_MOST_NUMBERS = 13
"""So many standing bars have their number above them; above more there is no room for it."""

ONE_BY_ONE = ("deals", "people", "customers", "decisions")
MOST_BESIDE = 4
"""A list of more columns than that has the whole width."""


def figure(picture: Picture, look: Look) -> go.Figure:
    """The drawing of a picture; of one without a number a sentence that says so."""
    if not any(value is not None for one in picture.series for value in one.values):
        return _wall(nothing(look, "meeting.nothing"), look)
    draw = {"bars": _bars, "columns": _columns, "line": _line, "waterfall": _waterfall}[picture.kind]
    return draw(picture, look)


def letters(look: Look) -> int:
    """Pixels of a letter in a drawing."""
    return SMALL if look.is_narrow else LARGE


def least_height(picture: Picture, look: Look) -> int:
    """Pixels below which the rows of a lying picture would touch each other."""
    rows = len(picture.labels) if picture.kind in ("bars", "waterfall") else 6
    return round(rows * letters(look) * 1.7) + 40


# ---------------------------------------------------------------------------------------------------------- lying down


def _bars(picture: Picture, look: Look) -> go.Figure:
    sheet, place = Sheet(), np.arange(len(picture.labels))
    main, before = _of(picture, "value"), _of(picture, "before")
    values = _values(main)
    if before is not None:
        sheet.add_bar(
            x=_values(before), y=place, orientation="h", width=0.86, marker={"color": look.quiet}, name=before.name,
            customdata=_marks(picture), hovertext=_hover(picture, before, look), hoverinfo="text",
        )  # fmt: skip
    sheet.add_bar(
        x=values, y=place, orientation="h", width=0.5 if before else 0.68, name=main.name if main else "",
        marker={"color": _colours(picture, look)}, customdata=_marks(picture), hoverinfo="text",
        hovertext=_hover(picture, main, look),
    )  # fmt: skip
    _whiskers(sheet, picture, values, look, "x")
    target = _of(picture, "target")
    if target is not None:
        sheet.add_scatter(
            x=_values(target), y=place, mode="markers", name=target.name, hoverinfo="text",
            marker={"symbol": "line-ns", "size": 0.5 * letters(look), "line": {"width": 4, "color": look.palette.text}},
            hovertext=_hover(picture, target, look), customdata=_marks(picture),
        )  # fmt: skip
    every = [_values(one) for one in picture.series]
    inked = [_values(one) for one in picture.series if one.role != "before"]
    ends = np.nanmax(np.vstack([*inked, np.zeros(len(place))]), axis=0)
    texts = _texts(picture, values, look)
    if target is not None:  # a number beside its mark would be taken for the target's
        aims = [_written(value, picture, look) for value in target.values]
        texts = [f"{text} · {literal(target.name)} {aim}" for text, aim in zip(texts, aims, strict=True)]
    return _in_rows(sheet, picture, texts, ends, value_range(every, from_zero=True), look)


def _waterfall(picture: Picture, look: Look) -> go.Figure:
    """Bars below each other, each beginning where the one above it ended; the first and the last are levels."""
    amounts = np.nan_to_num(_values(_of(picture, "value")))
    last = len(amounts) - 1
    is_level = [at in (0, last) for at in range(len(amounts))]
    base, running = [], 0.0
    for amount, level in zip(amounts, is_level, strict=True):
        base.append(0.0 if level else running)
        running = float(amount) if level else running + float(amount)
    sheet, known = Sheet(), picture.colours
    colours = [
        look.palette.neutral if level
        else _meant(known[at] if known else ("good" if amounts[at] >= 0 else "bad"), look)
        for at, level in enumerate(is_level)
    ]  # fmt: skip
    sheet.add_bar(
        x=amounts, base=base, y=np.arange(len(amounts)), orientation="h", width=0.68, marker={"color": colours},
        customdata=_marks(picture), hovertext=_hover(picture, _of(picture, "value"), look), hoverinfo="text",
        showlegend=False,
    )  # fmt: skip
    texts = [
        ("+" if value > 0 and not level else "") + _written(float(value), picture, look)
        for value, level in zip(amounts, is_level, strict=True)
    ]
    ends = np.maximum(np.array(base), np.array(base) + amounts)
    span = drawn_from(base, amounts.tolist())
    broken(sheet, (0, last), span, look.palette.background, size=1.2 * letters(look), thick=5)
    return _in_rows(sheet, picture, texts, ends, span, look, "stack")


def _in_rows(
    sheet: Sheet, picture: Picture, texts: Sequence[str], ends: np.ndarray, span: tuple[float, float], look: Look,
    barmode: str = "overlay",
) -> go.Figure:  # fmt: skip
    """First label on top, its number right of its ink."""
    size, count = letters(look), len(picture.labels)
    sheet.add_scatter(
        x=np.maximum(ends, 0), y=np.arange(count), mode="text", text=[_GAP + text for text in texts],
        cliponaxis=False, hoverinfo="skip", textposition="middle right", showlegend=False,
        textfont={"size": size, "color": look.palette.text},
    )  # fmt: skip
    longest = _NAME_ON_PHONE if look.is_narrow else _NAME
    sheet.update_xaxes(range=list(span), visible=False, fixedrange=True)
    sheet.update_yaxes(
        tickvals=np.arange(count), ticktext=[shorten(name, longest) for name in picture.labels], autorange=False,
        range=[count - 0.4, -0.6], automargin=True, showgrid=False, zeroline=False, ticks="", fixedrange=True,
        tickfont={"size": size, "color": look.palette.text},
    )  # fmt: skip
    wide = max((sum(size if ord(mark) > 0x2E7F else 0.62 * size for mark in text) for text in texts), default=0)
    return _laid(sheet, picture, look, right=round(wide) + 24, barmode=barmode)


# ------------------------------------------------------------------------------------------------------------- standing


def _columns(picture: Picture, look: Look) -> go.Figure:
    sheet, place = Sheet(), np.arange(len(picture.labels))
    main, before = _of(picture, "value"), _of(picture, "before")
    values = _values(main)
    if before is not None:
        sheet.add_bar(
            x=place, y=_values(before), width=0.86, marker={"color": look.quiet}, name=before.name, hoverinfo="text",
            hovertext=_hover(picture, before, look), customdata=_marks(picture),
        )  # fmt: skip
    sheet.add_bar(
        x=place, y=values, width=0.5 if before else 0.68, name=main.name if main else "", hoverinfo="text",
        marker={"color": _colours(picture, look)}, hovertext=_hover(picture, main, look), customdata=_marks(picture),
    )  # fmt: skip
    _whiskers(sheet, picture, values, look, "y")
    if (target := _of(picture, "target")) is not None:
        sheet.add_scatter(
            x=place, y=_values(target), mode="markers", name=target.name, hoverinfo="text",
            marker={"symbol": "line-ew", "size": letters(look), "line": {"width": 4, "color": look.palette.text}},
            hovertext=_hover(picture, target, look), customdata=_marks(picture),
        )  # fmt: skip
    if len(place) <= (5 if look.is_narrow else _MOST_NUMBERS) and before is None and _of(picture, "high") is None:
        sheet.add_scatter(
            x=place, y=np.maximum(values, 0), mode="text", text=_texts(picture, values, look), showlegend=False,
            textposition="top center", textfont={"size": letters(look), "color": look.palette.text}, hoverinfo="skip",
            cliponaxis=False,
        )  # fmt: skip
    return _upright(sheet, picture, look, from_zero=True)


def _line(picture: Picture, look: Look) -> go.Figure:
    sheet, place = Sheet(), np.arange(len(picture.labels))
    low, high = _of(picture, "low"), _of(picture, "high")
    if low is not None and high is not None:
        sheet.add_scatter(x=place, y=_values(low), mode="lines", line={"width": 0}, hoverinfo="skip", showlegend=False)
        sheet.add_scatter(
            x=place, y=_values(high), mode="lines", line={"width": 0}, fill="tonexty", hoverinfo="skip",
            fillcolor=with_alpha(look.colour(0), 0.18), name=f"{low.name} – {high.name}",
        )  # fmt: skip
    dashes = {"before": "dash", "target": "dot", "value": "solid"}
    inks = {"before": look.palette.neutral, "target": look.palette.text}
    number = 0
    for one in picture.series:
        if one.role in ("low", "high"):
            continue
        colour = inks.get(one.role) or look.colour(number)
        number += one.role == "value"
        sheet.add_scatter(
            x=place, y=_values(one), mode="lines+markers" if len(place) < 40 else "lines", name=one.name,
            line={"width": 4, "color": colour, "dash": dashes[one.role]}, marker={"size": 12, "color": colour},
            hovertext=_hover(picture, one, look), hoverinfo="text", customdata=_marks(picture),
        )  # fmt: skip
    return _upright(sheet, picture, look, from_zero=False)


def _upright(sheet: Sheet, picture: Picture, look: Look, *, from_zero: bool) -> go.Figure:
    """Labels along the bottom, a few round numbers up the side."""
    size = letters(look)
    low, high = value_range([_values(one) for one in picture.series], from_zero=from_zero)
    places, texts = numbers.ticks(low, high, picture.unit, look.lang, at_most=4 if look.is_narrow else 5)
    low, high = min([low, *places]), max([high, *places])
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=[low, low + (high - low) * _ROOM], showgrid=True, zeroline=False,
        gridcolor=look.palette.grid, ticks="", fixedrange=True, automargin=True, tickfont={"size": size},
    )  # fmt: skip
    count = len(picture.labels)
    most = 4 if look.is_narrow else _MOST_TICKS
    every = -(-count // most)
    shown = range(0, count, every) if count else range(0)
    longest = max(8, (22 if look.is_narrow else 96) // max(len(shown), 1))
    sheet.update_xaxes(
        tickvals=list(shown), ticktext=[shorten(picture.labels[at], longest) for at in shown], fixedrange=True,
        range=[-0.6, count - 0.4], showgrid=False, zeroline=False, ticks="", automargin=True, tickangle=0,
        tickfont={"size": size, "color": look.palette.text},
    )  # fmt: skip
    laid = _laid(sheet, picture, look, right=16)
    laid.update_layout(margin_b=2 * size)  # Plotly's own room ends where the letters do
    return laid


# --------------------------------------------------------------------------------------------------------------- shared


def _laid(sheet: Sheet, picture: Picture, look: Look, *, right: int, barmode: str = "overlay") -> go.Figure:
    """What all have: letters of one size, a legend above where several things are drawn, no ground of its own."""
    size, has_legend = letters(look), sheet.named > 1
    sheet.update_layout(
        barmode=barmode, showlegend=has_legend, dragmode=False, hovermode="closest", separators=".,",
        margin={"l": 6, "r": right, "t": size * 2 + 8 if has_legend else 12, "b": 10},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "traceorder": "normal",
                "font": {"size": size}, "itemclick": False, "itemdoubleclick": False},
        font={"family": look.palette.font, "size": size}, hoverlabel={"align": "left", "font": {"size": size}},
        meta={"lang": look.lang, "name": picture.name}, plot_bgcolor="rgba(0,0,0,0)", paper_bgcolor="rgba(0,0,0,0)",
        height=least_height(picture, look) if look.is_narrow else LOWEST,
    )  # fmt: skip
    return sheet.figure()


def _wall(empty: go.Figure, look: Look) -> go.Figure:
    for one in empty.layout.annotations:
        one.font.size = letters(look)
    return empty


def _of(picture: Picture, role: str) -> Series | None:
    return next((one for one in picture.series if one.role == role), None)


def _values(one: Series | None) -> np.ndarray:
    return np.array([np.nan if value is None else float(value) for value in (one.values if one else ())], dtype=float)


def _marks(picture: Picture) -> list[str | None]:
    """What a click returns: the place of the label, where rows can be opened."""
    sources = picture.sources or (None,) * len(picture.labels)
    return [str(at) if source else None for at, source in enumerate(sources)]


def _meant(name: str, look: Look) -> str:
    return {"good": look.palette.good, "bad": look.palette.bad}.get(name, look.palette.neutral)


def _colours(picture: Picture, look: Look) -> list[str] | str:
    if not picture.colours:
        return look.colour(0)
    return [look.colour(0) if name == "plain" else _meant(name, look) for name in picture.colours]


def _whiskers(sheet: Sheet, picture: Picture, values: np.ndarray, look: Look, along: str) -> None:
    """The ranges of those labels that have one."""
    low, high = _values(_of(picture, "low")), _values(_of(picture, "high"))
    if not low.size or not high.size:
        return
    ranged = np.flatnonzero(high > low)
    ends = {
        "type": "data", "symmetric": False, "array": (high - values)[ranged], "arrayminus": (values - low)[ranged],
        "color": look.palette.text, "thickness": 3, "width": 8,
    }  # fmt: skip
    at = {"x": values[ranged], "y": ranged} if along == "x" else {"x": ranged, "y": values[ranged]}
    sheet.add_scatter(
        **at, mode="markers", marker={"size": 1, "opacity": 0}, showlegend=False, hoverinfo="skip",
        **{f"error_{along}": ends},
    )  # fmt: skip


def _written(value: float | None, picture: Picture, look: Look) -> str:
    return numbers.written(value, picture.unit, look.lang, look.currency)


def _texts(picture: Picture, values: np.ndarray, look: Look) -> list[str]:
    """Each number as written; what is good or bad about it has a sign, for colour alone says it to few."""
    meant = picture.colours or ("plain",) * len(values)
    return [
        _SIGNS[name] + _written(None if np.isnan(value) else float(value), picture, look)
        for name, value in zip(meant, values, strict=True)
    ]


def _hover(picture: Picture, one: Series | None, look: Look) -> list[str]:
    if one is None:
        return []
    return [
        under_pointer(
            label, paired(literal(one.name), numbers.exact(value, picture.unit, look.lang, look.currency), look.lang)
        )
        for label, value in zip(picture.labels, one.values, strict=True)
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- together


def lots(chapter: Chapter) -> list[tuple[Picture | Listing, ...]]:
    """The evidence of a chapter in lots of what a wall has room for: two beside each other, a broad list alone.

    Steps that go from one thing to the next begin with the list of these.
    """
    found: list[tuple[Picture | Listing, ...]] = []
    items: list[Picture | Listing] = [*chapter.pictures, *chapter.lists]
    if chapter.step in ONE_BY_ONE:
        items = [*chapter.lists, *chapter.pictures]
    for item in items:
        is_broad = isinstance(item, Listing) and len(item.heads) > MOST_BESIDE
        last: tuple[Picture | Listing, ...] = found[-1] if found else ()
        if not is_broad and len(last) == 1 and not (isinstance(last[0], Listing) and len(last[0].heads) > MOST_BESIDE):
            found[-1] = (*last, item)
        else:
            found.append((item,))
    return found


# ---------------------------------------------------------------------------------------------------------------- words


def told(item: Listing, look: Look) -> dict[str, Any]:
    """A list as list.js shows it: heads, rows as they are read, and how many more there are."""
    heads = [{"label": head.label, "kind": _KINDS.get(head.unit, "number")} for head in item.heads]
    rows = [
        [cell(value, head.unit, look) for head, value in zip(item.heads, row, strict=True)] for row in item.rows
    ]  # fmt: skip
    return {
        "heads": heads, "rows": rows, "more": item.more, "opens": item.source is not None, "whole": False,
        "lang": look.lang, "words": {"more": look.words("meeting.more", count="{count}")},
    }  # fmt: skip


def cell(value: object, unit: str, look: Look) -> str:
    """One field of a list as it is read."""
    if value is None:
        return numbers.NOTHING
    if isinstance(value, bool):
        return look.words("show.yes" if value else "show.no")
    if isinstance(value, date):
        return numbers.day(value, look.lang)
    if unit in ("text", "day") or isinstance(value, str):
        return str(value)
    write: Callable[..., str] = numbers.written
    return write(value, unit, look.lang, look.currency)


def moved(value: Value, look: Look) -> str:
    """How a value has moved since the day it is held against; "" where nothing is."""
    if value.value is None or value.before is None:
        return ""
    text = numbers.change(value.value, value.before, value.unit, look.lang)
    if text != numbers.NOTHING:
        return text
    gap = value.value - value.before
    return ("+" if gap > 0 else "") + numbers.written(gap, value.unit, look.lang, look.currency)


def as_text(value: Value, look: Look) -> str:
    """One value in a line: its name, what it is, what it was, or why it has none."""
    said = paired(value.label, numbers.written(value.value, value.unit, look.lang, look.currency), look.lang)
    if value.value is None:
        return f"{said} ({value.why})" if value.why else said
    if value.before is None:
        return said
    if value.value == value.before:
        return said + look.words("meeting.was_same", label=value.before_label)
    before = numbers.written(value.before, value.unit, look.lang, look.currency)
    return said + look.words("meeting.was", before=before, label=value.before_label, change=moved(value, look))
