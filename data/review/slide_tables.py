"""Lists of a review as tables of PowerPoint: cut to what has room, on further slides, the rest counted."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches

from data.punctuation import ended
from data.review.colours import colours
from data.review.columns import Grid
from data.review.letters import clean, shortened
from data.review.said import is_number
from data.review.slide_deck import FOOT, LEFT, WIDTH
from data.review.slide_parts import heading, paragraphs, small_print
from data.review.slide_text import styled
from data.review.slide_xml import child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.slide import Slide

    from data.review.chapter import Chapter, Listing
    from data.review.said import Said
    from data.review.slide_deck import Deck

_GRID = Grid(WIDTH, size=12.0, leading=1.22, pad=0.07, above=0.07)
_MOST_SLIDES = 3
_HEADED = 0.62  # inches: a table's heading, and the air below it
_PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_BODY = 1.35  # where a table begins below a title of one line


class _Cells:
    """A list as texts, with the widths of its columns and the heights of its rows."""

    def __init__(self, listing: Listing, said: Said) -> None:
        self.listing, self.said = listing, said
        self.title = clean(listing.title, 60)
        self.heads = [clean(head.label, 80) for head in listing.heads]
        self.rows = [
            [said.cell(cell, head.unit) for cell, head in zip(row, listing.heads, strict=True)] for row in listing.rows
        ]
        self.widths = _GRID.widths(listing, self.heads, self.rows)
        self.head = _GRID.height(self.heads, self.widths)
        self.heights = [_GRID.height(row, self.widths) for row in self.rows]

    @property
    def tall(self) -> float:
        """The whole table, in inches."""
        return self.head + sum(self.heights)

    def put(self, slide: Slide, first: int, last: int, top: float) -> None:
        """Rows from the first to the one before the last, with their heads."""
        _table(slide, self.listing, [self.heads, *self.rows[first:last]], self.widths, top, self.said)

    def hidden(self, last: int) -> list[str]:
        """That there are more, where there are."""
        more = len(self.rows) - last + self.listing.more
        return [self.said.word("more", count=self.said.number(more, "count"))] if more else []


def listed(deck: Deck, chapter: Chapter, listings: Sequence[Listing], said: Said) -> None:
    """The slides of lists, one after the other; short ones share a slide."""
    left = list(listings)
    while left:
        together = _together(left, said)
        if len(together) > 1:
            _several(deck, chapter, together, said)
        else:
            _alone(deck, chapter, left[0], said)
        del left[: max(1, len(together))]


def _together(listings: Sequence[Listing], said: Said) -> list[_Cells]:
    """As many of the first ones as have room on one slide."""
    found: list[_Cells] = []
    room = FOOT - 0.5 - _BODY
    for listing in listings:
        if not listing.rows:
            break
        one = _Cells(listing, said)
        room -= one.tall + _HEADED
        if room < 0:
            break
        found.append(one)
    return found


def _several(deck: Deck, chapter: Chapter, together: Sequence[_Cells], said: Said) -> None:
    notes = "\n".join(said.paired(one.title, clean(one.listing.rule)) for one in together)
    slide = deck.slide(" · ".join(one.title for one in together), kicker=clean(chapter.title), notes=notes)
    top = deck.top
    for one in together:
        heading(slide, " ".join([one.title, *one.hidden(len(one.rows))]), top, said)
        one.put(slide, 0, len(one.rows), top + 0.36)
        top += one.tall + _HEADED
    small_print(slide, list(dict.fromkeys(one.listing.rule for one in together)), said)


def _alone(deck: Deck, chapter: Chapter, listing: Listing, said: Said) -> None:
    title, kicker = clean(listing.title, 60), clean(chapter.title)
    if not listing.rows:
        slide = deck.slide(title, kicker=kicker)
        paragraphs(slide, [said.word("nothing"), listing.rule], LEFT, deck.top, WIDTH, 1.5)
        return
    of = _Cells(listing, said)
    shown = _pages(of.heights, of.head, FOOT - 0.5 - _BODY)[:_MOST_SLIDES]
    for at, (first, last) in enumerate(shown):
        named = title if len(shown) == 1 else said.word("continued", title=title, page=at + 1, pages=len(shown))
        slide = deck.slide(named, kicker=kicker, notes=said.paired(title, clean(listing.rule)))
        of.put(slide, first, last, deck.top)
        small_print(slide, [*(of.hidden(last) if at == len(shown) - 1 else []), listing.rule], said)


def below(slide: Slide, listing: Listing, top: float, bottom: float, said: Said) -> bool:
    """Put a list below what a slide has; whether there was room for all of its rows: else it has slides of its own."""
    if not listing.rows:
        return False
    of, room = _Cells(listing, said), bottom - top - 0.75
    if of.tall > room:
        return False
    heading(slide, " ".join([of.title, *of.hidden(len(of.rows))]), top + 0.1, said)
    of.put(slide, 0, len(of.rows), top + 0.46)
    return True


def _pages(heights: Sequence[float], head: float, room: float) -> list[tuple[int, int]]:
    """Which rows stand on which slide: first, and the one behind the last. Slides are filled alike."""
    pages = _filled(heights, head, room)
    least = head + sum(heights) / len(pages)
    while len(pages) > 1 and least < room:
        even = _filled(heights, head, least)
        if len(even) <= len(pages):
            return even
        least += 0.1
    return pages


def _filled(heights: Sequence[float], head: float, room: float) -> list[tuple[int, int]]:
    pages, first, used = [], 0, head
    for at, tall in enumerate(heights):
        if used + tall > room and at > first:
            pages.append((first, at))
            first, used = at, head
        used += tall
    return [*pages, (first, len(heights))]


def _table(
    slide: Slide,
    listing: Listing,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    top: float,
    said: Said,
) -> None:
    tall = sum(_GRID.height(row, widths) for row in rows)
    frame = slide.shapes.add_table(
        len(rows), len(widths), Inches(LEFT), Inches(top), Inches(sum(widths)), Inches(tall)
    )  # fmt: skip
    frame.name, described = "table", ended(listing.title, said.lang) + listing.rule
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(described, 600))  # noqa: SLF001
    table = frame.table
    style = table._tbl.tblPr.find(qn("a:tableStyleId"))  # noqa: SLF001 - python-pptx has no styles of tables
    if style is not None:
        style.text = _PLAIN_STYLE
    table.horz_banding = False
    for at, wide in enumerate(widths):
        table.columns[at].width = Inches(wide)
    for line, row in enumerate(rows):
        table.rows[line].height = ceil(Inches(_GRID.height(row, widths)))
        for at, text in enumerate(row):
            shown = shortened(text, _GRID.room(widths[at]), _GRID.most)
            _cell(table.cell(line, at), shown, listing.heads[at].unit, said, line == 0)


def _cell(cell: Any, text: str, unit: str, said: Said, is_head: bool) -> None:  # noqa: ANN401
    of = colours()
    cell.margin_left = cell.margin_right = Inches(_GRID.pad)
    cell.margin_top = cell.margin_bottom = Inches(_GRID.pad * 0.7)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    frame = cell.text_frame
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_number(unit) else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    styled(run, _GRID.size, said.lang, colour=of.muted if is_head else of.text, bold=is_head)
    if is_head:
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor.from_string(of.ground)
    else:
        cell.fill.background()
    _underlined(cell._tc.get_or_add_tcPr(), of.line)  # noqa: SLF001 - python-pptx has no borders


def _underlined(properties: Any, colour: str) -> None:  # noqa: ANN401 - lxml's
    line = properties.makeelement(qn("a:lnB"), {"w": "9525"})
    child(child(line, "a:solidFill"), "a:srgbClr", val=colour)
    properties.insert(0, line)
