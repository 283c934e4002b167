"""Why an open deal shows a sign, in words: as on its page, for lists, files and meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data import numerals
from data.wording import wording
from metrics.errors import fill
from metrics.signals import CUT_DAYS, Signal, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def fields(listed: str, lang: str) -> str:
    """Fields of deals by their names, from a list with commas."""
    names = wording("pipeline")["values"]["field"]
    return numerals.listed([fill(names[one], lang, {}) for one in listed.split(",") if one], lang)


def reason(
    signal: Signal,
    row: Mapping[str, Any],
    lang: str,
    currency: str | None = None,
    named: Callable[[str, str], str] = fields,
) -> str:
    """The reason with its value and, where there is one, the threshold: "no activity for 41 days (from 30 days on)".

    Args:
        row: of `metrics.signals.signals`. named: what fields of deals are called: of their list and the language.
    """
    value = row.get(signal.value) if signal.value else None
    if signal.unit == "fields":
        return signal.reason.text(lang).format(value=named(str(value or ""), lang))
    told, threshold = (
        numerals.written(one, signal.unit, lang, currency) if signal.unit and one is not None else ""
        for one in (value, signal.threshold(row))
    )
    return signal.reason.text(lang).format(value=told, threshold=threshold, days=CUT_DAYS)


def reasons(row: Mapping[str, Any], lang: str, currency: str | None = None) -> list[str]:
    """The reasons of all signs that a deal shows, in their order."""
    return [reason(signal, row, lang, currency) for signal in shown(row)]


def beside(texts: Sequence[str], lang: str) -> str:
    """Texts of one deal beside each other."""
    return ("；" if lang == "zh-CN" else "; ").join(texts)
