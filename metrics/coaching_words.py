"""What is compared when a salesperson is coached, in words: its name, and the sentence that tells a difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from metrics.catalog import Text
from metrics.coaching import HABITS, SIGNS, TOUCH_DAYS
from metrics.errors import fill
from metrics.signals import SIGNALS

Write = Callable[[float | None, str], str]
"""Writes a value of a unit: share, days, hours, number."""


def _text(en: str, zh: str) -> Text:
    return Text.model_validate({"en": en, "zh-CN": zh})


_LABELS = {
    "conversion": _text("Moved on", "阶段转化率"),
    "win_rate": _text("Won of those closed", "赢单率"),
    "stage_days": _text("Time in stage", "阶段停留时间"),
    "touches": _text(f"Touches of an open deal in {TOUCH_DAYS} days", f"进行中商机近 {TOUCH_DAYS} 天跟进次数"),
    "response": _text("First answer to leads", "线索首次响应"),
    "discount": _text("Discount per order", "订单平均折扣"),
} | {signal.id: signal.label for signal in SIGNALS if signal.id in SIGNS}
_TOLD = {
    "conversion": _text(
        'Of {n} deals decided in "{stage}", {own} moved on; of the others\' deals {others}.',
        "在“{stage}”阶段见分晓的 {n} 个商机中，{own} 进入下一步；同事为 {others}。",
    ),
    "win_rate": _text(
        "Of {n} deals closed, {own} were won; of the others' deals {others}.",
        "{n} 个已关闭商机的赢单率为 {own}，同事为 {others}。",
    ),
    "stage_days": _text(
        'Half of the deals leave "{stage}" within {own}; those of the others within {others}.',
        "“{stage}”阶段停留时间的中位数为 {own}，同事为 {others}。",
    ),
    "touches": _text(
        f"An open deal was touched {{own}} times in {TOUCH_DAYS} days; one of the others {{others}} times.",
        f"每个进行中商机近 {TOUCH_DAYS} 天平均跟进 {{own}} 次，同事为 {{others}} 次。",
    ),
    "response": _text(
        "Half of the leads had a first answer within {own}; those of the others within {others}.",
        "线索首次响应时间的中位数为 {own}，同事为 {others}。",
    ),
    "discount": _text(
        "An order is given {own} off on average; one of the others {others}.",
        "订单平均折扣为 {own}，同事为 {others}。",
    ),
} | dict.fromkeys(
    SIGNS,
    _text(
        '"{label}" is true of {own} of {n} open deals; of the others\' deals of {others}.',
        "{n} 个进行中商机里，“{label}”的占 {own}；同事为 {others}。",
    ),
)


def label(claim: str, lang: str) -> str:
    """The name of what is compared, such as "Time in stage"."""
    return _LABELS[claim].text(lang) if claim in HABITS else claim


def name(row: Mapping[str, Any], lang: str) -> str:
    """The same with its stage: "Time in stage · Proposal"."""
    return " · ".join(filter(None, (label(row["claim"], lang), row["stage"])))


def told(row: Mapping[str, Any], lang: str, write: Write) -> str:
    """One difference as a sentence.

    Args:
        row: of `metrics.coaching.coaching`. write: how numbers are written for the reader.
    """
    values = {
        "own": write(row["own"], row["unit"]), "others": write(row["others"], row["unit"]),
        "n": f"{row['own.n']:,}", "stage": row["stage"], "label": label(row["claim"], lang),
    }  # fmt: skip
    words = _TOLD[row["claim"]]
    return fill({"en": words.en, "zh-CN": words.zh_CN}, lang, values)
