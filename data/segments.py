"""What the command about segments of customers answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.bare import last_day
from data.contents import filled
from data.pipeline import report
from metrics import customer_shares, rfm, rfm_cells, rfm_moves
from metrics.errors import UnknownSegment, nearest
from metrics.period import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_OF = {"orders": "revenue", "deals": "won_amount"}
_UNSAID = {"place", "is_high", "is_low", "share_customers"}
"""Columns that a table for people has no room for; JSON has them."""


def scored_by(session: Session, of: str | None) -> str:
    """The measure that customers are scored by: as asked, else orders where the store has any, else deals won."""
    if of is not None:
        return _OF[of]
    with session.store().snapshot() as seen:
        return "revenue" if "order_lines" in filled(seen) else "won_amount"


def segment_question(about: str, of: str, segment: str, *, months: int, ago: int) -> Callable[[View], Query]:
    """The question about customers, over the last `months` where no first day is named.

    Raises:
        UnknownSegment: there is no such segment.
    """
    known = rfm_cells.named()
    if segment not in known:
        raise UnknownSegment(name=segment, suggestion=nearest(segment, known), known=", ".join(known))

    def question(view: View) -> Query:
        has_first = view.from_on is not None
        spanned = view if has_first else rfm.spanned(view, months or None)
        asks: dict[str, Callable[[], Query]] = {
            "segments": lambda: rfm.segments(of, spanned),
            "cells": lambda: rfm.cells(of, spanned),
            "customers": lambda: rfm.members(of, spanned, segment),
            "moves": lambda: rfm_moves.moves(of, spanned, ago),
            "slipped": lambda: rfm_moves.slipped(of, spanned, ago),
            "classes": lambda: customer_shares.classes(of, spanned),
            "curve": lambda: customer_shares.curve(of, spanned),
            "tiers": lambda: customer_shares.tiers(of, spanned),
            "misfits": lambda: customer_shares.misfits(of, spanned),
        }
        return asks[about]()

    return question


def _days(session: Session, query: Query) -> list[str]:
    """Which days were looked at; of all history only the last one."""
    view = query.view
    if view is None or view.period is None:
        return []
    if view.period.from_on == FIRST:
        return [session.word("days_until", to_on=view.at)]
    return [session.word("days_seen", from_on=view.period.from_on, to_on=last_day(view))]


def segment_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer, headed in words, with the days that it is about."""
    frame = answered.frame
    answered = replace(answered, notes=[*_days(session, answered.query), *answered.notes])
    if not session.is_json and not only_sql:
        frame = frame.select(name for name in frame.columns if name not in _UNSAID)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="segments")
