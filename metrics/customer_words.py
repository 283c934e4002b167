"""What is said of one customer, in words: its signals with their evidence, and what suggests itself to be done."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from metrics.errors import fill
from metrics.number import number
from metrics.sentence import day_in_words

BY_PAUSES = ("silent", "reorder")
"""What suggests itself by how a customer buys."""
Write = Callable[[float | None, str], str]
"""Writes a value of a unit: money, share, days, count, number."""
_UNITS = {
    "days": "days", "usual": "days", "longest": "days", "count": "count", "share": "share", "bound": "share",
    "value": "money", "expected": "money", "before": "money", "amount": "money", "score": "number", "limit": "money",
    "looked": "count",
}  # fmt: skip


def label(signal: str, lang: str) -> str:
    """The name of a signal: "Key account silent"."""
    return fill(_words()["signals"][signal], lang, {})


def rule(signal: str, lang: str) -> str:
    """When a signal is shown."""
    return fill(_words()["rules"][signal], lang, {})


def key_by(row: Mapping[str, Any], lang: str) -> str:
    """What makes a customer a key account: "tier Key, class A by value"; empty where it is none."""
    by = row.get("key_by")
    return fill(_words()["key_by"][by], lang, {"tier": row.get("tier") or "—"}) if by else ""


def evidence(row: Mapping[str, Any], lang: str, write: Write) -> str:
    """What a signal stands on, as a sentence.

    Args:
        row: of `metrics.customer_signals.signals`. write: how numbers are written for the reader.
    """
    name = str(row["reason"])
    if row["signal"] == "concentration" and row["since"] is None:
        name += "_long"  # for longer than is looked back
    if _is_in_part(row):
        known = {"falling": "value", "complaint": "said_on"}.get(str(row["signal"]), "since")
        name = "silent_part" if row[known] is None else f"{name}_part"  # the former is the register's words
    told = _told("evidence", name, row, lang, write)
    if name == "complaint_open" and "amount" in row and row["amount"] is None:
        told = _told("evidence", "bought_nothing", {**row, "told": told}, lang, write)
    is_after = row["signal"] == "silent" and row["said_on"] is not None
    if row.get("looked") is not None and not row.get("may_be_chance"):  # a hint that was kept, as they once were told
        told = _told("evidence", "beyond_chance", {**row, "told": told}, lang, write)
    return _told("evidence", "said_before", {**row, "told": told}, lang, write) if is_after else told


def _is_in_part(row: Mapping[str, Any]) -> bool:
    """Whether it is told to somebody who sees a part of what it stands on (metrics/told_in_part.py)."""
    blank = {"silent": "since", "falling": "expected", "complaint": "since"}.get(str(row["signal"]))
    return blank is not None and row[blank] is None


def action(row: Mapping[str, Any], lang: str) -> str:
    """What suggests itself, such as "Settle the overdue invoices first"."""
    return fill(_words()["actions"][row["action"]], lang, {})


def why(row: Mapping[str, Any], lang: str, write: Write) -> str:
    """The reason for a suggestion, as a sentence.

    Args:
        row: of `metrics.customer_actions.actions`. write: how numbers are written for the reader.
    """
    name = str(row["action"])
    return _told("why", "in_part" if name in BY_PAUSES and row["since"] is None else name, row, lang, write)


def _told(part: str, name: str, row: Mapping[str, Any], lang: str, write: Write) -> str:
    values = {key: _written(key, value, lang, write) for key, value in row.items()}
    return fill(_words()[part][name], lang, values)


def _written(key: str, value: object, lang: str, write: Write) -> str:
    if isinstance(value, date):
        return day_in_words(value, lang)
    if key == "what":
        known = _words()["what"].get(str(value).lower())
        return fill(known, lang, {}) if known else str(value or "—")
    if key in _UNITS:
        return write(number(value), _UNITS[key])
    return "—" if value is None else str(value)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
