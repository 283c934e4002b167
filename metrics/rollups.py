"""The same answer from fewer rows: what a store keeps a second time, with rows that are alike as one.

A roll-up (metrics/definitions/rollups.toml) holds a table by month and by day: how many rows each of its rows is,
and their money added up. Counts and sums over it are those over the table, to the last digit: a whole month is one day
to a question whose periods do not begin or end inside it, and the other months are read by day.

One that is a `reading` of its table holds just the rows that files of questions read by that name, and one of `steps`
the rows of these, as far as answers read them; or, of one day, what they say of each row then. Only an engine that
keeps roll-ups asks here; questions, their SQL as shown and the rows behind a number know the table alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache

from metrics.base import Filters
from metrics.catalog import Dimension, Measure, RolledUp, RollUp, catalog, dimension, promoted, table
from metrics.period import bucket_start
from metrics.population import Population, compiled
from metrics.query import Query, Step, answer_of_file, kept_step, used
from metrics.reads import mentioned, reads
from metrics.viewer import EVERYTHING, Viewer

_GRAINS = frozenset({"month", "quarter", "year"})
"""Spans of which each day of a month has the same one."""
_ROWS = re.compile(r"\bpopulation\b", re.IGNORECASE)
"""What an answer reads that lists or cuts rows in its own way."""
_WORD = re.compile(r"\w+")
_STARTS, _ENDS = ("from_on", "before_from"), ("to_on", "before_to")


def rolled(query: Query, viewer: Viewer, kept: frozenset[str], day: date | None = None) -> Query | None:
    """The statement of `query` over a roll-up, or None where only the table itself tells.

    Args:
        query: one statement of a question (Query.parts). viewer: who asks.
        kept: the names of the roll-ups that the store keeps. day: the one as of which it keeps those of one day.
    """
    if query.of_all:
        viewer = EVERYTHING
    if query.population is not None:
        return _rolled(query, viewer, kept, promoted()) if kept else None
    named = [one for one in _named(query) if one.name in kept]
    for one in named:
        if one.reading or (one.read_as and _tells_filters(one, _filters(query))):
            return replace(query, rolled=RolledUp(one, is_by_day=one.reading is None))
    steps = {step: one for one in named for step in _served(query, one, viewer, day)}
    return _stepped(query, tuple(steps.items()), is_whole=viewer.sees_all and not _filters(query)) if steps else None


def is_told(query: Query) -> bool:
    """Whether some roll-up might tell the statement: the others need not be asked about."""
    return query.population is not None or bool(_named(query))


def _named(query: Query) -> list[RollUp]:
    """The roll-ups that hold what a question of a file reads, or steps of it."""
    steps = {step.name for step in query.steps}
    return [one for one in _of_files() if {one.reading, one.read_as} & {*query.tables} or steps & {*one.steps}]


def _filters(query: Query) -> Filters:
    return query.view.filters if query.view else ()


@cache
def _of_files() -> tuple[RollUp, ...]:
    return tuple(one for one in catalog().rollups.values() if one.reading or one.read_as or one.steps)


def _served(query: Query, rollup: RollUp, viewer: Viewer, day: date | None) -> tuple[str, ...]:
    """The steps of an answer that are told by what is kept of them."""
    steps, filters = {step.name for step in query.steps} & set(rollup.steps), _filters(query)
    if rollup.day:  # a fact of each row; but which activity counts may be chosen
        asked = dict(query.params)
        is_then = day is not None and asked.get(rollup.day) == day
        is_alike = all(asked.get(name, value) == value for name, value in rollup.made_with.items())
        return tuple(sorted(steps)) if is_then and is_alike and not any(name == "kind" for name, _ in filters) else ()
    if not viewer.sees_all or (query.answer != answer_of_file(query.finish) and _ROWS.search(query.answer)):
        return ()  # of all rows, and not the rows themselves
    return tuple(sorted(steps & set(rollup.unfiltered) if filters else steps))


@lru_cache(maxsize=512)
def _stepped(query: Query, served: tuple[tuple[str, RollUp], ...], *, is_whole: bool) -> Query:
    """An answer over what is kept of some of its steps; those that only these needed are left out."""
    of, held = dict(served), dict.fromkeys(rollup for _, rollup in served)
    made = [Step(one.name, f"select t.* from fold.rolled_{one.name} as t") for one in held]
    if any(one.day for one in held):
        here = "" if is_whole else " where open_now.deal_id in (select deals.deal_id from deals)"
        made.append(Step("open_in_view", f"select open_now.* from open_now{here}"))
    steps = [*made, *(step for step in query.steps if step.name not in {one.name for one in held})]
    steps = [replace(step, sql=kept_step(step.name)) if step.name in of else step for step in steps]
    needed, read = set(_WORD.findall(query.answer)), list[Step]()
    for step in reversed(steps):
        if step.name in needed:
            needed |= set(_WORD.findall(step.sql))
            read.insert(0, step)
    values = dict(query.params)
    mentioned = used(" ".join([*(step.sql for step in read), query.answer]), values)
    return replace(query, steps=tuple(read), params=mentioned)


@lru_cache(maxsize=1024)
def _rolled(
    query: Query,
    viewer: Viewer,
    kept: frozenset[str],
    own: tuple[Dimension, ...],  # noqa: ARG001 - filters mean what the store at hand says
) -> Query | None:
    asked = query.population
    found = compiled(asked) if asked is not None else None
    if asked is None or found is None or query.steps != found.steps or not query.answer.startswith(found.answer):
        return None  # its rows, or what was made of them
    filters = query.view.filters if query.view else ()
    for rollup in catalog().rollups.values():
        if rollup.name in kept and not (rollup.reading or rollup.steps) and _holds(rollup, asked, filters, viewer):
            instead = asked._replace(rolled=rollup)
            made = compiled(instead)
            read = [(name, columns) for name, columns in reads(asked) if name in made.tables and name != asked.source]
            return replace(
                query,
                steps=made.steps,
                answer=made.answer + query.answer.removeprefix(found.answer),
                tables=made.tables,
                reads=((asked.source, rollup.columns), *read),
                population=instead,
                rolled=RolledUp(rollup, _broken(query)),
            )
    return None


def _holds(rollup: RollUp, asked: Population, filters: Filters, viewer: Viewer) -> bool:
    """Whether everything that the statement reads of its table is in the roll-up."""
    if (rollup.table, rollup.on, rollup.stock) != (asked.table, asked.on, asked.stock) or rollup.shared != asked.shared:
        return False
    if not viewer.sees_all and ("team" if viewer.scope == "teams" else "rep_key") not in rollup.by:
        return False
    cut_by = [dimension(name) for name in asked.by]
    return (
        all(_tells(rollup, dim) if dim.kind != "grain" else rollup.stock or dim.id in _GRAINS for dim in cut_by)
        and _tells_filters(rollup, filters)
        and all(_adds_up(rollup, part) for part in asked.parts)
        and all(
            _knows(rollup, rule.where) and _knows(rollup, f"{rule.no} <> 0")
            for one in asked.asked
            if (rule := one.refuse_when)
        )
    )


def _tells_filters(rollup: RollUp, filters: Filters) -> bool:
    """Whether it tells by what its table is filtered."""
    spec = table(rollup.table)
    filtered = [dim for name, _ in filters if spec.has(dim := dimension(name)) and dim.kind != "grain"]
    return all(_tells(rollup, dim) for dim in filtered)


def _tells(rollup: RollUp, dim: Dimension) -> bool:
    """Whether a row of it has one value of the dimension, under a name that nothing else has there.

    A company's own column may be called as a sum or a count of the roll-up is ("n"): then only the table tells.
    """
    if dim.id in rollup.columns and (dim.id not in rollup.by or dim in promoted()):
        return False
    if dim.id in rollup.by:
        return True
    if dim.id in table(rollup.table).own or dim.via is None:
        return False
    return set(dim.via.key.split()) <= set(rollup.by)


def _knows(rollup: RollUp, expression: str) -> bool:
    """Whether a condition is the same for all rows that are one."""
    return expression in rollup.flags.values() or set(mentioned(expression)) <= set(rollup.by)


def _adds_up(rollup: RollUp, part: Measure) -> bool:
    """Whether a measure of the table is the sum over its rows here."""
    if not _knows(rollup, part.where):
        return False
    of = "deal_amount" if rollup.shared and not part.is_shared and part.of == "amount" else part.of
    return part.agg == "count" or (part.agg == "sum" and of in rollup.sums)


def _broken(query: Query) -> tuple[date, ...]:
    """The months inside which one of the statement's spans begins or ends."""
    values = {name: value for name, value in query.params if isinstance(value, date)}
    cuts = [values[name] for name in _STARTS if name in values]
    ends = [values[name] for name in _ENDS if name in values]
    if "to_on" not in values and "as_of" in values:
        ends.append(values["as_of"])
    cuts += [end + timedelta(days=1) for end in ends if end < date.max]
    return tuple(sorted({start for cut in cuts if (start := bucket_start(cut, "month")) != cut}))
