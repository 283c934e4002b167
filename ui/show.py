"""The only way to the screen: every number, chart and table with its definition, SQL, rows and download.

A page says which questions in which order; this module asks them as the viewer who looks on, draws the answers, and
opens what is behind a number when it is clicked. Each block is a fragment: a click in it does not run the page again.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import streamlit as st

from data.ahead import begin
from data.contents import filled
from data.punctuation import ended
from metrics.catalog import dimension, measure
from metrics.cuts import total, trend
from metrics.query import Query, Result
from metrics.view import View
from ui import answers, cards, drill, remarks, session
from ui import numbers as written
from ui.answers import Series
from ui.block import header, plot
from ui.charts import Draw
from ui.define import glossary
from ui.drawn import drawn
from ui.guard import guarded
from ui.headings import section, title
from ui.listed import listed
from ui.question import question
from ui.reader import look, run_up, with_data
from ui.remarks import set_apart
from ui.signs import signs
from ui.tables import details, facts, listing, pivot, table
from ui.text import lang, plain, t

__all__ = [
    "ahead", "chart", "details", "facts", "glossary", "listed", "listing", "numbers", "pivot", "present", "question",
    "run_up", "section", "set_apart", "signs", "table", "title", "uploaded",
]  # fmt: skip


def numbers(
    measures: Sequence[str],
    view: View,
    *,
    columns: int = 4,
    sparks: bool = True,
    key: str = "numbers",
    of: Sequence[str] = (),
) -> None:
    """Cards, one per measure, answered by one question; the last twelve months as sparklines by another.

    Measures whose data nobody has uploaded share one line that says which file would bring them.

    Args:
        measures, view: what is shown. columns: cards side by side. sparks: with sparklines. key: names the block.
        of: all measures of the page, where it has several such blocks: those of a table then share its statements.
    """
    _numbers(tuple(measures), view, columns, sparks, key, tuple(of or measures))


@st.fragment
def _numbers(
    measures: tuple[str, ...], view: View, columns: int, sparks: bool, key: str, together: tuple[str, ...]
) -> None:
    with guarded(), session.reading() as seen:
        present, missing = with_data(measures, seen)
        asked, _ = with_data(together, seen)
        if present:
            result = seen.ask(total(asked, view), session.viewer())
            months = seen.ask(trend(asked, "month", run_up(view)), session.viewer()) if sparks else None
            with st.grid(columns, min_column_width=180, gap="small"):
                for card in cards.cards_of(result, months, present, look(view)):
                    cards.draw(card, view, key)
        if missing:
            _bring(missing)


def ahead(*queries: Query) -> None:
    """Begin to answer what the page asks further down, in that order, beside what stands before it."""
    with session.reading() as seen:
        begin(seen, queries, session.viewer())


def present(measures: Sequence[str]) -> tuple[str, ...]:
    """Those of the measures that there are data of."""
    with session.reading() as seen:
        return tuple(with_data(measures, seen)[0])


def uploaded() -> AbstractSet[str]:
    """The tables that hold rows: a company without deals is told of what it sold."""
    with session.reading() as seen:
        return filled(seen)


def _bring(missing: Sequence[str]) -> None:
    names = written.listed([measure(id_).label.text(lang()) for id_ in missing], lang())
    tables = written.listed(answers.tables_of(missing, lang()), lang())
    st.caption(f"{t('show.empty_measures', measures=plain(names))} {t('show.bring', tables=plain(tables))}")


def chart(
    query: Query,
    draw: Draw,
    view: View,
    *,
    of: str | None = None,
    part: str | Sequence[str] | None = None,
    heading: str | None = None,
    top: int | None = 12,
    key: str | None = None,
) -> None:
    """A chart whose title states the finding; a click on a mark opens the rows behind it.

    Args:
        query: the question; several charts may share one.
        draw: how it looks, from `ui.charts`.
        view: what the question was asked for.
        of: the measure to draw where the answer has several.
        part: the dimension to draw where the answer holds several (`breakdowns`); of several, the first by which the
            rows differ.
        heading: instead of "measure by dimension".
        top: most rows drawn.
        key: name of the chart on its page, where measure, cut and drawing do not tell it from another.
    """
    parts = (part,) if isinstance(part, str) else tuple(part or ())
    name = key or ".".join(("chart", draw.__name__, of or "", *parts, *query.by))
    with st.container(border=True, height="stretch"):
        _chart(query, draw, view, of, parts, heading, top, name)


@st.fragment
def _chart(
    query: Query,
    draw: Draw,
    view: View,
    of: str | None,
    parts: tuple[str, ...],
    heading: str | None,
    top: int | None,
    key: str,
) -> None:
    with guarded():
        with session.reading() as seen:
            whole = seen.ask(query, session.viewer())
        made = drawn(whole, draw, look(view, top=top), of, parts)
        if made.measured is None:
            remarks.unanswered(whole)
            return
        neutral = heading or _heading(made.result, made.measured)
        if made.figure is None:
            st.caption(plain(neutral))
            remarks.unanswered(made.result, made.measured)
            return
        subject = drill.Subject(_alone(query, made.measured), made.measured.measure.id, view, part=made.part)
        header(neutral, made.found, subject, key)
        mark = plot(made.figure, key, alt=(ended(neutral, lang()) + (made.found or "")).strip())
        remarks.said(made.remarks)
        clicked = drill.subject_at(subject, made.result, mark) if mark else None
        if clicked is not None:
            drill.opened(clicked, "rows")


def _alone(query: Query, drawn_of: Series) -> Query:
    """The question of a chart by itself, for what lies behind it: over time, several charts may share one question."""
    if query.finish != "trend" or query.view is None:
        return query
    grain, *others = query.by
    return trend(drawn_of.measure, grain, query.view, *others)


def _heading(result: Result, measured: Series) -> str:
    """What a chart shows, in words: "Won amount by team", "Win rate per month by product"."""
    name, bys = measured.measure.label.text(lang()), answers.cut_by(result)
    grain = answers.grain_of(result)
    values = [_inside(dimension(by).label.text(lang())) for by in bys if by != grain and answers.known_dimension(by)]
    by = written.listed(values, lang())
    if grain is None:
        return t("show.by", measure=name, by=by) if by else name
    span = _inside(dimension(grain).label.text(lang()))
    return (
        t("show.over_time_by", measure=name, grain=span, by=by) if by else t("show.over_time", measure=name, grain=span)
    )


def _inside(label: str) -> str:
    """A label inside a sentence: "by team"."""
    return label[:1].lower() + label[1:]
