"""The statement of one person and period: every deal, contract, payment or order with the pay it brings, to the cent.

And what more would bring: how pay rises with money (`curve`), and what each open deal would add (`if_won`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from metrics import pay_answers
from metrics.notes import Note, note
from metrics.pay import Pay, asked_of, payouts
from metrics.pay_answers import around, paid_twice, works
from metrics.pay_plan import Plan
from metrics.pay_tiers import ZERO, Scale, in_cents, pieces_of
from metrics.pay_work import Work, source_of
from metrics.query import Column, Query, from_file, used
from metrics.view import View

_MONEY, _CENTS = pl.Decimal(38, 4), pl.Decimal(38, 2)

_NAMED = """select population.*, customers.customer
from population
left join customers on customers.customer_key = population.customer_key
"""
_ORDER = "\norder by population.earned_on, population.line_id"
_OF_ONE = f"{_NAMED}where population.rep = $rep and population.bucket = $bucket{_ORDER}"
_OF_ALL = f"{_NAMED}where population.rep is not null and population.bucket is not null{_ORDER}"


def statement(plans: Sequence[Plan], plan: Plan, rep: str, view: View) -> Pay:
    """Pay of one person for one period, line by line, in the order in which the money came.

    A row is a piece of a line in one tier: its `money` (the person's part of `whole_amount`), the `rate`, the `pay`;
    and `so_far`, all money until then. `is_capped` where a cap takes some of it. `state` is "counted", or why the line
    is not: then it has no pay. Pay adds up to the payout to the cent.

    Args:
        plans: all of them, as they hold beside each other. plan: the one that pays.
        rep: the person. view: its period is the period of pay.
    """
    asked = payouts(plans, view)
    lines = _lines(asked.money(source_of(plan)), _OF_ONE, rep=rep, bucket=asked.from_on)
    return _of_one(asked, plan, rep, _statement_columns(), "pay_statement", lines)


def statements(plans: Sequence[Plan], view: View) -> Pay:
    """The statements of everybody for all periods that touch the view's days, to be settled.

    As `statement`, with `plan`, `rep` and `from_on` in front.
    """
    asked = payouts(plans, view)
    parts = [_lines(asked.money(source), _OF_ALL) for source in asked.sources]
    columns = (*(Column(name, "by") for name in ("plan", "rep", "from_on")), *_statement_columns())
    return replace(asked, columns=columns, finish="pay_statements", others=(*asked.others, *parts))


def _lines(money: Query, answer: str, **values: object) -> Query:
    """The statement of a kind of money, answered with its lines."""
    params = used(" ".join([*(step.sql for step in money.steps), answer]), {**dict(money.params), **values})
    return replace(money, answer=answer, params=params, tables=(*money.tables, "customers"), finish="part", by=())


def _statement_columns() -> tuple[Column, ...]:
    return (
        *(Column(name, "detail") for name in ("earned_on", "line", "customer")),
        Column("whole_amount", "value", unit="money"),
        Column("share", "value", unit="share"),
        Column("money", "value", unit="money"),
        Column("so_far", "value", unit="money"),
        Column("rate", "value", unit="share"),
        Column("pay", "value", unit="money"),
        *(Column(name, "detail") for name in ("is_capped", "state", "line_id", "deal_id")),
    )


def curve(plans: Sequence[Plan], plan: Plan, rep: str, view: View, more: Decimal | None = None) -> Pay:
    """How the pay of one person by a plan for one period rises with their money: points of a line, least money first.

    `what` is "line", or "now" (where they stand), "then" (with so much `more`) and "target".
    """
    columns = (
        Column("what", "by"),
        *(Column(name, "value", unit="money") for name in ("money", "pay")),
        Column("rate", "value", unit="share"),
        *(Column(name, "detail") for name in ("plan", "from_on")),
    )
    return replace(_of_one(payouts(plans, view), plan, rep, columns, "pay_curve"), more=more)


def if_won(plans: Sequence[Plan], plan: Plan, rep: str, view: View) -> Pay:
    """What each open deal of a person would add to the pay of a period, if it alone brought its money in it.

    One row per deal, the largest first: `money` (their part), the `pay` it would add and the `rate` that is of it.
    """
    part = from_file("pay_open", View(as_of=view.as_of), credit=plan.credit, rep=rep)
    columns = (
        *(Column(name, "detail") for name in ("deal", "stage", "expected_close_on")),
        *(Column(name, "value", unit="money") for name in ("whole_amount", "money", "pay")),
        Column("rate", "value", unit="share"),
        Column("deal_id", "detail"),
    )
    return _of_one(payouts(plans, view), plan, rep, columns, "pay_if_won", replace(part, finish="part"))


def _of_one(asked: Pay, plan: Plan, rep: str, columns: tuple[Column, ...], finish: str, *parts: Query) -> Pay:
    """The question of everybody's pay (its answers are known already), of one person and plan, and more statements."""
    return replace(asked, rep=rep, plan=plan.id, columns=columns, by=(), finish=finish, others=(*asked.others, *parts))


# ----------------------------------------------------------------------------------------------------------- answering


def _work(query: Pay, frames: Sequence[pl.DataFrame]) -> Work | None:
    """The pay of the person by the plan asked about for the first period; None where it does not pay them.

    Who came from another team within the days has pay by two plans: the lines are those of the plan asked about.
    """
    found = [one for one in works(query, frames, query.plans, query.rep) if one.plan.id == query.plan]
    return next((one for one in found if one.from_on == query.from_on), next(iter(found), None))


def finished_statement(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The lines, cut at the thresholds."""
    asked = asked_of(query)
    *others, lines = frames
    work = _work(asked, others)
    frame = statement_of(work, lines)
    if work is not None and work.scale is None and lines.height:
        notes.append(note("pay_no_target", count=1))
    if work is not None and asked.view is not None and work.to_on > asked.view.as_of:
        notes.append(note("pay_so_far", day=asked.view.as_of))
    notes += paid_twice(around(asked, others, works(asked, others, asked.plans, asked.rep)))
    return frame.select(column.name for column in asked.columns)


def finished_statements(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001
    """The lines of everybody."""
    asked = asked_of(query)
    count = len(frames) - len(asked.sources)
    lines = dict(zip(asked.sources, frames[count:], strict=True))
    parted = {source: frame.partition_by("rep", "bucket", as_dict=True) for source, frame in lines.items()}
    found = []
    for work in works(asked, frames[:count], asked.plans):
        own = parted[source_of(work.plan)].get((work.person.rep, work.from_on))
        if own is not None:
            by = {"plan": work.plan.id, "rep": work.person.rep, "from_on": work.from_on}
            found.append(statement_of(work, own).with_columns(pl.lit(value).alias(name) for name, value in by.items()))
    schema: dict[str, Any] = {"plan": pl.String, "rep": pl.String, "from_on": pl.Date} | STATEMENT
    frame = pl.concat(found) if found else pl.DataFrame(schema=schema)
    return frame.select(column.name for column in asked.columns)


def statement_of(work: Work | None, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of a person and period with the pay that each brings: a row per line and tier."""
    listed = lines.to_dicts()
    counted = [row for row in listed if row["state"] == "counted"]
    kept = [row for row in listed if row["state"] != "counted"]
    scale = work.scale if work is not None else None
    rows = [_row(row, row["money"], None, None, None, is_capped=False) for row in counted]
    if scale is not None and work is not None:
        pieces = pieces_of(scale, [row["money"] for row in counted])
        cents = in_cents([piece.brings for piece in pieces], scale.pay(work.money))
        rows, so_far = [], ZERO
        for piece, pay in zip(pieces, cents, strict=True):
            so_far += piece.money
            rows.append(_row(counted[piece.line], piece.money, so_far, piece.rate, pay, is_capped=piece.is_capped))
    rows += [_row(row, row["money"], None, None, None, is_capped=False) for row in kept]
    return pl.DataFrame(rows, schema=STATEMENT, orient="row")


STATEMENT: dict[str, Any] = {
    "earned_on": pl.Date, "line": pl.String, "customer": pl.String, "whole_amount": _MONEY, "share": pl.Float64,
    "money": _MONEY, "so_far": _MONEY, "rate": pl.Float64, "pay": _CENTS, "is_capped": pl.Boolean, "state": pl.String,
    "line_id": pl.String, "deal_id": pl.String,
}  # fmt: skip


def _row(
    line: dict[str, object],
    money: Decimal | None,
    so_far: Decimal | None,
    rate: Decimal | None,
    pay: Decimal | None,
    *,
    is_capped: bool,
) -> tuple[object, ...]:
    whole, part = line["whole_amount"], line["money"]
    share = float(part / whole) if isinstance(whole, Decimal) and isinstance(part, Decimal) and whole else None
    return (
        line["earned_on"], line["line"] or line["line_id"], line["customer"], whole, share, money, so_far,
        None if rate is None else float(rate), pay, is_capped, line["state"], line["line_id"], line["deal_id"],
    )  # fmt: skip


def finished_curve(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Points of pay over money up to well beyond where the person stands."""
    asked = asked_of(query)
    work = _work(asked, frames)
    schema: dict[str, Any] = {
        "what": pl.String,
        "money": pl.Float64,
        "pay": pl.Float64,
        "rate": pl.Float64,
        "plan": pl.String,
        "from_on": pl.Date,
    }
    if work is None or work.scale is None:
        notes += [] if work is None else [note("pay_no_target", count=1)]
        return pl.DataFrame(schema=schema)
    scale, now = work.scale, work.money
    then = now + (asked.more or ZERO)
    marks = [
        ("now", now),
        *([("then", then)] if asked.more else []),
        *([("target", work.target)] if work.target else []),
    ]
    end = max(Decimal("1.15") * max(now, then, work.target or ZERO, scale.steps[-1].at), Decimal(1))
    rows = [("line", money, pay) for money, pay in _points(scale, min(now, then, ZERO), end)]
    rows += [(what, money, scale.pay(money)) for what, money in marks]
    by = (work.plan.id, work.from_on)
    listed = [(what, float(money), float(pay), float(scale.rate_at(money)), *by) for what, money, pay in rows]
    return pl.DataFrame(listed, schema=schema, orient="row").unique(maintain_order=True)


def _points(scale: Scale, start: Decimal, end: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Where the line of pay over money bends or jumps, from one end to the other."""
    ats = [step.at for step in scale.steps if start < step.at < end]
    found = [(start, scale.exact(start))]
    for low, high in zip([start, *ats], [*ats, end], strict=True):
        rate = scale.rate_at(low) if low >= 0 else scale.steps[0].rate
        first = scale.exact(low)
        base, brought = (ZERO, ZERO) if scale.is_whole else (low, scale.uncapped(low))
        last = brought + (high - base) * rate  # just below the next threshold, where "whole" jumps
        found.append((low, first))
        if scale.cap is not None and rate > 0 and first < scale.cap < last:
            found.append((base + (scale.cap - brought) / rate, scale.cap))
        found.append((high, last if scale.cap is None else min(last, scale.cap)))
    return found


def finished_if_won(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Each open deal by itself, on top of what has come so far."""
    asked = asked_of(query)
    *others, deals = frames
    work = _work(asked, others)
    schema: dict[str, Any] = {
        "deal": pl.String, "stage": pl.String, "expected_close_on": pl.Date, "whole_amount": _MONEY, "money": _MONEY,
        "pay": _CENTS, "rate": pl.Float64, "deal_id": pl.String,
    }  # fmt: skip
    if work is None or work.scale is None:
        notes += [] if work is None else [note("pay_no_target", count=1)]
        return pl.DataFrame(schema=schema)
    rows = []
    for row in deals.iter_rows(named=True):
        part = row["money"]
        pay = None if part is None else work.scale.pay(work.money + part) - work.scale.pay(work.money)
        rate = float(pay / part) if pay is not None and part else None
        rows.append((row["deal"] or row["deal_id"], row["stage"], row["expected_close_on"], row["whole_amount"], part,
                     pay, rate, row["deal_id"]))  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


FINISHES = {
    **pay_answers.FINISHES,
    "pay_statement": finished_statement,
    "pay_statements": finished_statements,
    "pay_curve": finished_curve,
    "pay_if_won": finished_if_won,
}
