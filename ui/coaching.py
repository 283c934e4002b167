"""How a salesperson stands beside the others: stages with their ranges, and what differs beyond chance, in words."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.coaching_words import label, name, told
from metrics.query import Result
from ui import numbers
from ui.drawing import under_pointer
from ui.look import Look
from ui.question import mark_of
from ui.ranges import Dot, Dots, ranges, rate


def stages(result: Result, look: Look) -> go.Figure | None:
    """Of the deals decided in each stage, the share that moved on: the person's dot and that of the others."""
    frame = result.frame.filter(pl.col("claim").is_in(["conversion", "win_rate"])).sort(
        "pipeline", "place", nulls_last=True
    )
    if frame.is_empty():
        return None
    rows = frame.to_dicts()
    several = frame.get_column("pipeline").n_unique() > 1
    names = [_row_name(row, look, several=several) for row in rows]
    drawn = (("others", str(look.palette.neutral), 0.16), ("own", look.colour(0), -0.16))
    series = [
        Dots(look.words(f"coaching.{side}"), colour,
             [_dot(row, side, text, look) for row, text in zip(rows, names, strict=True)], shift)
        for side, colour, shift in drawn
        if frame.get_column(f"{side}.n").sum()
    ]  # fmt: skip
    return ranges(names, series, [_at_the_end(row, look) for row in rows], look)


def _row_name(row: dict[str, Any], look: Look, *, several: bool) -> str:
    """The stage, behind its pipeline where there are several; all deals closed where stages are not known."""
    of = str(row["stage"] or label(row["claim"], look.lang))
    return f"{row['pipeline']} · {of}" if several else of


def _dot(row: dict[str, Any], side: str, text: str, look: Look) -> Dot:
    if row[side] is None:
        return Dot(None, None, None, 0, "", "")
    mark = mark_of("own", text, claim=row["claim"], pipeline=row["pipeline"], place=row["place"])
    shown = rate(row[side], row[f"{side}.low"], row[f"{side}.high"], look.lang)
    says = under_pointer(f"{text} · {look.words(f'coaching.{side}')}", shown, f"n = {row[f'{side}.n']:,}")
    return Dot(row[side], row[f"{side}.low"], row[f"{side}.high"], row[f"{side}.n"], mark, says)


def _at_the_end(row: dict[str, Any], look: Look) -> str:
    """The person's share beside the others', ≠ where they differ beyond chance."""
    own, others = (
        numbers.share(row[side], look.lang, 0) if row[side] is not None else "—" for side in ("own", "others")
    )
    if look.is_narrow:
        return own + (" ≠" if row["is_beyond_chance"] else "")
    return f"{own} {'≠' if row['is_beyond_chance'] else '·'} {others}"


def _write(look: Look) -> Any:  # noqa: ANN401 - a function of value and unit
    return lambda value, unit: numbers.written(value, unit, look.lang, look.currency)


def to_talk_about(result: Result, look: Look) -> str | None:
    """What to work on, then strengths; that nothing differs where nothing does; None where nothing was judged."""
    frame = result.frame
    if frame.is_empty() or frame.get_column("p_value").is_null().all():
        return None
    said = []
    for side in ("weakness", "strength"):
        rows = frame.filter(pl.col("point") == side).to_dicts()
        if rows:
            sentences = punctuation.sentences((told(row, look.lang, _write(look)) for row in rows), look.lang)
            said.append(look.words(f"question.rep_coaching_{side}", told=sentences))
    return punctuation.sentences(said, look.lang) or look.words("question.rep_coaching_alike")


def as_list(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Every comparison, what differs beyond chance first."""
    write = _write(look)
    rows = [
        {
            "compared": name(row, look.lang),
            "point": look.words(f"coaching.{row['point']}") if row["point"] else "",
            "own": f"{write(row['own'], row['unit'])}{_few(row['own.n'])}",
            "others_told": f"{write(row['others'], row['unit'])}{_few(row['others.n'])}",
            "verdict": look.words(f"coaching.{_verdict(row)}"),
        }
        for row in frame.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=["compared", "point", "own", "others_told", "verdict"], orient="row")


def _few(count: int | None) -> str:
    return f" ({count or 0:,})"


def _verdict(row: dict[str, Any]) -> str:
    if row["p_value"] is None:
        return "not_judged"
    if not row["is_beyond_chance"]:
        return "alike"
    return "better" if row["is_better"] else "worse"
