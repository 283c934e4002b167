"""One measure in several spans of time at once, whole and by owner: a statement for each table, not for each span.

The rows are those of `cuts.breakdowns` over all days from the first span to the last; the answer adds up those of each
span by itself. Spans may lie within each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics import cuts
from metrics.catalog import Measure
from metrics.known import sum_of
from metrics.period import DAY
from metrics.population import Population, aggregate, flag
from metrics.query import Query, Result, used
from metrics.target import Span
from metrics.together import over
from metrics.view import View

WINDOWS = "windows"


def can_be_windowed(one: Measure) -> bool:
    """Whether the measure is of what happened in a span, and made of sums: no stock, no product of rates."""
    return not one.times and all(part.stock is None and part.agg is not None for part in one.parts)


def windows(one: Measure, scopes: Sequence[str], spans: Sequence[Span], view: View) -> dict[str, Query]:
    """The statements, by names that `in_spans` knows, of a measure in each of these spans.

    Args:
        one: see `can_be_windowed`. scopes: dimensions, each by itself. spans: at least one. view: its filters apply.
    """
    whole = over(view, min(span.starts_on for span in spans), max(span.ends_on for span in spans))
    asked = cuts.breakdowns(one, scopes, whole) if scopes else cuts.total(one, whole)
    parts = [part for part in asked.parts if part.population is not None and not part.is_aside]
    return {f"{WINDOWS}{place}": _windowed(part, spans) for place, part in enumerate(parts)}


def _windowed(part: Query, spans: Sequence[Span]) -> Query:
    """A population's statement that tells the spans apart: what adds up by stretches of days, else span by span."""
    asked = part.population
    if asked is None:
        msg = "a statement without a population has no rows to add up"
        raise TypeError(msg)
    adds_up = all(one.agg in ("count", "sum") for one in asked.parts)
    answer, bounds = _in_stretches(asked, spans) if adds_up else _span_by_span(asked, spans)
    sql = " ".join([*(step.sql for step in part.steps), answer])
    return replace(
        part, answer=answer, params=used(sql, {**dict(part.params), **bounds}), finish="plain", others=(), columns=(),
        by=(), limit=None,
    )  # fmt: skip


def _owners(by: Sequence[str]) -> tuple[str, str, list[str]]:
    """SQL of whose a row of several breakdowns is: the dimension, the value, and the sets, that of the company last."""
    names = [f'"{name}"' for name in by]
    if not names:
        return "'company'", "cast(null as varchar)", []
    of = " ".join(f"when grouping({name}) = 0 then '{name[1:-1]}'" for name in names)
    said = " ".join(f"when grouping({name}) = 0 then cast({name} as varchar)" for name in names)
    return f"case {of} else 'company' end", f"case {said} end", names


def _span_by_span(asked: Population, spans: Sequence[Span]) -> tuple[str, dict[str, object]]:
    """A column for each aggregate and span: a median, or a count of different things, is of each span by itself."""
    values = [f"{_within(asked, one, place)} as {one.id}_{place}" for one in asked.parts for place in range(len(spans))]
    scope, name, names = _owners(asked.by)
    sets = ", ".join(f"({name})" for name in [*names, ""])
    answer = f"select {', '.join([f'{scope} as scope', f'{name} as name', *values])}\nfrom population"
    bounds: dict[str, object] = {}
    for place, span in enumerate(spans):
        bounds |= {f"first_{place}": span.starts_on, f"last_{place}": span.ends_on}
    return answer + (f"\ngroup by grouping sets ({sets})" if names else ""), bounds


def _within(asked: Population, one: Measure, place: int) -> str:
    """The aggregate of a measure over the rows of one span."""
    counted = flag(one)
    return aggregate(asked, one, before=False).replace(
        f"filter (where {counted})",
        f"filter (where {counted} and {asked.on} between $first_{place} and $last_{place})",
    )


_STRETCH = "stretch"


def _in_stretches(asked: Population, spans: Sequence[Span]) -> tuple[str, dict[str, object]]:
    """A row for each stretch of days between two ends of spans: each row is added up once, whatever spans it is in.

    First for every combination of the dimensions, of which there are few: a third of what all spans cost by themselves.
    """
    turns = _turns(spans)
    cases = " ".join(f"when {asked.on} < $turn_{place} then {place - 1}" for place in range(1, len(turns)))
    stretch = f"case {cases} end as {_STRETCH}"
    scope, name, names = _owners(asked.by)
    keys = ", ".join([*names, _STRETCH])
    inner = ", ".join([*names, stretch, *(f"{aggregate(asked, one, before=False)} as {one.id}" for one in asked.parts)])
    values = [
        f"sum(cells.{one.id}) as {one.id}" if one.agg == "sum" else f"cast(sum(cells.{one.id}) as bigint) as {one.id}"
        for one in asked.parts
    ]
    sets = ", ".join(f"({', '.join([*of, _STRETCH])})" for of in [*([name] for name in names), []])
    answer = (
        f"select {', '.join([f'{scope} as scope', f'{name} as name', _STRETCH, *values])}\n"
        f"from (select {inner} from population group by {keys}) as cells\ngroup by grouping sets ({sets})"
    )
    return answer, {f"turn_{place}": turn for place, turn in enumerate(turns) if place}


def _turns(spans: Sequence[Span]) -> list[date]:
    """The days on which any span begins, or has just ended, in order."""
    return sorted({day for span in spans for day in (span.starts_on, span.ends_on + DAY)})


def in_spans(answered: Mapping[str, Result], one: Measure, spans: Sequence[Span]) -> pl.DataFrame:
    """The answers as rows: `scope`, `name` (null: without any, and the company), `place` of the span, each part.

    Of a measure that may be known in part also what tells how much of it is (metrics/known.py).
    """
    found: pl.DataFrame | None = None
    for ids, frame in _by_parts(answered, one):
        long = _of_spans(frame, ids, spans)
        keys = ["scope", "name", "place"]
        found = long if found is None else found.join(long, on=keys, how="full", coalesce=True, nulls_equal=True)
    if found is None:
        return pl.DataFrame(schema={"scope": pl.String, "name": pl.String, "place": pl.Int32})
    return found.filter(pl.col("name").is_not_null() | (pl.col("scope") == "company"))


def _of_spans(frame: pl.DataFrame, ids: tuple[str, ...], spans: Sequence[Span]) -> pl.DataFrame:
    """A row for each owner and span."""
    if _STRETCH in frame.columns:
        turns = _turns(spans)
        pairs = [(place, at) for place, span in enumerate(spans) for at, turn in enumerate(turns[:-1])
                 if span.starts_on <= turn <= span.ends_on]  # fmt: skip
        holds = pl.DataFrame(pairs, schema={"place": pl.Int32, _STRETCH: frame.schema[_STRETCH]}, orient="row")
        joined = frame.join(holds, on=_STRETCH)
        return joined.group_by("scope", "name", "place", maintain_order=True).agg(sum_of(id_) for id_ in ids)
    rows = [
        frame.select(
            "scope", "name", pl.lit(place).alias("place"), *(pl.col(f"{id_}_{place}").alias(id_) for id_ in ids)
        )
        for place in range(len(spans))
    ]  # fmt: skip
    return pl.concat(rows)


def _by_parts(answered: Mapping[str, Result], one: Measure) -> list[tuple[tuple[str, ...], pl.DataFrame]]:
    """Frames that count the same, one below the other: by several dimensions, deals are shared out differently."""
    held: dict[tuple[str, ...], pl.DataFrame] = {}
    for name, result in answered.items():
        if not name.startswith(WINDOWS):
            continue
        known = result.frame.columns
        told = (*one.parts, *one.coverage)
        ids = tuple(part.id for part in told if part.id in known or f"{part.id}_0" in known)
        frame = result.frame
        if ids in held:
            frame = pl.concat([held[ids], frame.filter(pl.col("scope") != "company")], how="vertical_relaxed")
        held[ids] = frame
    return list(held.items())
