"""Why an answer has no rows: its days have not come, nothing of the kind was ever loaded, or nothing in it fits."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from data.punctuation import named
from data.wording import wording
from metrics.beside import days_ahead
from metrics.catalog import table
from metrics.errors import fill

if TYPE_CHECKING:
    from datetime import date

    from data.terminal import Session
    from metrics.query import Query, Result
    from metrics.view import View

_FACTS = (
    "deals", "leads", "activities", "order_lines", "quotes", "contracts", "invoices", "payments", "campaigns", "market",
    "surveys", "tickets", "targets", "stock",
)  # fmt: skip
"""The lists that people load of what has happened; who and what it happened to brings no row by itself."""

_FEW = 2
"""Facts up to which it is said that none of them fits: of a question about many that says nothing."""


def reasons(session: Session, view: View, result: Result, held: Collection[str]) -> list[str]:
    """What must be said of an answer because it has no rows, and of any about days that have not come.

    Args:
        view: as it was asked. result: of the question. held: the tables that hold rows, whoever may see them.
    """
    said = [one.text(session.lang) for one in days_ahead(view)]
    if not result.frame.is_empty():
        return said
    absent = _absent(result.query, held)
    if absent:
        names = named((table(name).label.text(session.lang) for name in absent), session.lang)
        return [*said, session.word("not_loaded", tables=names)]
    told = wording("bare").get(str(result.query.finish))
    if not said and not result.notes and told is not None:
        said = [fill(told, session.lang, {})]
    elif not said and not result.notes and 0 < len(facts := _facts(result.query)) <= _FEW:
        named_facts = named((table(name).label.text(session.lang) for name in facts), session.lang)
        said = [session.word("none_fits", tables=named_facts)]
    return [*said, *([session.word("no_rows_filtered")] if view.is_filtered else [])]


def last_day(view: View) -> date:
    """The last day of a view's period that is counted; of one that has not come its own last day."""
    return view.period.to_on if view.is_ahead and view.period else view.at


def _absent(query: Query, held: Collection[str]) -> list[str]:
    """The facts that a question reads, where none of them is on record; nothing where some are."""
    facts = _facts(query)
    return [] if set(facts) & set(held) else facts


def _facts(query: Query) -> list[str]:
    read = {name for part in query.parts for name in part.tables}
    return [name for name in _FACTS if name in read]
