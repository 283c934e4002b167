"""Answers as tables and cross tables, plain lists, and one thing in full."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from metrics.query import Query
from metrics.view import View
from ui import answers, clicks, crosses, drill, numbers, remarks, rows, session
from ui.guard import guarded
from ui.headings import section, title
from ui.reader import look
from ui.text import lang, plain, t


def table(query: Query, view: View, *, key: str = "table") -> None:
    """The answer as a table; a click on a row opens the rows behind it."""
    _table(query, view, key)


@st.fragment
def _table(query: Query, view: View, key: str) -> None:
    with guarded():
        with session.reading() as seen:
            result = seen.ask(query, session.viewer())
        drawn = answers.series(result)
        if not drawn:
            remarks.unanswered(result)
            return
        subject = drill.Subject(query, drawn[0].measure.id, view)
        units = answers.units(result)
        with st.container(horizontal=True, vertical_alignment="center"):
            _offer(result.frame, subject, units, key)
            st.caption(t("show.pick_cell"), width="content")
        rows.grid(result.frame, key=f"{key}.grid", alt=subject.name(), units=units, reads=rows.chosen_row)
        remarks.said(remarks.of(result, look(view, top=None), is_table=True))
        chosen = clicks.take(f"{key}.grid")
        if chosen is not None:
            at = {by: result.frame.row(chosen, named=True)[by] for by in answers.cut_by(result)}
            drill.opened(drill.Subject(query, subject.measure, view, tuple(at.items())), "rows")


def pivot(query: Query, view: View, *, of: str | None = None, key: str = "pivot") -> None:
    """One measure of an answer cut by two dimensions as a cross table; a click on a cell opens the rows behind it.

    Args:
        query: the question.
        view: what it was asked for.
        of: the measure to show where the answer has several.
        key: the table's name on its page.
    """
    _pivot(query, view, of, f"{key}.{of}" if of else key)


@st.fragment
def _pivot(query: Query, view: View, of: str | None, key: str) -> None:
    with guarded():
        with session.reading() as seen:
            whole = seen.ask(query, session.viewer())
        result = answers.narrowed(whole, of, None)
        drawn = answers.series(result)
        if not drawn:
            remarks.unanswered(whole)
            return
        if len(answers.cut_by(result)) < 2:
            st.info(t("show.pivot_needs"), icon=":material/pivot_table_chart:")
            return
        subject = drill.Subject(query, drawn[0].measure.id, view)
        crossed = crosses.crossed(result, drawn[0], look(view))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(drawn[0].measure.label.text(lang()))}** &nbsp; :small[:gray[{t('show.pick_cell')}]]")
            _offer(crossed.frame, subject, crossed.units, key)
        rows.grid(crossed.frame, key=f"{key}.grid", alt=subject.name(), units=crossed.units, reads=rows.chosen_cell)
        remarks.said(remarks.of(result, look(view, top=None), is_table=True))
        cell = clicks.take(f"{key}.grid")
        at = crossed.at(*cell) if cell is not None else None
        if at is not None:
            drill.opened(drill.Subject(query, subject.measure, view, tuple(at.items())), "rows")


def _offer(frame: pl.DataFrame, subject: drill.Subject, units: dict[str, str], key: str) -> None:
    file = rows.File(subject.measure, rows.headings(frame), units, drill.definitions(subject))
    rows.downloads(file, lambda: frame, key=key)


def listing(
    frame: pl.DataFrame,
    *,
    key: str,
    alt: str,
    headings: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> None:
    """A plain list that no measure stands behind, such as the uploads so far; `units` by the frame's own names."""
    if frame.is_empty():
        st.caption(t("show.no_rows"))
        return
    named = dict(headings or {})
    in_units = {named.get(name, name): unit for name, unit in (units or {}).items()}
    rows.grid(frame.rename(named), key=key, alt=alt, units=in_units)


def facts(query: Query, *, title_of: str, or_else: str) -> bool:
    """One thing in full: its name as the page's title and its fields; False, and `or_else`, where there is none."""
    with session.reading() as seen:
        frame = seen.ask(query, session.viewer()).frame
    if frame.is_empty():
        st.info(plain(or_else), icon=":material/search_off:")
        return False
    row = rows.presented(frame).row(0, named=True)
    title(str(row.get(title_of) or next(iter(row.values()))))
    with st.grid(4, min_column_width=180, gap="small"):
        for name, value in row.items():
            if value is not None and value != "" and name != title_of:
                st.markdown(f":small[:gray[{plain(rows.heading(name))}]]  \n{plain(rows.said(name, value))}")
    return True


def details(lists: Mapping[str, Query], *, without: str) -> None:
    """Lists that belong to one thing, each under its heading; those without rows are named in one line at the end.

    Args:
        lists: heading → question.
        without: key of that line's text; `{what}` are the headings.
    """
    absent = []
    for place, (heading, query) in enumerate(lists.items()):
        with session.reading() as seen:
            frame = seen.ask(query, session.viewer()).frame
        if frame.is_empty():
            absent.append(heading)
            continue
        section(heading)
        listing(rows.presented(frame), key=f"details.{place}", alt=heading)
    if absent:
        st.caption(plain(t(without, what=numbers.listed(absent, lang()))))
