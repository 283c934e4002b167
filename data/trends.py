"""What the command about trends answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.pipeline import report
from metrics.cumulative import cumulative
from metrics.festival import festival
from metrics.trends import course, grain_for, so_far
from metrics.usual import usual
from metrics.viewer import EVERYTHING
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = ("away", "move", "most")
"""Columns that a table for people has no room for; JSON has them."""


def trend_question(
    session: Session, measure: str, about: str, grain: str | None, against: tuple[str, ...], within: str
) -> Callable[[View], Query]:
    """The question about a measure over time."""

    def question(view: View) -> Query:
        bucket = grain or grain_for(view)
        if about == "so-far":
            with session.store().snapshot() as seen:  # spans of as many working days are named by their days
                days = Workdays.of(seen.ask(calendar(view), EVERYTHING).frame)
            return so_far(measure, bucket, view, days)
        if about == "usual":
            return usual(measure, bucket, view)
        if about == "cumulative":
            return cumulative(measure, within, view)
        if about == "festival":
            return festival(measure, view, "day" if grain == "day" else "week")
        return course(measure, bucket, view, against)

    return question


def trend_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer; of what is compared a table shows the numbers, not the days that each is of."""
    frame = answered.frame
    if not session.is_json and not only_sql:
        named = [name for name in frame.columns if name not in _UNSAID and not name.endswith((".from_on", ".to_on"))]
        frame = frame.select(pl.col(name).cast(pl.String) if name == "year" else name for name in named)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="trends")
