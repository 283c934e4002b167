"""What can be expected of a decision so that the data can tell whether it happened: declared in outcomes.toml.

An expected outcome is data: the id of an outcome and its parameters, as JSON beside the decision. What it needs to be
true is a function of its id in data/review/judging.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from data import numerals
from data.review.errors import ExpectationInvalid, ExpectationNotOf, UnknownExpectation
from metrics.catalog import Text
from metrics.catalog import measure as measure_of
from metrics.errors import fill, nearest

Kind = Literal["deal", "rep", "customer", "target", "none"]
KINDS: tuple[Kind, ...] = ("deal", "rep", "customer", "target", "none")
Type = Literal["stage", "day", "money", "count", "number", "share", "measure", "grain"]
NUMBERS = ("money", "count", "number", "share")
MOST = 1e15
"""No amount, number or count is larger: what is typed beyond it is a slip."""


class Parameter(BaseModel):
    """One thing to be filled in; the fields are explained in outcomes.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Type
    label: Text
    of_measure: bool = False
    choices: tuple[str, ...] = ()


class Outcome(BaseModel):
    """One thing that can be expected; the fields are explained in outcomes.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kinds: tuple[Kind, ...]
    tables: tuple[str, ...]
    is_any: bool = False
    column: str | None = None
    label: Text
    sentence: Text
    sentence_stock: Text | None = None
    parameters: dict[str, Parameter] = Field(default_factory=dict)


class Expected(BaseModel):
    """What is expected of one decision.

    `given`: its parameters, as JSON holds them: days in ISO, numbers as numbers, shares 0–1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str
    given: dict[str, str | float] = Field(default_factory=dict)

    @property
    def declared(self) -> Outcome:
        """What it is one of."""
        return outcomes()[self.outcome]

    def text(self, name: str) -> str:
        """A parameter that is a word."""
        return str(self.given[name])

    def number(self, name: str) -> float:
        """A parameter that is a number."""
        return float(self.given[name])

    def day(self, name: str) -> date:
        """A parameter that is a day."""
        return date.fromisoformat(str(self.given[name]))


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("outcomes.toml").read_text("utf-8"))


@cache
def outcomes() -> dict[str, Outcome]:
    """Every outcome that is declared, in the order in which they are offered."""
    return {id_: Outcome.model_validate({"id": id_, **one}) for id_, one in _declared()["outcomes"].items()}


def outcomes_of(kind: str) -> list[Outcome]:
    """Those that a decision about such a thing can have."""
    return [one for one in outcomes().values() if kind in one.kinds]


def expected(kind: str, outcome: str, given: Mapping[str, object]) -> Expected:
    """An expected outcome, checked as far as no data are needed.

    Args:
        kind: what the decision is about. given: the parameters, numbers and days as such or as text; a share as 0.9.

    Raises:
        UnknownExpectation: no such outcome. ExpectationNotOf: not of such a thing.
        ExpectationInvalid: a parameter is missing, too many, or no possible value.
    """
    known = {one.id for one in outcomes_of(kind)}
    if outcome not in outcomes():
        raise UnknownExpectation(name=outcome, suggestion=nearest(outcome, known), known=", ".join(sorted(known)))
    if outcome not in known:
        raise ExpectationNotOf(outcome=outcomes()[outcome].label, known=", ".join(sorted(known)) or "—")
    declared = outcomes()[outcome]
    if strange := next((name for name in given if name not in declared.parameters), None):
        raise ExpectationInvalid(
            outcome=declared.label, what=strange, given=given[strange], wanted=", ".join(declared.parameters) or "—"
        )
    return Expected(
        outcome=outcome,
        given={name: _read(declared, name, given.get(name)) for name in declared.parameters},
    )


def _read(of: Outcome, name: str, given: object) -> str | float:
    """One parameter as it is kept."""
    one = of.parameters[name]
    text = str(given).strip() if given is not None else ""
    found: str | float | None = None
    if one.type in NUMBERS:
        found = _number(text, one.type)
    elif one.type == "day":
        found = _day(text)
    elif one.choices:
        found = text if text in one.choices else one.choices[0] if not text and one.type == "grain" else None
    else:
        found = text or None
    if found is None:
        raise ExpectationInvalid(outcome=of.label, what=name, given=text or "—", wanted=_wanted(one))
    return found


def _number(text: str, type_: str) -> float | None:
    try:
        value = float(text.removesuffix("%").replace(",", "")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    most = 10 if type_ == "share" else MOST
    return value if isfinite(value) and 0 <= value <= most else None


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


def _wanted(one: Parameter) -> str:
    return ", ".join(one.choices) or {"day": "YYYY-MM-DD", "share": "0.9, 90 %"}.get(one.type, one.type)


# ---------------------------------------------------------------------------------------------------------------- words


def unit_for(parameter: Parameter, of: str) -> str:
    """The unit of a parameter that is a number; `of`: the measure beside it."""
    return measure_of(of).unit if parameter.of_measure else parameter.type


def unit_of(one: Expected, name: str) -> str:
    """The same of an expected outcome."""
    return unit_for(one.declared.parameters[name], str(one.given.get("measure", "")))


def in_words(one: Expected, due_on: date | None, lang: str, currency: str | None = None) -> str:
    """What is expected, with its day: "moves to Proposal or beyond by 12 June 2026".

    Args:
        due_on: until when; None leaves the day out.
    """
    words = {name: _said(one, name, lang, currency) for name in one.given}
    sentence = one.declared.sentence
    if one.declared.sentence_stock and measure_of(one.text("measure")).stock is not None:
        sentence = one.declared.sentence_stock
    told = fill({"en": sentence.en, "zh-CN": sentence.zh_CN}, lang, words)
    return by(told, due_on, lang) if due_on else told


def by(told: str, due_on: date, lang: str) -> str:
    """A thing with the day until which it is to be done."""
    day = numerals.day(due_on, lang)
    return f"{day} 前{told}" if lang.startswith("zh") else f"{told} by {day}"


def _said(one: Expected, name: str, lang: str, currency: str | None) -> str:
    parameter = one.declared.parameters[name]
    if parameter.type in NUMBERS:
        return numerals.written(one.number(name), unit_of(one, name), lang, currency)
    if parameter.type == "day":
        return numerals.day(one.day(name), lang)
    if parameter.type == "measure":
        return measure_of(one.text(name)).label.text(lang)
    if parameter.type == "grain":
        return fill(_declared()["grains"][one.text(name)], lang, {})
    return one.text(name)
