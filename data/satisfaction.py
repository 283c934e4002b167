"""What the command about what customers say answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import polars as pl

from data.pipeline import report
from metrics import complaints, repurchase
from metrics import satisfaction as surveys

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = {
    "unit", "scale", "others.n", "together", "together.low", "together.high", "may_rise", "share.n",
    "others_rate", "compared",
}  # fmt: skip
"""Columns that a table for people has no room for; JSON has them."""
_OF_TICKETS = ("complaints", "closing", "open", "after-complaint")


@dataclass(frozen=True)
class Wanted:
    """What the command's options say, by their names."""

    about: str
    grain: str
    by: str
    of: str
    within: int


def satisfaction_question(wanted: Wanted) -> Callable[[View], Query]:
    """The question about what customers say that was asked for."""
    grain, by = cast("surveys.Grain", wanted.grain), cast("complaints.By", wanted.by)
    of: Literal["complaints", "tickets"] = "complaints" if wanted.of == "complaints" else "tickets"
    asks: dict[str, Callable[[View], Query]] = {
        "trend": lambda view: surveys.over_time(view, grain),
        "members": surveys.by_member,
        "detractors": surveys.detractors,
        "complaints": lambda view: complaints.complaints(view, by, of),
        "closing": lambda view: complaints.time_to_close(view, of),
        "open": lambda view: complaints.open_longest(view, of),
        "after-survey": lambda view: repurchase.after_survey(view, wanted.within),
        "after-complaint": lambda view: repurchase.after_complaint(view, wanted.within),
    }
    return asks[wanted.about]


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Results in their units with their ranges; of curves what they come to."""
    if "median_days" in frame.columns:
        named = ("severity", "tickets", "still_open", "median_days", "p75_days")
        return frame.unique("severity", keep="first", maintain_order=True).with_columns(
            pl.lit(None).alias(name) for name in frame.columns if name not in named
        )
    if "value" not in frame.columns:
        return frame
    written = [_written(row) for row in frame.iter_rows(named=True)]
    others = [_number(row["others"], row["unit"]) for row in frame.iter_rows(named=True)]
    return frame.with_columns(pl.Series("value", written, pl.String), pl.Series("others", others, pl.String))


def _written(row: dict[str, Any]) -> str | None:
    value, low, high = (_number(row[name], row["unit"]) for name in ("value", "value.low", "value.high"))
    return f"{value} ({low} – {high})" if value and low and high else value


def _number(value: float | None, unit: str) -> str | None:
    if value is None:
        return None
    return f"{100 * value:.1f} %" if unit == "share" else f"{value:.1f}"


def satisfaction_report(session: Session, answered: Answer, about: str, *, only_sql: bool) -> None:
    """The answer, headed in words; where there is none since a file was never loaded, which one it takes."""
    frame = answered.frame
    if frame.is_empty():
        table = "tickets" if about in _OF_TICKETS else "surveys"
        with session.store().snapshot() as seen:
            missing = [] if table in seen.filled() else [session.word(f"no_{table}")]
        answered = replace(answered, notes=[*missing, *answered.notes])
    if not session.is_json and not only_sql:
        frame = _readable(frame).select(name for name in frame.columns if name not in _UNSAID)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="satisfaction")
