"""What the command about products answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.asking import dimension_id
from data.bare import last_day
from data.pipeline import report
from metrics.baskets import baskets
from metrics.discounts import margins, wins
from metrics.life import life
from metrics.pareto import pareto
from metrics.product_plan import against_plan
from metrics.sold import quadrant, returned

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = {
    "whole_growth", "even_share", "all_orders", "counted_on", "share_then", "share_of_others",
    "rate_of_others",
}  # fmt: skip
"""Columns that a table for people has no room for; JSON has them."""
_COMPARED = ("quadrant", "product_plan")
"""What is told against the days compared with."""
_ASKS: dict[str, Callable[[View], Query]] = {
    "growth": quadrant, "plan": against_plan, "margins": margins, "wins": wins, "returns": returned, "life": life,
    "pairs": baskets,
}  # fmt: skip


def product_question(about: str, measure: str, by: str) -> Callable[[View], Query]:
    """The question about products, over the last twelve months where no period is named."""

    def question(view: View) -> Query:
        spanned = view.spanned()
        return pareto(measure, dimension_id(by), spanned) if about == "pareto" else _ASKS[about](spanned)

    return question


def _days(session: Session, query: Query) -> list[str]:
    """Which days were looked at, and which they are compared with; stages of life have days of their own."""
    view = query.view
    if view is None or view.period is None or query.finish == "life":
        return []
    days = {"from_on": view.period.from_on, "to_on": last_day(view)}
    if view.before is None or query.finish not in _COMPARED:
        return [session.word("days_seen", **days)]
    return [session.word("days_compared", **days, before_from=view.before.from_on, before_to=view.before.to_on)]


def product_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer, headed in words, with the days that it is about."""
    frame = answered.frame
    answered = replace(answered, notes=[*_days(session, answered.query), *answered.notes])
    if not session.is_json and not only_sql:
        kept = [name for name in frame.columns if name not in _UNSAID]
        frame = frame.select(kept)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="products")
