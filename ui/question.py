"""Questions that are not one measure, on screen: a funnel, a bridge. What is drawn, what it means, the rows behind it.

A mark of such a drawing carries which number it is and of which row (`mark_of`), and a click opens those rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Protocol

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data import punctuation
from data.punctuation import ended, paired
from data.store import Snapshot
from metrics.catalog import Text
from metrics.notes import Note
from metrics.query import Query, Result
from metrics.view import View
from ui import drill, remarks, rows, session
from ui.block import header, plot
from ui.drawn import MOST
from ui.guard import guarded
from ui.kept import Kept
from ui.look import Look
from ui.reader import look
from ui.text import lang, plain, t

Draw = Callable[[Result, Look], go.Figure | None]
Find = Callable[[Result, Look], str | None]


class Finding(NamedTuple):
    """What a question finds; `mark`: the number that shows it, where there is one."""

    text: str
    mark: str | None = None


Judge = Callable[[Result, Look], Finding]


class Against(NamedTuple):
    """A second question that the finding of a block stands on. `name`: of its texts, as of `question`."""

    query: Query
    judge: Judge
    view: View
    name: str


Drawn = tuple[go.Figure | None, str | None]
_kept = Kept[Drawn](MOST)
_judged = Kept[Finding](MOST)


def mark_of(column: str | None, where: str, **at: object) -> str:
    """What a mark carries: the number it is, where it stands in words, and the values of the row it belongs to."""
    return json.dumps([column, where, at], ensure_ascii=False)


@dataclass(frozen=True)
class Subject(drill.Subject):
    """What is looked behind: such a question, or one mark of its drawing. `measure` names it in texts and files."""

    page: ClassVar[tuple[str, str, str] | None] = None
    """Where each row has a page of its own: its stem, its parameter, and the column that names the row."""
    height: ClassVar[int] = rows.MOST_HEIGHT
    """Pixels beyond which a table of it is scrolled."""
    column: str | None = None
    where: str = ""

    @property
    def title(self) -> str:
        """What is drawn."""
        return t(f"question.{self.measure}")

    def name(self) -> str:
        """The question, and where in the drawing the mark is."""
        column = rows.heading(self.column) if self.column else ""
        return " · ".join(part for part in (self.title, self.where, column) if part)

    def rows(self) -> Query:
        """The rows the number stands on."""
        return self.query.rows(self.column, **dict(self.at))

    def explain(self) -> None:
        """What is counted, and by which rule."""
        st.markdown(plain(t(f"question.{self.measure}_help")))

    def terms(self) -> list[tuple[str, str]]:
        """The same for a file."""
        return [(self.title, t(f"question.{self.measure}_help"))]

    def notes(self, result: Result) -> Sequence[Note]:
        """What the answer says about itself."""
        return result.notes

    @property
    def key(self) -> int:
        """Names its widgets."""
        return hash((self.query, self.measure, self.column, self.at))

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The whole answer, and the units of its columns."""
        units = {column.name: column.unit for column in self.query.columns if column.unit}
        shown = [name for name in result.frame.columns if name not in ("label_en", "label_zh", "place", "cells")]
        return result.frame.select(shown), units


class Rule(Protocol):
    """A name and when it holds."""

    @property
    def label(self) -> Text:
        """What it is called."""

    @property
    def rule(self) -> Text:
        """When it holds, with its threshold."""


class Ruled(Subject):
    """What is told by rules: each stands in the definition by its name."""

    ruled: ClassVar[Sequence[Rule]] = ()

    def explain(self) -> None:
        """Every rule with its threshold, too."""
        super().explain()
        st.markdown("\n".join(paired(f"- **{plain(name)}**", plain(rule), lang()) for name, rule in self._rules()))

    def terms(self) -> list[tuple[str, str]]:
        """The same for a file."""
        return [*super().terms(), *self._rules()]

    def _rules(self) -> list[tuple[str, str]]:
        return [(one.label.text(lang()), one.rule.text(lang())) for one in self.ruled]


def question(
    query: Query,
    draw: Draw,
    view: View,
    *,
    name: str,
    found: Find | None = None,
    against: Against | None = None,
    of: type[Subject] = Subject,
) -> None:
    """A drawing with what it says; a click on a mark opens its rows.

    Args:
        query: the question. draw: how it looks; None where there is nothing to draw.
        view: what it was asked for.
        name: of the texts `question.<name>` (title) and `question.<name>_help` (its rule).
        found: the sentence that states the finding, where there is one.
        against: what the drawing is held against: its finding comes first, and its rows are a click away.
        of: what is looked behind, where its title or definition is more than the text.
    """
    with st.container(border=True, height="stretch"):
        _question(query, draw, view, name, found, against, of)


@st.fragment
def _question(
    query: Query, draw: Draw, view: View, name: str, found: Find | None, against: Against | None, of: type[Subject]
) -> None:
    with guarded():
        with session.reading() as seen:
            result = seen.ask(query, session.viewer())
            finding = _finding(against, seen) if against else None
        subject, how = of(query, name, view), look(view)
        figure, sentence = _kept.of((result,), (draw, how, found), lambda: _drawn(result, how, draw, found))
        told = [finding.text if finding and figure is not None else None, sentence]
        header(subject.title, punctuation.sentences(filter(None, told), lang()) or None, subject, name)
        if against and finding and finding.mark and figure is not None:
            _evidence(against, finding.mark, name)
        said = [note.text(lang()) for note in subject.notes(result)]
        if figure is None:
            remarks.nothing(name, view)
            remarks.said(said)
            return
        mark = plot(figure, name, alt=(ended(subject.title, lang()) + (sentence or "")).strip())
        remarks.said(said)
        if mark is not None:
            drill.opened(_at(subject, mark), "rows")


def _finding(against: Against, seen: Snapshot) -> Finding:
    other, how = seen.ask(against.query, session.viewer()), look(against.view)
    return _judged.of((other,), (against.judge, how), lambda: against.judge(other, how))


def _evidence(against: Against, mark: str, name: str) -> None:
    """The rows that a finding stands on, behind a button."""
    if st.button(t("question.evidence"), key=f"{name}.evidence", type="tertiary", icon=":material/fact_check:"):
        drill.opened(_at(Subject(against.query, against.name, against.view), mark), "rows")


def _drawn(result: Result, how: Look, draw: Draw, found: Find | None) -> Drawn:
    figure = draw(result, how)
    return figure, found(result, how) if found and figure is not None else None


def _at(subject: Subject, mark: str) -> Subject:
    column, where, at = json.loads(mark)
    values: dict[str, Any] = at
    return replace(subject, column=column, where=where, at=tuple(values.items()))
