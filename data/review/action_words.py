"""Decisions and what became of them, in words of the reader's language, as plain text."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from data import numerals
from data.punctuation import paired, parted
from data.review.outcomes import in_words
from data.wording import wording
from metrics.catalog import measure
from metrics.errors import UnknownMeasure, fill

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.review.decided import Action, Check, Said, Standing

_DAYS = ("on", "since", "from_day", "to_day", "old_day", "new_day")
_NUMBERS = ("old", "new", "wanted")
_FILE = "review/actions"


def word(group: str, name: str, lang: str, **values: object) -> str:
    """A word or sentence of actions.toml."""
    return fill(wording(_FILE)[group][name], lang, values)


def outcome_of(one: Standing, lang: str) -> str:
    """What became of it, in a word: "done", "已逾期"."""
    return word("outcomes", one.outcome, lang)


def subject_of(one: Action, lang: str) -> str:
    """What it is about: "Deal · Acme, 20 pumps"; of nothing: "General"."""
    label = target_name(one.subject or "", lang) if one.kind == "target" else one.label
    kind = word("kinds", one.kind, lang)
    return f"{kind} · {label}" if label else kind


def target_name(subject: str, lang: str) -> str:
    """A target as people call it: "Won amount · East".

    Args:
        subject: the measure, `measure:team:NAME` or `measure:rep:NAME`.
    """
    of, _, rest = subject.partition(":")
    try:
        label = measure(of).label.text(lang)
    except UnknownMeasure:
        label = of
    return f"{label} · {rest.partition(':')[2]}" if rest else label


def promise_of(one: Action, lang: str, currency: str | None = None, *, with_due: bool = True) -> str:
    """What is to be done: its words, else what is expected, with the day.

    "Call the buyer (by 12 June 2026)", "moves to Proposal or beyond by 12 June 2026".
    """
    due = one.due_on if with_due else None
    if not one.what and one.expected is not None:
        return in_words(one.expected, due, lang, currency)
    return word("says", "until", lang, what=one.what, day=numerals.day(due, lang)) if due else one.what


def expected_of(one: Action, lang: str, currency: str | None = None) -> str:
    """What the data should say by then; empty where they are not asked."""
    return in_words(one.expected, None, lang, currency) if one.expected is not None else ""


def evidence_of(told: Iterable[Said], lang: str, currency: str | None = None) -> str:
    """What the data say, in one line."""
    parts = [_said(one.code, one.values, lang, currency) for one in told]
    return parted(parts, lang)


def said_of(one: Standing, lang: str, currency: str | None = None) -> str:
    """What is said of a decision: the data's evidence; where somebody says otherwise, that before it."""
    told = evidence_of(one.told.evidence, lang, currency)
    if one.by_hand is None:
        return told
    by_hand = _by_hand(one.by_hand, lang)
    if one.told.outcome != "unknown":
        told = f"{word('outcomes', one.told.outcome, lang)} ({told})"
    return word("says", "instead", lang, by_hand=by_hand, told=told)


def check_of(one: Check, lang: str, currency: str | None = None) -> str:
    """One row of the history: "moved: from Qualification to Discovery"; "done, says Ann: called them"."""
    if one.is_by_hand:
        return _by_hand(one, lang)
    told = evidence_of(one.evidence, lang, currency)
    return paired(word("outcomes", one.outcome, lang), told, lang)


def _by_hand(one: Check, lang: str) -> str:
    name = "by_hand" if one.who else "by_somebody"
    told = word("says", name, lang, outcome=word("outcomes", one.outcome, lang), who=one.who)
    return paired(told, one.remark, lang) if one.remark else told


def _said(code: str, values: dict[str, Any], lang: str, currency: str | None) -> str:
    unit, name = values.get("unit"), code
    if code == "measured" and values.get("old") is None:
        name = "measured_new"
    shown = {key: _written(key, value, unit, lang, currency) for key, value in values.items()}
    if code == "since" and values.get("told"):
        inner, its = values["told"]
        shown["told"] = _said(inner, its, lang, currency)
    if code in ("had_been", "reopened"):
        ended = values.get("status") in ("won", "lost")
        name = "had_been_over" if ended and code == "had_been" else code
        shown["state"] = word("status", values["status"], lang) if ended else values.get("stage") or numerals.NOTHING
    return word("evidence", name, lang, **shown)


def _written(key: str, value: object, unit: str | None, lang: str, currency: str | None) -> object:
    if value is None:
        return numerals.NOTHING
    if key in _DAYS:
        return numerals.day(date.fromisoformat(str(value)), lang)
    if unit is not None and key in _NUMBERS:
        return numerals.written(float(str(value)), unit, lang, currency)
    return value
