"""A question as the command line puts it, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, cast

import polars as pl

from data import punctuation
from data.bare import reasons
from data.contents import filled
from data.divisions import divisions, with_those_below
from data.errors import FilterInvalid, StoreHoldsNothing
from data.settings import settings
from data.terminal import Session
from metrics.catalog import catalog, dimension, measure
from metrics.cuts import cut
from metrics.errors import UnknownDimension, nearest
from metrics.query import Query
from metrics.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Snapshot
    from metrics.view import Compare
    from metrics.viewer import Viewer


@dataclass(frozen=True)
class Asked:
    """What was asked for. `where`: texts DIM=VALUE; several of one dimension mean any of them; `DIM=` is unassigned."""

    measures: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    where: tuple[str, ...] = ()
    as_of: date | None = None
    email: str | None = None
    compare: str = "none"
    rows: bool = False


@dataclass(frozen=True)
class Answer:
    """`frame`: the answer, or the rows behind it. `notes`: what it says about itself. `sql`: values written in.

    `labels`: of the dimensions of its store. `sees_all`: whether no row scope cuts it.
    """

    frame: pl.DataFrame
    notes: list[str]
    sql: str
    query: Query
    labels: dict[str, str] = field(default_factory=dict)
    sees_all: bool = True


def answer(session: Session, asked: Asked) -> Answer:
    """Ask the store for measures.

    Raises:
        UnknownMeasure, and what `answer_to` raises.
    """
    for name in asked.measures:
        measure(name)

    def question(view: View) -> Query:
        query = cut(asked.measures, tuple(dimension_id(name) for name in asked.by), view)
        return query.rows() if asked.rows else query

    return answer_to(session, asked, question)


def answer_to(session: Session, asked: Asked, question: Callable[[View], Query]) -> Answer:
    """Ask the store a question about the view that was asked for.

    A value that does not exist is no error: it matches nothing, and the answer says so.

    Raises:
        UnknownDimension, UnknownViewer, FilterInvalid, BadPeriod: the question cannot be asked.
    """
    with session.store().snapshot() as seen:  # which knows the dimensions of its store
        named = read_filters(asked.where)
        viewer = seen.viewer(asked.email)
        under = divisions(seen, viewer) if "team" in named else {}
        filters = named | _with_those_below(seen, viewer, named, under)
        view = _view(seen, asked, filters)
        shown = question(view)
        unknown = {name: _unknown(seen, viewer, name, values, under) for name, values in named.items()}
        notes = _divisions_note(session, named, filters, under)
        notes += [_unknown_note(session, seen, viewer, name, value) for name, bad in unknown.items() for value in bad]
        result = seen.ask(shown, viewer)
        notes += [note.text(session.lang) for note in result.notes]
        notes += reasons(session, view, result, filled(seen) if result.frame.is_empty() else ())
        has_days = view.before is not None or (shown.view is not None and shown.view.period is not None)
        if asked.compare != "none" and not has_days:  # a question may have a period of its own where none is named
            notes.append(session.word("compare_needs_period"))
        is_nothing = any(len(bad) == len(named[name]) for name, bad in unknown.items())
        frame = result.frame.clear() if is_nothing else result.frame
        labels = {name: found.label.text(session.lang) for name, found in catalog().dimensions.items()}
        return Answer(frame, notes, shown.text(viewer=viewer), shown, labels, viewer.sees_all)


def dimension_id(name: str) -> str:
    """The id of a dimension that is named by it or as people see it (`商机分级`, `Salesperson`).

    A column of a company's own has an id that nobody has chosen, so that its name must do, too.

    Raises:
        UnknownDimension: with the id that was probably meant.
    """
    known = catalog().dimensions
    if name in known:
        return name
    called: dict[str, list[str]] = {}
    for one, found in known.items():
        for label in {found.label.text(lang).lower() for lang in ("en", "zh-CN")}:
            called.setdefault(label, []).append(one)
    if len(meant := called.get(name.lower(), [])) == 1:
        return meant[0]
    like = nearest(name, known) or next(iter(called.get(nearest(name, called) or "", [])), None)
    raise UnknownDimension(name=name, suggestion=like)


def read_filters(where: tuple[str, ...]) -> dict[str, list[str | None]]:
    """DIM=VALUE texts, by dimension.

    Raises:
        FilterInvalid: a text has no `=`. UnknownDimension: with a suggestion.
    """
    filters: dict[str, list[str | None]] = {}
    for text in where:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise FilterInvalid(given=text)
        filters.setdefault(dimension(dimension_id(name.strip())).id, []).append(value or None)
    return filters


def _view(seen: Snapshot, asked: Asked, filters: dict[str, list[str | None]]) -> View:
    day = seen.as_of
    if day is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    view = View(
        as_of=day,
        from_on=asked.from_on,
        to_on=asked.to_on,
        compare=cast("Compare", asked.compare),
        filters=tuple((name, tuple(values)) for name, values in filters.items()),
        fiscal_start=settings().fiscal_start,
        week_start=settings().week_start,
        headline=settings().headline_measure,
    )
    return view.seen_on(asked.as_of) if asked.as_of else view


def _with_those_below(
    seen: Snapshot, viewer: Viewer, named: dict[str, list[str | None]], under: dict[str, tuple[str, ...]]
) -> dict[str, list[str | None]]:
    if not under:
        return {}
    return {"team": list(with_those_below(named["team"], seen.values("team", viewer), under))}


def _divisions_note(
    session: Session,
    named: dict[str, list[str | None]],
    filters: dict[str, list[str | None]],
    under: dict[str, tuple[str, ...]],
) -> list[str]:
    """That a division was taken with the teams below it, and that a team with teams below it was taken alone."""
    given, meant = named.get("team", []), filters.get("team", [])
    notes = []
    for team in given:
        below = under.get(team or "", ())
        if not below or set(below) & set(given):
            continue
        word = "division_with_below" if set(below) <= set(meant) else "division_alone"
        notes.append(session.word(word, team=team, count=len(below), teams=punctuation.named(below, session.lang)))
    return notes


def _unknown(
    seen: Snapshot, viewer: Viewer, name: str, values: list[str | None], under: dict[str, tuple[str, ...]]
) -> list[str]:
    if dimension(name).kind == "grain":
        return []
    known = {*seen.values(name, viewer), *(under if name == "team" else ())}
    return [value for value in values if value is not None and value not in known]


def _unknown_note(session: Session, seen: Snapshot, viewer: Viewer, name: str, value: str) -> str:
    known = {known.lower(): known for known in seen.values(name, viewer) if known}
    suggestion = known.get(nearest(value, known) or "", "")
    label = dimension(name).label.text(session.lang)
    return session.word("unknown_value", value=value, dimension=label, suggestion=suggestion)
