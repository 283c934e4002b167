"""From measures that share a table and a day to SQL: what is counted, flagged, and added up.

    deals                             the base table, filtered and scoped (metrics/base.py)
    → counted                         its rows with a flag per measure: in_won_deals, in_won_deals_before
    → population                      the flagged rows, with the dimensions they are cut by
    → select … group by               the answer

Stocks put a step before: the rows as they stood on each of the days asked about (`moments`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from metrics.base import Step
from metrics.catalog import Dimension, Measure, RollUp, Via, dimension, table
from metrics.period import FIRST

_TRUNCATED = ("month", "quarter", "year")


class Population(NamedTuple):
    """What one statement counts. Everything that shapes its SQL, nothing that is bound in it.

    Attributes:
        table: the canonical table. on: the day column of flows. stock: "seen", "owed", "unclosed" or None.
        parts: the aggregates computed. asked: measures asked for that are made of them here.
        by: dimensions it is cut by. sets: each of `by` separately, in one GROUPING SETS.
        has_period, has_before: of the view. is_past: nothing after the view's day counts.
        shared: among whom deals are shared out, so that a row is a part of one (metrics/shares.py).
        rolled: what stands in for the table, its rows counting for as many as `n` says (metrics/rollups.py).
    """

    table: str
    on: str | None
    stock: str | None
    parts: tuple[Measure, ...]
    asked: tuple[Measure, ...]
    by: tuple[str, ...]
    has_period: bool
    has_before: bool
    is_past: bool
    sets: bool = False
    shared: tuple[str, ...] = ()
    promoted: tuple[Dimension, ...] = ()  # those of `by` that are a store's own: their names mean something there only
    rolled: RollUp | None = None

    @property
    def source(self) -> str:
        """The base table read."""
        return "deals_seen" if self.stock == "seen" else self.table

    @property
    def day(self) -> str:
        """The column that dates a row of it, for ordering."""
        return self.on or _BEGUN_ON[str(self.stock)]

    @property
    def grains(self) -> tuple[str, ...]:
        """The spans of time among `by`."""
        return tuple(name for name in self.by if dimension(name).kind == "grain")


class Compiled(NamedTuple):
    """Steps up to `population`, the answer without its order, and the base tables read."""

    steps: tuple[Step, ...]
    answer: str
    tables: tuple[str, ...]


@lru_cache(maxsize=4096)
def compiled(asked: Population) -> Compiled:
    """The SQL of a population; remembered, since questions of one shape differ only in their values."""
    steps, source = _source(asked)
    flags = [f"{_flag(asked, part, before)} as {flag(part, before)}" for part, before in _flags(asked)]
    steps.append(Step("counted", _listed(f"{source}.*", *flags) + f"\n  from {source}"))
    steps.append(Step("population", _population(asked)))
    lookups = {via.table for name in asked.by if (via := lookup(asked, name))}
    calendar = {"calendar"} if _calendar_grains(asked) or (asked.stock and asked.grains) else set()
    owed = {"invoice_payments"} if asked.stock == "owed" else set()
    return Compiled(tuple(steps), _answer(asked), (asked.source, *sorted(lookups | calendar | owed)))


STOCK_REACH = {"day": 92, "week": 731, "month": 1827}
"""Days that a stock's trend reaches back without a period: a row per thing and bucket is much. Others: 20 years."""


def reach(at: date, from_on: date | None, grains: tuple[str, ...]) -> date:
    """The first day that a stock's trend until `at` looks at, in a period that begins on `from_on` or without one."""
    if from_on is not None and from_on > FIRST:
        return from_on
    return at - timedelta(days=min(STOCK_REACH.get(grain, 7305) for grain in grains))


def flag(part: Measure, before: bool = False) -> str:
    """The column of `population` that says whether a row is counted in `part`."""
    return f"in_{part.id}{'_before' if before else ''}"


def raw(name: str, before: bool = False) -> str:
    """The column of the answer that holds a measure, for the period or the days compared with."""
    return f"{name}_before" if before else name


def _flags(asked: Population) -> list[tuple[Measure, bool]]:
    whens = (False, True) if asked.has_before else (False,)
    return [(part, before) for before in whens for part in asked.parts]


def _listed(*columns: str) -> str:
    return "select\n    " + ",\n    ".join(columns)


# ------------------------------------------------------------------------------------------------------------- what


def _source(asked: Population) -> tuple[list[Step], str]:
    """The steps before `counted`, and the name it reads."""
    if asked.stock is None:
        return ([Step("dated", _dated(asked))], "dated") if asked.has_period else ([], asked.table)
    steps = [Step("moments", _moments(asked))]
    grains = [f'moments."{name}"' for name in asked.grains]
    when = ["moments.is_now", "moments.is_before"] if asked.has_before else []
    if asked.stock == "seen":
        columns = _listed("deals_seen.*", "moments.at_day", *when, *grains)
        joined = f"  from deals_seen join moments on {_seen_between('moments.at_day', 'moments.at_day')}"
        kept = _any_where(asked.parts, _seen_then(asked))
        return [*steps, Step("standing", f"{columns}\n{joined}{kept}")], "standing"
    if asked.stock == "unclosed":
        columns = _listed(f"{asked.table}.*", "moments.at_day", *when, *grains)
        return [*steps, Step("standing", f"{columns}{_UNCLOSED_FROM}{_any_where(asked.parts)}")], "standing"
    steps.append(Step("settled", _SETTLED))
    owed = "invoices.amount - coalesce(settled.paid_then, 0) as owed"
    columns = _listed("invoices.*", "moments.at_day", *when, *grains, owed)
    return [*steps, Step("standing", columns + _OWED_FROM)], "standing"


def _any_where(parts: tuple[Measure, ...], also: str = "") -> str:
    """What a state must be to count in any of the measures: said before each is met with every day looked at."""
    conditions = dict.fromkeys(part.where for part in parts)
    counted = "" if "true" in conditions else " or ".join(f"({one})" for one in conditions)
    if also and len(conditions) > 1 and counted:
        counted = f"({counted})"
    kept = [one for one in (counted, also) if one]
    return f"\n  where {' and '.join(kept)}" if kept else ""


def _seen_then(asked: Population) -> str:
    """A deal's state is of some day looked at: where only the join says so, engines share out all others first."""
    if asked.rolled:
        return ""  # few rows, shared out where they were kept
    if asked.grains:
        return _seen_between("cast($reach_from as date)", "cast($at as date)")
    days = ("cast($at as date)", "cast($at_before as date)")[: 1 + asked.has_before]
    found = [_seen_between(day, day) for day in days]
    return found[0] if len(found) == 1 else f"(({found[0]})\n    or ({found[1]}))"


def _seen_between(first: str, last: str) -> str:
    """The state that a deal was in on any day from the first to the last."""
    return f"deals_seen.seen_from <= {last} and {first} < deals_seen.seen_to"


_SETTLED = """select moments.at_day, invoice_payments.invoice_id, sum(invoice_payments.amount) as paid_then
  from invoice_payments join moments on invoice_payments.paid_on is null or invoice_payments.paid_on <= moments.at_day
  group by moments.at_day, invoice_payments.invoice_id"""
_OWED_FROM = """
  from invoices join moments on invoices.issued_on <= moments.at_day
  left join settled on settled.invoice_id = invoices.invoice_id and settled.at_day = moments.at_day"""
_UNCLOSED_FROM = """
  from tickets join moments on tickets.opened_on <= moments.at_day
    and (tickets.closed_on is null or moments.at_day < tickets.closed_on)"""
_BEGUN_ON = {"seen": "created_on", "owed": "issued_on", "unclosed": "opened_on"}
"""The day from which a thing of a stock is there: what its rows are ordered by."""
FIRST_DAY = {
    "seen": ("seen_from", "deals_seen"), "owed": ("issued_on", "invoices"), "unclosed": ("opened_on", "tickets"),
}  # fmt: skip
"""Where a stock's first day is found: column and base table."""


def _dated(asked: Population) -> str:
    """The rows of the period, and of the days compared with (the two may overlap: two years against last year).

    What lies between the two is flagged as neither: looking at one span is several times quicker than at either of two.
    """
    now, then = f"{asked.on} between $from_on and $to_on", f"{asked.on} between $before_from and $before_to"
    if not asked.has_before:
        return f"select {asked.table}.* from {asked.table} where {now}"
    columns = _listed(f"{asked.table}.*", f"{now} as is_now", f"{then} as is_before")
    return f"{columns}\n  from {asked.table}\n  where {asked.on} between $span_from and $span_to"


def _moments(asked: Population) -> str:
    """The days a stock is read at: one, and the one compared with; or the last day of every bucket."""
    if not asked.grains:
        now = "select cast($at as date) as at_day"
        then = "select cast($at_before as date), false, true"
        return f"{now}, true as is_now, false as is_before\n  union all {then}" if asked.has_before else now
    grains = [f'calendar.{name} as "{name}"' for name in asked.grains]
    # Days before the first state meet none; those before the first invoice would each meet all payments.
    begun = "\n    and calendar.day >= (select min(invoices.issued_on) from invoices)" if asked.stock == "owed" else ""
    return (
        _listed(*grains, "max(calendar.day) as at_day")
        + f"\n  from calendar where calendar.day between cast($reach_from as date) and cast($at as date){begun}"
        + f"\n  group by {', '.join(f'calendar.{name}' for name in asked.grains)}"
    )


def _flag(asked: Population, part: Measure, before: bool) -> str:
    """Whether a row of `counted` is one of `part`: its own condition, and the days."""
    where = _said(asked, part.where)
    conditions = [] if where == "true" else [f"({where})"]
    if asked.shared:
        conditions.append("share <> 0" if part.is_shared else "is_main")
    if asked.has_before:
        conditions.append("is_before" if before else "is_now")
    elif asked.stock is None and asked.is_past and not asked.has_period:
        conditions.append(f"({asked.on} is null or {asked.on} <= $as_of)")
    return " and ".join(conditions) or "true"


def _said(asked: Population, condition: str) -> str:
    """A condition over the rows of the table, or of what stands in for it and knows only whether it is met."""
    flags = asked.rolled.flags if asked.rolled else {}
    return next((name for name, said in flags.items() if said == condition), condition)


def _population(asked: Population) -> str:
    """The rows with their flags and the values they are cut by."""
    columns, joins = ["counted.*"], {}
    for name in asked.by:
        via = lookup(asked, name)
        if via is not None:
            columns.append(f'{via.table}.{via.column} as "{name}"')
            joins[via.table] = f"\n  left join {via.table} on {via.match('counted')}"
        elif asked.stock is None and dimension(name).kind == "grain":
            columns.append(_grain(asked, name))
    if _calendar_grains(asked):
        joins["calendar"] = f"\n  left join calendar on calendar.day = counted.{asked.on}"
    return f"{_listed(*columns)}\n  from counted{''.join(joins.values())}{_only_counted(asked)}"


def _only_counted(asked: Population) -> str:
    """What is not counted makes no group of its own; a total of flags needs no such look at every row."""
    if not (asked.by or asked.shared or asked.stock):
        return ""
    return "\n  where " + " or ".join(f"counted.{flag(part, before)}" for part, before in _flags(asked))


def _grain(asked: Population, name: str) -> str:
    """The bucket of a flow's day; weeks and fiscal spans begin where the calendar says."""
    if name == "day":
        return f'counted.{asked.on} as "day"'
    if name in _TRUNCATED:
        return f"cast(date_trunc('{name}', counted.{asked.on}) as date) as \"{name}\""
    return f'calendar.{name} as "{name}"'


def _calendar_grains(asked: Population) -> tuple[str, ...]:
    return () if asked.stock else tuple(name for name in asked.grains if name not in (*_TRUNCATED, "day"))


def lookup(asked: Population, name: str) -> Via | None:
    """Where a dimension is looked up; None when the table has it as a column of its own."""
    found: Dimension = dimension(name)
    own = asked.rolled.by if asked.rolled else table(asked.table).own
    return None if name in own else found.via


def _count(asked: Population, condition: str) -> str:
    """How many rows meet a condition, each counted for as many as it stands for."""
    only = f"filter (where {condition})"
    return f"cast(coalesce(sum(n) {only}, 0) as bigint)" if asked.rolled else f"count(*) {only}"


# --------------------------------------------------------------------------------------------------------- how much


def _answer(asked: Population) -> str:
    """The aggregates over `population`, grouped by the dimensions, without order."""
    whens = (False, True) if asked.has_before else (False,)
    aggregates = [(raw(part.id, before), aggregate(asked, part, before)) for before in whens for part in asked.parts]
    ratios = [
        (raw(one.id, before), aggregate(asked, one, before)) for before in whens for one in asked.asked if one.ratio
    ]
    counts = [found for one in asked.asked for found in _refusals(asked, one)]
    if asked.stock == "seen":
        counts.append(("reconstructed", _count(asked, "is_reconstructed")))
    if asked.shared:
        counts.append((f"shared_out_{asked.on or asked.stock}", _count(asked, "share <> 1")))
    values = [f"{sql} as {name}" for name, sql in (*aggregates, *ratios, *counts)]
    quoted = [f'"{name}"' for name in asked.by]
    if not asked.by:
        return f"{_listed(*values)}\nfrom population"
    if not asked.sets:
        return f"{_listed(*quoted, *values)}\nfrom population\ngroup by {', '.join(quoted)}"
    source = "population"
    if len(asked.by) > 1 and all(part.agg in ("count", "sum") for part in asked.parts):
        source, values = _cells(asked, quoted, [*aggregates, *counts])
    sets = ", ".join(f"({name})" for name in quoted)
    return f"{_listed(*_set_columns(asked.by), *values)}\nfrom {source}\ngroup by grouping sets ({sets})"


def _cells(asked: Population, quoted: list[str], inner: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """What adds up is first added up for every combination of the dimensions, of which there are few.

    Returns:
        What to read instead of `population`, and the aggregates over it.
    """
    columns = _listed(*quoted, *(f"{sql} as {name}" for name, sql in inner))
    source = f"(\n{columns}\nfrom population\ngroup by {', '.join(quoted)}\n) as cells"
    sums = {raw(part.id, before) for part in asked.parts if part.agg == "sum" for before in (False, True)}

    def added(name: str) -> str:
        return f"sum(cells.{name})" if name in sums else f"cast(sum(cells.{name}) as bigint)"

    values = [f"{added(name)} as {name}" for name, _ in inner]
    for before in (False, True) if asked.has_before else (False,):
        for one in asked.asked:
            if one.ratio is not None:
                over, under = (added(raw(part.id, before)) for part in one.parts)
                values.append(f"{_over(over, under)} as {raw(one.id, before)}")
    return source, values


def _over(over: str, under: str) -> str:
    return f"cast({over} as double) / nullif(cast({under} as double), 0)"


def _set_columns(by: tuple[str, ...]) -> list[str]:
    """Which dimension a row is about, and its value as text."""
    which = " ".join(f"when grouping(\"{name}\") = 0 then '{name}'" for name in by)
    value = " ".join(f'when grouping("{name}") = 0 then cast("{name}" as varchar)' for name in by)
    return [f"case {which} end as dimension", f"case {value} end as value"]


def aggregate(asked: Population, one: Measure, before: bool) -> str:
    """The aggregate of a measure over its flagged rows, those of the days compared with where `before`."""
    if one.ratio is not None:
        over, under = (aggregate(asked, part, before) for part in one.parts)
        return _over(over, under)
    only = f"filter (where {flag(one, before)})"
    if one.agg == "count":
        return _count(asked, flag(one, before))
    of = one.of if one.is_shared or not asked.shared else _AMOUNT.sub("deal_amount", str(one.of))
    if one.agg == "distinct":
        return f"count(distinct case when {flag(one, before)} then {of} end)"  # with `filter` it takes twice as long
    if one.agg == "median":
        return f"median({of}) {only}"
    if one.refuse_when and one.coverage:  # unknown where all rows lack what it is made of; 0 where there are none
        of_any = f"count(*) filter (where {flag(one.coverage[0], before)} and {one.refuse_when.where})"
        return f"coalesce(sum({of}) {only}, case when {of_any} = 0 then 0 end)"
    return f"coalesce(sum({of}) {only}, 0)"


_AMOUNT = re.compile(r"\bamount\b")
"""Of deals shared out, `amount` is a part's; what counts whole deals reads the deal's."""


def _refusals(asked: Population, measure: Measure) -> list[tuple[str, str]]:
    """How many rows the measure's refusal asks about, and how many of them have what it needs."""
    rule = measure.refuse_when
    if rule is None:
        return []
    texts = []
    for before in (False, True) if asked.has_before else (False,):
        among = measure.coverage[0] if rule.among else measure.parts[-1]
        rows = flag(among, before) + ("" if rule.where == "true" else f" and {rule.where}")
        texts.append((raw(f"{measure.id}_asked", before), _count(asked, rows)))
        told = flag(measure.coverage[1], before) if rule.known else _said(asked, f"{rule.no} <> 0")
        texts.append((raw(f"{measure.id}_known", before), _count(asked, f"{rows} and {told}")))
    return texts
