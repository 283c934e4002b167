"""What alerts say, in one language: rule, subject, evidence, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from data import punctuation
from data.numerals import day, written
from data.punctuation import paired, sentences
from data.quality_rules import known
from data.review import limit_history
from data.wording import wording
from metrics import customer_words
from metrics.alerts import rules
from metrics.catalog import catalog
from metrics.errors import fill
from metrics.number import number
from metrics.signals import SIGNALS

if TYPE_CHECKING:
    from data.review.alerts import Alert, Event

_DAYS = ("since", "said_on")


def word(name: str, lang: str, **params: object) -> str:
    """A word or sentence of alerts.toml."""
    return fill(wording("review/alerts")["words"][name], lang, params)


def state(name: str, lang: str) -> str:
    """The name of a state."""
    return fill(wording("review/alerts")["states"][name], lang, {})


def rule_name(rule: str, lang: str) -> str:
    """What a rule is called; one that there is no more by its id."""
    return rules()[rule].label.text(lang) if rule in rules() else rule


def subject(alert: Alert, lang: str) -> str:
    """What an alert is about, as people call it."""
    if alert.subject is None:
        return word("company", lang)
    if alert.kind == "data":
        table, _, code = alert.subject.partition(":")
        title = known().rules[code].title.text(lang) if code in known().rules else code
        named = catalog().tables[table].label.text(lang) if hasattr(catalog().tables.get(table), "label") else table
        return paired(named, title, lang)
    return alert.label or alert.subject


def evidence(
    rule: str, values: Mapping[str, Any], lang: str, currency: str | None = None, *, is_part: bool = False
) -> str:
    """What an alert stands on, as a sentence.

    Args:
        rule: its id. values: its evidence. is_part: how much is not for this viewer.
    """
    if is_part:
        return word("part", lang)
    known_rule = rules().get(rule)
    if known_rule is None or not values:
        return "—"

    def write(value: float | None, unit: str) -> str:
        return written(value, unit, lang, currency)

    if known_rule.sentence is None:
        row = {name: values.get(name) for name in _OF_CUSTOMERS} | dict(values)
        row |= {name: date.fromisoformat(str(row[name])) for name in _DAYS if row.get(name)}
        return customer_words.evidence(row, lang, write)
    said = {name: _said(values.get(name), unit, lang, currency) for name, unit in known_rule.units.items()}
    texts = [known_rule.sentence.text(lang)]
    if known_rule.further is not None and any(name in values for name in known_rule.of_all):
        texts.append(known_rule.further.text(lang))
    if known_rule.with_people is not None and values.get("people"):
        texts.append(known_rule.with_people.text(lang))
        said["people"] = punctuation.named(values["people"], lang)
    joined = sentences(texts, lang)
    return joined.format_map(said)


_OF_CUSTOMERS = (
    "signal", "reason", "customer", "tier", "key_by", "member", "since", "said_on", "days", "usual", "longest", "count",
    "share", "bound", "value", "expected", "what", "looked", "amount",
)  # fmt: skip


def _said(value: object, unit: str, lang: str, currency: str | None) -> str:
    if unit == "text":
        return "—" if value is None else str(value)
    if unit == "day":
        return day(date.fromisoformat(str(value)), lang) if value else "—"
    if unit == "signs":
        names = {one.id: one.label.text(lang) for one in SIGNALS}
        return punctuation.named((names.get(one, one) for one in str(value).split(",")), lang)
    return written(number(value), unit, lang, currency)


def happened(event: Event, rule: str, lang: str, currency: str | None = None) -> str:
    """What happened, as a sentence: "raised: …", "state: taken", "plan: …"."""
    if event.event == "state":
        return word("said_state", lang, state=state(str(event.remark), lang))
    if event.event in ("plan", "owner"):
        return word(f"said_{event.event}", lang, text=event.remark or "—")
    if event.event == "limit":
        change = limit_history.Change.model_validate(event.values)
        return word("limits_were", lang, told=limit_history.what(change, lang), day=day(change.noted_at.date(), lang))
    name = f"{event.event}_{event.remark}" if event.remark else event.event
    amount = written(event.amount, "money", lang, currency)
    if event.event == "cleared":
        return word(name, lang)
    return word(name, lang, told=evidence(rule, event.values, lang, currency), amount=amount)
