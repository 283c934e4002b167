"""What a drawing must know about its reader: language, units, colours, and the names of the periods."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data import punctuation
from ui import answers, numbers
from ui.answers import Series
from ui.theme import Palette


@dataclass(frozen=True)
class Look:
    """What a drawing must know about its reader.

    `top`: how many rows are drawn before the rest becomes "others" (None: all). `now`, `before`: names of the period
    and of the comparison. `height`: pixels of drawings over time. `is_narrow`: a phone, where only
    the shortest texts fit beside or on a mark; what they leave out is under the pointer.
    """

    palette: Palette
    lang: str = "en"
    currency: str | None = None
    fiscal_start: int = 1
    now: str = ""
    before: str = ""
    top: int | None = 12
    height: int = 320
    is_narrow: bool = False

    def colour(self, index: int) -> str:
        """The colour of the n-th series."""
        return self.palette.categorical[index % len(self.palette.categorical)]

    @property
    def quiet(self) -> str:
        """The colour of what stands behind: comparisons and "others"."""
        return with_alpha(self.palette.neutral, 0.35)

    def words(self, key: str, **params: object) -> str:
        """A text of the reader's language."""
        return answers.words(key, self.lang, **params)

    def paired(self, label: str, text: object) -> str:
        """A label and what it says, with the mark of the reader's language between."""
        return punctuation.paired(label, str(text), self.lang)

    def labelled(self, key: str, text: object) -> str:
        """The same with the label's key: "Deals: 12" or "商机：12"."""
        return self.paired(self.words(key), text)

    def money(self, value: float) -> str:
        """Money in the reader's units."""
        return numbers.written(value, "money", self.lang, self.currency)

    def written(self, value: float | None, part: Series) -> str:
        """A value in the reader's units."""
        return answers.written(value, part, self.lang, self.currency)

    def signed(self, value: float, part: Series) -> str:
        """A difference in the reader's units, with its sign."""
        return ("+" if value > 0 else "") + self.written(value, part)

    def with_top(self, top: int | None) -> Look:
        """The same look with another limit of rows."""
        return replace(self, top=top)


def with_alpha(colour: str, alpha: float) -> str:
    """A colour #rrggbb as rgba, for pale areas."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
