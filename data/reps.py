"""What the command about salespeople beside each other answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import polars as pl

from data.pipeline import report
from metrics.cuts import trend
from metrics.leavers import leavers
from metrics.like_for_like import USUAL, like_for_like
from metrics.pareto import pareto
from metrics.reps import PROCESS, RESULTS, leaderboard
from metrics.reps_quadrant import quadrant
from metrics.reps_tenure import tenure

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.reps import Peers
    from metrics.view import View

_PARTS = ("rank", "adjusted", "expected", "covered")
"""Of what is said of a measure besides its value, what a table for people has room for; JSON has it all."""
_ABOUT = ("rep", "team", "left_on", "result", "process", "stands_in", "is_thin")


def reps_question(
    what: str, measures: tuple[str, ...], peers: str, by: tuple[str, ...], grain: str
) -> Callable[[View], Query]:
    """The question that a word of the command stands for.

    Args:
        what: the word. measures: those named, else the usual ones of each question. peers: who is compared with whom.
        by: segments of the mix. grain: buckets of a course.
    """
    against = cast("Peers", str(peers))
    of = measures[0] if measures else None
    asked: dict[str, Callable[[View], Query]] = {
        "board": lambda view: leaderboard(measures or (*RESULTS, *PROCESS), view, against),
        "quadrant": lambda view: quadrant(view, of or "attainment", measures[1:] or PROCESS, against),
        "like": lambda view: like_for_like(view, by or USUAL, of or "win_rate"),
        "tenure": tenure,
        "spread": lambda view: pareto(of or view.headline, "rep", view),
        "course": lambda view: trend(of or view.headline, str(grain), view, by="rep"),
        "handover": leavers,
    }
    return asked[str(what)]


def reps_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer; to people without the columns that a table has no room for."""
    if session.is_json or only_sql or not answered.query.finish.startswith(("leaderboard", "rep_quadrant", "like_for")):
        report(session, answered, only_sql=only_sql, words_of="reps")
        return
    ids = [one.id for one in answered.query.measures]
    if answered.query.finish.startswith("rep_quadrant"):
        ids = ids[:1]
    frame = _with_marks(answered.frame, ids)
    parts = {f"{name}.{part}": part for name in ids for part in _PARTS}
    shown = {*ids, *parts, *_ABOUT, *(f"{name}.{end}" for name in ids for end in ("low", "high"))}
    words = {name: session.word(f"reps_{part}") for name, part in parts.items()}
    told = replace(answered, frame=_shares(frame, parts).select(n for n in frame.columns if n in shown))
    report(session, replace(told, labels=told.labels | words), only_sql=only_sql, words_of="reps")


def _with_marks(frame: pl.DataFrame, ids: list[str]) -> pl.DataFrame:
    """Ranks, or rates on the same mix, as text: with ≠ where somebody differs from the others beyond chance."""
    marks = []
    for name in ids:
        apart = pl.when(pl.col(f"{name}.is_apart")).then(pl.lit(" ≠")).otherwise(pl.lit(""))
        if f"{name}.rank" in frame.columns:
            marks.append(pl.col(f"{name}.rank").cast(pl.String) + apart)
        else:
            share = (100 * pl.col(f"{name}.adjusted")).round(1).cast(pl.String) + " %"
            marks.append((share + apart).alias(f"{name}.adjusted"))
    return frame.with_columns(marks)


def _shares(frame: pl.DataFrame, parts: dict[str, str]) -> pl.DataFrame:
    """Shares beside a rate as people read them."""
    named = [name for name, part in parts.items() if part in ("expected", "covered") and name in frame.columns]
    return frame.with_columns(
        pl.Series(
            name, [None if value is None else f"{100 * value:.1f} %" for value in frame.get_column(name)], pl.String
        )
        for name in named
    )
