"""How moves between stages look: from the stages at the left to where deals went at the right. Result → figure.

Both sides name every stage, so that a step back runs upwards and a skip over a stage downwards, and no flow runs in a
circle. A click on a band, or on a stage, opens its moves; the list below says the same without a pointer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.moves import WENT
from metrics.query import Result
from ui import numbers
from ui.answers import words
from ui.bands import Band, Node, draw
from ui.drawing import legend, under_pointer
from ui.funnel import largest_line
from ui.look import Look
from ui.question import Subject, mark_of
from ui.sheet import Sheet
from ui.text import lang

_ENDS = ("won", "lost")


def flows(result: Result, look: Look) -> go.Figure | None:
    """Bands from each stage to where deals went from it, as wide as the moves were many."""
    frame = largest_line(result.frame, "moves")
    if frame.is_empty():
        return None
    rows, colours = frame.to_dicts(), _colours(look)
    names = _names(rows, look)
    left = sorted(set(frame.get_column("place")))
    nexts = frame.get_column("next_place").drop_nulls().unique().sort().to_list()
    right = [*nexts, *(end for end in _ENDS if end in frame.get_column("went"))]
    height = max(300, 70 * len(left) + 20)
    sheet = Sheet()
    draw(
        sheet, [_node(place, "place", rows, names, look) for place in left],
        [_node(to, "went" if to in _ENDS else "next_place", rows, names, look) for to in right],
        [_band(row, names, colours, look) for row in rows], look, height,
    )  # fmt: skip
    _key(sheet, [kind for kind in WENT if kind in frame.get_column("went")], colours, look)
    sheet.update_layout(height=height + 48)
    return legend(sheet, shows=False, look=look).update_layout(margin={"l": 4, "r": 4, "t": 40, "b": 8})


def _to(row: dict[str, Any]) -> Any:  # noqa: ANN401 - a place, or an end
    return row["went"] if row["next_place"] is None else row["next_place"]


def _band(row: dict[str, Any], names: dict[Any, str], colours: dict[str, str], look: Look) -> Band:
    """The moves of one kind from one stage to another."""
    at = {name: row[name] for name in ("pipeline", "place", "went", "next_place")}
    mark = mark_of("moves", f"{names[row['place']]} → {names[_to(row)]}", **at)
    return Band(row["place"], _to(row), row["moves"], colours[row["went"]], mark, _says(row, names, look))


def _node(key: Any, side: str, rows: Sequence[dict[str, Any]], names: dict[Any, str], look: Look) -> Node:  # noqa: ANN401
    """All moves out of a stage, or into a stage or an end."""
    moves = sum(row["moves"] for row in rows if row[side] == key)
    says = under_pointer(names[key], look.labelled("column.moves", numbers.exact(moves, "count", look.lang)))
    mark = mark_of("moves", names[key], pipeline=rows[0]["pipeline"], **{side: key})
    return Node(key, names[key], _colours(look).get(key, str(look.palette.neutral)), mark, says)


def _key(sheet: Sheet, kinds: Sequence[str], colours: dict[str, str], look: Look) -> None:
    """What the colours mean, above."""
    parts = [f'<span style="color:{colours[kind]}">■</span> {look.words(f"value.went.{kind}")}' for kind in kinds]
    sheet.add_annotation(
        text="   ".join(parts), showarrow=False, xref="paper", yref="paper", x=0, y=1, xanchor="left",
        yanchor="bottom", yshift=10, font={"size": 13, "color": look.palette.text},
    )  # fmt: skip


def _colours(look: Look) -> dict[str, str]:
    """The colour of each kind of move."""
    palette = look.palette
    return {
        "forward": look.colour(0), "skipped": str(palette.categorical[2]), "back": str(palette.categorical[1]),
        "again": str(palette.muted), "won": str(palette.good), "lost": str(palette.bad),
    }  # fmt: skip


def _names(rows: Sequence[dict[str, Any]], look: Look) -> dict[Any, str]:
    """What each place and each end is called."""
    label = "label_zh" if look.lang == "zh-CN" else "label_en"
    nowhere = look.words("filter.unassigned")
    names: dict[Any, str] = {row["place"]: row[label] or row["stage"] or nowhere for row in rows}
    names |= {row["next_place"]: row[f"next_{label}"] or row["next_stage"] or nowhere for row in rows}
    return names | {end: look.words(f"value.went.{end}") for end in _ENDS}


def _says(row: dict[str, Any], names: dict[Any, str], look: Look) -> str:
    """What a band says under the pointer: from where to where, how many, how long they had been there."""
    count, deals = (numbers.exact(row[name], "count", look.lang) for name in ("moves", "deals"))
    share = numbers.share(row["share"], look.lang, 0)
    ends = f"{100 * row['share.low']:.0f}–{100 * row['share.high']:.0f}"
    lines = [
        look.labelled("column.moves", f"{count} · {share} ({ends})"),
        look.labelled("column.deals", deals),
    ]
    if row["median_days"] is not None:
        lines.append(look.labelled("column.median_days", numbers.exact(row["median_days"], "days", look.lang)))
    return under_pointer(f"{names[row['place']]} → {names[_to(row)]}", *lines)


def how_they_went(result: Result, look: Look) -> str | None:
    """How many moves went back and over stages, and from where most went back."""
    frame = largest_line(result.frame, "moves")
    if frame.is_empty():
        return None
    count = int(frame.get_column("moves").sum())
    kinds = {kind: int(frame.filter(pl.col("went") == kind).get_column("moves").sum()) for kind in ("back", "skipped")}
    told = {kind: numbers.exact(many, "count", look.lang) for kind, many in kinds.items()}
    shares = {f"{kind}_share": numbers.share(many / count, look.lang, 0) for kind, many in kinds.items()}
    text = look.words("question.moves_found", moves=numbers.exact(count, "count", look.lang), **told, **shares)
    if not kinds["back"]:
        return text
    most = frame.filter(pl.col("went") == "back").sort("moves", descending=True).row(0, named=True)
    names = _names([most], look)
    pair = {"stage": names[most["place"]], "next": names[most["next_place"]]}
    return f"{text} {look.words('question.moves_back', count=numbers.exact(most['moves'], 'count', look.lang), **pair)}"


class Moves(Subject):
    """What is looked behind in the list of moves: its figures name the stages in the reader's language."""

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """From, to, kind, how many, how long before; and the units."""
        units = {column.name: column.unit for column in self.query.columns if column.unit}
        return named(result.frame, lang()), units


def named(frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """The moves as a table: names instead of places, the outcome where there is no next stage."""
    rows = frame.to_dicts()
    label = "label_zh" if language == "zh-CN" else "label_en"
    kinds = [words(f"value.went.{row['went']}", language) for row in rows]
    nexts = [row[f"next_{label}"] or row["next_stage"] or kind for row, kind in zip(rows, kinds, strict=True)]
    several = ["pipeline"] if frame.get_column("pipeline").n_unique() > 1 else []
    return frame.select(
        *several, pl.coalesce(label, "stage").alias("stage"), pl.Series("next_stage", nexts, dtype=pl.String),
        pl.Series("went", kinds, dtype=pl.String), "moves", "deals", "amount", "share", "share.low", "share.high",
        "share.n", "median_days",
    )  # fmt: skip
