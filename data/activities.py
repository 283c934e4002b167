"""What the commands about activity answer: which question is asked, and in which words its columns are headed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.activity_commands import What
from data.reports import ask_report
from data.wording import wording
from metrics import activity
from metrics.errors import fill
from metrics.landmark import landmark
from metrics.response import response
from metrics.signals import shown, signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.activity_commands import Sign
    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View


def question(what: What, by: str | None, within: int) -> Callable[[View], Query]:
    """The question that a word stands for. `by` cuts the response, `within` are the days that count for the effect."""
    asked: dict[What, Callable[[View], Query]] = {
        What.PACE: activity.pace, What.WEEKS: activity.by_week, What.SILENCE: activity.silence,
        What.LONGEST: activity.longest_silent, What.QUIET: activity.quiet, What.TOUCHES: activity.touches,
        What.EFFECT: lambda view: landmark(view, within), What.RESPONSE: lambda view: response(view, by),
    }  # fmt: skip
    return asked[what]


def signals_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The open deals with their signs: to people by the names of the signs, in JSON by flag and value."""
    frame = answered.frame
    if not session.is_json and not only_sql:
        why = [" · ".join(one.label.text(session.lang) for one in shown(row)) for row in frame.iter_rows(named=True)]
        frame = frame.select("deal_id", "deal", "rep", "stage", "amount", "expected_close_on")
        frame = frame.with_columns(pl.Series("why", why, pl.String))
    activities_report(session, replace(answered, frame=frame), only_sql=only_sql)


def signals_question(sign: Sign | None) -> Callable[[View], Query]:
    """The open deals with their signs; or the deals that show one of them."""
    if sign is None:
        return signals
    return lambda view: signals(view).rows(f"is_{sign}")


def activities_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer, its columns headed in words; to people, what stands in them too."""
    frame = answered.frame
    if not session.is_json and not only_sql:
        frame = frame.select(name for name in frame.columns if not name.endswith("_key"))
        for name, values in wording("activities")["values"].items():
            if name in frame.columns:
                said = {value: fill(text, session.lang, {}) for value, text in values.items()}
                frame = frame.with_columns(frame.get_column(name).replace(said))
    named = {name: fill(text, session.lang, {}) for name, text in wording("activities")["columns"].items()}
    ask_report(session, replace(answered, frame=frame, labels=answered.labels | named), only_sql=only_sql)
