"""Which SQL every engine answers alike: an allow-list of words, checked once per question.

Questions are written once, for DuckDB, and translated by sqlglot for other engines. Translation alone is not enough:
some words fail elsewhere, and a few silently answer otherwise (a median that is approximate, weekdays with other
numbers, minutes counted by boundaries). So only words that were asked of both engines and agreed may be used
(metrics/portable.toml; tests/engines/test_words.py asks them again). Reference: docs/engines.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from metrics.catalog import Text
from metrics.errors import SalesError


class NotPortable(SalesError):
    """A question uses a word that engines do not agree on. Params: `word`, `reason` (a Text)."""


Rule = Callable[[exp.Expr], str | None]
"""A look at one node that is allowed in general: the key of the reason why not here, or None."""


@lru_cache(maxsize=4096)
def check(sql: str) -> None:
    """Raise NotPortable unless every engine answers `sql` alike.

    Args:
        sql: one SELECT in DuckDB's dialect, with its parameters as `$name`. Takes 2 to 4 ms at first, then none.
    """
    words = _words()
    for node in _parse(sql).walk():
        kind = type(node).__name__
        if kind not in words.allowed:
            raise _refusal(node, words.refused.get(kind, "unlisted"))
        rule = _RULES.get(kind)
        reason = rule(node) if rule else None
        if reason:
            raise _refusal(node, reason)


class _Words:
    """The lists of metrics/portable.toml."""

    def __init__(self, path: Path) -> None:
        lists = tomllib.loads(path.read_text(encoding="utf-8"))
        allowed = lists["allowed"]
        self.allowed = frozenset(f"{allowed['structure']} {allowed['operators']} {allowed['functions']}".split())
        self.grains = frozenset(allowed["grains"].split())
        self.refused: dict[str, str] = lists["refused"]
        self.reasons = {key: Text.model_validate(words) for key, words in lists["reasons"].items()}


@cache
def _words() -> _Words:
    return _Words(Path(__file__).with_name("portable.toml"))


def _parse(sql: str) -> exp.Expr:
    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except SqlglotError as error:
        raise _refusal_of(str(error).splitlines()[0], "syntax") from error
    tree = statements[0] if len(statements) == 1 else None
    if not isinstance(tree, exp.Select | exp.Union):
        raise _refusal_of(sql.strip()[:40], "statement")
    return tree


def _refusal(node: exp.Expr, reason: str) -> NotPortable:
    return _refusal_of(node.sql(dialect="duckdb")[:80], reason)


def _refusal_of(word: str, reason: str) -> NotPortable:
    return NotPortable(word=word, reason=_words().reasons[reason])


# --------------------------------------------------------------------------------------- words allowed in one form only


def _is_cast_to(node: exp.Expr | None, *types: exp.DType) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in types


def _date_trunc(node: exp.Expr) -> str | None:
    if node.text("unit").lower() not in _words().grains:
        return "grain"
    return None if _is_cast_to(node.parent, exp.DType.DATE) else "bare_trunc"


def _date_diff(node: exp.Expr) -> str | None:
    return None if node.text("unit").lower() in ("day", "second") else "date_diff"


def _minus(node: exp.Expr) -> str | None:
    """Days are recognised by their names: the schema lets dates end in `_on` and timestamps in `_at`."""
    both = (node.this, node.args["expression"])
    dates = [isinstance(side, exp.Column) and side.name.endswith(("_on", "_at")) for side in both]
    return "date_minus" if all(dates) else None


def _division(node: exp.Expr) -> str | None:
    """One side is visibly a double, and the divisor a number or guarded by nullif."""
    divisor = node.args["expression"].unnest()
    is_double = any(_is_cast_to(cast, exp.DType.DOUBLE) for cast in node.find_all(exp.Cast))
    is_number = isinstance(divisor, exp.Literal) and divisor.name.strip("0.") != ""
    return None if is_double and (is_number or divisor.find(exp.Nullif)) else "division"


def _cast(node: exp.Expr) -> str | None:
    if isinstance(node, exp.TryCast):
        return "unlisted"
    whole_numbers = (exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT, exp.DType.INT128)
    if not _is_cast_to(node, *whole_numbers) or isinstance(node.this, exp.Round):
        return None
    to_double = any(_is_cast_to(cast, exp.DType.DOUBLE) for cast in node.this.find_all(exp.Cast))
    has_fraction = to_double or node.this.find(exp.Div)
    return "integer_cast" if has_fraction else None


def _count(node: exp.Expr) -> str | None:
    if node.this is None:
        return "count_nothing"
    values = node.this.expressions if isinstance(node.this, exp.Distinct) else [node.this, *node.expressions]
    return "several_arguments" if len(values) > 1 or isinstance(values[0], exp.Tuple) else None


def _sum(node: exp.Expr) -> str | None:
    """Flags are recognised by their names: the schema and the questions start them with `is_` or `in_`."""
    is_flag = isinstance(node.this, exp.Column) and node.this.name.startswith(("is_", "in_"))
    return "flag_aggregate" if is_flag else None


def _grouping(node: exp.Expr) -> str | None:
    return None if len(node.expressions) == 1 else "several_arguments"


def _group(node: exp.Expr) -> str | None:
    return "group_all" if node.args.get("all") else None


def _ordered(node: exp.Expr) -> str | None:
    if isinstance(node.this, exp.Var) and node.this.name.lower() == "all":
        return "group_all"
    return "ordered_aggregate" if isinstance(node.find_ancestor(exp.AggFunc, exp.Select), exp.AggFunc) else None


def _star(node: exp.Expr) -> str | None:
    return "star" if node.args.get("except_") or node.args.get("replace") or node.args.get("rename") else None


def _filter(node: exp.Expr) -> str | None:
    return "window_filter" if isinstance(node.parent, exp.Window) else None


def _with(node: exp.Expr) -> str | None:
    return "recursive" if node.args.get("recursive") else None


def _cte(node: exp.Expr) -> str | None:
    return "materialized" if node.args.get("materialized") is not None else None


def _join(node: exp.Expr) -> str | None:
    method, kind, side = (node.text(part).upper() for part in ("method", "kind", "side"))
    is_known = not method and kind in ("", "INNER", "OUTER", "CROSS", "SEMI", "ANTI") and side in ("", "LEFT", "FULL")
    return None if is_known else "join"


def _placed_subquery(node: exp.Expr) -> str | None:
    """IN (SELECT …) and EXISTS belong to where, having and on."""
    if isinstance(node, exp.In):
        within = node.args.get("query")
        if within is None:
            return None
        if isinstance(within.unnest(), exp.Union):
            return "in_union"
    place = node.find_ancestor(exp.Where, exp.Having, exp.Join, exp.Select)
    return "correlated" if isinstance(place, exp.Select) else None


def _subquery(node: exp.Expr) -> str | None:
    """A subquery used as a value must not look at the row outside it."""
    if isinstance(node.parent, exp.From | exp.Join | exp.In | exp.Exists | exp.Union | exp.CTE | exp.Subquery):
        return None
    inside = {table.alias_or_name for table in node.find_all(exp.Table, exp.Subquery)}
    outside = [column for column in node.find_all(exp.Column) if column.table and column.table not in inside]
    return "correlated" if outside else None


def _select(node: exp.Expr) -> str | None:
    """No column without a type, and no name of this SELECT used by another expression of it."""
    projections = node.args["expressions"]
    if any(isinstance(projection.unalias(), exp.Null) for projection in projections):
        return "null_column"
    made = {projection.alias: projection for projection in projections if isinstance(projection, exp.Alias)}
    new = {alias for alias, by in made.items() if alias not in {column.name for column in by.find_all(exp.Column)}}
    if not new:
        return None
    readers = [*projections, node.args.get("where")]
    used = (column for reader in readers if reader for column in reader.find_all(exp.Column) if not column.table)
    return "lateral_alias" if any(column.name in new and column.parent_select is node for column in used) else None


_RULES: dict[str, Rule] = {
    "TimestampTrunc": _date_trunc,
    "DateTrunc": _date_trunc,
    "DateDiff": _date_diff,
    "Sub": _minus,
    "Div": _division,
    "Cast": _cast,
    "Count": _count,
    "Sum": _sum,
    "Grouping": _grouping,
    "Group": _group,
    "Ordered": _ordered,
    "Star": _star,
    "Filter": _filter,
    "With": _with,
    "CTE": _cte,
    "Join": _join,
    "In": _placed_subquery,
    "Exists": _placed_subquery,
    "Subquery": _subquery,
    "Select": _select,
}
