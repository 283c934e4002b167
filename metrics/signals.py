"""What speaks against an open deal: each sign by itself, with its reason and its threshold, never a score.

One definition for the deal page, the pipeline's deal table and whoever asks on the command line. A sign that the data
cannot tell is null, not false: without a single next step in the data, "no next step" says nothing about a deal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from metrics.catalog import Text
from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.view import View

SILENT_DAYS = 30
"""No activity for so many days."""
LEAST_WON = 20
"""Visits of won deals that a stage must have for their upper quartile to be a threshold."""
LEAST_PUSHES = 2
"""Moves of the expected close to a later month."""
CUT_SHARE, CUT_DAYS = 0.1, 90
"""By how much the amount lies under the largest one of the last so many days."""
BIG_SHARE, BIG_TIMES = 0.1, 2
"""The part of the open amount looked at that one deal makes up; and how many times an equal share of it."""


@dataclass(frozen=True)
class Signal:
    """One sign.

    Attributes:
        id: `is_<id>` is its flag. value: the column with how much. unit: of the value; None where it has none;
            "fields" where it is a list of fields.
        label: its name. reason: one deal's reason; `{value}` and `{threshold}` are written in. rule: when it is shown.
    """

    id: str
    value: str | None
    unit: str | None
    label: Text
    reason: Text
    rule: Text

    @property
    def flag(self) -> str:
        """The column that says whether a deal shows it."""
        return f"is_{self.id}"

    def threshold(self, row: Mapping[str, Any]) -> float | None:
        """From where on it is shown, for this deal."""
        own = {"slow": "stage_p75", "overdue": "max_days"}
        known: float | None = row.get(own[self.id]) if self.id in own else THRESHOLDS[self.id]
        return known


def _text(en: str, zh: str) -> Text:
    return Text.model_validate({"en": en, "zh-CN": zh})


THRESHOLDS: dict[str, float] = {
    "past_due": 0, "silent": SILENT_DAYS, "pushed": LEAST_PUSHES, "cut": CUT_SHARE, "stepless": 0, "lacking": 0,
    "big": BIG_SHARE,
}  # fmt: skip
SIGNALS = (
    Signal(
        "past_due", "past_days", "days",
        _text("Close date past", "预计成交日已过"),
        _text("should have closed {value} ago", "预计成交日已过 {value}"),
        _text("The expected close lies before the day looked at.", "预计成交日早于查看日。"),
    ),
    Signal(
        "silent", "silent_days", "days",
        _text("No activity", "久未跟进"),
        _text("no activity for {value} (from {threshold} on)", "{value}没有跟进（阈值 {threshold}）"),
        _text(
            f"No activity for {SILENT_DAYS} days or more, whoever did it; never touched: since it was created, or since"
            " activity is on record.",
            f"{SILENT_DAYS} 天及以上没有任何跟进（不论由谁跟进）；从未跟进的自创建日或有活动记录之日起算。",
        ),
    ),
    Signal(
        "slow", "stage_days", "days",
        _text("Too long in stage", "阶段停留过久"),
        _text("{value} in its stage; of won deals three in four left it within {threshold}",
              "在当前阶段已停留 {value}；四分之三的赢单在 {threshold}内离开该阶段"),
        _text(
            f"Longer in its stage than three in four won deals were (at least {LEAST_WON} of them).",
            f"在当前阶段停留的时间超过四分之三的赢单（该阶段至少 {LEAST_WON} 次赢单经历）。",
        ),
    ),
    Signal(
        "overdue", "stage_days", "days",
        _text("Over the stage's time limit", "超出阶段时限"),
        _text("{value} in its stage, whose limit is {threshold}", "在当前阶段已停留 {value}，该阶段时限为 {threshold}"),
        _text(
            "Longer in its stage than the stage's time limit allows (a setting, or told by a file).",
            "在当前阶段停留的时间超过该阶段的时限（在设置中或由文件给出）。",
        ),
    ),
    Signal(
        "lacking", "missing_fields", "fields",
        _text("Required field missing", "缺少必填字段"),
        _text("its stage requires what is missing: {value}", "当前阶段要求填写、但仍缺少：{value}"),
        _text(
            "A field that the deal's stage requires is blank (an amount: blank or 0).",
            "商机所处阶段要求的字段为空（金额为空或为 0 均算缺少）。",
        ),
    ),
    Signal(
        "pushed", "pushes", "count",
        _text("Pushed", "多次延期"),
        _text("expected close moved to a later month {value} times", "预计成交日已 {value} 次推迟到之后的月份"),
        _text(
            f"The expected close was moved to a later month {LEAST_PUSHES} times or more.",
            f"预计成交日推迟到之后月份 {LEAST_PUSHES} 次及以上。",
        ),
    ),
    Signal(
        "cut", "cut_share", "share",
        _text("Amount cut", "金额下调"),
        _text("amount {value} under its largest of the last {days} days", "金额比近 {days} 天内的最高值低 {value}"),
        _text(
            f"The amount lies {CUT_SHARE:.0%} or more under the largest one of the last {CUT_DAYS} days.",
            f"金额比近 {CUT_DAYS} 天内的最高值低 {CUT_SHARE:.0%} 及以上。",
        ),
    ),
    Signal(
        "stepless", None, None,
        _text("No next step", "没有下一步"),
        _text("no next step is written down", "没有登记下一步计划"),
        _text("The field is blank, in data that use it.", "数据中使用了“下一步”字段，但该商机为空。"),
    ),
    Signal(
        "big", "open_share", "share",
        _text("Single big deal", "单一大单"),
        _text("{value} of the open amount is this one deal", "这一单占进行中金额的 {value}"),
        _text(
            f"One deal makes up more than {BIG_SHARE:.0%} of the open amount looked at, and more than {BIG_TIMES} times"
            " an equal share: of two or three deals one is always large.",
            f"单个商机占所查看进行中金额的 {BIG_SHARE:.0%} 以上，且超过平均份额的 {BIG_TIMES} 倍"
            "（只有两三个商机时，总有一个占比很大）。",
        ),
    ),
)  # fmt: skip
"""In the order in which they are told: what is certain first."""
_LISTED = (
    "deal_id deal customer rep pipeline stage amount created_on expected_close_on stage_since touched_on next_step"
    " past_days silent_days stage_days stage_p75 max_days missing missing_fields pushes most_amount cut_share"
    " open_share is_reconstructed"
).split() + [signal.flag for signal in SIGNALS]
"""The columns of a deal with its signs, as the question's population has them."""
_NAMED = {"customer": "customers", "rep": "reps"}


def signals(view: View, day: date | None = None) -> Query:
    """The open deals of a day with their signs, most signs first, then most money.

    One row per deal: `deal_id`, `deal`, `rep`, `customer`, `stage`, `amount`, dates; the value of each sign and its
    flag `is_<sign>` (null: the data cannot tell); `signals` (how many are shown). Filters choose deals; what is usual
    and whether the data can tell go by all in the viewer's scope. Deals are whole: nobody shares them out.
    `rows(deal_id=…)` is one of them.

    Args:
        view: whose filters apply. day: by default the day the view's stocks are read at.
    """
    asked = from_file(
        "signals", view, day=day or view.at, silent_days=SILENT_DAYS, least_won=LEAST_WON, least_pushes=LEAST_PUSHES,
        cut_share=CUT_SHARE, cut_days=CUT_DAYS, big_share=BIG_SHARE, big_times=BIG_TIMES,
    )  # fmt: skip
    valued = {signal.value: signal.unit for signal in SIGNALS if signal.value and signal.unit != "fields"}
    valued |= {"stage_p75": "days", "max_days": "days", "missing": "count"}
    columns = (
        Column("deal_id", "by"),
        Column("amount", "value", "open_amount", "money"),
        *(Column(name, "value", unit=unit) for name, unit in valued.items()),
        *(Column(signal.flag, "flag", where=f"population.{signal.flag}") for signal in SIGNALS),
        Column("signals", "value", unit="count"),
    )
    return replace(asked, columns=columns, by=("deal_id",), finish="signals")


ALL = "all_"
"""How columns of `foremost` begin that say something of all deals, in every row the same."""
_SHOWN = " + ".join(f"case when judged.{signal.flag} then 1 else 0 end" for signal in SIGNALS)
_COUNTS = ", ".join(
    f"count(case when judged.{signal.flag} then 1 end) as {ALL}{signal.id},"
    f" count(judged.{signal.flag}) as {ALL}told_{signal.id}"
    for signal in SIGNALS
)
_ORDER = "signals desc, listed.amount desc nulls last, listed.deal_id"


def foremost(view: View, day: date | None = None, most: int = 1000) -> Query:
    """The first `most` deals of `signals`, and what is to be said of all: a page need not carry every open deal.

    `Result.raw` has, in every row, `all_deals`, `all_marked` (with any sign) and their `all_amount`, `all_rebuilt`, and
    for each sign `all_<sign>`, on how many it is shown, and `all_told_<sign>`, of how many the data can tell.

    Args:
        view, day: as of `signals`. most: deals at most.
    """
    asked = signals(view, day)
    listed = ", ".join(f"{_NAMED.get(name, 'listed')}.{name}" for name in _LISTED)
    answer = f"""
select {listed}, listed.signals, sums.*
from (
  select judged.*, {_SHOWN} as signals from judged
  order by signals desc, judged.amount desc nulls last, judged.deal_id
  limit {int(most)}
) as listed
cross join (
  select count(*) as {ALL}deals, count(case when {_SHOWN} > 0 then 1 end) as {ALL}marked,
    sum(case when {_SHOWN} > 0 then judged.amount end) as {ALL}amount,
    count(case when judged.is_reconstructed then 1 end) as {ALL}rebuilt, {_COUNTS}
  from judged
) as sums
left join customers on customers.customer_key = listed.customer_key
left join reps on reps.rep_key = listed.rep_key
order by {_ORDER}
""".strip()
    return replace(asked, answer=answer, finish="signals_first")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """As asked; signs that the data cannot tell of any deal are named."""
    frame = frames[0]
    told = {each: frame.height - frame.get_column(each.flag).null_count() for each in SIGNALS}
    notes += _remarks(told, frame.height, bool(frame.get_column("is_reconstructed").any()))
    return frame


def finished_first(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """The deals; remarks are about all of them."""
    frame = frames[0]
    if frame.height:
        all_of = frame.row(0, named=True)
        told = {each: all_of[f"{ALL}told_{each.id}"] for each in SIGNALS}
        notes += _remarks(told, all_of[f"{ALL}deals"], all_of[f"{ALL}rebuilt"] > 0)
    return frame.drop(name for name in frame.columns if name.startswith(ALL))


def _remarks(told: Mapping[Signal, int], deals: int, is_rebuilt: bool) -> list[Note]:
    """What the data cannot tell of any deal, and whether states are rebuilt from dates."""
    found = [note("reconstructed", measure="open_deals")] if is_rebuilt else []
    unknown = [each for each, known in told.items() if deals and not known]
    if not unknown:
        return found
    named = {
        "en": "”, “".join(each.label.en for each in unknown),
        "zh-CN": "”“".join(each.label.zh_CN for each in unknown),
    }
    return [*found, note("no_signal", signal=Text.model_validate(named))]


def shown(row: Mapping[str, Any]) -> list[Signal]:
    """The signs that a deal shows, in their order."""
    return [signal for signal in SIGNALS if row.get(signal.flag)]
