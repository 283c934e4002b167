"""How moves between stages look: from the stages at the left to where deals went at the right. Result → figure.

Both sides name every stage, so that a step back runs upwards and a skip over a stage downwards, and no flow runs in a
circle. The list below the drawing says the same without a pointer.
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
from ui.drawing import legend, shorten, under_pointer
from ui.funnel import largest_line
from ui.look import Look, with_alpha
from ui.question import Subject
from ui.sheet import Sheet
from ui.text import lang

_GAP = 0.03
"""Of the height, between two nodes."""
_ENDS = ("won", "lost")


def flows(result: Result, look: Look) -> go.Figure | None:
    """Bands from each stage to where deals went from it, as wide as the moves were many."""
    frame = largest_line(result.frame, "moves")
    if frame.is_empty():
        return None
    left = [("from", place) for place in sorted(set(frame.get_column("place")))]
    nexts = frame.get_column("next_place").drop_nulls().unique().sort().to_list()
    ends = [end for end in _ENDS if end in frame.get_column("went")]
    nodes = [*left, *(("to", place) for place in nexts), *(("to", end) for end in ends)]
    at = {node: index for index, node in enumerate(nodes)}
    rows = frame.to_dicts()
    sources = [at["from", row["place"]] for row in rows]
    targets = [at["to", row["went"] if row["next_place"] is None else row["next_place"]] for row in rows]
    names = _names(rows, look)
    labels = [names[what] for _, what in nodes]
    colours = _colours(look)
    sheet = Sheet()
    sheet.data.append({
        "type": "sankey", "arrangement": "fixed", "hoverlabel": {"align": "left"},
        "textfont": {"size": 14, "color": look.palette.text, "shadow": "none"},
        "node": {
            "label": [shorten(label, 12 if look.is_narrow else 26) for label in labels], "pad": 12, "thickness": 14,
            "x": [0.001 if side == "from" else 0.999 for side, _ in nodes],
            "y": [*_middles([_through(rows, sources, index) for index in range(len(left))]),
                  *_middles([_through(rows, targets, index) for index in range(len(left), len(nodes))])],
            "color": [colours.get(str(what), look.palette.neutral) for _, what in nodes], "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        "link": {
            "source": sources, "target": targets, "value": [row["moves"] for row in rows],
            "color": [with_alpha(colours[row["went"]], 0.45) for row in rows],
            "customdata": [_says(row, names, look) for row in rows], "hovertemplate": "%{customdata}<extra></extra>",
        },
    })  # fmt: skip
    _key(sheet, [kind for kind in WENT if kind in frame.get_column("went")], colours, look)
    sheet.update_layout(height=max(340, 70 * len(left) + 60))
    return legend(sheet, shows=False, look=look).update_layout(margin={"l": 4, "r": 4, "t": 40, "b": 8})


def _key(sheet: Sheet, kinds: Sequence[str], colours: dict[str, str], look: Look) -> None:
    """What the colours mean, above: a legend of dots would need axes, which keep the pointer off the bands."""
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


def _through(rows: Sequence[dict[str, Any]], ends: Sequence[int], index: int) -> int:
    """How many moves begin, or end, at a node."""
    return sum(row["moves"] for row, end in zip(rows, ends, strict=True) if end == index)


def _middles(heights: Sequence[int]) -> list[float]:
    """Where the middles of nodes lie one below the other, from 0 at the top to 1."""
    room = 1 - _GAP * (len(heights) - 1)
    whole, top, middles = sum(heights) or 1, 0.0, []
    for height in heights:
        share = room * height / whole
        middles.append(min(max(top + share / 2, 0.001), 0.999))
        top += share + _GAP
    return middles


def _says(row: dict[str, Any], names: dict[Any, str], look: Look) -> str:
    """What a band says under the pointer: from where to where, how many, how long they had been there."""
    count, deals = (numbers.exact(row[name], "count", look.lang) for name in ("moves", "deals"))
    share = numbers.share(row["share"], look.lang, 0)
    ends = f"{100 * row['share.low']:.0f}–{100 * row['share.high']:.0f}"
    lines = [f"{look.words('column.moves')}: {count} · {share} ({ends})", f"{look.words('column.deals')}: {deals}"]
    if row["median_days"] is not None:
        lines.append(f"{look.words('column.median_days')}: {numbers.exact(row['median_days'], 'days', look.lang)}")
    to = names[row["went"] if row["next_place"] is None else row["next_place"]]
    return under_pointer(f"{names[row['place']]} → {to}", *lines)


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
