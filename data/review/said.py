"""A report in the words of its reader: what every file says of it alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from data import numerals, punctuation
from data.review.chapter import Value
from data.review.letters import clean
from data.wording import wording
from metrics.catalog import measure
from metrics.errors import fill

if TYPE_CHECKING:
    from data.review.chapter import Chapter
    from data.review.taken import Report

_NUMBERS = ("money", "count", "share", "days", "hours", "points", "number")
_LONGEST = 300
"""Letters of one cell of a list: names are shorter, and whoever writes a novel into one is cut."""


class Said:
    """Words and numbers of one report. Texts are plain and on one line each."""

    def __init__(self, report: Report) -> None:
        self.report, self.lang, self.currency = report, report.lang, report.currency

    def word(self, key: str, **params: object) -> str:
        """A word of taken.toml."""
        return fill(wording("review/taken")["words"][key], self.lang, params)

    def paired(self, label: str, text: str) -> str:
        """A label and what it says, with the colon of the reader's language between them."""
        return punctuation.paired(label, text, self.lang)

    def sentences(self, *texts: str) -> str:
        """Sentences one after the other."""
        return punctuation.sentences(texts, self.lang)

    @property
    def title(self) -> str:
        """What it is: "Weekly sales review"."""
        named = fill(wording("review/taken")["titles"][self.report.kind], self.lang, {})
        return f"{named} · {clean(self.report.team, 80)}" if self.report.team else named

    def head(self) -> list[tuple[str, str]]:
        """Of what, when and for whom: label and text."""
        told, since = self.report, self.day(self.report.since)
        rows = [
            ("view", clean(told.view.sentence(self.lang))),
            ("as_of", self.day(told.view.as_of)),
            ("since", self.word("since_held", day=since) if told.last_held else since),
            *([("team", clean(told.team or self.word("everybody")))] if told.team or told.sees_all else []),
            ("who", clean(told.who or self.word("everything"))),
        ]
        return [(self.word(key), text) for key, text in rows]

    def dated(self) -> list[tuple[str, str | date]]:
        """The same with its days as days, the period's own ones, too."""
        told, texts, period = self.report, dict(self.head()), self.report.view.period
        days: dict[str, date] = {self.word("as_of"): told.view.as_of, self.word("since"): told.since}
        rows: list[tuple[str, str | date]] = []
        for label, text in texts.items():
            held = label == self.word("since") and told.last_held
            rows.append((self.word("since_review") if held else label, days.get(label, text)))
            if label == self.word("view") and period:
                rows += [(self.word("from_on"), period.from_on), (self.word("to_on"), period.to_on)]
        return rows

    def headed(self, label: str, unit: str) -> str:
        """The head of a column with its unit, where numbers do not show it: an amount's currency, days, hours."""
        if (unit == "money" and self.currency) or unit in ("days", "hours"):
            return self.word(
                "headed", label=clean(label, 200), unit=self.currency if unit == "money" else self.unit(unit)
            )
        return clean(label, 200)

    def day(self, day: date | None) -> str:
        """A day in words."""
        return numerals.day(day, self.lang)

    def number(self, value: float | Decimal | None, unit: str) -> str:
        """A number as the screen writes it: 1,234.57万 or 12.35M."""
        return numerals.written(value, unit, self.lang, self.currency)

    def exact(self, value: float | None, unit: str) -> str:
        """The number with nothing scaled away."""
        if unit in _NUMBERS and unit != "points":
            return numerals.exact(value, unit, self.lang, self.currency)
        return self.number(value, unit)

    def unit(self, unit: str) -> str:
        """The name of a unit; of money with its currency."""
        named = fill(wording("review/taken")["units"].get(unit, {"en": unit, "zh-CN": unit}), self.lang, {})
        return f"{named} ({self.currency})" if unit == "money" and self.currency else named

    def change(self, value: Value) -> str:
        """How a number moved, with its direction; nothing where there is no number before."""
        if value.value is None or value.before is None:
            return ""
        moved = numerals.change(value.value, value.before, value.unit, self.lang)
        if moved == numerals.NOTHING or value.value == value.before:
            return "" if moved == numerals.NOTHING else moved
        return f"{'▲' if value.value > value.before else '▼'} {moved}"

    def before(self, value: Value) -> str:
        """What it was, and when: "Before: 1.2M, ▲ +12%"; nothing where that is not known."""
        if value.before is None:
            return ""
        text = self.paired(clean(value.before_label) or self.word("before"), self.number(value.before, value.unit))
        moved = self.change(value)
        return f"{text} {moved}" if moved else text

    def meaning(self, value: Value) -> str:
        """The definition of a number: that of its measure; else its rule."""
        known = measure(value.measure).meaning.text(self.lang) if value.measure else ""
        return self.sentences(known, clean(value.meaning))

    def cell(self, value: object, unit: str) -> str:
        """A value of a list as text."""
        if value is None:
            return numerals.NOTHING
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int | float | Decimal) and unit in _NUMBERS:
            return self.number(value, unit)
        return clean(value, _LONGEST)

    def mark(self, chapter: Chapter) -> str:
        """Whether a finding is good news, as a sign and a word; nothing where it is neither."""
        if chapter.is_good is None:
            return ""
        return f"✓ {self.word('good')}" if chapter.is_good else f"! {self.word('bad')}"

    def found(self, chapter: Chapter) -> str:
        """The finding with its mark before it."""
        mark, finding = self.mark(chapter), clean(chapter.finding)
        return self.paired(mark, finding) if mark else finding

    def noted(self, chapter: Chapter) -> list[str]:
        """What was noted in the meeting, line by line."""
        text = self.report.noted.get(chapter.step, "")
        return [line for line in (clean(line) for line in text.splitlines()) if line]

    def definitions(self) -> list[tuple[str, str, str]]:
        """Every number of the report with its meaning and, of a measure, how it is counted; once each."""
        told: dict[tuple[str, str], str] = {}
        for chapter in self.report.chapters:
            for value in chapter.values:
                counted = measure(value.measure).formula(self.lang) if value.measure else ""
                if meaning := self.meaning(value):
                    told.setdefault((clean(value.label), meaning), counted)
        return [(*named, counted) for named, counted in told.items()]


def is_number(unit: str) -> bool:
    """Whether a column of this unit holds numbers."""
    return unit in _NUMBERS
