"""What the command about one salesperson answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from data.asking import Answer, Asked, answer_to
from data.errors import StoreHoldsNothing, WeightsInvalid
from data.paper import write_page
from data.pipeline import report
from data.rep_book import add_note, notes, person, set_weights, weights
from data.rep_facts import facts, goals, peers
from data.rep_sheet import sheet
from metrics.coaching import HABITS, coaching
from metrics.coaching_words import label
from metrics.credit import credit
from metrics.query import Query, from_file
from metrics.scorecard import components, results, scored
from metrics.view import View
from metrics.voices import voices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.terminal import Session


@dataclass(frozen=True)
class Wanted:
    """What the command was told. `weights`: texts COMPONENT=N. `html`: where the page to print goes."""

    name: str
    what: str
    weights: tuple[str, ...] = ()
    note: str | None = None
    html: Path | None = None
    in_team: bool = True


def rep_report(session: Session, asked: Asked, wanted: Wanted, *, only_sql: bool) -> None:
    """Write down what is to be written down, then answer.

    Raises:
        UnknownPerson: nobody in the viewer's scope has this name; and what writing and asking raise.
    """
    store = session.store()
    with store.snapshot() as seen:
        viewer = seen.viewer(asked.email)
        person(seen, viewer, wanted.name)
    if wanted.weights:
        set_weights(store, viewer, _read(wanted.weights))
    if wanted.note is not None:
        add_note(store, viewer, wanted.name, wanted.note)
    views: list[View] = []

    def question(view: View) -> Query:
        views.append(view.spanned())
        return _question(wanted, views[0], others)

    with store.snapshot() as seen:
        if seen.as_of is None:
            raise StoreHoldsNothing(path=str(store.path))
        others = peers(seen, viewer, wanted.name, View(as_of=seen.as_of)) if wanted.in_team else ()
    answered = answer_to(session, asked, question)
    with store.snapshot() as seen:
        if wanted.html is not None:
            write_page(session, sheet(facts(seen, viewer, wanted.name, views[0]), session.lang), wanted.html)
        if wanted.what == "card":
            found = scored(answered.frame, weights(seen)).filter(pl.col("rep") == wanted.name)
            answered = replace(answered, frame=_named(session, found))
        if wanted.what == "coaching" and not session.is_json:
            claims = {name: label(name, session.lang) for name in HABITS}
            words = answered.frame.drop("unit").with_columns(pl.col("claim").replace(claims))
            answered = replace(answered, frame=words)
        if wanted.what == "notes":
            rows = [one.model_dump() for one in notes(seen, viewer, wanted.name)]
            answered = Answer(pl.DataFrame(rows, _NOTES), [], answered.sql, answered.query, answered.labels)
    report(session, answered, only_sql=only_sql, words_of="rep")


_NOTES = {"id": pl.Int64, "text": pl.String, "who": pl.String, "noted_at": pl.Datetime}


def _question(wanted: Wanted, view: View, others: tuple[str, ...]) -> Query:
    rep = wanted.name
    asked: dict[str, Callable[[], Query]] = {
        "card": lambda: results(view, (rep, *others) if others else ()),
        "coaching": lambda: coaching(rep, view, others),
        "voices": lambda: voices(rep, view),
        "credit": lambda: credit(rep, view),
        "goals": lambda: goals(rep, view),
        "notes": lambda: from_file("rep", rep=rep),
    }
    return asked[wanted.what]()


def _read(texts: tuple[str, ...]) -> dict[str, float]:
    """COMPONENT=N texts.

    Raises:
        WeightsInvalid: one of them is none.
    """
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError as error:
            raise WeightsInvalid(component=name, given=value or "—", known=", ".join(components())) from error
    return found


def _named(session: Session, card: pl.DataFrame) -> pl.DataFrame:
    """Components in the reader's words, where people read them."""
    if session.is_json:
        return card
    names = {one.id: one.label.text(session.lang) for one in components().values()}
    return card.drop("rep").with_columns(pl.col("component").replace(names))
