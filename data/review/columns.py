"""How wide the columns of a printed or shown list are, and how tall its rows: told before anybody draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from data.review.letters import ems, lines
from data.review.said import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Listing

INCH = 72.0  # points
_ROOMY = 1.12  # letters of another font, where ours is missing, are that much wider: a word is broken then
_SHORT = 8.0  # ems: a text that is no longer is not broken
_WIDEST = 0.41  # of the whole width: no column asks for more


class Grid(NamedTuple):
    """A table of a medium. `width`: of the whole, in inches. `size`: of letters, in points. `leading`: in sizes.

    `pad`: inches beside a cell's text, `above`: above it, and below. `most`: lines of one cell. `sure`: how much of a
    column letters may fill; the rest is for fonts that are wider.
    """

    width: float
    size: float
    leading: float
    pad: float
    above: float
    most: int = 3
    sure: float = 0.93

    def widths(self, listing: Listing, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> list[float]:
        """Of columns, in inches: numbers and days as wide as they are, texts at least as wide as their longest word.

        What is left goes to the texts, by how much more room they could use.
        """
        least, wanted = [], []
        for at, head in enumerate(listing.heads):
            column = sorted(ems(row[at]) for row in cells)
            words = _ROOMY * max((ems(word) for row in cells for word in row[at].split()), default=0.0)
            usual = column[int(0.9 * (len(column) - 1))]
            if is_number(head.unit) or head.unit == "day":
                narrow = full = max(column[-1] * 1.08, _word(heads[at]))
            else:
                short = max(usual if usual <= _SHORT else 0.0, min(words, _SHORT))
                narrow, full = max(short, _word(heads[at])), max(usual, _word(heads[at]))
            least.append(min(self.inches(narrow), _WIDEST * self.width / 2))
            wanted.append(min(self.inches(full), _WIDEST * self.width))
        left = self.width - sum(least)
        more = [full - narrow for narrow, full in zip(least, wanted, strict=True)]
        if left <= 0 or not sum(more):
            return [wide * self.width / sum(least) for wide in least]
        if left >= sum(more):
            return [wide * self.width / sum(wanted) for wide in wanted]
        return [narrow + left * part / sum(more) for narrow, part in zip(least, more, strict=True)]

    def inches(self, wide: float) -> float:
        """A column that shows so many ems on one line."""
        return wide * 1.06 * self.size / INCH + 2.4 * self.pad

    def room(self, wide: float) -> float:
        """Ems on a line of a column that is so many inches wide, with some left for other fonts."""
        return (wide - 2 * self.pad) * INCH * self.sure / self.size

    def height(self, row: Sequence[str], widths: Sequence[float]) -> float:
        """Of a row, in inches."""
        most = max(len(lines(text, self.room(wide), self.most)) for text, wide in zip(row, widths, strict=True))
        return most * self.size * self.leading / INCH + 2 * self.above


def _word(head: str) -> float:
    """The widest part of a head that cannot be broken; its letters are bold."""
    return 1.15 * max((min(ems(word), _SHORT) for word in head.split()), default=0.0)
