"""One measure in several spans of time at once, whole and by owner: a statement for each table, not for each span.

The rows are those of `cuts.breakdowns` over all days from the first span to the last; the answer adds up those of each
span by itself. Spans may lie within each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from metrics import cuts
from metrics.catalog import Measure
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
    """A population's statement with a column for each aggregate and span instead."""
    asked = part.population
    if asked is None:
        msg = "a statement without a population has no rows to add up"
        raise TypeError(msg)
    values = [f"{_within(asked, one, place)} as {one.id}_{place}" for one in asked.parts for place in range(len(spans))]
    names = [f'"{name}"' for name in asked.by]
    of = [f"when grouping({name}) = 0 then '{name[1:-1]}'" for name in names]
    said = [f"when grouping({name}) = 0 then cast({name} as varchar)" for name in names]
    scope = f"case {' '.join(of)} else 'company' end" if names else "'company'"
    called = f"case {' '.join(said)} end" if names else "cast(null as varchar)"
    sets = ", ".join(f"({name})" for name in [*names, ""])
    answer = f"select {', '.join([f'{scope} as scope', f'{called} as name', *values])}\nfrom population" + (
        f"\ngroup by grouping sets ({sets})" if names else ""
    )
    bounds: dict[str, object] = {}
    for place, span in enumerate(spans):
        bounds |= {f"first_{place}": span.starts_on, f"last_{place}": span.ends_on}
    sql = " ".join([*(step.sql for step in part.steps), answer])
    return replace(
        part, answer=answer, params=used(sql, {**dict(part.params), **bounds}), finish="plain", others=(), columns=(),
        by=(), limit=None,
    )  # fmt: skip


def _within(asked: Population, one: Measure, place: int) -> str:
    """The aggregate of a measure over the rows of one span."""
    counted = flag(one)
    return aggregate(asked, one, before=False).replace(
        f"filter (where {counted})",
        f"filter (where {counted} and {asked.on} between $first_{place} and $last_{place})",
    )


def in_spans(answered: Mapping[str, Result], one: Measure, spans: Sequence[Span]) -> pl.DataFrame:
    """The answers as rows: `scope`, `name` (null: without any, and the company), `place` of the span, each part."""
    found: pl.DataFrame | None = None
    for ids, frame in _by_parts(answered, one):
        rows = [
            frame.select(
                "scope", "name", pl.lit(place).alias("place"), *(pl.col(f"{id_}_{place}").alias(id_) for id_ in ids)
            )
            for place in range(len(spans))
        ]  # fmt: skip
        long = pl.concat(rows)
        keys = ["scope", "name", "place"]
        found = long if found is None else found.join(long, on=keys, how="full", coalesce=True, nulls_equal=True)
    if found is None:
        return pl.DataFrame(schema={"scope": pl.String, "name": pl.String, "place": pl.Int32})
    return found.filter(pl.col("name").is_not_null() | (pl.col("scope") == "company"))


def _by_parts(answered: Mapping[str, Result], one: Measure) -> list[tuple[tuple[str, ...], pl.DataFrame]]:
    """Frames that count the same, one below the other: by several dimensions, deals are shared out differently."""
    held: dict[tuple[str, ...], pl.DataFrame] = {}
    for name, result in answered.items():
        if not name.startswith(WINDOWS):
            continue
        ids = tuple(part.id for part in one.parts if f"{part.id}_0" in result.frame.columns)
        frame = result.frame
        if ids in held:
            frame = pl.concat([held[ids], frame.filter(pl.col("scope") != "company")], how="vertical_relaxed")
        held[ids] = frame
    return list(held.items())
