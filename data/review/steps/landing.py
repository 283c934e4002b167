"""Where the period will land: the forecast with its range, the CRM's categories, and what moved since the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.review.call_chapter import Called
from data.review.chapter import Chapter, Picture, Series, Source, Value
from data.review.measured import answered, measured
from data.review.words import Words
from metrics.cuts import total
from metrics.landing import landing, span_of
from metrics.outlook import CATEGORIES, forecast
from metrics.target import Span, grain_of

if TYPE_CHECKING:
    from data.review.chapter import Asked
    from metrics.period import Period
    from metrics.query import Result

_GRAINS = ("month", "quarter", "year", "fiscal_quarter", "fiscal_year")
_SURE, _DOUBTFUL = 0.8, 0.2
"""From which share of futures on that reach the target the finding is good news, and up to which it is bad."""
_PARTS = ("won", "open", "new")
_OWN = ("won_amount", "weighted_amount")
"""Measures of the view: what is won, and the open deals weighed by their probability."""


def chapter(asked: Asked) -> Chapter:
    """The landing of the running period, the CRM's word of it, and what the same forecast said at the last review."""
    words = Words(asked, "landing")
    if "deals" not in asked.seen.filled():
        return Chapter("landing", words.title, words("no_deals", table=words.table("deals")))
    grain, span = period_of(asked)
    result = asked.seen.ask(landing(asked.view, grain), asked.viewer)
    parts = {row["part"]: row for row in result.frame.iter_rows(named=True)}
    whole = parts["landing"]
    before = _before(asked, grain, span)
    rolled, called = _Rolled(asked, words, span), Called(asked, words, span)
    landed, *rest = _values(asked, words, parts, before, result)
    days = words.span(span.from_on, span.to_on)
    notes, own = [note.text(asked.lang) for note in result.notes], answered(asked, _OWN)
    notes += [note.text(asked.lang) for note in (own.notes if own else ()) if note.code == "uneven"]
    if asked.view.period is None or (asked.view.period.from_on, asked.view.period.to_on) != (span.from_on, span.to_on):
        notes.insert(0, words("other_days", days=days))
    finding = _finding(words, whole, days, result)
    return Chapter(
        "landing",
        words.title,
        finding,
        is_good=_is_good(whole),
        further=(*called.further(), *_further(asked, words, parts, before, span)),
        values=(landed, *called.values(), *rest, *rolled.values(), *measured(own, words).values()),
        pictures=(
            *(one for one in (_picture(asked, words, parts, result, span), rolled.picture()) if one),
            *called.pictures(),
        ),
        lists=tuple(called.lists()),
        notes=tuple(one for one in dict.fromkeys([*notes, *rolled.notes]) if one != finding),
    )


def period_of(asked: Asked) -> tuple[str, Period]:
    """What is forecast: the view's period where it is the running month, quarter or year; else the running quarter."""
    view = asked.view
    if view.period is not None:
        grain = grain_of(Span(view.period.from_on, view.period.to_on), view.fiscal_start, view.week_start)
        if grain in _GRAINS and view.period.from_on <= view.as_of <= view.period.to_on:
            return str(grain), span_of(view, str(grain))
    return "fiscal_quarter", span_of(view, "fiscal_quarter")


def _before(asked: Asked, grain: str, span: Period) -> dict[str, Any] | None:
    """What the same forecast said of the same days on the day of the last review; None where these had not begun."""
    then = asked.view.seen_on(asked.since)
    if asked.since < span.from_on or span_of(then, grain).from_on != span.from_on:
        return None
    frame = asked.seen.ask(landing(then, grain), asked.viewer).frame
    row = next(row for row in frame.iter_rows(named=True) if row["part"] == "landing")
    return row if row["amount"] is not None else None


def _is_good(whole: dict[str, Any]) -> bool | None:
    chance = whole["chance"]
    if chance is None:
        return None
    return True if chance >= _SURE else False if chance <= _DOUBTFUL else None


# -------------------------------------------------------------------------------------------------------- what is said


def _finding(words: Words, whole: dict[str, Any], days: str, result: Result) -> str:
    if whole["amount"] is None:
        return _why(words, result)
    ends = {name: words.money(whole[name]) for name in ("amount", "at_least", "at_most")}
    text = words("lands", days=days, **ends)
    if whole["chance"] is None:
        return words.sentences(text, words("no_target"))
    told = {"target": words.money(whole["target"]), "chance": _in_a_hundred(whole["chance"])}
    return words.sentences(text, words("chance", **told))


def _why(words: Words, result: Result) -> str:
    """The reason why there is no forecast."""
    reasons = [note.text(words.lang) for note in result.notes if note.code.startswith("landing_")]
    return reasons[0] if reasons else words("unknown")


def _in_a_hundred(chance: float) -> str:
    """Of a hundred futures how many; never none and never all, which no simulation can know."""
    return "< 1" if chance < 0.01 else "> 99" if chance > 0.99 else f"{100 * chance:.0f}"


def _further(
    asked: Asked, words: Words, parts: dict[str, dict[str, Any]], before: dict[str, Any] | None, span: Period
) -> list[str]:
    whole, said = parts["landing"], []
    if whole["amount"] is not None:
        said.append(words("made_of", **{name: words.money(parts[name]["amount"]) for name in _PARTS}))
    since = words.day(asked.since)
    if before is not None and whole["amount"] is not None:
        told = {"before": words.money(before["amount"]), "since": since}
        low, high = before["at_least"], before["at_most"]
        is_within = low is not None and low <= whole["amount"] <= high
        delta = whole["amount"] - before["amount"]
        key = "moved_within" if is_within else "moved_up" if delta > 0 else "moved_down"
        said.append(words(key, delta=words.signed(delta), low=words.money(low), high=words.money(high), **told))
    elif whole["amount"] is not None and asked.since < span.from_on:
        said.append(words("began_since", since=since))
    if None not in (whole["coverage"], whole["needed"]):
        said.append(words("coverage", **{name: f"{whole[name]:.1f}" for name in ("coverage", "needed")}))
    return said


def _values(
    asked: Asked, words: Words, parts: dict[str, dict[str, Any]], before: dict[str, Any] | None, result: Result
) -> list[Value]:
    whole = parts["landing"]
    found = [
        Value(
            words("landing"), _number(whole["amount"]), "money", meaning=words("landing_meaning"),
            why=_why(words, result) if whole["amount"] is None else "",
            before=_number(before["amount"]) if before else None,
            before_label=words.day(asked.since) if before else "", better="higher",
        )
    ]  # fmt: skip
    for name, unit in (("target", "money"), ("chance", "share"), ("at_least", "money"), ("at_most", "money"),
                       ("crm", "money")):  # fmt: skip
        if whole[name] is not None:
            meaning = words(f"{name}_meaning")
            found.append(Value(words(f"value_{name}"), _number(whole[name]), unit, meaning=meaning))
    return found


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _picture(
    asked: Asked, words: Words, parts: dict[str, dict[str, Any]], result: Result, span: Period
) -> Picture | None:
    """From what is won over what is open and to come to the landing; beside it the target and the CRM's word."""
    whole = parts["landing"]
    if whole["amount"] is None:
        return None
    won = Source(total("won_amount", asked.view.with_period(None, span.from_on, min(span.to_on, asked.view.as_of))))
    rows = [(name, parts[name]) for name in (*_PARTS, "landing")]
    rows += [(name, {"amount": whole[name], "at_least": None, "at_most": None})
             for name in ("target", "crm") if whole[name] is not None]  # fmt: skip
    return Picture(
        name="landing",
        title=words("picture", days=words.span(span.from_on, span.to_on)),
        rule=words("picture_rule"),
        kind="bars",
        labels=tuple(words(f"part_{name}") for name, _ in rows),
        series=(
            Series(words("amount"), tuple(_number(row["amount"]) for _, row in rows)),
            Series(words("value_at_least"), tuple(_number(row["at_least"]) for _, row in rows), "low"),
            Series(words("value_at_most"), tuple(_number(row["at_most"]) for _, row in rows), "high"),
        ),
        unit="money",
        sources=tuple({"won": won, "open": Source(result.query)}.get(name) for name, _ in rows),
    )


# -------------------------------------------------------------------------------------------------------- the roll-up


class _Rolled:
    """The CRM's forecast categories of the period, each with the surer ones."""

    def __init__(self, asked: Asked, words: Words, span: Period) -> None:
        self._words = words
        self._query = forecast(asked.view, span, asked.view.as_of)
        result = asked.seen.ask(self._query, asked.viewer)
        self._rows = {row["forecast_category"]: row for row in result.frame.iter_rows(named=True)}
        self.notes = [note.text(asked.lang) for note in result.notes]

    def _known(self) -> list[str]:
        return [name for name in CATEGORIES if self._rows[name]["deals"] and self._rows[name]["rolled_up"] is not None]

    def values(self) -> list[Value]:
        """What the categories add up to."""
        return [
            Value(self._words(f"category_{name}"), float(self._rows[name]["rolled_up"]), "money",
                  meaning=self._words("category_meaning"), source=self._source(name))
            for name in self._known()
            if name in ("commit", "best_case")
        ]  # fmt: skip

    def _source(self, name: str) -> Source:
        return Source(self._query, "rolled_up", (("forecast_category", name),))

    def picture(self) -> Picture | None:
        """Each category by itself, and rolled up."""
        if not any(name in ("commit", "best_case", "pipeline") for name in self._known()):
            return None
        names = self._known()
        return Picture(
            name="categories",
            title=self._words("categories"),
            rule=self._words("categories_rule"),
            kind="bars",
            labels=tuple(self._words(f"category_{name}") for name in names),
            series=(
                Series(self._words("rolled_up"), tuple(float(self._rows[name]["rolled_up"]) for name in names)),
                Series(self._words("alone"), tuple(float(self._rows[name]["amount"]) for name in names), "before"),
            ),
            unit="money",
            sources=tuple(self._source(name) for name in names),
        )
