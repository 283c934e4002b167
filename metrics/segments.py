"""Which segments a change came from, over all dimensions of the measure's table, and whether more than by chance.

Sums and counts, and ratios of two such over the same rows, are looked at by every dimension that a reader could filter
by, but two kinds: what is an outcome of the same rows (status, stage, reason of loss), since an outcome is no cause,
and campaigns, which come and go by themselves. The rules are those of metrics/adtributor.py; what is beyond chance is
told by metrics/segment_chance.py.

Amounts are added up by keys first, of which there are few, and names are looked up after; customers, of whom there are
many, by themselves: of them only those that changed most are answered one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

import polars as pl

from metrics import adtributor, known
from metrics.base import Step
from metrics.catalog import Dimension, Measure, Table, catalog, dimension, measure, table
from metrics.cuts import breakdowns, total
from metrics.errors import NoPeriod, NotShared, RatioNotShared
from metrics.notes import Note, note
from metrics.population import Population, aggregate, flag, lookup, raw
from metrics.query import Column, Query
from metrics.segment_chance import LEAST_ROWS, MOMENTS, beyond_chance
from metrics.two_spans import is_comparable
from metrics.view import View

NO_CAUSES = ("status", "stage", "lost_reason", "competitor", "campaign")
"""What became of a row or was noted on its way, not where it came from; and what exists for a time only."""
MOST_CUSTOMERS = 200
"""So many customers are answered one by one, those that changed most."""
_WHOLE = "whole"
"""The finish of a part that tells how much of what happened a measure stands on, in both spans."""
CLUSTERS = "~"
"""The name of the row that tells how uneven customers are (metrics/segment_chance.py)."""


@cache
def offered() -> tuple[str, ...]:
    """The measures whose changes can be told by segments."""
    return tuple(one.id for one in catalog().measures.values() if not one.is_part and is_offered(one))


def is_offered(one: Measure) -> bool:
    """Whether it adds up over rows dated by a day, or is the ratio of two such over rows of one list."""
    parts = one.parts
    adds_up = all(part.additive == "all" and part.agg in ("count", "sum") and part.on for part in parts)
    is_alike = len({(part.table, part.on) for part in parts}) == 1
    return adds_up and is_alike and not one.times and one.goal_of is None


def dimensions_of(one: Measure) -> tuple[str, ...]:
    """The dimensions its segments are looked for in."""
    spec = table(str(one.parts[0].table))
    return tuple(
        name
        for name, known in catalog().dimensions.items()
        if known.kind == "value" and spec.has(known) and name not in (*one.not_by, *NO_CAUSES)
    )


def segments(measure_id: str, view: View) -> Query:
    """Every segment of every dimension: what it was, what it is, and what of the change it explains.

    Columns: `dimension`, `value` (null: unassigned), `then`, `now` (the measure of the segment), `brought` (its part of
    the change of the whole; those of a dimension add up to it; of a ratio by `adtributor.brought_to_ratio`),
    `explained` (the same as a share; of a ratio that can be many times the change, where segments moved against each
    other, and is not shown to people), `surprise`,
    `is_beyond_chance` (it changed otherwise than the rest), `stands_out` (so, and it explains more than T_EEP of the
    change, or works against it by as much), `is_candidate` (one of the set by which its dimension explains the change)
    and `rank` (of the dimension). What stands out comes first, then what explains most. Of customers only those that
    changed most. `rows("won_amount", dimension=…, value=…)` are the rows of a segment.

    Raises:
        NoPeriod: the view compares nothing. NotShared: the measure does not add up. RatioNotShared: a side of it
            does not, or is of another list.
    """
    one = measure(measure_id)
    if view.before is None:
        raise NoPeriod
    if not is_offered(one):
        refused = RatioNotShared if one.ratio else NotShared
        raise refused(measure=one.id, known=", ".join(offered()))
    chosen = tuple(name for name, values in view.filters if len(values) == 1)  # nothing is told apart by these
    by = [name for name in dimensions_of(one) if name not in chosen]
    plain = one.model_copy(update={"refuse_when": None})  # a segment that is not known is 0, as in the sum of all
    asked = (
        plain,
        *plain.parts,
        *one.coverage,
        *(_squared(part) for part in one.parts if part.agg == "sum"),
        *_crossed(one),
    )
    families = [family for family in _families(by, table(str(one.parts[0].table))) if family]
    parts = [part for family in families for part in breakdowns(asked, family, view).parts]
    counted = [_fast(part) for part in parts if part.population is not None]
    asides = dict.fromkeys(part for part in parts if part.is_aside)
    whole = total(one, view).parts[:1] if one.refuse_when else ()
    first, *rest = [*counted, *(replace(part, finish=_WHOLE) for part in whole), *asides]
    return replace(
        first, columns=_columns(one), finish="segments", measures=(one,), by=("dimension", "value"), others=tuple(rest)
    )


def _families(by: Iterable[str], of: Table) -> tuple[list[str], ...]:
    """Dimensions that are asked together: those of rows, people and products; of customers; a company's own."""
    found: tuple[list[str], ...] = ([], [], [])
    for one in map(dimension, by):
        found[2 if one.is_promoted else int(_is_of_customers(one, of))].append(one.id)
    return found


def _is_of_customers(known: Dimension, of: Table) -> bool:
    """Whether rows of the table have the dimension only through their customer."""
    return known.id not in of.own and known.via is not None and known.via.table == "customers"


def _squared(part: Measure) -> Measure:
    """The sum of squares of an amount: what chance does to its sum (metrics/segment_chance.py)."""
    of = f"cast({part.of} as double) * cast({part.of} as double)"
    return part.model_copy(update={"id": squared(part), "of": of, "refuse_when": None})


def squared(part: Measure) -> str:
    """The name of a part's sum of squares; a count is its own."""
    return f"{part.id}_squared" if part.agg == "sum" else part.id


def _crossed(one: Measure) -> tuple[Measure, ...]:
    """Of a ratio to an amount the sum of numerator × denominator, row by row; to a count that is the numerator."""
    if one.ratio is None or one.parts[1].agg == "count":
        return ()
    over, under = one.parts
    first, second = (f"cast({part.of if part.agg == 'sum' else 1} as double)" for part in (over, under))
    if over.where != under.where:
        first = f"case when {over.where} then {first} else cast(0 as double) end"
    of = f"{first} * {second}"
    return (under.model_copy(update={"id": crossed(one), "of": of, "refuse_when": None}),)


def crossed(one: Measure) -> str:
    """The name of the sum of a ratio's numerator × denominator over its rows."""
    over, under = one.parts
    return over.id if under.agg == "count" else f"{over.id}_times_{under.id}"


def _columns(one: Measure) -> tuple[Column, ...]:
    return (
        *(Column(name, "by") for name in ("dimension", "value")),
        Column(one.id, "value", one.id, one.unit),  # whose rows are opened
        Column(f"{one.id}.before", "before", one.id, one.unit),
        *(Column(name, "value", unit=one.unit) for name in ("then", "now", "brought")),
        Column("explained", "value", unit="share"),
        Column("surprise", "value", unit="number"),
        *(Column(name, "flag") for name in ("is_beyond_chance", "stands_out", "is_candidate")),
        Column("rank", "value", unit="count"),
    )


# ------------------------------------------------------------------------------------------------------------ asking


def _fast(part: Query) -> Query:
    """The same breakdowns, added up by keys before names are looked up; of a company's own dimensions as they are."""
    asked = part.population
    if asked is None or any(one.is_promoted for one in asked.promoted):
        return part
    if all(_is_of_customers(dimension(name), table(asked.table)) for name in asked.by) and not asked.shared:
        return _of_customers(part, asked)
    return replace(part, answer=f"{_sets(asked, _by_keys(asked), 'cells')}\norder by dimension, value nulls last")


def _sums(asked: Population) -> list[tuple[str, str]]:
    """Name and aggregate of every part, of the period and of the days compared with."""
    return [(raw(part.id, before), aggregate(asked, part, before)) for before in (False, True) for part in asked.parts]


def _counted(asked: Population, keys: Sequence[str]) -> str:
    """What is counted, added up by some of its columns."""
    columns = ", ".join([*keys, *(f"{sql} as {name}" for name, sql in _sums(asked))])
    flags = " or ".join(flag(part, before) for before in (False, True) for part in asked.parts)
    return f"select {columns} from counted where {flags} group by {', '.join(keys)}"


def _by_keys(asked: Population) -> str:
    """Rows added up by the keys of their members and their own columns."""
    keys = dict.fromkeys(via.key if (via := lookup(asked, name)) else name for name in asked.by)
    return _counted(asked, list(keys))


def _sets(asked: Population, source: str, name: str) -> str:
    """The breakdowns of rows added up already, members looked up by their keys."""
    named, joins = [], dict[str, str]()
    for by in asked.by:
        via = lookup(asked, by)
        named.append(f'{via.table}.{via.column} as "{by}"' if via else f'{name}."{by}" as "{by}"')
        if via:
            joins[via.table] = f" left join {via.table} on {via.match(name)}"
    columns = ", ".join([*named, *(f"{name}.{one}" for one, _ in _sums(asked))])
    looked_up = f"select {columns} from ({source}) as {name}{''.join(joins.values())}"
    which = " ".join(f"when grouping(\"{by}\") = 0 then '{by}'" for by in asked.by)
    value = " ".join(f'when grouping("{by}") = 0 then cast("{by}" as varchar)' for by in asked.by)
    added = ", ".join(f"cast(sum({one}) as double) as {one}" for one, _ in _sums(asked))
    sets = ", ".join(f'("{by}")' for by in asked.by)
    return (
        f"select case {which} end as dimension, case {value} end as value, {added}\n"
        f"from ({looked_up}) as named\ngroup by grouping sets ({sets})"
    )


def _of_customers(part: Query, asked: Population) -> Query:
    """Breakdowns by what customers are, the customers that changed most, and how uneven all of them are."""
    *before, population = part.steps
    each = Step("each_customer", _counted(asked, ["customer_key"]))
    names = [name for name, _ in _sums(asked)]
    empty = ", ".join(f"cast(null as double) as {name}" for name in MOMENTS)
    answers = []
    if groups := tuple(name for name in asked.by if name != "customer"):
        grouped = _sets(asked._replace(by=groups), "select each_customer.* from each_customer", "cells")
        answers.append(f"select groups.*, {empty}\nfrom (\n{grouped}\n) as groups")
    if "customer" in asked.by:
        moved = " + ".join(f"abs({raw(one.id)} - {raw(one.id, before=True)})" for one in _with_squares(asked))
        top = f"select each_customer.* from each_customer order by {moved} desc, customer_key limit {MOST_CUSTOMERS}"
        doubles = ", ".join(f"cast(most.{name} as double) as {name}" for name in names)
        answers.append(
            f"select 'customer' as dimension, customers.customer as value, {doubles}, {empty}\n"
            f"from ({top}) as most left join customers on customers.customer_key = most.customer_key"
        )
    sums = ", ".join(f"cast(sum({name}) as double) as {name}" for name in names)
    moments = ", ".join(f"{sql} as {name}" for name, sql in _moments(asked))
    answers.append(
        f"select '{CLUSTERS}' as dimension, cast(null as varchar) as value, {sums}, {moments}\n"
        "from each_customer where customer_key is not null"
    )
    answer = "\nunion all\n".join(answers)
    return replace(part, steps=(*before, each, population), answer=answer)


def _with_squares(asked: Population) -> list[Measure]:
    """What changes are told of, without what tells how much of it is known."""
    ids = {one.id for one in asked.parts}
    return [one for one in asked.parts if one.id.endswith("_squared") or squared(one) in ids]


def _moments(asked: Population) -> list[tuple[str, str]]:
    """Sums over customers of products of their amounts: a, b of the first part now and then, c, d of the second."""
    parts = [one for one in _with_squares(asked) if not one.id.endswith("_squared")][:2]
    names = [raw(one.id, before) for one in parts for before in (False, True)]
    letters = dict(zip("abcd", names, strict=False))
    last = parts[-1]
    then, now = (f"abs({raw(last.id, before)})" for before in (True, False))
    squares = f"({raw(squared(last), before=True)} + {raw(squared(last))})"
    enough = f"cast({then} + {now} as double) * cast({then} + {now} as double) >= {LEAST_ROWS} * {squares}"
    found = [("customers", f"cast(count(*) filter (where {squares} > 0 and {enough}) as double)")]
    for pair in MOMENTS[1:]:
        one, other = (letters.get(letter) for letter in tuple(pair))
        product = f"sum(cast({one} as double) * cast({other} as double))" if one and other else "cast(null as double)"
        found.append((pair, product))
    return found


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every segment with what it explains, and whether it stands out."""
    (one,) = query.measures
    shown = [column.name for column in query.columns if column.measure is None]
    answered = list(zip(query.parts, frames, strict=True))
    counted = [frame for part, frame in answered if not part.is_aside and part.finish != _WHOLE]
    frame = pl.concat([_plain(one, part) for part in counted], how="diagonal_relaxed")
    clusters, frame = frame.filter(pl.col("dimension") == CLUSTERS), frame.filter(pl.col("dimension") != CLUSTERS)
    is_known = is_comparable(query, one.id, frames, notes)
    for frame_of_all in (frame for part, frame in answered if part.finish == _WHOLE):
        unlike = known.unevenly_known(one, frame_of_all)
        unlike += [
            why for before in (True, False) for why in known.refused_throughout(one, frame_of_all, before=before)
        ]
        notes += [*unlike, *known.partly(one, replace(query, by=()), frame_of_all)]
        is_known = is_known and not unlike
    notes += _remarks(query)
    told = _explained(one, frame)
    told = told.with_columns(is_beyond_chance=beyond_chance(one, told, clusters))
    uneven = pl.col("is_uneven").fill_null(value=False)
    if is_known and (apart := told.filter(uneven).height):
        notes.append(note("segments_uneven", measure=one.id, count=apart))
    told = told.filter(~uneven)  # what came to be known of them is no change, and so no cause
    explains = (pl.col("explained").abs() > adtributor.T_EEP).fill_null(value=True)
    told = adtributor.explained(told.with_columns(stands_out=pl.col("is_beyond_chance") & explains))
    several = pl.len().over("dimension") > 1
    order = ["stands_out", pl.col("explained").abs(), "dimension", "value"]
    told = told.filter(several).sort(order, descending=[True, True, False, False], nulls_last=True)
    return told.select(shown) if is_known else told.select(shown).clear()


def _plain(one: Measure, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that are reckoned with, as floats: over_then, over_now, squares; of a ratio under_… and cross_…."""
    columns = [pl.col("dimension"), pl.col("value").cast(pl.String)]
    for part, side in zip(one.parts, ("over", "under"), strict=False):
        for before, span in ((True, "then"), (False, "now")):
            columns.append(pl.col(raw(part.id, before)).cast(pl.Float64).fill_null(0.0).alias(f"{side}_{span}"))
            columns.append(pl.col(raw(squared(part), before)).cast(pl.Float64).fill_null(0.0).alias(f"{side}_{span}_2"))
    if one.ratio is not None:
        for before, span in ((True, "then"), (False, "now")):
            columns.append(pl.col(raw(crossed(one), before)).cast(pl.Float64).fill_null(0.0).alias(f"cross_{span}"))
    columns += [pl.col(name).cast(pl.Float64) for name in MOMENTS if name in frame.columns]
    columns.append(known.is_of_another_part(one, frame).alias("is_uneven"))
    return frame.select(columns)


def _explained(one: Measure, frame: pl.DataFrame) -> pl.DataFrame:
    """then, now, brought, explained, surprise; of customers, of whom only some are there, against another's sums."""
    rest = _others(frame)
    frame = pl.concat([frame, rest], how="diagonal_relaxed") if rest.height else frame
    over_then, over_now = pl.col("over_then"), pl.col("over_now")
    amazed = adtributor.surprise(over_then, over_now)
    then, now, brought = over_then, over_now, over_now - over_then
    if one.ratio is not None:
        under_then, under_now = pl.col("under_then"), pl.col("under_now")
        amazed += adtributor.surprise(under_then, under_now)
        brought = adtributor.brought_to_ratio(over_then, over_now, under_then, under_now)
        then, now = _over(over_then, under_then), _over(over_now, under_now)
    told = frame.with_columns(
        then=then, now=now, brought=brought.over("dimension"), surprise=amazed.over("dimension")
    ).with_columns(explained=adtributor.power(pl.col("brought")).over("dimension"))
    return told.filter(~pl.col("is_rest").fill_null(value=False)) if rest.height else told


def _over(over: pl.Expr, under: pl.Expr) -> pl.Expr:
    return over / pl.when(under != 0).then(under)


def _others(frame: pl.DataFrame) -> pl.DataFrame:
    """All customers but those answered one by one, as one more row, so that shares are of the whole."""
    customers = frame.filter(pl.col("dimension") == "customer")
    others = frame.filter(pl.col("dimension") != "customer")
    if customers.is_empty() or others.is_empty():
        return frame.clear()
    sums = [name for name in frame.columns if name.startswith(("over_", "under_", "cross_"))]
    by = others.get_column("dimension")[0]
    whole = others.filter(pl.col("dimension") == by).select(pl.col(sums).sum())
    left = whole - customers.select(pl.col(sums).sum())
    return left.with_columns(dimension=pl.lit("customer"), value=pl.lit(None, pl.String), is_rest=pl.lit(value=True))


def _remarks(query: Query) -> list[Note]:
    kinds = dict.fromkeys(kind for part in query.parts if part.population for kind in part.population.shared)
    return [note(f"shared_among_{kind}s") for kind in kinds]
