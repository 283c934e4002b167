"""What is asked beside an answer: how many rows have no day, and since when there are data at all.

Neither depends on the period, so an engine that remembers answers is asked for them only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

import polars as pl

from metrics import attainment, shares
from metrics.base import Step
from metrics.catalog import Measure, catalog
from metrics.known import LEAST_COVERED, unevenly_known
from metrics.notes import Note, note
from metrics.period import Period
from metrics.population import FIRST_DAY, Population
from metrics.population import raw as raw_name
from metrics.query import Column, Query
from metrics.reads import filtering, mentioned
from metrics.view import View

MOST_APART = 0.2
"""Shares of open deals that count in an amount may lie so far apart on two days that are compared."""
_NOT_COMPARED = ("nothing_before", "uneven", "uneven_known", "as_of_day")
"""The notes that say of a measure why it is held against nothing."""


def days_ahead(view: View) -> list[Note]:
    """That the period of a view has not begun by the last day that counts."""
    return [note("days_ahead", from_on=view.period.from_on, as_of=view.as_of)] if view.is_ahead and view.period else []


def of_another_day(query: Query, view: View) -> list[Note]:
    """Of which day the stocks beside a period that has not begun are: of the last that counts."""
    held = [one.id for one in query.measures if all(part.stock for part in one.parts)]
    is_told = view.is_ahead and query.finish != "trend"  # whose buckets are days of the period
    return [note("as_of_day", measure=name, day=view.at) for name in held if is_told]


def undated(part: Query, possible: Iterable[Measure], view: View) -> Query | None:
    """The count of rows that a period leaves out because they have no day.

    Counted is every condition of the catalogue on that day, so that all questions about it share one statement.
    """
    population = part.population
    if population is None or population.on is None or not population.has_period:
        return None
    filtered = tuple(name for name, _ in view.filters)
    shared = shares.among(population.parts, filtered)  # each deal is counted once, whatever it is cut by
    wheres = _conditions(population.table, population.on)
    counted = {name: pieces[-1].where for name, pieces in _counted(population, possible, view).items()}
    steps, answer = _undated_sql(population.table, population.on, wheres, is_shared=bool(shared))
    columns = tuple(
        Column(population.on, "n", name, of=f"undated_{wheres.index(where)}") for name, where in counted.items()
    )
    read = (population.on, *(name for where in wheres for name in mentioned(where)))
    return Query(
        steps, answer, tables=(population.table,), view=view, columns=columns, finish="undated", shared=shared,
        reads=((population.table, tuple(dict.fromkeys((*read, *filtering(population.table, filtered))))),),
    )  # fmt: skip


def begins(part: Query, possible: Iterable[Measure], view: View) -> Query | None:
    """The first day of the data, where other days are compared with; whatever is filtered, since it is about the data.

    A customer who bought nothing last year did buy nothing; a company whose records begin in March did not.
    """
    population = part.population
    if population is None or view.before is None:
        return None
    counted = _counted(population, possible, view)
    day, source = FIRST_DAY[population.stock] if population.stock else (str(population.on), population.table)
    if not counted:
        return None
    steps = (Step("population", f"select {source}.{day} from {source}"),)
    columns = tuple(Column(day, "n", name) for name in counted)
    answer = f"select min({day}) as first_on from population"
    return Query(steps, answer, tables=(source,), columns=columns, finish="begins", reads=((source, (day,)),))


def unknown_then(part: Query, possible: Iterable[Measure], view: View) -> Query | None:  # noqa: ARG001 - as all
    """The open deals of which nobody knows whether they were open on the day compared with already.

    A day before the first upload is rebuilt from creation dates, and a deal without one is there only from its upload
    on: it came to be known, and did not come. Columns: `deals` (how many), `of` (all that are open now), `seen_on` (the
    first day of which anything was seen: from then on what was not in an export did come).
    """
    population = part.population
    if population is None or population.stock != "seen" or view.before is None or not population.has_before:
        return None
    now = "deals_seen.status = 'open' and deals_seen.seen_from <= $at and $at < deals_seen.seen_to"
    steps = (Step("population", _listed_now(now)),)
    answer = (
        "select count(*) filter (where is_now and created_on is null) as deals,"
        ' count(*) filter (where is_now) as "of",'
        " min(case when not is_reconstructed then seen_from end) as seen_on\nfrom population"
    )
    read = ("deal_id", "created_on", "seen_from", "seen_to", "status", "is_reconstructed")
    filtered = filtering(population.table, tuple(name for name, _ in view.filters))
    return Query(
        steps, answer, (("at", view.at),), tables=("deals_seen",), view=view, finish="unknown_then",
        reads=(("deals_seen", tuple(dict.fromkeys((*read, *filtered)))),),
    )  # fmt: skip


def _listed_now(now: str) -> str:
    columns = "deals_seen.deal_id, deals_seen.created_on, deals_seen.is_reconstructed, deals_seen.seen_from"
    return f"select\n    {columns},\n    {now} as is_now\n  from deals_seen"


def _counted(population: Population, possible: Iterable[Measure], view: View) -> dict[str, list[Measure]]:
    """The measures that a population counts something of, and what."""
    counted = {}
    for one in possible:
        actual = one if one.goal_of is None else attainment.goal_of(one, view)
        here = [piece for piece in actual.parts if piece in population.parts]
        if here:
            counted[one.id] = here
    return counted


@lru_cache(maxsize=256)
def _conditions(name: str, on: str) -> tuple[str, ...]:
    """What the measures that are dated by a day of a table count of its rows."""
    dated = (one for one in catalog().measures.values() if (one.table, one.on) == (name, on))
    return tuple(dict.fromkeys(one.where for one in dated))


@lru_cache(maxsize=1024)
def _undated_sql(name: str, on: str, wheres: tuple[str, ...], *, is_shared: bool) -> tuple[tuple[Step, ...], str]:
    whole = f" and {name}.is_main" if is_shared else ""  # deals are counted, not their parts
    flags = ",\n    ".join(f"({where}) as is_{place}" for place, where in enumerate(wheres))
    steps = (Step("population", f"select\n    {flags}\n  from {name} where {name}.{on} is null{whole}"),)
    values = [f"count(*) filter (where is_{place}) as undated_{place}" for place in range(len(wheres))]
    return steps, f"select {', '.join(values)} from population"


# ---------------------------------------------------------------------------------------------------------- finishing


def remarks(query: Query, asides: Iterable[tuple[Query, pl.DataFrame]]) -> list[Note]:
    """What the answers to these questions say about the answer they were asked beside."""
    notes: list[Note] = []
    firsts: dict[str, date] = {}
    for part, frame in asides:
        if part.finish == "undated":
            notes += _left_out(part, frame)
            continue
        if part.finish == "unknown_then":
            notes += _unknown(part, frame)
            continue
        first = frame.item()
        for column in part.columns if isinstance(first, date) else ():
            firsts[str(column.measure)] = max(first, firsts.get(str(column.measure), first))
    before = query.view.before if query.view else None
    if before is not None:
        notes += [said for one in query.measures if (said := _begun(one, before, firsts.get(one.id)))]
    return notes


def _left_out(part: Query, frame: pl.DataFrame) -> list[Note]:
    """A note for each measure that left out rows without a day."""
    table = part.tables[0]
    return [
        note("undated", measure=column.measure, count=count, table=table, column=column.name)
        for column in part.columns
        if (count := int(frame[str(column.of)][0]))
    ]


def _unknown(part: Query, frame: pl.DataFrame) -> list[Note]:
    """That some of what is open now may have been open on the day compared with, before anything was seen."""
    then = part.view.at_before if part.view else None
    count, of, seen_on = frame.row(0)
    if not count or then is None or (seen_on is not None and seen_on <= then):
        return []
    return [note("undated_open", count=count, of=of, day=then)]


def _begun(one: Measure, before: Period, first: date | None) -> Note | None:
    """That the days compared with lie before the data, or for a good part; a stock is compared with one day only."""
    if first is None or first <= before.from_on:
        return None
    if first > before.to_on:
        return note("nothing_before", measure=one.id, from_on=first)
    covered = ((before.to_on - first).days + 1) / before.days
    return None if one.stock or covered >= LEAST_COVERED else note("begins", measure=one.id, from_on=first)


def uneven(query: Query, raw: pl.DataFrame) -> list[Note]:
    """The sums of which a far smaller part was known in one of the two spans that are compared.

    A day before a deal was first seen is rebuilt from its dates, and of that day its probability is not known: what is
    weighted by it would seem to have grown by as much as came to be known. So would a margin, once costs are recorded.
    """
    found = []
    for one in query.measures:
        found += unevenly_known(one, raw)
        names = [raw_name(f"{one.id}_{told}", when) for when in (False, True) for told in ("known", "asked")]
        if one.stock != "seen" or one.ratio is not None or any(name not in raw.columns for name in names):
            continue
        known, of, then, then_of = (int(raw.get_column(name).sum() or 0) for name in names)
        if of and then_of and abs(known / of - then / then_of) > MOST_APART:
            found.append(note("uneven", measure=one.id, count=known, of=of, before=then, before_of=then_of))
    return found


def without_before(query: Query, notes: Sequence[Note]) -> set[object]:
    """The measures that have nothing to be compared with."""
    found = {remark["measure"] for remark in notes if remark.code in _NOT_COMPARED}
    if any(remark.code == "undated_open" for remark in notes):
        found |= {one.id for one in query.measures if any(part.stock == "seen" for part in one.parts)}
    return found
