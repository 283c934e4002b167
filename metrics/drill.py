"""From a number to its rows: the same population, restricted to the number, with the rows as the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from metrics import (
    calibration,
    coaching,
    compared,
    coverage,
    customer_signals,
    landing,
    next_judged,
    scorecard,
    together,
    worth,
)
from metrics.catalog import Measure, measure, table
from metrics.errors import NoSuchColumn, nearest
from metrics.population import Population, flag
from metrics.query import Column, Query, column_of, used
from metrics.shares import ADDED

_NAMES = {"rep_key": ("reps", "rep"), "customer_key": ("customers", "customer"), "product_key": ("products", "product")}


_OWN: dict[str, Callable[[Query, str | None, Mapping[str, object]], Query]] = {
    "calibration": lambda query, _, at: calibration.rows(query, at),
    "coverage": coverage.rows,
    "coaching": lambda query, _, at: coaching.rows(query, at),
    "customer_signals": customer_signals.rows,
    "landing": landing.rows,
    "next_past": next_judged.rows,
    "scorecard": scorecard.rows,
    **dict.fromkeys(("worth_bands", "worth_check", "worth_parameters"), worth.rows),
}
"""Answers whose rows their own module knows, by how they are finished."""


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The rows behind `column` of `query` where the dimensions have the values `at`: see `Query.rows`."""
    if query.finish in _OWN:
        return _OWN[query.finish](query, column, at)
    if query.inner:
        return together.rows(query, column, at)
    if query.population is None and not query.measures:
        return _of_file(query, column, at)
    found = column_of(query, column)
    subject = _counted(query, measure(str(found.measure)))
    before = found.role.startswith("before")
    is_then = before and bool(compared.grains_of(query.by))  # the compared days have a statement of their own
    at = _plain_at(at)
    part, shown = _part_of(query, subject, at, is_then=is_then)
    population = part.population
    if population is None:
        raise NoSuchColumn(name=column, suggestion=None)
    if is_then and query.view is not None:
        at = {name: compared.bucket_then(query.view, name, value) for name, value in at.items()}
    flags = [flag(one, before and not is_then) for one in shown]
    conditions = [f"({' or '.join(f'population.{name}' for name in flags)})"]
    values: dict[str, object] = {}
    for name, value in at.items():
        conditions.append(_where(name, value, population, values))
    kept = flags if len(flags) > 1 else []
    return _listed(part, population, conditions, kept, values)


def _counted(query: Query, asked: Measure) -> Measure:
    """The measure whose rows are counted: for an attainment, the one whose target it is."""
    if asked.goal_of is None:
        return asked
    return measure(asked.goal_of or (query.view.headline if query.view else "won_amount"))


def _part_of(query: Query, subject: Measure, at: Iterable[str], *, is_then: bool) -> tuple[Query, tuple[Measure, ...]]:
    """The population that counts `subject`, and the aggregates of it there (a ratio's numerator, when across two).

    Several breakdowns at once are several populations (metrics/cuts.py): the one that is cut by the dimensions `at`.
    """
    found: list[tuple[Query, tuple[Measure, ...]]] = []
    for part in query.parts:
        if part.population is not None and (part.finish == compared.THEN) is is_then:
            here = tuple(one for one in subject.parts if one in part.population.parts)
            if here and here[0] == subject.parts[0]:
                found.append((part, here))
    for part, here in found:
        if part.population is not None and set(at) <= set(part.population.by):
            return part, here
    if not found:
        raise NoSuchColumn(name=subject.id, suggestion=None)
    return found[0]


def _plain_at(at: Mapping[str, object]) -> dict[str, object]:
    """`breakdowns` says dimension and value; everything else says the dimension's value."""
    if "dimension" in at:
        return {str(at["dimension"]): at.get("value")}
    return dict(at)


def _where(name: str, value: object, population: Population, values: dict[str, object]) -> str:
    """The rows of one value of a dimension the question was cut by."""
    if name not in population.by:
        raise NoSuchColumn(name=name, suggestion=nearest(name, population.by))
    if value is None:
        return f'population."{name}" is null'
    values[f"at_{name}"] = value
    return f'population."{name}" = $at_{name}'


def _listed(
    part: Query, population: Population, conditions: list[str], flags: list[str], values: dict[str, object]
) -> Query:
    """The population's rows, newest first, with the names of the members they point to."""
    spec = table(population.table)
    named, joins, tables = [], [], dict.fromkeys(part.tables)
    for key in spec.keys:
        lookup, column = _NAMES[key]
        tables[lookup] = None
        if column not in population.by:
            named.append(f"{lookup}.{column}")
            joins.append(f"\nleft join {lookup} on {lookup}.{key} = population.{key}")
    order = [f"population.{population.day} desc nulls last", *(f"population.{name}" for name in spec.id)]
    answer = (
        f"select {', '.join([*named, 'population.*'])}\nfrom population{''.join(joins)}"
        f"\nwhere {' and '.join(conditions)}\norder by {', '.join(order)}"
    )
    sql = " ".join([*(step.sql for step in part.steps), answer])
    shown = spec.shown + (ADDED if population.shared else ())
    columns = tuple(Column(name, "detail") for name in shown) + tuple(Column(name, "flag") for name in flags)
    params = used(sql, {**dict(part.params), **values})
    return replace(  # a row is shown with all its columns
        part, answer=answer, params=params, tables=tuple(tables), columns=columns, finish="rows", others=(), by=(),
        reads=(),
    )  # fmt: skip


def _of_file(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The population of a question file: of the column, where columns of the answer have the values `at`.

    The question says by columns of these names which members its rows point to; they are shown by name.
    """
    known = {found.name: found for found in query.columns}
    if column is not None and column not in known:
        raise NoSuchColumn(name=column, suggestion=nearest(column, known))
    where = known[column].where if column is not None else None
    conditions, values = [f"({where})"] if where else [], dict(query.params)
    for name, value in at.items():
        if name not in query.by:
            raise NoSuchColumn(name=name, suggestion=nearest(name, query.by))
        values[f"at_{name}"] = value
        if f"$at_{name}" in (where or ""):
            continue  # the number itself says which rows, also those of no value
        if value is None:
            conditions.append(f'population."{name}" is null')
        else:
            conditions.append(f'population."{name}" = $at_{name}')
    keys = [name for name in known if name in _NAMES and _NAMES[name][1] not in query.by]
    looked = [_NAMES[key] for key in keys]
    named = ", ".join([*(f"{table}.{name}" for table, name in looked), "population.*"])
    joins = [
        f"\nleft join {table} on {table}.{key} = population.{key}" for key, (table, _) in zip(keys, looked, strict=True)
    ]
    answer = f"select {named} from population{''.join(joins)}"
    if conditions:
        answer += f"\nwhere {' and '.join(conditions)}"
    sql = " ".join([*(step.sql for step in query.steps), answer])
    tables = tuple(dict.fromkeys([*query.tables, *(table for table, _ in looked)]))
    return replace(
        query, answer=answer, params=used(sql, values), tables=tables, finish="plain", columns=(), by=(), others=(),
        of_all=False,
    )  # fmt: skip
