"""Behind a number of a review: its definition and its rows, of the version that the meeting shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
import streamlit as st

from data.review.chapter import Listing, Picture, Source, Value
from data.store import Snapshot
from metrics.catalog import measure
from metrics.cuts import total
from metrics.errors import SalesError
from metrics.query import Query, Result
from metrics.view import View
from ui import drill, question, session
from ui.review.errors import NumbersOfBefore
from ui.text import lang, plain, t

_BY = {"deal": "deal_id", "rep": "rep", "customer": "customer"}
"""The column that names whom a row of a list is about."""


@dataclass(frozen=True)
class Cited(question.Subject):
    """A number that a chapter says. `label`, `meaning`: as the chapter has them. `of`: its measure, where it is one.

    `facts`: the version that it was answered of: rows of another one are no rows of this number, and are refused.
    """

    label: str = ""
    meaning: str = ""
    of: str | None = None
    facts: int = -1

    @property
    def title(self) -> str:
        """What it is called."""
        return self.label

    def name(self) -> str:
        """What it is called, and where in the drawing it stands."""
        return " · ".join(part for part in (self.label, self.where) if part)

    def rows(self) -> Query:
        """The rows it stands on.

        Raises:
            NumbersOfBefore: the store has newer data than the meeting shows.
        """
        self._check()
        return super().rows()

    def explain(self) -> None:
        """Its rule; of a measure the catalogue's definition."""
        if self.meaning:
            st.markdown(plain(self.meaning))
        if self.of is not None:
            self._check()
            drill.meaning(drill.Subject(self.query, self.of, self.view))

    def terms(self) -> list[tuple[str, str]]:
        """The same for a file."""
        if self.of is None:
            return [(self.label, self.meaning)]
        known = measure(self.of)
        return [(self.label, known.meaning.text(lang())), (t("show.formula"), known.formula(lang()))]

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The whole answer that it is part of."""
        self._check()
        return super().figures(result)

    def _check(self) -> None:
        with session.reading() as seen:
            if seen.facts != self.facts:
                raise NumbersOfBefore


def of_value(value: Value, view: View, facts: int) -> Cited | None:
    """What is looked behind at a value; None where it has neither rows nor a definition of the catalogue."""
    label = value.label
    if value.source is not None:
        return _cited(value.source, label, value.meaning, view, facts, of=value.measure)
    if value.measure is not None:
        query = total(value.measure, view)
        return _cited(Source(query, value.measure), label, value.meaning, view, facts, of=value.measure)
    return None


def of_mark(picture: Picture, at: int, view: View, facts: int) -> Cited | None:
    """What is looked behind at a mark of a picture."""
    source = picture.sources[at] if at < len(picture.sources) else None
    if source is None:
        return None
    return replace(_cited(source, picture.title, picture.rule, view, facts), where=picture.labels[at])


def of_picture(picture: Picture, view: View, facts: int) -> Cited | None:
    """What is looked behind at a picture as a whole: its rule, the figures of its first number, its statement."""
    source = next((one for one in picture.sources if one is not None), None)
    return None if source is None else _cited(source._replace(at=()), picture.title, picture.rule, view, facts)


def of_row(listing: Listing, at: int, view: View, facts: int) -> Cited | None:
    """What is looked behind at a row of a list: its own rows where the answer tells them apart, else all of the list.

    Args:
        at: the row; negative: the list as a whole.
    """
    if listing.source is None:
        return None
    whole = _cited(listing.source, listing.title, listing.rule, view, facts)
    if not 0 <= at < len(listing.subjects):
        return whole
    subject = listing.subjects[at]
    by = _BY.get(subject.kind)
    if by is None or subject.id is None or by not in {column.name for column in whole.query.columns}:
        return whole
    alone = replace(whole, at=(*whole.at, (by, subject.id)), where=subject.label)
    return alone if _can_be_asked(alone) else whole


def _can_be_asked(subject: Cited) -> bool:
    try:
        subject.query.rows(subject.column, **dict(subject.at))
    except (SalesError, KeyError, ValueError):
        return False
    return True


def _cited(source: Source, label: str, meaning: str, view: View, facts: int, of: str | None = None) -> Cited:
    return Cited(
        source.query, of or "review", view, at=source.at, column=source.column, label=label, meaning=meaning, of=of,
        facts=facts,
    )  # fmt: skip


def explain(label: str, lines: Sequence[str]) -> None:
    """The definition alone, of what has no rows that can be opened."""
    st.dialog(plain(label), width="large")(_lines)(lines)


def _lines(lines: Sequence[str]) -> None:
    for line in lines:
        st.markdown(plain(line))


def is_of_now(facts: int, seen: Snapshot) -> bool:
    """Whether numbers of this version are those that the store would answer now."""
    return seen.facts == facts
