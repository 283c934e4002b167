"""How much of a page a step takes, and what is drawn tighter or left to the screen so that it stands on one.

Paper has an end, and a printer cannot be asked: heights are told from the widths of letters, with some left for other
fonts. First pictures are drawn less tall, then lists are cut from the longest on: all rows stay in the file, for the
screen, and in the workbook. Where too little would be left of a list, the lists go on a second page of the step, under
its title.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from data.punctuation import ended
from data.review.columns import Grid
from data.review.letters import clean, lines
from data.review.svg import HALF, WIDTH, height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Chapter, Listing, Picture
    from data.review.said import Said

PAGE = (184.0, 269.0)
"""What can be printed on an A4 page, in millimetres: as in data/paper.py."""
_INCH, _POINT = 25.4, 25.4 / 72


class Density(NamedTuple):
    """How tight texts stand: sizes in points of the finding, of texts, rules and lists; a heading in millimetres.

    printed.py writes the same into its style.
    """

    finding: float
    text: float
    rule: float
    lists: float
    heading: float

    @property
    def grid(self) -> Grid:
        """Of lists: of as many lines as a text has, for nothing is cut."""
        return Grid(PAGE[0] / _INCH, size=self.lists, leading=1.3, pad=0.055, above=0.024, most=40, sure=1.02)


DENSITIES = (
    Density(15, 9.5, 8.5, 9.5, 10.1),
    Density(14, 9, 8, 8.5, 8.4),
    Density(13, 8.5, 7.5, 8, 7.2),
    Density(12.5, 8, 7.5, 7.5, 6.8),
)
TIGHTEST = 3
"""Of DENSITIES: the one in which numbers, and pictures with lying bars, stand two beside each other."""
LAYOUTS = ((0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, TIGHTEST))
"""Of svg.LEVELS and of DENSITIES: the first in which all has room is taken."""
_LEAST, _FEWEST = 6, 1
"""Rows that a list keeps before the next tighter layout, and then a second page, is tried; and that it keeps in any."""
_TITLE = 10.5
"""Millimetres of a step's title."""
_FREE = 5.0
"""Millimetres that are left: programs break lines a little differently."""


class Fit(NamedTuple):
    """How a step stands on its page: `level` of its pictures, `density` of its texts, printed `rows` of each list.

    `goes_on`: so many lists stand on its first page; the others, and what must be known to read it, on a second one.
    None: there is no second page. `is_over`: its texts alone have no room on the first.
    """

    level: int
    density: int
    rows: tuple[int, ...]
    goes_on: int | None = None
    is_over: bool = False


def fitted(chapter: Chapter, said: Said) -> Fit:
    """The roomiest layout in which a step stands on one page; else that of two in which most rows of its lists do."""
    for level, density in LAYOUTS:
        room = _room() - _texts(chapter, said, density) - _pictures(chapter, said, level, density)
        lists = _lists(chapter, said, density)
        rows = _cut(lists, room)
        kept = list(zip(lists, rows, strict=True))
        if sum(one.tall(many) for one, many in kept) <= room and all(
            many >= min(_LEAST, one.count) for one, many in kept
        ):
            return Fit(level, density, rows)
    return _on_two(chapter, said) if lists else Fit(*LAYOUTS[-1], ())


def _on_two(chapter: Chapter, said: Said) -> Fit:
    """The layout of two pages in which most rows stand; of those with as many the roomiest.

    The first page holds the pictures and the first lists that have room there as a whole.
    """
    best: Fit | None = None
    for density in dict.fromkeys(density for _, density in LAYOUTS):
        behind, lists = _behind(chapter, said, density), _lists(chapter, said, density)
        texts = _texts(chapter, said, density) - behind
        for level in dict.fromkeys(level for level, _ in LAYOUTS):
            left, here = _room() - texts - _pictures(chapter, said, level, density), 0
            while here < len(lists) - 1 and sum(one.tall(one.count) for one in lists[: here + 1]) <= left:
                here += 1
            if left < 0 and best is not None:
                continue
            rows = (*(one.count for one in lists[:here]), *_cut(lists[here:], _room() - _TITLE - behind))
            if best is None or best.is_over or sum(rows) > sum(best.rows):
                best = Fit(level, density, rows, here, is_over=left < 0)
    return best or Fit(*LAYOUTS[-1], ())


def _room() -> float:
    return PAGE[1] - _FREE


def _lists(chapter: Chapter, said: Said, density: int) -> list[_List]:
    return [_List(one, said, DENSITIES[density]) for one in listings(chapter)]


def listings(chapter: Chapter) -> list[Listing]:
    """The lists of a step, without a rule that a picture above them was told by already."""
    told = {one.rule for one in chapter.pictures}
    return [replace(one, rule="") if one.rule in told else one for one in chapter.lists]


class _List:
    """A list's heights, in millimetres."""

    def __init__(self, listing: Listing, said: Said, of: Density) -> None:
        cells = [
            [said.cell(cell, head.unit) for cell, head in zip(row, listing.heads, strict=True)] for row in listing.rows
        ]
        heads = [clean(head.label, 200) for head in listing.heads]
        widths = of.grid.widths(listing, heads, cells) if cells else []
        self.heights = [of.grid.height(row, widths) * _INCH + 0.2 for row in cells]
        self.fixed = of.heading + _ruled(listing.rule, of)
        self.fixed += of.grid.height(heads, widths) * _INCH if cells else _line(of) + 2
        self.has_more, self.count = bool(listing.more), len(cells)
        count = said.number(listing.more + self.count, "count")
        self.more = _text(said.word("more_both", count=count, here=count), of.text) + 2

    def tall(self, kept: int) -> float:
        """With so many of its rows."""
        return self.fixed + sum(self.heights[:kept]) + (self.more if self.has_more or kept < self.count else 0.0)


def _cut(lists: list[_List], room: float) -> tuple[int, ...]:
    """Rows of each that are printed: row by row off the tallest, as far as any may be cut."""
    rows = [one.count for one in lists]
    while sum(one.tall(kept) for one, kept in zip(lists, rows, strict=True)) > room:
        longest = max(
            (at for at in range(len(lists)) if rows[at] > _FEWEST),
            key=lambda at: sum(lists[at].heights[: rows[at]]), default=None,
        )  # fmt: skip
        if longest is None:
            break
        rows[longest] -= 1
    return tuple(rows)


def _texts(chapter: Chapter, said: Said, density: int) -> float:
    """Of the title, the finding, what else is said, the numbers, the notes."""
    of = DENSITIES[density]
    mark = ended(said.mark(chapter), said.lang) if chapter.is_good is not None else ""
    tall = _TITLE + _text(f"{mark}{chapter.finding}", of.finding, bold=True) + 3
    tall += sum(_text(line, of.text) + 1 for line in chapter.further) + bool(chapter.further)
    if chapter.values:
        tall += of.heading + (of.rule * _POINT * 1.3 + 1.2) + _numbers(chapter, said, density)
    return tall + _behind(chapter, said, density)


def _behind(chapter: Chapter, said: Said, density: int) -> float:
    """Of the notes, which stand behind the lists."""
    of, tall = DENSITIES[density], 0.0
    for told in (chapter.notes, said.noted(chapter)):
        if told:
            tall += of.heading + 2 + sum(_text(line, of.text, indent=11) + 0.8 for line in told)
    return tall


def _numbers(chapter: Chapter, said: Said, density: int) -> float:
    line = _line(DENSITIES[density])
    if density != TIGHTEST:
        return (line + 1.2) * len(chapter.values)
    told = [2 if said.before(one) or one.why else 1 for one in chapter.values]
    return sum(max(told[at : at + 2]) * (line + 1.2) for at in range(0, len(told), 2))


def beside(pictures: Sequence[Picture], density: int) -> list[tuple[Picture, ...]]:
    """Pictures in the rows in which they stand."""
    made: list[tuple[Picture, ...]] = []
    for one in pictures:
        last = made[-1] if made else ()
        if density == TIGHTEST and len(last) == 1 and {one.kind, last[0].kind} == {"bars"}:
            made[-1] = (*last, one)
        else:
            made.append((one,))
    return made


def _pictures(chapter: Chapter, said: Said, level: int, density: int) -> float:
    of, tall = DENSITIES[density], 0.0
    for row in beside(chapter.pictures, density):
        wide = PAGE[0] if len(row) == 1 else PAGE[0] / 2 - 2
        pixels = WIDTH if len(row) == 1 else HALF
        tall += max(
            of.heading + 1 + height(one, said, level, pixels) * wide / pixels
            + (_text(one.rule, of.rule, indent=PAGE[0] - wide) + 2 if one.rule else 0.0)
            for one in row
        )  # fmt: skip
    return tall


def _ruled(rule: str, of: Density) -> float:
    return _text(rule, of.rule) + 2 if rule else 0.0


def _line(of: Density) -> float:
    return of.text * _POINT * 1.3


def _text(text: str, size: float, *, bold: bool = False, indent: float = 0.0) -> float:
    """The height of a text over the whole width, in millimetres."""
    room = (PAGE[0] - indent) / (size * _POINT) * 1.02 * (0.92 if bold else 1.0)
    return len(lines(clean(text), room)) * size * _POINT * (1.25 if bold else 1.3)
