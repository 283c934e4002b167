"""Lists of a review as tables of PowerPoint: cut to what has room, on further slides, the rest counted."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches

from data.review.colours import colours
from data.review.columns import Grid
from data.review.letters import clean, shortened
from data.review.said import is_number
from data.review.slide_deck import FOOT, LEFT, WIDTH
from data.review.slide_parts import paragraphs, small_print
from data.review.slide_text import styled
from data.review.slide_xml import child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Chapter, Listing
    from data.review.said import Said
    from data.review.slide_deck import Deck

_GRID = Grid(WIDTH, size=12.0, leading=1.22, pad=0.07, above=0.07)
_MOST_SLIDES = 3
_PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_BODY = 1.35  # where a table begins below a title of one line


def listed(deck: Deck, chapter: Chapter, listing: Listing, said: Said) -> None:
    """The slides of a list."""
    title, kicker = clean(listing.title, 60), clean(chapter.title)
    if not listing.rows:
        slide = deck.slide(title, kicker=kicker)
        paragraphs(slide, [said.word("nothing"), listing.rule], LEFT, deck.top, WIDTH, 1.5)
        return
    heads = [clean(head.label, 80) for head in listing.heads]
    cells = [
        [said.cell(cell, head.unit) for cell, head in zip(row, listing.heads, strict=True)] for row in listing.rows
    ]
    widths = _GRID.widths(listing, heads, cells)
    foot = FOOT - 0.5
    pages = _pages([_GRID.height(row, widths) for row in cells], _GRID.height(heads, widths), foot - _BODY)
    shown = pages[:_MOST_SLIDES]
    hidden = len(cells) - (shown[-1][1] if shown else 0) + listing.more
    for at, (first, last) in enumerate(shown):
        named = title if len(shown) == 1 else said.word("continued", title=title, page=at + 1, pages=len(shown))
        slide = deck.slide(named, kicker=kicker, notes=f"{title}: {clean(listing.rule)}")
        _table(slide, listing, [heads, *cells[first:last]], widths, deck.top, said)
        told = [said.word("more", count=said.number(hidden, "count"))] if hidden and at == len(shown) - 1 else []
        small_print(slide, [*told, listing.rule], said)


def _pages(heights: Sequence[float], head: float, room: float) -> list[tuple[int, int]]:
    """Which rows stand on which slide: first, and the one behind the last."""
    pages, first, used = [], 0, head
    for at, tall in enumerate(heights):
        if used + tall > room and at > first:
            pages.append((first, at))
            first, used = at, head
        used += tall
    return [*pages, (first, len(heights))]


def _table(
    slide: Any,  # noqa: ANN401 - python-pptx's
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
    frame.name = "table"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(f"{listing.title}. {listing.rule}", 600))  # noqa: SLF001
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
