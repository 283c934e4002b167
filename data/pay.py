"""Pay that was settled: kept as it was, with its plan and its lines; what later uploads change is an adjustment.

A settled statement is a row of ops.pay_statements and is never written again. To settle the same period of a person
once more adds a row with what has become of it: the difference is paid, and the row before stays what it was.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.clock import now
from data.errors import NothingToSettle, PayNotYours, SettledOtherwise
from data.pay_plans import plans
from data.settings import settings
from metrics.notes import Note, note
from metrics.pay import payouts
from metrics.pay_lines import STATEMENT, statement, statements
from metrics.pay_plan import Plan
from metrics.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.store import Snapshot, Store
    from metrics.viewer import Viewer


class Settled(NamedTuple):
    """One settled statement. `rep` is the person's name of today; `plan` as it was."""

    id: int
    plan_id: str
    rep: str
    rep_key: int
    from_on: date
    to_on: date
    as_of: date | None
    plan: Plan
    amount: Decimal
    who: str | None
    noted_at: datetime


class Adjustment(NamedTuple):
    """What has become of a settled statement: `now` is what the data of today give by the plan as it was.

    None where that cannot be told any more, since the plan needs a target and there is none now.
    """

    settled: Settled
    now: Decimal | None

    @property
    def change(self) -> Decimal:
        """What is still to be paid, or taken back."""
        return Decimal(0) if self.now is None else self.now - self.settled.amount

    @property
    def is_off(self) -> bool:
        """Whether it is not what the data of today give, or that cannot be told."""
        return self.now is None or bool(self.change)


def view_of(seen: Snapshot, from_on: date, to_on: date) -> View:
    """The view of a period of pay."""
    day = seen.as_of or to_on
    return View(as_of=day, from_on=from_on, to_on=to_on, fiscal_start=settings().fiscal_start)


# ------------------------------------------------------------------------------------------------------------ settling


def settle(
    store: Store, viewer: Viewer, from_on: date, to_on: date, reps: Sequence[str] = (), who: str | None = None
) -> list[Settled]:
    """Settle the pay of all periods that end within a span of days, as the data are now.

    Periods that are not over, and those whose last settled statement is still right, are left out.

    Args:
        store: whose. viewer: who settles; only those who see everything may.
        from_on, to_on: the span. reps: of these people only. who: whose name goes beside it.

    Raises:
        PayNotYours: the viewer does not see everything.
        NothingToSettle: no period ends in the span and is over, or all of it is settled.
        SettledOtherwise: days of somebody were settled by another plan, or in other periods, and would be paid twice.
    """
    if not viewer.sees_all:
        raise PayNotYours
    with store.turn():  # two people who settle at once do so one after the other
        with store.snapshot() as seen:
            rows = _to_settle(seen, viewer, from_on, to_on, reps)
        if not rows:
            raise NothingToSettle(from_on=from_on, to_on=to_on)
        moment = now()
        with store.writing() as cursor:
            first = cursor.execute("select coalesce(max(id), 0) + 1 from ops.pay_statements").fetchall()[0][0]
            for place, row in enumerate(rows):
                cursor.execute(_KEEP, row | {"id": first + place, "who": who, "at": moment})
    with store.snapshot() as seen:
        return [one for one in settled(seen, viewer) if one.id >= first]


_KEEP = """
insert into ops.pay_statements (id, plan_id, rep, from_on, to_on, as_of, plan, lines, amount, who, noted_at)
values ($id, $plan_id, $rep, $from_on, $to_on, $as_of, $plan, $lines, $amount, $who, $at)
"""


def _to_settle(
    seen: Snapshot, viewer: Viewer, from_on: date, to_on: date, reps: Sequence[str]
) -> list[dict[str, object]]:
    """The rows to keep: what was never settled, by the plans of today; what has changed, by the plan as it was."""
    before = [one for one in adjustments(seen, viewer, from_on, to_on) if not reps or one.settled.rep in reps]
    known = {(one.settled.plan_id, one.settled.rep_key, one.settled.from_on) for one in before}
    rows = [_again(seen, viewer, one) for one in before if one.change]
    held, view, keys = plans(seen), view_of(seen, from_on, to_on), _keys(seen)
    if not held:
        return rows
    past = defaultdict(list)
    for one in settled(seen, viewer):
        past[one.rep_key].append(one)
    paid = seen.ask(payouts(held, view), viewer).frame.filter(
        pl.col("pay").is_not_null() & pl.col("to_on").is_between(from_on, min(to_on, view.as_of))
    )
    lines = seen.ask(statements(held, view), viewer).frame.partition_by("plan", "rep", "from_on", as_dict=True)
    for row in paid.sort("from_on", "rep").iter_rows(named=True):
        key = keys[row["rep"]]
        if (row["plan"], key, row["from_on"]) in known or (reps and row["rep"] not in reps):
            continue
        for one in past[key]:  # what is paid stays paid: a plan of another name or period would pay it once more
            if one.from_on <= row["to_on"] and one.to_on >= row["from_on"]:
                raise SettledOtherwise(
                    rep=one.rep, plan=one.plan_id, from_on=one.from_on, to_on=one.to_on, other=row["plan"]
                )
        plan = next(one for one in held if one.id == row["plan"] and one.holds(row["from_on"], row["to_on"]))
        own = lines.get((row["plan"], row["rep"], row["from_on"]), pl.DataFrame(schema=STATEMENT))
        rows.append(_row(seen, plan, row["rep"], key, (row["from_on"], row["to_on"]), row["pay"], own))
    return rows


def _again(seen: Snapshot, viewer: Viewer, one: Adjustment) -> dict[str, object]:
    """What has become of a settled statement, to be kept beside it."""
    told = one.settled
    plan = _by_itself(told.plan, [told.rep])
    asked = statement([plan], plan, told.rep, view_of(seen, told.from_on, told.to_on))
    own = seen.ask(asked, viewer).frame
    return _row(seen, told.plan, told.rep, told.rep_key, (told.from_on, told.to_on), one.now or Decimal(0), own)


def _row(
    seen: Snapshot, plan: Plan, rep: str, key: int, span: tuple[date, date], amount: Decimal, lines: pl.DataFrame
) -> dict[str, object]:
    kept = {"rep_key": key, "lines": lines.select(list(STATEMENT)).to_dicts()}
    return {
        "plan_id": plan.id, "rep": rep, "from_on": span[0], "to_on": span[1], "as_of": seen.as_of, "amount": amount,
        "plan": plan.model_dump_json(by_alias=True), "lines": json.dumps(kept, ensure_ascii=False, default=str),
    }  # fmt: skip


def _keys(seen: Snapshot) -> dict[str, int]:
    return dict(seen.frame("select rep, rep_key from crm.reps").iter_rows())


# ------------------------------------------------------------------------------------------------------------- looking

_SETTLED = """
with kept as (
    select * exclude (lines, rep), rep as rep_then, cast(lines->>'rep_key' as bigint) as rep_key from ops.pay_statements
    where to_on between $from_on and $to_on
)
select kept.id, kept.plan_id, coalesce(reps.rep, kept.rep_then) as rep, kept.rep_key, kept.from_on, kept.to_on,
    kept.as_of, kept.plan, kept.amount, kept.who, kept.noted_at
from kept left join crm.reps as reps on reps.rep_key = kept.rep_key
where $sees_all or list_contains($keys, kept.rep_key)
order by kept.from_on desc, rep, kept.id
"""


def settled(
    seen: Snapshot, viewer: Viewer, from_on: date = date.min, to_on: date = date.max, rep: str | None = None
) -> list[Settled]:
    """Settled statements of those in the viewer's scope whose periods end in a span, the latest period first."""
    asked = {"from_on": from_on, "to_on": to_on, "sees_all": viewer.sees_all, "keys": list(viewer.rep_keys) or [0]}
    found = []
    read: dict[str, Plan] = {}  # many statements of one plan
    rows = seen.frame(_SETTLED, asked).iter_rows()
    for id_, plan_id, name, key, first, last, as_of, text, amount, who, noted_at in rows:
        if rep is None or name == rep:
            plan = read.get(text) or read.setdefault(text, Plan.model_validate_json(text))
            cents = amount.quantize(Decimal("0.01"))
            found.append(Settled(id_, plan_id, name, key, first, last, as_of, plan, cents, who, noted_at))
    return found


def lines_of(seen: Snapshot, viewer: Viewer, statement_id: int) -> pl.DataFrame:
    """The lines of a settled statement as they were, in the columns of `pay_lines.statement`; none out of scope."""
    asked = {"id": statement_id, "sees_all": viewer.sees_all, "keys": list(viewer.rep_keys) or [0]}
    found = seen.frame(
        "select lines from ops.pay_statements where id = $id"
        " and ($sees_all or list_contains($keys, cast(lines->>'rep_key' as bigint)))",
        asked,
    )
    if found.is_empty():
        return pl.DataFrame(schema=STATEMENT)
    kept = json.loads(found.item())["lines"]
    return pl.DataFrame([_read(row) for row in kept], schema=STATEMENT)


def _read(row: dict[str, object]) -> dict[str, object]:
    """A line as it was kept: days and decimals are text in JSON."""
    told = dict(row)
    if row["earned_on"] is not None:
        told["earned_on"] = date.fromisoformat(str(row["earned_on"]))
    for name in ("whole_amount", "money", "so_far", "pay"):
        if row[name] is not None:
            told[name] = Decimal(str(row[name]))
    return told


def settled_otherwise(seen: Snapshot, viewer: Viewer, paid: pl.DataFrame) -> Note | None:
    """That somebody's settled pay is not what plans and data of today give; None where all that is settled is as told.

    Args:
        paid: one row or several per plan, person and period: `plan`, `rep`, `from_on`, `to_on`, `pay`.
    """
    if paid.is_empty():
        return None
    ends: list[date] = paid.get_column("to_on").to_list()
    kept = _last(settled(seen, viewer, min(ends), max(ends)))
    told = {(one.plan_id, one.rep, one.from_on): one.amount for one in kept}
    sums = paid.group_by("plan", "rep", "from_on").agg(pl.col("pay").sum())
    off = [
        (told[plan, rep, first], pay or Decimal(0))
        for plan, rep, first, pay in sums.iter_rows()
        if (plan, rep, first) in told and told[plan, rep, first] != (pay or Decimal(0))
    ]
    if not off:
        return None
    then, today = (sum(amounts, Decimal(0)) for amounts in zip(*off, strict=True))
    return note("pay_settled_otherwise", count=len(off), then=f"{then:,.2f}", today=f"{today:,.2f}")


def _last(found: Iterable[Settled]) -> list[Settled]:
    """The last statement of each person, plan and period: they come by number."""
    return list({(one.plan_id, one.rep_key, one.from_on): one for one in found}.values())


def adjustments(
    seen: Snapshot, viewer: Viewer, from_on: date = date.min, to_on: date = date.max, rep: str | None = None
) -> list[Adjustment]:
    """The last settled statement of each person, plan and period, with what the data of today give by its plan."""
    alike: dict[tuple[Plan, date, date], list[Settled]] = defaultdict(list)
    for one in _last(settled(seen, viewer, from_on, to_on, rep)):
        alike[_by_itself(one.plan, ()), one.from_on, one.to_on].append(one)
    found = []
    for (plan, first, final), group in alike.items():
        asked = payouts([_by_itself(plan, [one.rep for one in group])], view_of(seen, first, final))
        paid = dict(seen.ask(asked, viewer).frame.select("rep", "pay").iter_rows())
        found += [Adjustment(one, paid.get(one.rep, Decimal("0.00"))) for one in group]
    return sorted(found, key=lambda one: (-abs(one.change), one.settled.rep, one.settled.from_on))


def _by_itself(plan: Plan, reps: Iterable[str]) -> Plan:
    """A plan as it was, for these people: whom it was for is settled, whichever team they are said to have been in."""
    return plan.model_copy(update={"teams": (), "reps": tuple(reps), "without": ()})


def line_changes(seen: Snapshot, viewer: Viewer, one: Settled) -> pl.DataFrame:
    """What has changed since a statement was settled, line by line: `money` and `pay` then and now.

    Columns: line_id, deal_id, line, earned_on, money_then, money_now, pay_then, pay_now, change. Lines that are as they
    were are left out.
    """
    plan = _by_itself(one.plan, [one.rep])
    asked = statement([plan], plan, one.rep, view_of(seen, one.from_on, one.to_on))
    then, today = _by_line(lines_of(seen, viewer, one.id), "then"), _by_line(seen.ask(asked, viewer).frame, "now")
    both = then.join(today, on="line_id", how="full", coalesce=True)
    merged = both.with_columns(
        *(pl.coalesce(name, f"{name}_right").alias(name) for name in ("deal_id", "line", "earned_on")),
        (pl.col("pay_now").fill_null(Decimal(0)) - pl.col("pay_then").fill_null(Decimal(0))).alias("change"),
    )
    names = ("line_id", "deal_id", "line", "earned_on", "money_then", "money_now", "pay_then", "pay_now", "change")
    changed = merged.filter((pl.col("change") != 0) | pl.col("money_then").ne_missing(pl.col("money_now")))
    return changed.select(names).sort(pl.col("change").abs(), "line_id", descending=[True, False])


def _by_line(frame: pl.DataFrame, when: str) -> pl.DataFrame:
    """The pieces of a statement put together to lines."""
    return frame.group_by("line_id").agg(
        *(pl.col(name).last() for name in ("deal_id", "line", "earned_on")),
        *(pl.col(name).sum().alias(f"{name}_{when}") for name in ("money", "pay")),
    )
