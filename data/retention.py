"""What the command about who comes back answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.contents import filled
from data.pipeline import report
from metrics.buyers_over_time import between, buyers_over_time
from metrics.cohorts import cohorts
from metrics.contract_retention import contract_bridge, contract_rates, renewals
from metrics.repeat import curve, repeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = {
    "retained.n", "repeat_rate.n", "is_small", "median_days.low", "median_days.high", "p75_days.low", "p75_days.high",
    *(f"within_{days}.{end}" for days in (30, 60, 90, 180, 365) for end in ("low", "high")),
}  # fmt: skip
"""Columns that a table for people has no room for; JSON has them."""
_OF_CONTRACTS: dict[str, Callable[[View], Query]] = {
    "contracts": contract_rates, "bridge": contract_bridge, "renewals": renewals,
}  # fmt: skip


def bought(session: Session) -> str:
    """The measure of what is bought in this store: orders where there are any, else deals won."""
    with session.store().snapshot() as seen:
        there = filled(seen)
    return "won_amount" if "deals" in there and "order_lines" not in there else "revenue"


def retention_question(about: str, measure: str, grain: str, most: int | None) -> Callable[[View], Query]:
    """The question about who comes back."""

    def question(view: View) -> Query:
        if about == "cohorts":
            return cohorts(measure, grain, view, most)
        if about == "course":
            return buyers_over_time(measure, grain, view, most)
        if about == "change":
            return between(measure, view.spanned())
        if about in _OF_CONTRACTS:
            return _OF_CONTRACTS[about](view)
        return (repeat if about == "repeat" else curve)(measure, view)

    return question


def retention_report(session: Session, answered: Answer, measure: str, *, only_sql: bool) -> None:
    """The answer, headed in words; which of orders and deals it is of is said."""
    frame = answered.frame
    told = [] if answered.query.finish.startswith(("contract", "plain")) else [session.word(f"bought_{measure}")]
    if told and not answered.sees_all:
        told.append(session.word("bought_own"))
    answered = replace(answered, notes=[*told, *answered.notes])
    if not session.is_json and not only_sql:
        frame = frame.select(name for name in frame.columns if name not in _UNSAID)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="retention")
