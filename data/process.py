"""What the commands about the open pipeline answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from data.errors import CauseUnknown
from data.reports import ask_report
from metrics.backtest import backtest
from metrics.bridge import CAUSES, END, START, bridge
from metrics.calibration import calibration
from metrics.errors import nearest
from metrics.landing import landing
from metrics.period import FIRST, LAST, Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View


def bridge_question(
    since: date, until: date | None, due_from: date | None, due_to: date | None, cause: str | None
) -> Callable[[View], Query]:
    """The bridge between two days, or the deals of one of its causes.

    Raises:
        CauseUnknown: there is no such cause.
    """
    known = (START, *CAUSES, END)
    if cause is not None and cause not in known:
        raise CauseUnknown(name=cause, causes=", ".join(known), suggestion=nearest(cause, known))
    due = Period(due_from or FIRST, due_to or LAST) if due_from or due_to else None

    def question(view: View) -> Query:
        asked = bridge(view, since, until, due)
        return asked if cause is None else asked.rows(cause=cause)

    return question


_ROW = (
    "deal_id", "deal", "moved", "start_amount", "end_amount", "start_rep", "end_rep", "start_stage", "end_stage",
    "start_due", "end_due", "end_status", "created_on",
)  # fmt: skip
"""What a deal behind a cause says of itself."""


def bridge_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """Start, every cause, end; for people by their names, those where nothing happened left out."""
    frame = answered.frame
    if not session.is_json and not only_sql:
        if "deals" in frame.columns:
            frame = frame.filter((frame["deals"] > 0) | frame["cause"].is_in([START, END]))
        names = {name: session.word(f"cause_{name}") for name in (START, *CAUSES, END)}
        frame = frame.with_columns(frame["cause"].replace(names)).drop("is_reconstructed", strict=False)
    labels = answered.labels | {name: session.word(f"process_{name}") for name in ("cause", "amount", "deals")}
    labels |= {name: session.word(f"bridge_column_{name}") for name in _ROW if name in frame.columns}
    ask_report(session, replace(answered, frame=frame, labels=labels), only_sql=only_sql)


def landing_question(until: str, about: str) -> Callable[[View], Query]:
    """The forecast of a running period, past ones beside what came, or whether chances came true."""

    def question(view: View) -> Query:
        if about == "calibration":
            return calibration(view)
        return backtest(view, until) if about == "backtest" else landing(view, until)

    return question


def landing_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer under names; a part of the forecast by its name."""
    frame = answered.frame.drop("cells", strict=False)  # these lead from a drawing to its rows
    if not session.is_json and not only_sql:
        for column in ("part", "source"):
            if column in frame.columns:
                names = {name: session.word(f"landing_{name}") for name in frame.get_column(column).unique()}
                frame = frame.with_columns(frame.get_column(column).replace(names))
    labels = answered.labels | {name: session.word(f"landing_column_{name}") for name in frame.columns}
    ask_report(session, replace(answered, frame=frame, labels=labels), only_sql=only_sql)
