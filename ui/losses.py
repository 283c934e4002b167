"""How losses look: reasons or competitors below each other, stages beside each other, each cell with its deals."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from data.punctuation import enumerated
from metrics.losses import LEAST_LOST
from metrics.query import Result
from ui import answers, numbers
from ui.drawing import LONGEST_NAME, shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.funnel import largest_line, names_of
from ui.horizontal import rows_height
from ui.look import Look
from ui.question import mark_of

_MOST = 0.5
"""A share so large has the strongest colour."""
_ALL = -1
"""The place of the column that holds all stages together."""


def lost_deals(result: Result, look: Look) -> go.Figure | None:
    """How many deals were lost in each stage for each reason; the colour is the share of the stage's."""
    return _field(result, look, "lost")


def lost_money(result: Result, look: Look) -> go.Figure | None:
    """How much was lost in each stage for each reason; the colour is the share of the stage's."""
    return _field(result, look, "lost_amount")


def _field(result: Result, look: Look, column: str) -> go.Figure | None:
    by = result.query.by[-1]
    frame = largest_line(result.frame, "lost")
    if frame.is_empty() or not frame.get_column(column).sum():
        return None
    values, places, cells, heads = _laid_out(frame, by, column, look)
    sums: dict[Any, float] = dict.fromkeys(places, 0.0)  # of all values, also those that are not drawn
    for (_, place), row in cells.items():
        sums[place] += float(row[column])
    labels = [answers.label(value, by, look.lang) for value in values]
    shade = [[_shade(value, place, cells, sums, column) for place in places] for value in values]
    sheet = shaded(shade, look.palette.sequential, 0, _MOST)
    drawn = [(x, y, cells[value, place]) for y, value in enumerate(values) for x, place in enumerate(places)
             if (value, place) in cells]  # fmt: skip
    sheet.add_scatter(
        x=[x for x, *_ in drawn], y=[y for _, y, _ in drawn], mode="markers+text", hoverinfo="text", showlegend=False,
        marker={"size": 34, "opacity": 0},
        text=[_written(row, column, sums[places[x]], look) for x, _, row in drawn],
        textfont={"size": 13, "color": [_ink(shade[y][x], look) for x, y, _ in drawn]},
        customdata=[mark_of("lost", f"{labels[y]} · {heads[places[x]]}", **_where(row, by, places[x]))
                    for x, y, row in drawn],
        hovertext=[under_pointer(f"{labels[y]} · {heads[places[x]]}", *_says(row, places[x], look))
                   for x, y, row in drawn],
    )  # fmt: skip
    above, beside = (8, 14) if look.is_narrow else (14, LONGEST_NAME)
    shown = [shorten(heads[place], above) for place in places]
    height = rows_height(len(values), has_legend=True)
    return in_field(sheet, shown, [shorten(label, beside) for label in labels], look, height=height)


Cells = dict[tuple[Any, Any], dict[str, Any]]


def _laid_out(
    frame: pl.DataFrame, by: str, column: str, look: Look
) -> tuple[list[Any], list[Any], Cells, dict[Any, str]]:
    """Rows (most first, unassigned last), columns (stages in order, nobody knows, all), cells, names of the columns."""
    whole = frame.group_by(by).agg(pl.col("lost", "lost_amount").sum(), pl.col("pipeline").first())
    whole = whole.sort(pl.col(by).is_null(), pl.col(column), by, descending=[False, True, False])
    named = whole.get_column(by).drop_nulls().to_list()[: look.top or 12]
    values = [*named, None] if whole.get_column(by).null_count() else named
    stages = frame.unique("place", maintain_order=True).sort("place", nulls_last=True)
    heads: dict[Any, str] = dict(zip(stages.get_column("place").to_list(), names_of(stages, look), strict=True))
    if None in heads:
        heads[None] = look.words("question.losses_nowhere")
    heads[_ALL] = look.words("question.losses_all")
    cells: Cells = {(row[by], row["place"]): row for row in frame.iter_rows(named=True)}
    cells |= {(row[by], _ALL): row for row in whole.iter_rows(named=True)}
    return values, list(heads), cells, heads


def _shade(value: object, place: object, cells: Cells, sums: dict[Any, float], column: str) -> float | None:
    """The share of the column; nothing for what is unassigned, nor where few deals make it say little."""
    row = cells.get((value, place))
    if row is None or value is None or not sums[place]:
        return None
    few = place != _ALL and row["share.n"] < LEAST_LOST
    return None if few else float(row[column]) / sums[place]


def _written(row: dict[str, Any], column: str, whole: float, look: Look) -> str:
    """The number, its share of the stage's, and * where few deals make that say little."""
    text = look.money(float(row[column])) if column == "lost_amount" else numbers.exact(row[column], "count", look.lang)
    if not whole:
        return text
    few = "*" if row.get("share.n") is not None and row["share.n"] < LEAST_LOST else ""
    share = f"{numbers.share(float(row[column]) / whole, look.lang, 0)}{few}"
    return share if look.is_narrow else f"{text} · {share}"


def _where(row: dict[str, Any], by: str, place: object) -> dict[str, Any]:
    names = ("pipeline", by) if place == _ALL else ("pipeline", "place", by)
    return {name: row[name] for name in names}


def _says(row: dict[str, Any], place: object, look: Look) -> list[str]:
    lines = [f"{numbers.exact(row['lost'], 'count', look.lang)} · {look.money(float(row['lost_amount'] or 0))}"]
    if place != _ALL:
        range_of = f"{numbers.share(row['share.low'], look.lang, 0)}–{numbers.share(row['share.high'], look.lang, 0)}"
        share = f"{numbers.share(row['share'], look.lang, 0)} ({range_of})"
        lines.append(enumerated((share, f"n = {row['share.n']}"), look.lang))
    return lines


def _ink(shade: float | None, look: Look) -> str:
    """What can be read on the colour of the cell; muted where there is none."""
    return ink(shade, look.palette.sequential, 0, _MOST, look.palette.muted)


def what_stands_out(result: Result, look: Look) -> str | None:
    """The reason that decides more often in one stage than in the others, beyond chance; else the most frequent one."""
    by, frame = result.query.by[-1], largest_line(result.frame, "lost")
    over = pl.col("is_beyond_chance") & (pl.col("share") > pl.col("elsewhere"))
    found = frame.filter(over).sort((pl.col("share") - pl.col("elsewhere")) * pl.col("share.n"), descending=True)
    if found.height:
        row = found.row(0, named=True)
        shares = {name: numbers.share(row[name], look.lang, 0) for name in ("share", "elsewhere")}
        name = answers.label(row[by], by, look.lang)
        return look.words("question.losses_found", why=name, stage=names_of(found.head(1), look)[0], **shares)
    known = frame.filter(pl.col(by).is_not_null()).group_by(by).agg(pl.col("lost").sum())
    if known.is_empty():
        return None
    most = known.sort("lost", by, descending=[True, False]).row(0, named=True)
    lost, of = (
        numbers.exact(int(count), "count", look.lang) for count in (most["lost"], frame.get_column("lost").sum())
    )
    return look.words("question.losses_most", why=answers.label(most[by], by, look.lang), lost=lost, of=of)
