"""What one SELECT cannot say: populations joined after aggregation, intervals, refusals, time lines without gaps.

Pure functions, frame → frame; a Query names the one it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import polars as pl

from metrics import attainment, beside, compared, known
from metrics.catalog import GRAINS, Measure, measure
from metrics.held import Frames
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.population import raw as raw_name
from metrics.query import Query, Result
from metrics.timeline import filled, is_partial, reached

_MOST_REMEMBERED_ROWS = 10_000


def finished(query: Query, frames: Sequence[pl.DataFrame], version: int | None) -> Result:
    """The result of `query`, whose parts were answered with `frames`.

    Small ones are remembered: a page that asks again with the same frames (an engine remembers those) has its results
    at once, where finishing all of them would take longer than drawing them.
    """
    held = Frames(frames)
    if sum(frame.height for frame in held) > _MOST_REMEMBERED_ROWS:
        return _finished.__wrapped__(query, held, version)
    return _finished(query, held, version)


@lru_cache(maxsize=512)
def _finished(query: Query, frames: Frames, version: int | None) -> Result:
    notes = list(query.notes)
    if query.finish in ("plain", "rows"):
        frame = _FINISHES[query.finish](query, frames[0], notes)
        return Result(frame, frames[0], query, tuple(notes), version)
    if query.finish not in _FINISHES:
        from metrics.subjects import SUBJECTS  # some hundred modules, of which a first page of cuts needs none

        frame = SUBJECTS[query.finish](query, frames, notes)
        return Result(frame, frames[0], query, tuple(dict.fromkeys(notes)), version)
    answered = list(zip(query.parts, frames, strict=True))
    counted = [(part, frame) for part, frame in answered if not part.is_aside]
    notes += beside.remarks(query, [(part, frame) for part, frame in answered if part.is_aside])
    raw = _joined(query, counted)
    frame = _FINISHES[query.finish](query, raw, notes)
    return Result(frame, raw, query, tuple(dict.fromkeys(notes)), version)


def _joined(query: Query, counted: list[tuple[Query, pl.DataFrame]]) -> pl.DataFrame:
    """All populations side by side, matched on what they are cut by; unassigned matches unassigned."""
    if query.finish == "sets":
        counted = _stacked(counted)
    (_, raw), *rest = counted
    if not rest:
        return raw
    for part, answered in rest:
        frame = compared.moved(query, part, answered)
        if part.by == query.by and part.by:
            raw = raw.join(
                frame, on=list(part.by), how="full", coalesce=True, nulls_equal=True, maintain_order="left_right"
            )
        elif part.by:
            raw = raw.join(frame, on=list(part.by), how="left", maintain_order="left")
        elif raw.height == 1:
            raw = raw.hstack(frame)  # a total: several times quicker than a join
        else:
            raw = raw.join(frame, how="cross", maintain_order="left")
    zeros = [
        pl.col(raw_name(one.id, before)).fill_null(0)
        for part, _ in counted
        if part.population is not None and part.finish != compared.THEN  # which counts the same
        for one in part.population.parts
        for before in (False, True)
        if one.agg != "median"
        and raw_name(one.id, before) in raw.columns
        and not (part.population.grains and one.stock)
    ]
    return raw.with_columns(zeros) if query.by else raw


def _stacked(counted: list[tuple[Query, pl.DataFrame]]) -> list[tuple[Query, pl.DataFrame]]:
    """Several breakdowns at once: statements that count the same along other dimensions, one below the other."""
    alike: dict[tuple[Measure, ...], list[tuple[Query, pl.DataFrame]]] = {}
    for part, frame in counted:
        alike.setdefault(part.population.parts if part.population else (), []).append((part, frame))
    return [(found[0][0], pl.concat([frame for _, frame in found], how="diagonal")) for found in alike.values()]


# --------------------------------------------------------------------------------------------------------------- cuts


def _cut(query: Query, raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """The `by` columns and every measure; ordered again where populations were joined."""
    frame = _unranked(query, raw, notes)
    if len([part for part in query.parts if not part.is_aside]) > 1:
        frame = _ranked(query, frame)
        if query.limit is not None:
            frame = frame.head(query.limit)
    return _without_the_meaningless(query, frame) if query.finish == "sets" else frame


def _unranked(query: Query, raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """The same in any order."""
    return compared.settled(query, _measured(query, raw, notes), beside.without_before(query, notes))


def _without_the_meaningless(query: Query, frame: pl.DataFrame) -> pl.DataFrame:
    """Several breakdowns at once: a measure is null in those it cannot be cut by (the query's notes say which)."""
    columns = []
    for remark in query.notes:
        if remark.code == "not_by":
            here = pl.col("dimension") == str(remark["dimension"])
            names = [column.name for column in query.columns if column.measure == remark["measure"]]
            columns += [pl.when(~here).then(name).alias(name) for name in names]
    return frame.with_columns(columns)


def _measured(query: Query, raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """Raw aggregates to the columns a reader sees, with notes about what is refused or rebuilt."""
    columns: list[pl.Expr] = [pl.col(name) for name in query.by]
    notes += [*beside.uneven(query, raw), *(beside.of_another_day(query, query.view) if query.view else [])]
    nothing_before = beside.without_before(query, notes)
    for one in query.measures:
        if one.goal_of is not None and query.view is not None:
            of = attainment.goal_of(one, query.view)
            columns += attainment.finished(one, of, raw, _value(of, raw, before=False).cast(pl.Float64))
            if any(column.name == f"{one.id}.before" for column in query.columns):
                reached = attainment.before(one, of, raw, _value(of, raw, before=True).cast(pl.Float64))
                columns.append(_unknown(reached) if one.id in nothing_before else reached)
            told = attainment.remarks(of, raw, query.view, query.by, has_before=one.id not in nothing_before)
            notes += [*_refusals(of, query, raw), *told]
            continue
        columns += _columns(one, query, raw, before=False)
        then = _columns(one, query, raw, before=True)
        if one.id not in nothing_before and one.coverage:
            notes += known.uneven_there(one, query, raw)
            apart = known.is_uneven(one, raw)
            then = [pl.when(~apart).then(column).alias(column.meta.output_name()) for column in then]
        columns += map(_unknown, then) if one.id in nothing_before else then
        notes += _refusals(one, query, raw)
    if any(any(raw.get_column(name).to_list()) for name in raw.columns if name.startswith("shared_out_")):
        notes += _shared_out(query)
    if "reconstructed" not in raw.columns:
        return raw.select(columns)
    if query.finish == "trend":
        columns.append((pl.col("reconstructed").fill_null(0) > 0).alias("is_reconstructed"))
    if any(raw.get_column("reconstructed").to_list()):
        notes += [note("reconstructed", measure=one.id) for one in query.measures if one.stock == "seen"]
    return raw.select(columns)


def _shared_out(query: Query) -> list[Note]:
    """How deals with several products or several people are counted, once for each kind of sharing."""
    kinds = dict.fromkeys(kind for part in query.parts if part.population for kind in part.population.shared)
    return [note(f"shared_among_{kind}s") for kind in kinds or ("owner",)]  # nothing says so but the viewer's scope


def _columns(one: Measure, query: Query, raw: pl.DataFrame, *, before: bool) -> list[pl.Expr]:
    """Value and interval of one measure, for the period or for the days compared with."""
    name = f"{one.id}.before" if before else one.id
    if all(column.name != name for column in query.columns):
        return []
    value = _value(one, raw, before=before)
    if _is_to_come(one, query, before=before):
        value = pl.when(value != 0).then(value)
    found = [value.cast(pl.Int64 if one.agg in ("count", "distinct") else pl.Float64).alias(name)]
    if one.interval != "wilson":
        return found
    over, under = (_value(part, raw, before=before) for part in one.parts)
    low, high = wilson(over, under)
    if one.refuse_when is not None:  # what is refused has no range either
        low, high = (pl.when(value.is_not_null()).then(end) for end in (low, high))
    return [*found, low.alias(f"{name}.low"), high.alias(f"{name}.high"), under.cast(pl.Int64).alias(f"{name}.n")]


def _is_to_come(one: Measure, query: Query, *, before: bool) -> bool:
    """Whether nothing counted means that its days have not come; what is dated later counts all the same."""
    view = query.view
    span = None if view is None else view.before if before else view.period
    return (
        one.stock is None
        and one.agg is not None
        and view is not None
        and span is not None
        and span.from_on > view.as_of
    )


def _unknown(column: pl.Expr) -> pl.Expr:
    """A column of its name and type without any value."""
    return pl.when(pl.lit(value=False)).then(column).alias(column.meta.output_name())


def _value(one: Measure, raw: pl.DataFrame, *, before: bool) -> pl.Expr:
    """A measure from the raw frame: as aggregated, or a ratio across populations; null where refused or absent."""
    name = raw_name(one.id, before)
    if name in raw.columns:
        value = pl.col(name)
    elif one.ratio is not None and all(raw_name(part.id, before) in raw.columns for part in one.parts):
        over, under = (pl.col(raw_name(part.id, before)).cast(pl.Float64) for part in one.parts)
        value = over / pl.when(under != 0).then(under)
    elif one.times:
        value = _product(one, raw, before=before)
    else:
        return pl.lit(None, pl.Float64)
    return known.where_known(one, raw, value, before=before)


def _product(one: Measure, raw: pl.DataFrame, *, before: bool) -> pl.Expr:
    """Its factors multiplied, divided by what they are over; null where any is, or where too little is counted."""
    value = pl.lit(1.0)
    for name in one.times:
        value *= _value(measure(name), raw, before=before).cast(pl.Float64)
    if one.over is not None:
        under = _value(measure(one.over), raw, before=before).cast(pl.Float64)
        value /= pl.when(under != 0).then(under)
    if one.least is None:
        return value
    return pl.when(_value(measure(one.least.of), raw, before=before) >= one.least.count).then(value)


def _refusals(one: Measure, query: Query, raw: pl.DataFrame) -> list[Note]:
    """A note where any row's value is refused, or stands on a part of what it is about."""
    if one.least is not None:
        of = raw_name(one.least.of)
        is_few = of in raw.columns and (raw.get_column(of).fill_null(0) < one.least.count).any()
        return [note("too_few", measure=one.id, least=one.least.count, of=measure(one.least.of).label)] * is_few
    return [*known.refused(one, query, raw), *known.partly(one, query, raw)]


def _ranked(query: Query, frame: pl.DataFrame) -> pl.DataFrame:
    """Time forward, then the best first, then by name: as the SQL orders a single population."""
    if not query.by:
        return frame
    best = query.measures[0]
    grains = [name for name in query.by if name in GRAINS]
    first = ["dimension"] if query.finish == "sets" else []
    names = [name for name in query.by if name not in (*grains, *first)]
    keys = [*first, *grains, best.id, *names]
    down = [name == best.id and best.better != "lower" for name in keys]
    return frame.sort(keys, descending=down, nulls_last=True, maintain_order=True)


# -------------------------------------------------------------------------------------------------------------- trends


def _trend(query: Query, raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """Every bucket from first to last, unfinished ones marked."""
    grain, view = query.by[0], query.view
    frame = _measured(query, raw, notes)
    if view is None:
        return frame
    notes += reached(query, frame)
    frame = compared.settled(query, filled(query, frame), beside.without_before(query, notes))
    starts = frame.get_column(grain).to_list()
    last = min(view.period.to_on, view.as_of) if view.period else view.as_of
    first = view.period.from_on if view.period else None
    partial = [start is not None and is_partial(start, grain, first, last) for start in starts]
    frame = frame.with_columns(pl.Series("is_partial", partial, pl.Boolean))
    return _ranked(query, frame) if len(query.by) > 1 else frame


# ---------------------------------------------------------------------------------------------------------------- rows


def _plain(query: Query, raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - same shape as the others
    return raw


def _rows(query: Query, raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - same shape as the others
    """The columns people look for first; flags only where they tell numerator from denominator."""
    first = [column.name for column in query.columns if column.role == "detail" and column.name in raw.columns]
    flags = [column.name for column in query.columns if column.role == "flag"]
    rest = [name for name in raw.columns if name not in first and not name.startswith("in_")]
    return raw.select(*first, *rest, *flags)


_FINISHES: dict[str, Callable[[Query, pl.DataFrame, list[Note]], pl.DataFrame]] = {
    "plain": _plain,
    "rows": _rows,
    "cut": _cut,
    "unranked": _unranked,
    "sets": _cut,
    "trend": _trend,
}
