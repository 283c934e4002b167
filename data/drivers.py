"""What the command about drivers answers, and its table for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.bare import last_day
from data.driver_commands import Quantities, Why
from data.pipeline import report
from metrics.buyers import lapsed, most_moved, moved
from metrics.catalog import catalog
from metrics.factors import factors, tree_of
from metrics.notes import note
from metrics.prices import by_product, prices
from metrics.segments import segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_MOST_SEGMENTS = 25
"""Of the segments, so many are printed; JSON has all of them."""
_UNSAID = ("is_beyond_chance", "is_candidate", "surprise")


def drivers_question(about: Why, tree: str, measure: str, quantities: Quantities) -> Callable[[View], Query]:
    """The question about a change; where no period is named, of the last twelve months, as pages open."""
    questions: dict[Why, Callable[[View], Query]] = {
        Why.FACTORS: lambda view: factors(tree, view),
        Why.SEGMENTS: lambda view: segments(measure, view),
        Why.PRICES: lambda view: prices(view, quantities.value),
        Why.PRODUCTS: lambda view: by_product(view, quantities.value),
        Why.CUSTOMERS: lambda view: moved(measure, view),
        Why.WHO: lambda view: most_moved(measure, view),
        Why.LAPSED: lapsed,
    }
    asked = questions[about]
    return asked if about is Why.LAPSED else lambda view: asked(view.spanned())


def drivers_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer; to people factors and dimensions by their names, and only the first of many segments."""
    frame = answered.frame
    if answered.query.finish == "lapsed" and not answered.sees_all:
        answered.notes.append(note("lapsed_in_scope").text(session.lang))
    answered.notes[:0] = _days(session, answered.query)
    if not (session.is_json or only_sql):
        if answered.query.finish == "factors":
            labels = {one.id: one.label.text(session.lang) for one in tree_of(answered.query).factors}
            frame = frame.with_columns(pl.col("driver").replace(labels))
        if answered.query.finish == "segments":
            labels = {name: known.label.text(session.lang) for name, known in catalog().dimensions.items()}
            frame = _first_segments(answered, session.lang).with_columns(pl.col("dimension").replace(labels))
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="drivers")


def _days(session: Session, query: Query) -> list[str]:
    """Which days were taken where none were named, and those compared with; who has stopped is told by own days."""
    view = query.view
    if view is None or view.period is None or view.before is None or view.preset != "last_12_months":
        return []
    days = {"from_on": view.period.from_on, "to_on": last_day(view)}
    return [session.word("days_compared", **days, before_from=view.before.from_on, before_to=view.before.to_on)]


def _first_segments(answered: Answer, lang: str) -> pl.DataFrame:
    """Of a ratio without the share of the change, which may be many times it; what shares changed by in points."""
    frame, (of,) = answered.frame.head(_MOST_SEGMENTS).drop(_UNSAID), answered.query.measures
    if of.ratio is not None:
        frame = frame.drop("explained")
    if of.unit == "share":
        points = "{:+.2f} 个百分点" if lang == "zh-CN" else "{:+.2f} pp"
        told = [None if one is None else points.format(100 * one) for one in frame["brought"]]
        frame = frame.with_columns(brought=pl.Series(told, dtype=pl.String))
    return frame
