"""Questions whose answer is a list: a table with its definition, SQL and files; a click on a row opens its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import streamlit as st

from metrics.query import Query, Result
from metrics.view import View
from ui import address, clicks, drill, remarks, rows, session
from ui.block import header
from ui.guard import guarded
from ui.kept import Kept
from ui.look import Look
from ui.question import Find, Subject
from ui.reader import look
from ui.text import lang

Shape = Callable[[pl.DataFrame, Look], pl.DataFrame]

_kept = Kept[pl.DataFrame](32)


def listed(
    query: Query,
    view: View,
    *,
    name: str,
    found: Find | None = None,
    shape: Shape | None = None,
    of: type[Subject] = Subject,
    first: Query | None = None,
) -> None:
    """An answer as a table.

    Args:
        query: the question. view: what it was asked for.
        name: of the texts `question.<name>`, `question.<name>_help` and `question.<name>_empty`.
        found: the sentence that states the finding. shape: what is shown of the first rows; by default all columns.
        of: what is looked behind, where its definition is more than the text.
        first: the rows of it that are shown, where all of them are many: `found` is asked of this answer, and the whole
            one only for a file.
    """
    with st.container(border=True):
        _listed(query, view, name, found, shape, of, first)


@st.fragment
def _listed(
    query: Query,
    view: View,
    name: str,
    found: Find | None,
    shape: Shape | None,
    of: type[Subject],
    shown: Query | None,
) -> None:
    with guarded():
        with session.reading() as seen:
            result = seen.ask(shown or query, session.viewer())
        subject, how = of(query, name, view), look(view)
        header(subject.title, found(result, how) if found else None, subject, name)
        said = [note.text(lang()) for note in subject.notes(result)]
        if result.frame.is_empty():
            remarks.nothing(name, view)
            remarks.said(said)
            return
        frame, units = subject.figures(result)
        file = rows.File(name, rows.headings(frame), units, drill.definitions(subject))
        whole = rows.asked_later(query, lambda all_of_it: all_of_it.select(frame.columns)) if shown else lambda: frame
        rows.downloads(file, whole, key=name)
        _table(result, frame, subject, how, shape, units)
        remarks.said(said)


def _table(
    result: Result, frame: pl.DataFrame, subject: Subject, how: Look, shape: Shape | None, units: dict[str, str]
) -> None:
    first = frame.head(rows.MOST_ROWS)
    # Kept beside the answer itself: of a long one the result is made anew on every run.
    kept = (shape, how, result.query)
    shown = _kept.of((result.raw,), kept, lambda: shape(first, how)) if shape else rows.presented(first)
    key = f"{subject.measure}.grid"
    opens = bool(result.query.by) and "deal_id" not in shown.columns  # a deal has its own page
    links = None
    if subject.page is not None:
        page, name, column = subject.page
        links = address.links(page, name, first.get_column(column))
    reads = rows.chosen_row if opens else None
    said = {name: unit for name, unit in units.items() if shown.schema.get(name) != pl.String}  # "< 0.1%" is no number
    rows.grid(shown, key=key, alt=subject.title, units=said, reads=reads, links=links, height=subject.height)
    chosen = clicks.take(key) if opens else None
    if chosen is not None:
        at = {by: result.frame.row(chosen, named=True)[by] for by in result.query.by}
        drill.opened(replace(subject, at=tuple(at.items()), where=str(next(iter(at.values())) or "")), "rows")
