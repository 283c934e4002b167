"""What the command about the value of customers answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.pipeline import report
from metrics.overdue import overdue
from metrics.worth import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = {"r", "alpha", "a", "b", "amount_from", "amount_under", "made_each.low", "made_each.high"}
"""Columns that a table for people has no room for; JSON has them."""


def value_question(
    session: Session, about: str, horizon: int, discount: float, of: str | None
) -> Callable[[View], Query]:
    """The question about the value of customers; overdue with orders where there are any, else with won deals."""

    def question(view: View) -> Query:
        if about != "overdue":
            return QUESTIONS[about](view, horizon, discount)
        with session.store().snapshot() as seen:
            has_orders = "order_lines" in seen.filled()
        return overdue(view, of or ("revenue" if has_orders else "won_amount"))

    return question


def value_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer, headed in words."""
    if not session.is_json and not only_sql:
        kept = [name for name in answered.frame.columns if name not in _UNSAID]
        answered = replace(answered, frame=answered.frame.select(kept))
    report(session, answered, only_sql=only_sql, words_of="value")
