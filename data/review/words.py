"""What a step of a review says: its texts and numbers, as one reader writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data import punctuation
from data.numerals import change_ratio, count, exact, listed, written
from data.numerals import share as as_share
from data.review.agenda import steps
from data.wording import wording
from metrics.catalog import catalog
from metrics.errors import fill
from metrics.sentence import day_in_words
from metrics.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.numerals import Number
    from data.review.chapter import Asked


class Words:
    """The texts of `steps/<step>.toml` in the reader's language, and numbers in their units.

    Args:
        asked: whose language and currency. step: its id.
    """

    def __init__(self, asked: Asked, step: str) -> None:
        self.lang, self.currency = asked.lang, asked.currency
        self.title = steps()[step].label.text(asked.lang)
        self._told = wording(f"review/steps/{step}")

    def __call__(self, key: str, **params: object) -> str:
        """The text of a key, with its facts."""
        return fill(self._told[key], self.lang, params)

    def many(self, key: str, number: int, **params: object) -> str:
        """A text about so many ({count}): of one, where English says that otherwise, that of `<key>_one`."""
        name = f"{key}_one" if number == 1 and f"{key}_one" in self._told else key
        return self(name, count=count(number, self.lang), **params)

    def number(self, value: Number | None, unit: str) -> str:
        """A value of a unit, short enough to be read from afar: 1.23M, 123万, 45.6%."""
        return written(value, unit, self.lang, self.currency)

    def money(self, value: Number | None) -> str:
        """An amount."""
        return self.number(value, "money")

    def signed(self, value: Number, unit: str = "money") -> str:
        """A change, with its sign."""
        return f"{'+' if value > 0 else ''}{self.number(value, unit)}"

    def share(self, value: Number | None) -> str:
        """A share as whole per cents."""
        return as_share(value, self.lang, 0)

    def relative(self, value: Number | None, before: Number | None) -> str | None:
        """How much more or less than before, in per cent; None where that has no meaning."""
        ratio = change_ratio(value, before)
        return None if ratio is None else f"{'+' if ratio > 0 else ''}{as_share(ratio, self.lang, 0)}"

    def exact(self, value: Number | None, unit: str) -> str:
        """A number with all its digits."""
        return exact(value, unit, self.lang, self.currency)

    def day(self, day: date) -> str:
        """A day."""
        return day_in_words(day, self.lang)

    def span(self, from_on: date, to_on: date) -> str:
        """Days from the first to the last."""
        return View(as_of=to_on, from_on=from_on, to_on=to_on).sentence(self.lang)

    def listed(self, words: Sequence[str]) -> str:
        """As in "a, b and c"."""
        return listed(list(words), self.lang)

    def sentences(self, *sentences: str) -> str:
        """Sentences one after the other; Chinese ones without a blank between."""
        return punctuation.sentences(sentences, self.lang)

    def table(self, name: str) -> str:
        """A table as people call it."""
        known = catalog().tables.get(name)
        return known.label.text(self.lang) if known else name
