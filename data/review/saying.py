"""How a step says things: its words in the reader's language, numbers as the screen writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data import numerals
from data.wording import wording
from metrics.errors import fill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.numerals import Number
    from data.review.chapter import Asked


class Saying:
    """Words and numbers of one step for one reader.

    Args:
        asked: whose language and currency. step: whose words (data/review/steps/<step>.toml, [words]).
    """

    def __init__(self, asked: Asked, step: str) -> None:
        self.lang, self.currency = asked.lang, asked.currency
        self._words: dict[str, dict[str, str]] = wording(f"review/steps/{step}")["words"]

    def word(self, key: str, **params: object) -> str:
        """A text of the step with its places filled."""
        return fill(self._words[key], self.lang, params)

    def number(self, value: Number | None, unit: str) -> str:
        """A number of a unit, in as few digits as it means."""
        return numerals.written(value, unit, self.lang, self.currency)

    def money(self, value: Number | None) -> str:
        """An amount in the company's currency."""
        return numerals.money(value, self.lang, self.currency)

    def count(self, value: int) -> str:
        """How many."""
        return numerals.count(value, self.lang)

    def day(self, value: date | None) -> str:
        """A day in words."""
        return numerals.day(value, self.lang)

    def joined(self, texts: Sequence[str]) -> str:
        """Texts beside each other, as in a list of reasons."""
        return ("；" if self.lang == "zh-CN" else "; ").join(texts)
