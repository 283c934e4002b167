"""Behind a number: what it means, the rows it stands on, the figures of its chart, its SQL, and the files to take away.

A drawer at the side, so that the page stays as it is. Nothing in it is computed before its tab is open. Rows are asked
for as the viewer who looks, so nobody sees more behind a number than in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from data import punctuation
from data.punctuation import paired
from data.store import Snapshot
from metrics.catalog import Measure, measure
from metrics.cuts import total
from metrics.notes import Note
from metrics.query import Query, Result
from metrics.view import View
from ui import answers, numbers, rows, session
from ui.guard import guarded
from ui.navigation import page_link
from ui.reader import look
from ui.text import lang, plain, t

TABS = ("meaning", "rows", "numbers", "sql")


@dataclass(frozen=True)
class Subject:
    """What is looked behind: one measure of an answer, or one mark of its chart.

    `at`: the values of the cut behind the mark, as (column, value) pairs; empty: the whole answer.
    `part`: which of several dimensions of the answer is drawn.
    """

    query: Query
    measure: str
    view: View
    at: tuple[tuple[str, Any], ...] = ()
    part: str | None = None

    @property
    def known(self) -> Measure:
        """The measure's definition."""
        return measure(self.measure)

    def name(self) -> str:
        """The measure, and where in the chart the mark is."""
        where = [answers.label(value, by, lang(), self.view.fiscal_start) for by, value in self.at if by != "dimension"]
        return " · ".join([self.known.label.text(lang()), *where])

    def rows(self) -> Query:
        """The rows the number stands on."""
        return self.query.rows(self.measure, **dict(self.at))

    def explain(self) -> None:
        """Draw the definition in words, how it is computed, and the other definitions with their values."""
        meaning(self)

    def terms(self) -> list[tuple[str, str]]:
        """What it means, for a file: term and meaning."""
        known = self.known
        return [
            (known.label.text(lang()), known.meaning.text(lang())),
            (t("show.formula"), known.formula(lang())),
        ]

    def notes(self, result: Result) -> Sequence[Note]:
        """What the answer says about it."""
        return answers.notes_of(result, self.measure)

    @property
    def key(self) -> int:
        """Names its widgets."""
        return hash((self.query, self.measure, self.at))

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The columns of its answer to show, and their units."""
        narrowed = answers.narrowed(result, self.measure, self.part)
        shown = [column.name for column in narrowed.query.columns if column.name in narrowed.frame.columns]
        return narrowed.frame.select(shown), answers.units(narrowed)


def opened(subject: Subject, first: str = "meaning") -> None:
    """Open the drawer at one of TABS. Only one can be open at a time."""
    st.dialog(plain(subject.name()), width="large", position="right")(_drawer)(subject, first)


def _drawer(subject: Subject, first: str) -> None:
    with guarded():
        st.caption(plain(subject.view.sentence(lang())))
        names = {tab: t(f"show.{tab}") for tab in TABS}
        key = f"drawer.{hash((subject.query, subject.measure, subject.at, first))}"
        tabs = st.tabs(list(names.values()), default=names[first], key=key, on_change="rerun")
        for tab, place in zip(TABS, tabs, strict=True):
            if place.open:
                with place, session.reading(), guarded():
                    _TABS[tab](subject)


def meaning(subject: Subject) -> None:
    """The definition in words, how it is computed, and the other definitions with their values."""
    known = subject.known
    st.markdown(plain(known.meaning.text(lang())))
    facts = {t("show.formula"): plain(known.formula(lang())), t("show.unit"): unit_name(known)}
    owner = known.table or " + ".join(dict.fromkeys(part.table for part in known.parts if part.table))
    if owner:
        facts[t("show.owner")] = f"`{owner}`"
    st.markdown("\n".join(paired(f"- **{name}**", text, lang()) for name, text in facts.items()))
    if known.deprecated is not None:
        st.warning(plain(known.deprecated.text(lang())))
    if known.also:
        st.markdown(f"**{t('show.also')}**")
        st.markdown("\n".join(f"- {line}" for line in other_definitions(known, subject.view)))
    page_link("glossary", t("show.glossary"), icon=":material/menu_book:", measure=known.id)


def other_definitions(known: Measure, view: View) -> list[str]:
    """Each other definition with its value in the same view; a refused one with the reason."""
    with session.reading() as seen:
        result = seen.ask(total(known.also, view), session.viewer())
    seen_by = look(view)
    lines = []
    for part in answers.series(result):
        value = answers.values(result.frame, part.value)[0]
        label = part.measure.label.text(lang())
        line = paired(
            f"**{plain(label)}**",
            f"{plain(seen_by.written(value, part))} — {plain(part.measure.meaning.text(lang()))}",
            lang(),
        )
        reasons = (
            [plain(note.text(lang())) for note in answers.notes_of(result, part.measure.id)] if value is None else []
        )
        lines.append(punctuation.sentences([line, *reasons], lang()))
    return lines


def behind(subject: Subject) -> None:
    """The rows the number stands on: the first thousand on screen, all of them in the files."""
    asked = subject.rows()
    with session.reading() as seen:
        first, height = _first(asked, seen)
    if first.is_empty():
        st.info(t("show.no_rows"), icon=":material/search_off:")
        return
    key = f"rows.{subject.key}"
    all_of_them, few = (numbers.exact(count, "count", lang()) for count in (height, first.height))
    with st.container(horizontal=True, vertical_alignment="center"):
        is_short = height > first.height
        st.caption(
            t("show.rows_shown", shown=few, all=all_of_them) if is_short else t("show.rows_all", all=all_of_them)
        )
        offered = rows.File(f"{subject.measure}-rows", rows.headings(first), {}, definitions(subject))
        rows.downloads(offered, rows.asked_later(asked), key=key)
    rows.grid(rows.presented(first), key=key, alt=t("show.rows_of", name=subject.name()))


def _first(asked: Query, seen: Snapshot) -> tuple[pl.DataFrame, int]:
    """The first rows that stand behind a number, and how many there are; such as are worked out come all at once."""
    if asked.is_worked_out:
        whole = seen.ask(asked, session.viewer()).frame
        return whole.head(rows.MOST_ROWS), whole.height
    first = seen.ask(asked.first(rows.MOST_ROWS), session.viewer()).frame
    is_cut = first.height == rows.MOST_ROWS
    return first, seen.ask(asked.count(), session.viewer()).frame.item() if is_cut else first.height


def figures(subject: Subject) -> None:
    """The answer itself as a table, with its files."""
    with session.reading() as seen:
        result = seen.ask(subject.query, session.viewer())
    key = f"figures.{hash((subject.query, subject.measure, subject.part))}"
    frame, units = subject.figures(result)
    rows.downloads(
        rows.File(subject.measure, rows.headings(frame), units, definitions(subject)), lambda: frame, key=key
    )
    rows.grid(frame, key=key, alt=subject.name(), units=units)
    for note in subject.notes(result):
        st.caption(plain(note.text(lang())))


def statement(subject: Subject) -> None:
    """The SQL of the answer and of the rows, values written in: to read, copy and run elsewhere."""
    st.caption(t("show.sql_answer"))
    st.code(subject.query.text(viewer=session.viewer()), language="sql", wrap_lines=True)
    st.caption(t("show.sql_rows"))
    st.code(subject.rows().text(viewer=session.viewer()), language="sql", wrap_lines=True)


def definitions(subject: Subject) -> list[tuple[str, str]]:
    """What goes beside the numbers in a file: meaning, formula, view, and as of when."""
    with session.reading() as seen:
        as_of, version = seen.as_of, seen.version
    return [
        *subject.terms(),
        (t("show.view"), subject.view.sentence(lang())),
        (t("show.as_of"), numbers.day(as_of, lang())),
        (t("show.version"), str(version)),
        (t("show.sql"), subject.query.text(viewer=session.viewer())),
    ]


_TABS: dict[str, Callable[[Subject], None]] = {
    "meaning": lambda subject: subject.explain(), "rows": behind, "numbers": figures, "sql": statement,
}  # fmt: skip


def unit_name(known: Measure) -> str:
    """The unit in words."""
    return t(f"show.units.{known.unit}")


def clicked(state: Mapping[str, Any]) -> str | None:
    """The mark a reader clicked in a chart, as it was written into `customdata`; None for marks of several values."""
    for point in state["selection"]["points"]:
        carried = point.get("customdata")
        found = carried[0] if isinstance(carried, list) and carried else carried
        if isinstance(found, str):
            return found
    return None


def subject_at(subject: Subject, result: Result, mark: str) -> Subject | None:
    """The subject behind a mark; None when the answer no longer has such a row."""
    at = answers.row_at(result, mark)
    return None if at is None else replace(subject, at=tuple(at.items()))
