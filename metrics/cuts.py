"""How numbers are cut: in total, over time, by one dimension, by several. All of them are `cut` with another finish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from metrics import attainment, beside, compared, shares
from metrics.catalog import GRAINS, Dimension, Measure, dimension, measure, promoted, table
from metrics.choices import values_of
from metrics.errors import MeasureNotBy, NotABucket, NothingAsked
from metrics.notes import Note, note
from metrics.population import Population, compiled, reach
from metrics.query import Column, Query, used
from metrics.reads import reads
from metrics.view import View

__all__ = ["breakdown", "breakdowns", "cut", "in_any_order", "pivot", "total", "trend", "values_of"]

Measures = str | Measure | Iterable[str | Measure]
Dimensions = str | Dimension | Iterable[str | Dimension]


def total(measures: Measures, view: View) -> Query:
    """One row: each measure over the whole view."""
    return cut(measures, (), view)


def breakdown(measures: Measures, by: str | Dimension, view: View, limit: int | None = None) -> Query:
    """One row per value of `by`, best first; unassigned is null.

    Args:
        limit: keep only the best so many.
    """
    return _cut(_measures(measures), _dimensions(by), view, "cut", limit)


def pivot(measures: Measures, by: Dimensions, view: View) -> Query:
    """One row per combination of the dimensions in `by`, grains among them."""
    return cut(measures, by, view)


def cut(measures: Measures, by: Dimensions, view: View) -> Query:
    """One row per combination of the dimensions in `by`; without any, one row.

    Args:
        measures: one or several, by id or as Measure.
        by: dimensions or grains, by id or as Dimension.

    Raises:
        UnknownMeasure, UnknownDimension: with a suggestion.
        MeasureNotBy: none of the measures can be cut so. Where only some cannot, their column is null, with a Note.
    """
    return _cut(_measures(measures), _dimensions(by), view, "cut", None)


def trend(measures: Measures, grain: str | Dimension, view: View, by: str | Dimension | None = None) -> Query:
    """One row per bucket of `grain` (and value of `by`), none left out; `is_partial` marks unfinished ones.

    Raises:
        NotABucket: `grain` is no span of time.
    """
    bucket = dimension(grain)
    if bucket.kind != "grain":
        raise NotABucket(dimension=bucket.id, grains=", ".join(GRAINS))
    return _cut(_measures(measures), (bucket, *_dimensions(by or ())), view, "trend", None)


def breakdowns(measures: Measures, bys: Dimensions, view: View) -> Query:
    """Several breakdowns at once: columns `dimension` and `value` (as text), then the measures, best first in each."""
    return _cut(_measures(measures), _dimensions(bys), view, "sets", None)


# ------------------------------------------------------------------------------------------------------------ asking


def _measures(given: Measures) -> tuple[Measure, ...]:
    listed = (given,) if isinstance(given, str | Measure) else tuple(given)
    if not listed:
        raise NothingAsked
    return tuple(dict.fromkeys(measure(one) for one in listed))


def _dimensions(given: Dimensions) -> tuple[Dimension, ...]:
    listed = (given,) if isinstance(given, str | Dimension) else tuple(given)
    return tuple(dict.fromkeys(dimension(one) for one in listed))


def _actual(asked: Measure, view: View) -> Measure:
    """The measure whose rows are counted."""
    return asked if asked.goal_of is None else attainment.goal_of(asked, view)


def _cut(asked: tuple[Measure, ...], dims: tuple[Dimension, ...], view: View, finish: str, limit: int | None) -> Query:
    """The question; made once, since a page that is run again asks the same ones."""
    return _made(asked, dims, view, finish, limit, promoted())


@lru_cache(maxsize=512)
def _made(
    asked: tuple[Measure, ...],
    dims: tuple[Dimension, ...],
    view: View,
    finish: str,
    limit: int | None,
    own: tuple[Dimension, ...],  # noqa: ARG001 - filters mean what the store at hand says
) -> Query:
    """Group what is asked into populations, and put their statements together."""
    by, is_sets = tuple(dim.id for dim in dims), finish == "sets"
    possible, notes = _possible(asked, dims, view, is_sets=is_sets)
    parts = [_part(one, view) for one in _populations(possible, by, view, is_sets=is_sets)]
    asked_beside = (beside.undated, beside.begins, beside.unknown_then)
    asides = dict.fromkeys(aside for ask in asked_beside for part in parts if (aside := ask(part, possible, view)))
    goals, why = _goals(possible, by, view)
    notes += why
    notes += [remark for one in possible for remark in _filter_notes(one, view)]
    if view.is_past and any(
        part.population and part.population.on and part.population.table == "deals" for part in parts
    ):
        notes.append(note("as_known_now"))
    first, *rest = [*parts, *_then(parts, view), *goals, *asides]
    alone = sum(not part.is_aside for part in (first, *rest)) == 1
    is_here = first.population is not None and possible[0] in (*first.population.parts, *first.population.asked)
    answer = first.answer + _order(by, possible[0] if is_here else None, is_sets=is_sets)
    if limit is not None and alone:
        answer += f"\nlimit {int(limit)}"
    named = ("dimension", "value") if is_sets else by
    return replace(
        first,
        answer=answer,
        columns=_columns(asked, named, view, has_before=view.before is not None),
        finish=finish,
        measures=asked,
        by=named,
        limit=limit,
        others=tuple(rest),
        notes=tuple(dict.fromkeys(notes)),
    )


def _possible(
    asked: tuple[Measure, ...], dims: tuple[Dimension, ...], view: View, *, is_sets: bool
) -> tuple[tuple[Measure, ...], list[Note]]:
    """The measures that can be cut so, and notes about the others.

    Raises:
        MeasureNotBy: none of them can.
    """
    possible, notes = [], []
    for one in asked:
        against = [dim for dim in dims if not _can(one, dim, view)]
        if one.goal_of is not None and is_sets:
            against = list(dims)
        notes += [note("not_by", measure=one.id, dimension=dim.id) for dim in against]
        if not against or (is_sets and len(against) < len(dims)):
            possible.append(one)
    if not possible:
        first = next(dim for dim in dims if not _can(asked[0], dim, view) or is_sets)
        raise MeasureNotBy(measure=asked[0].id, dimension=first.id)
    return tuple(possible), notes


def _can(asked: Measure, dim: Dimension, view: View) -> bool:
    """Whether cutting the measure by the dimension means something and its tables can."""
    actual = _actual(asked, view)
    if dim.id in actual.not_by:
        return False
    return all(part.table is not None and table(part.table).has(dim) for part in actual.parts)


def _has_before(view: View, by: Sequence[str]) -> bool:
    """Whether one statement counts the days compared with too: not where the answer runs over time."""
    return view.before is not None and not compared.grains_of(by)


def _then(parts: Sequence[Query], view: View) -> list[Query]:
    """What is asked of the days compared with where the answer runs over time (metrics/compared.py)."""
    then = view.compared()
    populations = [part.population for part in parts if part.population is not None]
    if then is None or not any(population.grains for population in populations):
        return []
    return [replace(_part(population, then), finish=compared.THEN) for population in populations]


def _goals(possible: Sequence[Measure], by: tuple[str, ...], view: View) -> tuple[list[Query], list[Note]]:
    """The statements that read targets, of the period and of the one compared with, each once."""
    whole = compared.whole(view)
    goals: dict[Query, None] = {}
    notes: list[Note] = []
    for one in possible:
        if one.goal_of is None:
            continue
        found, why = attainment.goal_parts(one, by, view)
        notes += why
        then, _ = attainment.goal_parts(one, by, whole) if whole is not None else ((), ())
        goals |= dict.fromkeys([*found, *(replace(part, finish=compared.THEN) for part in then)])
    return list(goals), notes


def _populations(possible: tuple[Measure, ...], by: tuple[str, ...], view: View, *, is_sets: bool) -> list[Population]:
    """One population for all aggregates that share table, day and kind of stock."""
    actuals = tuple(dict.fromkeys(_actual(one, view) for one in possible))
    grouped: dict[tuple[str | None, str | None, str | None], dict[Measure, None]] = {}
    made_of = [part for one in actuals for part in one.parts] + [part for one in actuals for part in one.coverage]
    for part in dict.fromkeys(made_of):
        grouped.setdefault((part.table, part.on, part.stock), {})[part] = None
    return [
        Population(
            table=str(key[0]),
            on=key[1],
            stock=key[2],
            parts=tuple(parts),
            asked=tuple(one for one in actuals if all(part in parts for part in one.parts)),
            by=cut_by,
            has_period=view.period is not None,
            has_before=_has_before(view, by),
            is_past=view.is_past or table(str(key[0])).is_done,
            sets=is_sets,
            promoted=tuple(found for name in cut_by if (found := dimension(name)).is_promoted),
            shared=shared,
        )
        for key, parts in grouped.items()
        for shared, cut_by in _cuts(tuple(parts), by, view, is_sets=is_sets).items()
    ]


def _cuts(
    parts: tuple[Measure, ...], by: tuple[str, ...], view: View, *, is_sets: bool
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What one statement each is cut by, by those among whom it shares deals out.

    Of several breakdowns, those for which deals are shared out alike belong together: where whole deals do, a row for
    each part of a deal would be work for nothing.
    """
    filtered = tuple(name for name, _ in view.filters)
    if not is_sets:
        return {shares.among(parts, (*by, *filtered)): by}
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name in _sets_of(parts, by, view):
        shared = shares.among(parts, (name, *filtered))
        found[shared] = (*found.get(shared, ()), name)
    return found


def _sets_of(parts: tuple[Measure, ...], by: tuple[str, ...], view: View) -> tuple[str, ...]:
    """Of several breakdowns, those that a population has."""
    return tuple(name for name in by if all(_can(part, dimension(name), view) for part in parts))


def _part(population: Population, view: View) -> Query:
    """A population's statement with the view's values."""
    found = compiled(population)
    sql = " ".join([*(step.sql for step in found.steps), found.answer])
    by = ("dimension", "value") if population.sets else population.by
    params = used(sql, _values(view, population))
    return Query(
        found.steps, found.answer, params, found.tables, view, finish="part", by=by, population=population,
        shared=population.shared, reads=reads(population, tuple(name for name, _ in view.filters)),
    )  # fmt: skip


def _values(view: View, asked: Population) -> dict[str, object]:
    """Everything a population's SQL may bind."""
    values: dict[str, object] = {"as_of": view.as_of, "at": view.at, "at_before": view.at_before}
    if view.period is not None:
        last = min(view.period.to_on, view.as_of) if asked.is_past else view.period.to_on
        values |= {"from_on": view.period.from_on, "to_on": last}
        if view.before is not None:
            values |= {"before_from": view.before.from_on, "before_to": view.before.to_on}
            values["span_from"] = min(view.before.from_on, view.period.from_on)
            values["span_to"] = max(view.before.to_on, last)
    if asked.grains:
        values["reach_from"] = reach(view.at, view.period.from_on if view.period else None, asked.grains)
    return values


def _filter_notes(asked: Measure, view: View) -> list[Note]:
    """Which chosen dimensions do not restrict the measure, or are its own result."""
    actual, notes = _actual(asked, view), []
    for name, _ in view.filters:
        dim = dimension(name)
        if dim.kind == "grain" or not all(table(str(part.table)).has(dim) for part in actual.parts):
            notes.append(note("not_filtered_by", measure=asked.id, dimension=name))
        elif name in actual.not_by:
            notes.append(note("filtered_by_outcome", measure=asked.id, dimension=name))
    return notes


def in_any_order(cut_by: Query) -> Query:
    """The same cut, its rows in any order: for questions made of it, where ordering takes as long as adding up."""
    answer, _, _ = cut_by.answer.rpartition("\norder by ")
    return replace(cut_by, answer=answer or cut_by.answer, finish="unranked")


def _order(by: tuple[str, ...], best: Measure | None, *, is_sets: bool) -> str:
    """Time runs forward; then the best comes first by the first measure; then by name, so the order is always one.

    `best` is None where the statement does not hold that measure's value (an attainment, a ratio across tables): the
    joined frame is ranked by metrics/finish.py then.
    """
    if not by:
        return ""
    ranked = [f"{best.id} {'asc' if best.better == 'lower' else 'desc'} nulls last"] if best else []
    if is_sets:
        return f"\norder by dimension, {', '.join([*ranked, 'value nulls last'])}"
    grains = [f'"{name}" nulls last' for name in by if name in GRAINS]
    names = [f'"{name}" nulls last' for name in by if name not in GRAINS]
    return f"\norder by {', '.join([*grains, *ranked, *names])}"


def _columns(asked: tuple[Measure, ...], by: tuple[str, ...], view: View, *, has_before: bool) -> tuple[Column, ...]:
    """The final frame's columns: where, then how much, with intervals and the days compared with."""
    found = [Column(name, "by") for name in by]
    for one in asked:
        if one.goal_of is not None:
            found += attainment.columns(one, attainment.goal_of(one, view), has_before=has_before)
            continue
        agg = "ratio" if one.ratio or one.times else one.agg
        for before in (False, True) if has_before else (False,):
            name = f"{one.id}.before" if before else one.id
            found.append(Column(name, "before" if before else "value", one.id, one.unit, agg, one.of, one.where))
            if one.interval == "wilson":
                prefix = "before_" if before else ""
                found += [
                    Column(f"{name}.low", f"{prefix}low", one.id, one.unit),  # type: ignore[arg-type]
                    Column(f"{name}.high", f"{prefix}high", one.id, one.unit),  # type: ignore[arg-type]
                    Column(f"{name}.n", f"{prefix}n", one.id, "count"),  # type: ignore[arg-type]
                ]
    return tuple(found)
