"""What the command about the value of customers answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.pipeline import report
from metrics.told_in_part import overdue_to
from metrics.worth import QUESTIONS
from metrics.worth_fit import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = {"r", "alpha", "a", "b", "amount_from", "amount_under", "made_each.low", "made_each.high"}
"""Columns that a table for people has no room for; JSON has them."""
_DIGITS = {
    "expected_purchases": 1, "value_each": 2, "value_ahead": 0, "foreseen": 0, "foreseen_each": 2, "made_each": 2,
}  # fmt: skip
_LEAST = 0.001
"""Nearer to nought or to certainty than this no chance is told."""


def for_people(frame: pl.DataFrame) -> pl.DataFrame:
    """No more digits than are known, chances never nought or sure, and the last class as what it is."""
    frame = frame.select(name for name in frame.columns if name not in _UNSAID)
    told: list[pl.Expr | pl.Series] = [
        pl.col(name).round(digits) for name, digits in _DIGITS.items() if name in frame.columns
    ]
    told += [
        pl.Series(name, [_chance(one) for one in frame.get_column(name)], dtype=pl.String)
        for name in ("chance_alive", "chance_of_pause") if name in frame.columns
    ]  # fmt: skip
    if "repeats" in frame.columns:
        told.append(pl.col("repeats").cast(pl.String).replace({str(CLASSES): f"{CLASSES}+"}))
    return frame.with_columns(told)


def _chance(share: float | None) -> str | None:
    if share is None:
        return None
    return "< 0.1 %" if share < _LEAST else "> 99.9 %" if share > 1 - _LEAST else f"{100 * share:.1f} %"


def value_question(
    session: Session, about: str, horizon: int, discount: float, of: str | None, email: str | None
) -> Callable[[View], Query]:
    """The question about the value of customers; overdue with orders where there are any, else with won deals."""

    def question(view: View) -> Query:
        if about != "overdue":
            return QUESTIONS[about](view, horizon, discount)
        with session.store().snapshot() as seen:
            has_orders, viewer = "order_lines" in seen.filled(), seen.viewer(email)
        return overdue_to(viewer, view, of or ("revenue" if has_orders else "won_amount"))

    return question


def value_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer, headed in words."""
    if not session.is_json and not only_sql:
        answered = replace(answered, frame=for_people(answered.frame))
    report(session, answered, only_sql=only_sql, words_of="value")
