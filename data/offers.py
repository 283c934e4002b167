"""What the command about offers answers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from data.pipeline import report
from metrics.basket_sets import basket_sets
from metrics.look_alikes import best_traits, held_out, lead_look_alikes, look_alikes, reasons
from metrics.next_product import LEAST_KNOWN, WITHIN, begun, longest, next_past, next_product, next_rules
from metrics.notes import note
from metrics.traits import SCORED

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_ASKS: dict[str, Callable[[View], Query]] = {
    "customers": partial(basket_sets, of="customer"), "sets": basket_sets, "traits": best_traits,
    "alike": look_alikes, "leads": lead_look_alikes, "held-out": held_out,
}  # fmt: skip
_AHEAD: dict[str, Callable[[View, int], Query]] = {"next": next_product, "past": next_past, "rules": next_rules}
_COLON = {"en": ": ", "zh-CN": "："}
_OVER_A_SPAN = ("customers", "sets")


def offer_question(session: Session, about: str, within: int | None, email: str | None) -> Callable[[View], Query]:
    """The question about offers; sets over the last twelve months where no period is named.

    Args:
        within: days that are looked ahead; None: the most that the record of who asks (`email`) can answer.

    Raises:
        UnknownViewer: nobody of this address is on the list of viewers.
    """
    since = None
    if about in _AHEAD and within is None:
        with session.store().snapshot() as seen:
            since = seen.ask(begun(), seen.viewer(email)).frame.item()

    def question(view: View) -> Query:
        if about not in _AHEAD:
            return _ASKS[about](view.spanned() if about in _OVER_A_SPAN else view)
        days = within or longest(since, view.at)
        asked = _AHEAD[about](view, days)
        if within or since is None or days == WITHIN:
            return asked
        least = 2 * WITHIN + LEAST_KNOWN
        fewer = note("next_fewer", count=(view.at - since).days, within=days, usual=WITHIN, least=least)
        return replace(asked, notes=(*asked.notes, fewer))

    return question


def offer_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer; to people with the points of look-alikes as reasons in words."""
    frame = answered.frame
    if not session.is_json and not only_sql and "score" in frame.columns:
        traits = [name for name in SCORED if f"{name}_points" in frame.columns]
        said = reasons(frame.to_dicts(), {name: answered.labels[name] for name in traits}, _COLON[session.lang])
        told = frame.drop(*traits, *(f"{name}_points" for name in traits))
        frame = told.with_columns(reasons=pl.Series(said, dtype=pl.String))
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="offers")
