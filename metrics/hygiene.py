"""What is wrong with the record of an open deal: what its owner can put right before the meeting.

A fault is a fact of the record, never a judgement of the deal: signs that say how a deal goes (pushed, cut, slow) are
none. What the data do not use says nothing: where no open deal has an amount, "no amount" is no fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from metrics.catalog import Text
from metrics.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from metrics.signals import Signal


@dataclass(frozen=True)
class Fault:
    """One fault. `signal`: the sign of metrics/signals.py that it is; None: a blank field, `field`.

    `reason`: how it is told of one deal; of signs with the value written in.
    """

    id: str
    label: Text
    rule: Text
    reason: Text
    signal: Signal | None = None
    field: str | None = None

    @property
    def flag(self) -> str:
        """The column that says whether a deal has it."""
        return f"has_{self.id}"


_SIGNS = {one.id: one for one in SIGNALS}
_TOLD_APART = ("amount", "expected_close_on", "customer", "next_step")
"""Fields that have a fault of their own: as a field that the stage requires they are not told again."""


def _text(en: str, zh: str) -> Text:
    return Text.model_validate({"en": en, "zh-CN": zh})


def _sign(name: str) -> Fault:
    return Fault(name, _SIGNS[name].label, _SIGNS[name].rule, _SIGNS[name].reason, signal=_SIGNS[name])


def _blank(name: str, field: str, label: Text, rule: Text, reason: Text) -> Fault:
    return Fault(name, label, rule, reason, field=field)


FAULTS = (
    _sign("past_due"),
    _blank("undated", "expected_close_on", _text("No close date", "没有预计成交日"),
           _text("The expected close is blank, in data that use it.", "数据中使用了预计成交日，但该商机为空。"),
           _text("no close date is written down", "没有登记预计成交日")),
    _blank("unpriced", "amount", _text("No amount", "没有金额"),
           _text("The amount is blank or 0, in data that use it.", "数据中使用了金额，但该商机为空或为 0。"),
           _text("no amount is written down", "没有登记金额")),
    _blank("unnamed", "customer", _text("No customer", "没有客户"),
           _text("The customer is blank, in data that use it.", "数据中使用了客户，但该商机为空。"),
           _text("no customer is written down", "没有登记客户")),
    _sign("stepless"),
    _sign("lacking"),
    _sign("overdue"),
    _sign("silent"),
)  # fmt: skip
"""In the order in which they are told: what makes a forecast wrong first."""


def faulty(deals: pl.DataFrame) -> pl.DataFrame:
    """Every open deal with its faults.

    Args:
        deals: of `metrics.signals.signals`, unfiltered: what nobody fills in is judged by all of them.

    Returns:
        The same with `has_<fault>` for each of FAULTS (null: the data cannot tell) and `faults`, how many it has.
    """
    told = deals.with_columns(_has(one, deals).alias(one.flag) for one in FAULTS)
    return told.with_columns(
        faults=pl.sum_horizontal(pl.col(one.flag).fill_null(value=False).cast(pl.Int64) for one in FAULTS)
    )


def _has(fault: Fault, deals: pl.DataFrame) -> pl.Expr:
    if fault.id == "lacking":
        return pl.when(pl.col("is_lacking").is_not_null()).then(others_missing().str.len_chars() > 0)
    if fault.signal is not None:
        return pl.col(fault.signal.flag)
    is_blank = pl.col(str(fault.field)).is_null()
    if fault.field == "amount":
        is_blank |= pl.col("amount") == 0
    is_used = not deals.select(is_blank.all()).item() if deals.height else False
    known = is_blank if fault.field != "expected_close_on" else pl.when(~pl.col("is_reconstructed")).then(is_blank)
    return known if is_used else pl.lit(None, pl.Boolean)


def others_missing() -> pl.Expr:
    """Of the fields that its stage requires and that are blank, those without a fault of their own, with commas."""
    listed = pl.col("missing_fields").fill_null("").str.split(",")
    kept = listed.list.eval(pl.element().filter((pl.element() != "") & ~pl.element().is_in(list(_TOLD_APART))))
    return kept.list.join(",")


def faults_of(row: Mapping[str, Any]) -> list[Fault]:
    """The faults of a deal, in their order."""
    return [one for one in FAULTS if row.get(one.flag)]
