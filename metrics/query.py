"""A question ready to be answered by any engine: named steps, an answer, the values bound in it, and the way back.

The steps end in `population`: one row per thing counted, with a flag `in_<measure>` for each measure (and
`in_<measure>_before` for the days compared with). The answer reads only from it, so the rows behind any number are the
same steps with another answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

from metrics import checked
from metrics.base import READINGS, Step, base_tables
from metrics.catalog import Dimension, Measure, RolledUp, catalog, promoted
from metrics.errors import NoSuchColumn, UnknownQuestion, nearest
from metrics.notes import Note, note
from metrics.reads import Reads
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer

if TYPE_CHECKING:
    from sqlglot import exp

    from metrics.population import Population

__all__ = ["Column", "Note", "Query", "Result", "Step", "from_file", "note"]

Role = Literal["by", "value", "low", "high", "n", "before", "before_low", "before_high", "before_n", "flag", "detail"]
Params = tuple[tuple[str, object], ...]
_PARAM = re.compile(r"\$([A-Za-z_]\w*)")
_FOLDER = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the final frame.

    Attributes:
        role: what it is; "by" columns say where, "value" columns how much.
        unit: as of measures, or "difference": between two shares, which is read in percentage points.
        measure: the measure it belongs to.
        agg, of, where: how a value comes from its rows, for those who check; "ratio" for a ratio.
    """

    name: str
    role: Role
    measure: str | None = None
    unit: str | None = None
    agg: str | None = None
    of: str | None = None
    where: str | None = None


@dataclass(frozen=True)
class Query:
    """A question, frozen and hashable.

    Attributes:
        steps: named steps, the last of them `population`. answer: the SELECT that reads it.
        params: values bound in steps and answer. tables: base tables the steps read.
        view: whose filters apply to the base tables; None for a question without any.
        columns: of the final frame. finish: name of the function in metrics/finish.py that makes it.
        measures: those asked for, in order. by: the columns it is cut by.
        others: more populations, answered by themselves and joined after aggregation.
        notes: what is known before asking. population: what `rows` is built from.
        shared: among whom deals are shared out (metrics/shares.py). own: among whom for a viewer with a row scope, of a
            question that is no population (metrics/own_part.py).
        of_all: asked of everybody's rows whoever looks: sums by which something is weighed, and which nobody is shown
            (metrics/own_part.py). Its rows are only those in the viewer's scope.
        reads: the columns read of each table (metrics/reads.py); of those not in it, all.
        inner: the questions by name that it is made of (metrics/together.py).
        rolled: what is read in the place of its table (metrics/rollups.py).
    """

    steps: tuple[Step, ...]
    answer: str
    params: Params = ()
    tables: tuple[str, ...] = ()
    view: View | None = None
    columns: tuple[Column, ...] = ()
    finish: str = "plain"
    measures: tuple[Measure, ...] = ()
    by: tuple[str, ...] = ()
    limit: int | None = None
    others: tuple[Query, ...] = ()
    notes: tuple[Note, ...] = ()
    population: Population | None = field(default=None, repr=False)
    shared: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    of_all: bool = False
    reads: Reads = ()
    inner: tuple[tuple[str, Query], ...] = field(default=(), repr=False)
    rolled: RolledUp | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:  # asked for by everything that remembers answers, and a question is hundreds of strings
        return hash((self.steps, self.answer, self.params, self.view, self.finish, self.others))

    @cached_property
    def sql(self) -> str:
        """The steps joined into one WITH; base tables are prepended by `bound`."""
        return _with(self.steps, self.answer)

    def bound(self, viewer: Viewer) -> tuple[str, dict[str, object]]:
        """The statement as `viewer` may ask it, and its parameters by name.

        Raises:
            NotPortable: a step uses a word that engines do not agree on; a server is told later (metrics/checked.py).
        """
        sql, params = _bound(self, viewer, promoted())
        return sql, dict(params)

    @property
    def parts(self) -> tuple[Query, ...]:
        """Every statement to run, this one first: what `finished` expects the frames of."""
        return (self, *self.others)

    @property
    def is_aside(self) -> bool:
        """Whether it only says something about the answer it is asked beside (metrics/beside.py)."""
        return self.finish in ("undated", "begins", "unknown_then")

    @property
    def is_worked_out(self) -> bool:
        """Whether its rows are not those of its statement: `first` and `count` are not for it."""
        return self.finish not in ("plain", "rows")

    def rows(self, column: str | None = None, **at: object) -> Query:
        """The rows a number stands on.

        Args:
            column: a column of the answer ("win_rate", "won_amount.before"); by default the first measure's.
            **at: values of the dimensions it was cut by; None is "unassigned". For `breakdowns`: dimension, value.

        Raises:
            NoSuchColumn: the answer has no such column, or was not cut by such a dimension.
        """
        from metrics.drill import rows

        return rows(self, column, at)

    def first(self, count: int) -> Query:
        """The first `count` rows of this answer."""
        return replace(self, answer=f"{self.answer}\nlimit {int(count)}")

    def cut_by(self, column: str) -> Query:
        """This answer, also cut by a column of its population."""
        return replace(self, answer=_cut_by(self.answer, column))

    def count(self) -> Query:
        """How many rows this answer has: one row, column `n`."""
        counted = f"select count(*) as n from (\n{self.answer}\n) as listed"
        return replace(self, answer=counted, columns=(), by=(), finish="plain", others=())

    def text(self, dialect: str = "duckdb", viewer: Viewer = EVERYTHING) -> str:
        """The statements with their values written in, to read, copy and run elsewhere.

        Left out are those that only give remarks. Values become literals in the syntax tree, never spliced text.
        """
        return _written(self, dialect, viewer, promoted())

    def finished(self, frames: Sequence[pl.DataFrame], version: int | None = None) -> Result:
        """The result, from the frames that `parts` were answered with, in their order."""
        from metrics.finish import finished

        return finished(self, frames, version)


@dataclass(frozen=True)
class Result:
    """An answer.

    Attributes:
        frame: after finishing: `by` columns, then each measure with its interval and comparison.
        raw: as aggregated by SQL, all populations joined.
        query: what was asked. notes: what the answer says about itself. version: of the store that answered.
    """

    frame: pl.DataFrame
    raw: pl.DataFrame
    query: Query
    notes: tuple[Note, ...] = ()
    version: int | None = None


@lru_cache(maxsize=2048)
def _bound(
    query: Query,
    viewer: Viewer,
    own: tuple[Dimension, ...],  # noqa: ARG001 - filters mean what the store at hand says
) -> tuple[str, dict[str, object]]:
    """The statement as `viewer` may ask it; remembered, since a page that is run again asks it again."""
    from metrics.own_part import own_part

    if query.of_all:
        viewer = EVERYTHING
    query = own_part(query, viewer)
    for text in (*(step.sql for step in query.steps), query.answer):  # steps are shared by many questions
        checked.words(text)
    filters = query.view.filters if query.view else ()
    base, params = base_tables(query.tables, filters, viewer, query.shared, query.reads, query.rolled)
    return _with((*base, *query.steps), query.answer), {**params, **dict(query.params)}


@lru_cache(maxsize=256)
def _written(
    query: Query,
    dialect: str,
    viewer: Viewer,
    own: tuple[Dimension, ...],  # noqa: ARG001 - filters mean what the store at hand says
) -> str:
    """The statements with their values; remembered, since a list names them in its download on every run."""
    counted = (part for part in query.parts if not part.is_aside)
    return ";\n\n".join(_literal(*part.bound(viewer), dialect) for part in counted)


def used(sql: str, values: dict[str, object]) -> Params:
    """Those of `values` that `sql` mentions: engines refuse a value that is not used."""
    return tuple((name, values[name]) for name in dict.fromkeys(_PARAM.findall(sql)))


def _with(steps: Sequence[Step], answer: str) -> str:
    if not steps:
        return answer
    named = ",\n".join(f"{step.name} as (\n  {step.sql}\n)" for step in steps)
    return f"with {named}\n{answer}"


def _literal(sql: str, params: dict[str, object], dialect: str) -> str:
    """`sql` in `dialect` with literals for its parameters."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in list(tree.walk()):
        if type(node) in (exp.Placeholder, exp.Parameter):  # isinstance takes as long as parsing
            node.replace(exp.convert(params[node.name]))
    return tree.sql(dialect=dialect, pretty=True, copy=False)


def from_file(name: str, view: View | None = None, **params: object) -> Query:
    """The question of `metrics/sql/<name>.sql`: named steps whose last is `population`, then the answer.

    The file names plain tables; `view` filters them, the viewer's scope cuts them, and `params` are bound. It may also
    name steps that several questions share, `metrics/sql/steps/<step>.sql`: each then stands just before the first of
    its own steps that reads it (one that only the answer reads, before `population`), and may read those before.

    Raises:
        UnknownQuestion: there is no such file.
    """
    path = _FOLDER / f"{name}.sql"
    if name not in _known():
        raise UnknownQuestion(name=name, suggestion=nearest(name, _known()))
    steps, answer, tables = _read(path.read_text("utf-8"))
    return Query(steps, answer, used(_with(steps, answer), params), tables, view)


@cache
def _known() -> frozenset[str]:
    return frozenset(file.stem for file in _FOLDER.glob("*.sql"))


def tables_of_file(name: str) -> tuple[str, ...]:
    """The tables that the question `metrics/sql/<name>.sql` reads; none where there is no such file."""
    path = _FOLDER / f"{name}.sql"
    return _read(path.read_text("utf-8"))[2] if name.isidentifier() and path.exists() else ()


def answer_of_file(name: str) -> str | None:
    """The answer of the question `metrics/sql/<name>.sql`; None where there is no such file."""
    return _read((_FOLDER / f"{name}.sql").read_text("utf-8"))[1] if name in _known() else None


@cache
def kept_step(name: str) -> str:
    """A shared step as it is read from what a store keeps of it (metrics/rollups.py)."""
    return (_FOLDER / "kept" / f"{name}.sql").read_text("utf-8")


def kept_rows(name: str, **params: object) -> Query:
    """The statement whose rows a store keeps, made of the steps that questions share (metrics/sql/kept/<name>.sql)."""
    steps, answer, tables = _read(kept_step(name))
    return Query(steps, answer, used(_with(steps, answer), params), tables)


def before(statement: str) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The shared steps that a SELECT reads, in order, and the base tables that it and they read."""
    steps, _, tables = _read(f"with population as ({statement}) select * from population")
    return steps[:-1], tables


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[tuple[Step, ...], str, tuple[str, ...]]:
    """Steps, answer and base tables of a question file."""
    answer = _parsed(text)
    own = {cte.alias: cte.this for cte in answer.ctes}
    known = {path.stem: path for path in sorted((_FOLDER / "steps").glob("*.sql"))}
    answer.set("with_", None)
    steps: dict[str, _Written] = {}
    for name, step in own.items():
        read = _tables_in(step, answer) if name == list(own)[-1] else _tables_in(step)
        _add_shared(read - own.keys(), known, steps)
        steps[name] = _Written(step.sql(dialect="duckdb", pretty=True), _tables_in(step))
    read = _tables_in(answer).union(*(step.reads for step in steps.values())) - steps.keys()
    tables = tuple(name for name in (*catalog().tables, *READINGS) if name in read)
    named = tuple(Step(name, step.sql) for name, step in steps.items())
    return named, answer.sql(dialect="duckdb", pretty=True), tables


class _Written(NamedTuple):
    """A step as it stands in statements, and the tables and steps that it reads."""

    sql: str
    reads: AbstractSet[str]


def _add_shared(named: AbstractSet[str], known: dict[str, Path], found: dict[str, _Written]) -> None:
    """Put the shared steps of these names into `found`, those that they read themselves before them."""
    for name in sorted(named & known.keys() - found.keys()):
        step = _shared(known[name])
        _add_shared(step.reads, known, found)
        found[name] = step


@cache
def _shared(path: Path) -> _Written:
    """A shared step: dozens of questions read the same one."""
    step = _parsed(path.read_text("utf-8"))
    return _Written(step.sql(dialect="duckdb", pretty=True), _tables_in(step))


@lru_cache(maxsize=256)
def _cut_by(answer: str, column: str) -> str:
    from sqlglot import exp

    named = exp.column(column, quoted=True)
    return _parsed(answer).select(named).group_by(named).sql(dialect="duckdb", pretty=True)


def _parsed(text: str) -> exp.Select:
    import sqlglot
    from sqlglot import exp

    return sqlglot.parse_one(text, read="duckdb", into=exp.Select)


def _tables_in(*trees: exp.Select) -> set[str]:
    from sqlglot import exp

    return {found.name for tree in trees for found in tree.find_all(exp.Table)}


def column_of(query: Query, name: str | None) -> Column:
    """The column of this name, or the first measure's.

    Raises:
        NoSuchColumn: with the name that was probably meant.
    """
    known = [column for column in query.columns if column.measure is not None]
    for column in known:
        if name is None or column.name == name:
            return column
    raise NoSuchColumn(name=name, suggestion=nearest(name or "", [column.name for column in known]))
