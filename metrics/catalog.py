"""What is counted: measures, dimensions and the tables they stand on, read from `metrics/definitions/*.toml`.

A measure is one aggregate over one table, or a ratio of two such aggregates, declared as data with its meaning in two
languages. `of` and `where` are SQL expressions over that table's columns: text that ships with the product, never a
user's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from metrics.errors import UnknownDimension, UnknownMeasure, nearest

Unit = Literal["money", "count", "share", "days", "hours", "number", "points", "quantity"]
Agg = Literal["count", "sum", "distinct", "median"]
GRAINS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")
ATTAINMENT = "attainment"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Frozen):
    """The same words in both languages."""

    en: str
    zh_CN: str = Field(alias="zh-CN")  # noqa: N815 - the language's own tag, "-" not being allowed in a name

    def text(self, lang: str) -> str:
        """The words in `lang`: "en" or "zh-CN"."""
        return self.zh_CN if lang.lower().startswith("zh") else self.en


class Via(_Frozen):
    """Where a dimension's value is looked up when a fact table has only the key: `column` of `table`, by `key`.

    `key` may be several columns, with blanks between them.
    """

    key: str
    table: str
    column: str

    def match(self, left: str) -> str:
        """The condition under which a row of `left` has the value."""
        return " and ".join(f"{self.table}.{key} = {left}.{key}" for key in self.key.split())


class Dimension(_Frozen):
    """Something to cut or filter by: a value of the rows ("value"), or a span of time ("grain").

    Attributes:
        shares: among whom the money of a deal is shared out along it (metrics/shares.py).
    """

    id: str
    label: Text
    meaning: Text
    kind: Literal["value", "grain"] = "value"
    via: Via | None = None
    shares: Literal["product", "owner"] | None = None
    is_promoted: bool = False  # a column of the company's own, in the catalogue of its store only

    def __hash__(self) -> int:
        return hash(self.id)


class Table(_Frozen):
    """A canonical table as questions see it.

    Attributes:
        id: the columns that name a row, for ordering and for links.
        own: dimensions it carries as a column of the same name.
        keys: the members it points to; dimensions come through them.
        scope: how a viewer's row scope applies (see metrics/base.py).
        shown: columns shown first when its rows are listed.
        is_done: its rows are what was done; what is dated after the view's day is planned, and counts nowhere.
    """

    name: str
    label: Text
    id: tuple[str, ...]
    own: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    scope: Literal["rep", "deal", "customer", "members", "targets", "teams", "open", "all"]
    shown: tuple[str, ...] = ()
    is_done: bool = False

    def __hash__(self) -> int:
        return hash(self.name)

    def has(self, dimension: Dimension) -> bool:
        """Whether the rows of this table have a value of `dimension` (grains: any table with a day has them)."""
        return (
            dimension.kind == "grain"
            or dimension.id in self.own
            or (dimension.via is not None and set(dimension.via.key.split()) <= {*self.keys, *self.id})
        )


class RefuseWhen(_Frozen):
    """The measure says "—" where rows matching `where` exist but none has a `no` that is neither missing nor 0.

    Attributes:
        among: the measure among whose rows is looked, where not all of these are the measure's own (or its
            denominator's): revenue of a month without any cost has no margin, and is not 0.
        known: the part of `among` that the measure stands on, told by its own rows (a cost of 0 is a cost); where it is
            less, a note says how much. Both are sums of amounts without signs.
    """

    where: str = "true"
    no: str
    reason: Text
    among: str | None = None
    known: str | None = None


class Least(_Frozen):
    """The measure says "—" where `of`, a measure that it is made of, counts fewer than `count`."""

    of: str
    count: int


class Measure(_Frozen):
    """One aggregate over one table ("flow" by `on`, or "stock"), a ratio of two measures, a product, or an attainment.

    Attributes:
        on: the day column that dates a flow.
        stock: "seen" reads deals as they were seen on a day; "owed" reads invoices with what was unpaid on a day;
            "unclosed" reads tickets that were opened until a day, and not closed by then.
        ratio: (numerator, denominator), measure ids.
        times, over: measures multiplied with each other, and the one that their product is divided by.
        interval: "wilson" where the numerator's rows are among the denominator's.
        additive: "all" adds up over any partition, "not_over_time" over any but time, "no" over none.
        not_by: dimensions by which it would mean nothing.
        is_shared: money of deals that is shared out among products and owners where it is cut or filtered by those.
        goal_of: for an attainment, the measure whose target it reads; "" means the headline measure.
    """

    id: str
    label: Text
    meaning: Text
    unit: Unit
    better: Literal["higher", "lower", "neither"] = "higher"
    additive: Literal["all", "not_over_time", "no"] = "no"
    table: str | None = None
    agg: Agg | None = None
    of: str | None = None
    where: str = "true"
    on: str | None = None
    stock: Literal["seen", "owed", "unclosed"] | None = None
    ratio: tuple[str, str] | None = None
    times: tuple[str, ...] = ()
    over: str | None = None
    least: Least | None = None
    interval: Literal["wilson", "none"] = "none"
    also: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    refuse_when: RefuseWhen | None = None
    deprecated: Text | None = None
    owner: Text | None = None
    goal_of: str | None = None
    is_shared: bool = False
    is_part: bool = False  # only a part of ratios: kept out of lists that people choose from

    def __hash__(self) -> int:
        return hash(self.id)

    def formula(self, lang: str) -> str:
        """How it is computed, written from the definition: "won_deals ÷ closed_deals"."""
        from metrics.formula import formula

        return formula(self, lang)

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The aggregates it is made of: itself, numerator and denominator, or those of all its factors."""
        if self.times:
            factors = (*self.times, *([self.over] if self.over else []))
            return tuple(dict.fromkeys(part for name in factors for part in measure(name).parts))
        if self.ratio is None:
            return (self,)
        return measure(self.ratio[0]), measure(self.ratio[1])

    @property
    def coverage(self) -> tuple[Measure, ...]:
        """What tells how much of what happened it stands on: all of it, and the part that it knows; mostly none."""
        rule = self.refuse_when
        return tuple(measure(name) for name in (rule.among, rule.known) if name) if rule is not None else ()


class RollUp(_Frozen):
    """A table stored a second time: rows that are alike are one, which says how many they are (metrics/rollups.py).

    Attributes:
        table, on, stock: the canonical table, and the day column by which its flows are dated, or the kind of stock.
        by: what rows have in common that are one: columns, keys, and dimensions looked up beforehand.
        sums: columns of money, or of how many, that are added up.
        flags: columns that hold whether a measure's condition is met, and that condition as the measure writes it.
        shared: among whom deals are shared out in it, so that a row is a part of one (metrics/shares.py).
        reading: the name by which questions read just these rows (metrics/base.py); such a one has no months, nor has
        steps: those of files of questions that it stands in for, for who sees all (metrics/sql/kept/<step>.sql).
        unfiltered: those of the steps that filters leave alone. day: the parameter that must be the store's day: what
        it says of each row is then the same for everybody and whatever the filters, but for steps that read it only of
        deals in view. made_with: the other parameters that its rows were made with; asked with others, it is not read.
        read_as: the name by which questions of files read its days, those in view; measures read its months.
    """

    name: str
    table: str
    reading: str | None = None
    read_as: str | None = None
    steps: tuple[str, ...] = ()
    unfiltered: tuple[str, ...] = ()
    day: str | None = None
    made_with: dict[str, int] = Field(default_factory=dict)
    on: str | None = None
    stock: Literal["seen"] | None = None
    by: tuple[str, ...]
    sums: tuple[str, ...] = ()
    flags: dict[str, str] = Field(default_factory=dict)
    shared: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def source(self) -> str:
        """The base table in whose place it is read."""
        return self.reading or ("deals_seen" if self.stock else self.table)

    @property
    def columns(self) -> tuple[str, ...]:
        """What a question may read of it; `n` is how many rows one stands for."""
        return (*([self.on] if self.on else ()), *self.by, *self.flags, *self.sums, "n")


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What stands in for a table: whole months of it, and the days of those months that a question cuts in two.

    Attributes:
        is_by_day: only days are read, by the name that questions of files have for them (RollUp.read_as).
    """

    rollup: RollUp
    broken: tuple[date, ...] = ()
    is_by_day: bool = False

    @property
    def source(self) -> str:
        """The base table in whose place it is read."""
        return self.rollup.read_as or "" if self.is_by_day else self.rollup.source

    @property
    def spec(self) -> Table:
        """The table, with the dimensions and keys that are left."""
        by, spec = self.rollup.by, table(self.rollup.table)
        return spec.model_copy(update={"id": (), "own": by, "keys": tuple(key for key in spec.keys if key in by)})


class Catalog(_Frozen):
    """Everything that can be asked: measures, dimensions and tables by id, in file order; and what is rolled up."""

    measures: dict[str, Measure]
    dimensions: dict[str, Dimension]
    tables: dict[str, Table]
    rollups: dict[str, RollUp]


def catalog() -> Catalog:
    """The catalogue of `metrics/definitions/*.toml`, and the dimensions that the store at hand adds to it."""
    added = _promoted.get()
    return _extended(added) if added else _built()


_promoted: ContextVar[tuple[Dimension, ...]] = ContextVar("promoted", default=())


def promoted() -> tuple[Dimension, ...]:
    """The dimensions that the store at hand adds to the catalogue: what is remembered of questions depends on them."""
    return _promoted.get()


@contextmanager
def with_promoted(dimensions: tuple[Dimension, ...]) -> Iterator[None]:
    """Inside, the catalogue has these dimensions too: columns of their own that a company cuts by."""
    kept = _promoted.set(dimensions)
    try:
        yield
    finally:
        with suppress(ValueError):  # closed elsewhere, by a thread that was told to stop: its context is gone
            _promoted.reset(kept)


@lru_cache(maxsize=64)
def _extended(added: tuple[Dimension, ...]) -> Catalog:
    """The catalogue with further dimensions, each read from a table of its own (data/dimensions.py)."""
    built = _built()
    tables = {
        one.via.table: Table(name=one.via.table, label=one.label, id=tuple(one.via.key.split()), scope="open")
        for one in added
        if one.via is not None
    }
    named = {one.id: one for one in added}
    return Catalog(
        measures=built.measures,
        dimensions=named | built.dimensions,
        tables=built.tables | tables,
        rollups=built.rollups,
    )


@cache
def _built() -> Catalog:
    """What the files say, read once."""
    measures: dict[str, Measure] = {}
    dimensions: dict[str, Dimension] = {}
    tables: dict[str, Table] = {}
    rollups: dict[str, RollUp] = {}
    for path in sorted((Path(__file__).parent / "definitions").glob("*.toml"), key=_in_order):
        content: dict[str, dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))
        for name, entry in content.get("tables", {}).items():
            tables[name] = Table(name=name, **entry)
        for name, entry in content.get("dimensions", {}).items():
            dimensions[name] = Dimension(id=name, **entry)
        for name, entry in content.get("measures", {}).items():
            measures[name] = Measure(id=name, **entry)
        for name, entry in content.get("rollups", {}).items():
            rollups[name] = RollUp(name=name, **entry)
    return Catalog(measures=measures, dimensions=dimensions, tables=tables, rollups=rollups)


def _in_order(path: Path) -> tuple[int, str]:
    """Deals first, then leads, activities, results, money, what customers say and goals: as people read them."""
    order = (
        "tables", "dimensions", "deals", "leads", "activities", "order_lines", "invoices", "payments", "surveys",
        "tickets", "targets",
    )  # fmt: skip
    return (order.index(path.stem) if path.stem in order else len(order), path.stem)


def measure(measure_id: str | Measure) -> Measure:
    """The measure of this id. "attainment:win_rate" is one too.

    Raises:
        UnknownMeasure: with the id that was probably meant.
    """
    if isinstance(measure_id, Measure):
        return measure_id
    known = catalog().measures
    if measure_id in known:
        return known[measure_id]
    kind, colon, goal = measure_id.partition(":")
    if kind == ATTAINMENT and colon:
        return _attainment(goal)
    raise UnknownMeasure(name=measure_id, suggestion=nearest(measure_id, known))


@cache
def _attainment(goal: str) -> Measure:
    """Attainment of the target of measure `goal`."""
    base, of = catalog().measures[ATTAINMENT], measure(goal)
    if of.goal_of is not None:
        raise UnknownMeasure(name=f"{ATTAINMENT}:{goal}", suggestion=None)
    label = Text.model_validate(
        {"en": f"{base.label.en}: {of.label.en.lower()}", "zh-CN": f"{base.label.zh_CN}：{of.label.zh_CN}"}
    )
    return base.model_copy(update={"id": f"{ATTAINMENT}:{goal}", "goal_of": goal, "label": label})


def dimension(dimension_id: str | Dimension) -> Dimension:
    """The dimension of this id.

    Raises:
        UnknownDimension: with the id that was probably meant.
    """
    if isinstance(dimension_id, Dimension):
        return dimension_id
    known = catalog().dimensions
    if dimension_id not in known:
        raise UnknownDimension(name=dimension_id, suggestion=nearest(dimension_id, known))
    return known[dimension_id]


def table(name: str) -> Table:
    """The table of this name, as the catalogue declares it."""
    return catalog().tables[name]
