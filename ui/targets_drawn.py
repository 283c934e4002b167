"""How targets look: a bar per owner with where it is due and where it will end, the sentence above it, the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.query import Query, Result
from ui import numbers
from ui.drawing import LONGEST_NAME, shorten, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet


def owner(row: dict[str, Any], look: Look) -> str:
    """Whose target a row is."""
    return str(row["name"]) if row["name"] is not None else look.words("targets.company")


def bullets(result: Result, look: Look) -> go.Figure | None:
    """A bar of what is reached per owner, as a share of the target; a mark where it is due, a line to its end."""
    frame = drawn(result.frame, look.top or 12)
    rows = [row for row in frame.to_dicts() if row["actual"] is not None and row["target"]]
    if not rows:
        return None
    adds_up = result.query.measures[0].additive == "all"
    sheet, places = Sheet(), list(range(len(rows)))
    names = [owner(row, look) for row in rows]
    reached = [row["actual"] / row["target"] for row in rows]
    hover = [under_pointer(name, *says(row, result, look)) for name, row in zip(names, rows, strict=True)]
    marks = [
        mark_of("actual", name, scope=row["scope"], name=row["name"]) for name, row in zip(names, rows, strict=True)
    ]
    sheet.add_bar(
        x=[1.0] * len(rows), y=places, orientation="h", width=0.72, hoverinfo="skip", name=look.words("targets.target"),
        marker={"color": look.quiet},
    )  # fmt: skip
    sheet.add_bar(
        x=reached, y=places, orientation="h", width=0.42, hoverinfo="text", hovertext=hover, customdata=marks,
        name=look.words("targets.reached"), marker={"color": look.colour(0)},
    )  # fmt: skip
    ends = list(reached)
    if adds_up:
        ends = _projected(sheet, rows, reached, look)
        due = rows[0]["elapsed"]
        if due is not None and 0 < due < 1:
            sheet.add_scatter(
                x=[due] * len(rows), y=places, mode="markers", hoverinfo="skip", name=look.words("targets.due"),
                marker={"symbol": "line-ns-open", "size": 20, "color": look.palette.text, "line": {"width": 3}},
            )  # fmt: skip
    texts = [text(row, look) for row in rows]
    widest = max(1.0, *ends)
    numbers_at(sheet, [max(1.0, end) for end in ends], texts, look)
    shown = [shorten("\u2003" * row["depth"] + name, 16 if look.is_narrow else LONGEST_NAME)
             for name, row in zip(names, rows, strict=True)]  # fmt: skip
    return in_rows(sheet, shown, texts, (0.0, widest), look)


def drawn(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """The rows that are drawn: where there are many, without people."""
    if frame.height <= most:
        return frame
    above = frame.filter(pl.col("scope") != "rep")
    return (above if above.height > 1 else frame).head(most)


_MOST_TIMES = 2.0
"""Ends are drawn as far as twice the target; beyond, the number says it."""


def _projected(sheet: Sheet, rows: list[dict[str, Any]], reached: list[float], look: Look) -> list[float]:
    """The range in which each will end, and its middle; returns how far the ink of each row goes."""
    ends = [min(value, _MOST_TIMES) for value in reached]
    told = [(place, row) for place, row in enumerate(rows) if row["projected.low"] is not None]
    told = [(place, row) for place, row in told if row["projected.high"] > row["projected.low"]]
    x: list[float | None] = []
    y: list[float | None] = []
    for place, row in told:
        low, high = (min(row[f"projected.{end}"] / row["target"], _MOST_TIMES) for end in ("low", "high"))
        x, y, ends[place] = [*x, low, high, None], [*y, place, place, None], max(ends[place], high)
    if told:
        sheet.add_scatter(
            x=x, y=y, mode="lines", hoverinfo="skip", name=look.words("targets.range"),
            line={"color": look.palette.text, "width": 2},
        )  # fmt: skip
        sheet.add_scatter(
            x=[min(row["projected"] / row["target"], _MOST_TIMES) for _, row in told], y=[place for place, _ in told],
            mode="markers", hoverinfo="skip", name=look.words("targets.projected"),
            marker={"symbol": "diamond", "size": 9, "color": look.colour(1)},
        )  # fmt: skip
    return ends


def text(row: dict[str, Any], look: Look) -> str:
    """The share reached, and what may be said of it, in words."""
    share = numbers.share(row["attainment"], look.lang, 0) if row["attainment"] is not None else "—"
    if row["verdict"] is None or look.is_narrow:
        return share
    return f"{share} · {look.words('value.verdict.' + row['verdict'])}"


def says(row: dict[str, Any], result: Result, look: Look) -> list[str]:
    """What stands under the pointer."""
    unit = result.query.measures[0].unit

    def written(value: float | None) -> str:
        return numbers.written(value, unit, look.lang, look.currency) if value is not None else "—"

    lines = [look.words("targets.of", actual=written(row["actual"]), target=written(row["target"]))]
    if row["original"] != row["target"]:
        lines.append(look.words("targets.was", original=written(row["original"]),
                                share=numbers.share(row["attainment_original"], look.lang, 0)))  # fmt: skip
    if row["pace"] is not None:
        lines.append(look.words("targets.paced", pace=numbers.share(row["pace"], look.lang, 0)))
    if row["required"] is not None:
        lines.append(look.words("targets.needs", required=written(row["required"]), rate=written(row["run_rate"])))
    if row["projected"] is not None:
        ends = {end: written(row[f"projected.{end}"]) for end in ("low", "high")}
        lines.append(look.words("targets.ends", projected=written(row["projected"]), **ends))
    return lines


def stands(result: Result, look: Look) -> str | None:
    """The first owner's: what is reached, how much of the time is gone, and what may be said of the end."""
    known = result.frame.filter(pl.col("attainment").is_not_null())
    if known.is_empty():
        return None
    row = known.row(0, named=True)
    share = numbers.share(row["attainment"], look.lang, 0)
    elapsed = numbers.share(row["elapsed"], look.lang, 0) if row["elapsed"] is not None else "—"
    first = look.words("targets.found", owner=owner(row, look), share=share, elapsed=elapsed)
    verdict = look.words(f"targets.found_{row['verdict']}") if row["verdict"] else ""
    people = result.frame.filter((pl.col("scope") == "rep") & pl.col("verdict").is_not_null())
    met = people.filter(pl.col("verdict").is_in(["met", "likely"])).height
    behind = people.filter(pl.col("verdict").is_in(["unlikely", "missed"])).height
    counts = (
        look.words("targets.found_people", met=met, behind=behind, people=people.height) if people.height > 1 else ""
    )
    return punctuation.sentences((first, verdict or "", counts), look.lang)


# --------------------------------------------------------------------------------------------------------------- table


@dataclass(frozen=True)
class Table:
    """The table of one question: other owners are another table, though the list of all targets is the same."""

    query: Query

    def __call__(self, frame: pl.DataFrame, look: Look) -> pl.DataFrame:
        """What is shown of the answer."""
        return shaped(frame, look)


_SHOWN = ("goal_target", "goal_original", "goal_actual", "goal_attainment", "goal_pace", "goal_gap", "goal_required",
          "goal_projected")  # fmt: skip


def shaped(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Of the standing, what a reader compares: names set in by their place in the tree, ranges and the past as text."""
    names = [look.words("targets.company") if name is None else name for name in _texts(frame, "name")]
    parents = dict(zip(_texts(frame, "name"), _texts(frame, "parent"), strict=True))
    inside = ["\u2003" * _deep(parent, parents) for parent in _texts(frame, "parent")]
    kept = [name for name in _SHOWN if name in frame.columns and (name != "goal_original" or _was_changed(frame))]
    is_missing = pl.col("goal_gap") > 0  # of a target that is met nothing is
    missing = [pl.when(is_missing).then("goal_gap").alias("goal_gap")] if "goal_gap" in kept else []
    shown = frame.select(kept).with_columns(
        *missing,
        pl.Series("name", [f"{indent}{name}" for indent, name in zip(inside, names, strict=True)]),
        pl.Series("goal_range", [_range(row, look) for row in frame.to_dicts()], dtype=pl.String),
        pl.Series("goal_past", [_past(row) for row in frame.to_dicts()], dtype=pl.String),
        pl.Series("verdict", _texts(frame, "verdict"), dtype=pl.String),
    )
    shown = shown.with_columns(
        pl.col("verdict").map_elements(lambda name: look.words(f"value.verdict.{name}"), return_dtype=pl.String)
    )
    order = ("name", "verdict", *kept, "goal_range", "goal_past")
    return shown.select(name for name in order if shown.get_column(name).null_count() < shown.height)


def _deep(parent: str | None, parents: Mapping[str | None, str | None]) -> int:
    """How many teams that have a row stand over somebody whose team this is."""
    over: list[str] = []
    while parent is not None and parent not in over:
        over.append(parent)
        parent = parents.get(parent)
    return len(over)


def _texts(frame: pl.DataFrame, name: str) -> list[Any]:
    return frame.get_column(name).to_list() if name in frame.columns else [None] * frame.height


def _was_changed(frame: pl.DataFrame) -> bool:
    return bool((frame.get_column("goal_original") != frame.get_column("goal_target")).any())


def _range(row: dict[str, Any], look: Look) -> str | None:
    low, high = row.get("goal_projected_low"), row.get("goal_projected_high")
    if low is None or high is None or low == high:
        return None
    return f"{numbers.count(low, look.lang)} – {numbers.count(high, look.lang)}"


def _past(row: dict[str, Any]) -> str | None:
    return f"{row['goal_reached']} / {row['goal_spans']}" if row.get("goal_spans") else None


# --------------------------------------------------------------------------------------------------------------- parts


def differences(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """What the parts of each target add up to, in words a reader knows."""
    names = [look.words("targets.company") if name is None else name for name in frame.get_column("name")]
    parts = [look.words(f"value.part.{part}") for part in frame.get_column("part")]
    covered = [numbers.share(value, look.lang, 0) for value in frame.get_column("covered")]
    return frame.select(
        pl.Series("name", names), pl.Series("goal_part", parts), pl.col("target").alias("goal_target"),
        pl.col("parts").alias("goal_parts"), pl.col("difference").alias("goal_left"),
        pl.col("count").alias("goal_count"), pl.Series("goal_covered", covered),
    )  # fmt: skip


def differ(result: Result, look: Look) -> str | None:
    """The largest difference of targets whose days are all covered; that all add up where there is none."""
    frame = result.frame.filter(pl.col("covered") >= 1)
    if frame.is_empty():
        return None
    apart = frame.filter(pl.col("difference") != 0).sort(pl.col("difference").abs(), descending=True)
    if apart.is_empty():
        return look.words("targets.all_add_up", count=frame.height)
    row, unit = apart.row(0, named=True), result.query.columns[3].unit or "number"
    code = "unallocated" if row["difference"] > 0 else "over"
    written = {name: numbers.exact(abs(row[of]), unit, look.lang, look.currency)
               for name, of in (("target", "target"), ("parts", "parts"), ("left", "difference"))}  # fmt: skip
    part = look.words(f"value.part.{row['part']}")
    return look.words(f"targets.sum_{code}", owner=row["name"] or look.words("targets.company"), part=part, **written)
