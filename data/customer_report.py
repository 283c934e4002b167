"""What the command about one customer, and about those who need attention, answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from data.asking import Answer, Asked, answer_to
from data.bare import last_day
from data.customer_facts import facts, who
from data.customer_sheet import sheet
from data.paper import Written, write_page
from data.pipeline import report
from metrics import customer as about
from metrics import customer_words as words
from metrics.customer import of_customer
from metrics.customer_actions import actions
from metrics.customer_signals import levels_of, signals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View
    from metrics.viewer import Viewer

_DATED = ("numbers", "family", "timeline", *about.DETAILS)
"""What is told of a period; the rest of a day."""


@dataclass(frozen=True)
class Wanted:
    """What the command was told. `name`: of a customer, or its id. `html`: where the page to print goes."""

    name: str | None
    what: str
    html: Path | None = None


def customer_report(session: Session, asked: Asked, wanted: Wanted, *, only_sql: bool) -> None:
    """The answer about one customer, or without a name all who need attention.

    Raises:
        UnknownCustomer: the viewer may see none of this name or id; and what asking raises.
        SheetUnwritable: the page to print cannot be written there.
    """
    name, what = wanted.name, wanted.what
    with session.store().snapshot() as seen:
        viewer = seen.viewer(asked.email)
        found = who(seen, viewer, name)["customer"] if name is not None else None
        levels = seen.ask(about.family(found), viewer).frame if what == "family" and found else None
        members = [] if levels is None else levels["customer"].to_list()
    views: list[View] = []

    def question(view: View) -> Query:
        views.append(view.spanned())
        return _asked(found, what, viewer, members, view)

    answered = answer_to(session, asked, question)
    if wanted.html is not None and found is not None:
        with session.store().snapshot() as seen:
            write_page(session, sheet(facts(seen, viewer, found, views[0]), session.lang), wanted.html)
    if what in _DATED and found is not None and (view := answered.query.view) is not None and view.period is not None:
        days = session.word("days_seen", from_on=view.period.from_on, to_on=last_day(view))
        answered = replace(answered, notes=[days, *answered.notes])
    if what == "signals" or found is None:
        answered = replace(answered, frame=_said_signals(session, answered, found))
    elif levels is not None:
        placed = levels.select("customer", "level").join(answered.frame, on="customer", how="left")
        answered = replace(answered, frame=placed.sort("level", "customer"))
    elif what == "actions":
        answered = replace(answered, frame=_said_actions(session, answered))
    report(session, answered, only_sql=only_sql, words_of="customer")


def _asked(name: str | None, what: str, viewer: Viewer, members: list[str], view: View) -> Query:
    if name is None or what == "signals":
        return signals(view, levels_of(viewer))
    spanned = of_customer(view.spanned(), name)
    told: dict[str, Callable[[], Query]] = {
        "profile": lambda: about.profile(name), "numbers": lambda: about.numbers(spanned),
        "family": lambda: about.family_numbers(of_customer(spanned, *members)),
        "rhythm": lambda: about.rhythm(name, view), "actions": lambda: actions(name, view, is_part=not viewer.sees_all),
        "timeline": lambda: about.timeline(spanned),
    }  # fmt: skip
    return told[what]() if what in told else about.details(name, spanned)[what]


def _said_signals(session: Session, answered: Answer, name: str | None) -> pl.DataFrame:
    """Each signal with its evidence in words; to people without the values that are in these."""
    write, lang = Written(session.lang).number, session.lang
    frame = answered.frame if name is None else answered.frame.filter(pl.col("customer") == name)
    told = [words.evidence(row, lang, write) for row in frame.iter_rows(named=True)]
    frame = frame.with_columns(pl.Series("evidence", told, pl.String))
    if session.is_json:
        return frame
    named = {one: words.label(one, lang) for one in frame.get_column("signal").unique()}
    return frame.select("signal", "customer", "since", "amount", "rep", "evidence").with_columns(
        pl.col("signal").replace(named), pl.col("amount").round(2)
    )


def _said_actions(session: Session, answered: Answer) -> pl.DataFrame:
    write, lang = Written(session.lang).number, session.lang
    rows = answered.frame.to_dicts()
    why = pl.Series("why", [words.why(row, lang, write) for row in rows], pl.String)
    if session.is_json:
        return answered.frame.with_columns(why)
    return pl.DataFrame({"action": [words.action(row, lang) for row in rows]}, {"action": pl.String}).with_columns(why)
