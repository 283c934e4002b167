"""Lists of a review as tables of PowerPoint: cut to what has room, on further slides, the rest counted."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches

from data.review.colours import colours
from data.review.letters import clean, ems, lines, shortened
from data.review.said import is_number
from data.review.slide_deck import FOOT, LEFT, WIDTH
from data.review.slide_parts import paragraphs, small_print
from data.review.slide_text import INCH, styled
from data.review.slide_xml import child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Chapter, Listing
    from data.review.said import Said
    from data.review.slide_deck import Deck

_SIZE, _LEADING = 12.0, 1.22
_PAD = 0.07  # inches beside and above a cell's text
_MOST_LINES = 3  # of a cell
_MOST_SLIDES = 3
_PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_SHORT = 8.0  # ems: a text that is no longer is not broken
_WIDEST = 5.0  # inches of a column
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
    widths = _widths(listing, heads, cells)
    foot = FOOT - 0.5
    pages = _pages([_height(row, widths) for row in cells], _height(heads, widths), foot - _BODY)
    shown = pages[:_MOST_SLIDES]
    hidden = len(cells) - (shown[-1][1] if shown else 0) + listing.more
    for at, (first, last) in enumerate(shown):
        named = title if len(shown) == 1 else said.word("continued", title=title, page=at + 1, pages=len(shown))
        slide = deck.slide(named, kicker=kicker, notes=f"{title}: {clean(listing.rule)}")
        _table(slide, listing, [heads, *cells[first:last]], widths, deck.top, said)
        told = [said.word("more", count=said.number(hidden, "count"))] if hidden and at == len(shown) - 1 else []
        small_print(slide, [*told, listing.rule], said)


def _widths(listing: Listing, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> list[float]:
    """Of columns, in inches: numbers and days as wide as they are, texts at least as wide as their longest word.

    What is left goes to the texts, by how much more room they could use.
    """
    least, wanted = [], []
    for at, head in enumerate(listing.heads):
        column = sorted(ems(row[at]) for row in cells)
        words = max((ems(word) for row in cells for word in row[at].split()), default=0.0)
        usual = column[int(0.9 * (len(column) - 1))]
        if is_number(head.unit) or head.unit == "day":
            narrow = full = max(column[-1] * 1.08, _word(heads[at]))
        else:
            short = max(usual if usual <= _SHORT else 0.0, min(words, _SHORT))
            narrow, full = max(short, _word(heads[at])), max(usual, _word(heads[at]))
        least.append(min(_inches(narrow), _WIDEST / 2))
        wanted.append(min(_inches(full), _WIDEST))
    left = WIDTH - sum(least)
    more = [full - narrow for narrow, full in zip(least, wanted, strict=True)]
    if left <= 0 or not sum(more):
        return [wide * WIDTH / sum(least) for wide in least]
    if left >= sum(more):
        return [wide * WIDTH / sum(wanted) for wide in wanted]
    return [narrow + left * part / sum(more) for narrow, part in zip(least, more, strict=True)]


def _inches(wide: float) -> float:
    return wide * 1.06 * _SIZE / INCH + 2.4 * _PAD


def _word(head: str) -> float:
    """The widest part of a head that cannot be broken; its letters are bold."""
    return 1.15 * max((min(ems(word), _SHORT) for word in head.split()), default=0.0)


def _room(wide: float) -> float:
    """Ems on a line of a column, with some left for other fonts."""
    return (wide - 2 * _PAD) * INCH * 0.93 / _SIZE


def _height(row: Sequence[str], widths: Sequence[float]) -> float:
    most = max(len(lines(text, _room(wide), _MOST_LINES)) for text, wide in zip(row, widths, strict=True))
    return most * _SIZE * _LEADING / INCH + 2 * _PAD


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
    tall = sum(_height(row, widths) for row in rows)
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
        table.rows[line].height = ceil(Inches(_height(row, widths)))
        for at, text in enumerate(row):
            shown = shortened(text, _room(widths[at]), _MOST_LINES)
            _cell(table.cell(line, at), shown, listing.heads[at].unit, said, line == 0)


def _cell(cell: Any, text: str, unit: str, said: Said, is_head: bool) -> None:  # noqa: ANN401
    of = colours()
    cell.margin_left = cell.margin_right = Inches(_PAD)
    cell.margin_top = cell.margin_bottom = Inches(_PAD * 0.7)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    frame = cell.text_frame
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_number(unit) else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    styled(run, _SIZE, said.lang, colour=of.muted if is_head else of.text, bold=is_head)
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
