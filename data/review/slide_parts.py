"""What stands on a slide: numbers as cards, lines of text, the small print, and the title page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Inches, Pt

from data.review.colours import colours
from data.review.letters import clean, lines, shortened
from data.review.slide_deck import FOOT, LEFT, WIDTH
from data.review.slide_text import INCH, Face, put, styled, unstyled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.slide import Slide

    from data.review.chapter import Chapter, Picture, Value
    from data.review.said import Said

__all__ = (
    "CARD_HEIGHT",
    "GAP",
    "LEFT",
    "WIDTH",
    "cards",
    "heading",
    "mark",
    "overview",
    "paragraphs",
    "rule",
    "small_print",
    "title_page",
)  # fmt: skip

CARD_HEIGHT, GAP = 1.52, 0.16
_A_ROW = 4
_INSIDE = 0.14
_TEXT = (18.0, 16.0, 15.0, 14.0, 13.0, 12.0)
_SMALL = 12.0


def title_page(slide: Slide, said: Said) -> None:
    """Of what, when and for whom."""
    of, top = colours(), 2.2
    for label, text in said.head():
        _text(slide, label, (LEFT, top, 2.8, 0.6), Face((20.0,), of.muted, anchor="t"), said)
        _text(slide, text, (LEFT + 3.0, top, WIDTH - 3.0, 0.6), Face((20.0, 18.0, 16.0, 14.0), anchor="t"), said)
        top += 0.66


def overview(slide: Slide, chapters: Sequence[Chapter], top: float, said: Said) -> None:
    """Each step with its finding, one below the other: to be read before the meeting, and to find the way in it."""
    of, step = colours(), min(0.9, (FOOT - 0.1 - top) / max(1, len(chapters)))
    for at, chapter in enumerate(chapters):
        here = top + at * step
        name = Face((16.0, 14.0, 13.0, 12.0), of.accent, bold=True, anchor="t")
        _text(slide, clean(chapter.title), (LEFT, here, 2.75, step - 0.08), name, said)
        sign = "" if chapter.is_good is None else "✓ " if chapter.is_good else "! "
        box = (LEFT + 2.9, here, WIDTH - 2.9, step - 0.08)
        _text(slide, sign + clean(chapter.finding), box, Face((16.0, 15.0, 14.0, 13.0, 12.0), anchor="t"), said)


def mark(slide: Slide, chapter: Chapter, said: Said) -> None:
    """Whether the finding is good news, at the top right: a sign, a word and a colour."""
    text = said.mark(chapter)
    if text:
        colour = colours().good if chapter.is_good else colours().bad
        _text(
            slide, text, (LEFT + WIDTH - 2.6, 0.3, 2.6, 0.34), Face((14.0,), colour=colour, bold=True, align="r"), said
        )


def cards(slide: Slide, values: Sequence[Value], top: float, said: Said) -> None:
    """Numbers in rows of four: what it is, how much, and how that was before."""
    of, count = colours(), max(2, min(_A_ROW, len(values)))
    wide = (WIDTH - GAP * (count - 1)) / count
    for at, value in enumerate(values):
        left = LEFT + (at % _A_ROW) * (wide + GAP)
        here = top + (at // _A_ROW) * (CARD_HEIGHT + GAP)
        card = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(one) for one in (left, here, wide, CARD_HEIGHT)))
        card.name = "card"
        unstyled(card)
        card.fill.solid()
        card.fill.fore_color.rgb = RGBColor.from_string(of.ground)
        card.line.fill.background()
        x, room = left + _INSIDE, wide - 2 * _INSIDE
        _text(
            slide,
            clean(value.label),
            (x, here + 0.07, room, 0.44),
            Face((14.0, 13.0, 12.0), colour=of.muted),
            said,
        )
        written = said.number(value.value, value.unit)
        _text(slide, written, (x, here + 0.52, room, 0.5), Face((28.0, 24.0, 20.0, 18.0), bold=True), said)
        below = clean(value.why) if value.value is None and value.why else said.before(value)
        if below:
            box = (x, here + 1.04, room, 0.44)
            _text(slide, below, box, Face((13.0, 12.0), of.muted, anchor="t"), said)


def paragraphs(slide: Slide, told: Sequence[str], left: float, top: float, width: float, height: float) -> float:
    """Lines of text below each other, in one size in which all have room; returns where they end."""
    texts = [clean(line) for line in told if clean(line)]
    if not texts or height < 0.3:
        return top
    size, kept, needed = _TEXT[-1], texts, height * INCH
    for size in _TEXT:
        needed = sum(len(lines(text, _ems(width, size))) * size * 1.25 + size * 0.5 for text in texts)
        if needed <= height * INCH:
            break
    else:
        kept = _within(texts, width, height, size)
    box = slide.shapes.add_textbox(*(Inches(one) for one in (left, top, width, height)))
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for at, text in enumerate(kept):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.5)
        run = paragraph.add_run()
        run.text = text
        styled(run, size, _lang(text))
    return top + min(height, needed / INCH)


def _lang(text: str) -> str:
    return "zh-CN" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"


def _ems(width: float, size: float) -> float:
    return width * INCH * 0.93 / size


def _within(texts: Sequence[str], width: float, height: float, size: float) -> list[str]:
    """As many of the lines as have room; the last one cut."""
    kept: list[str] = []
    left = height * INCH / (size * 1.25)
    for text in texts:
        if left < 1:
            break
        kept.append(shortened(text, _ems(width, size), int(left)))
        left -= len(lines(text, _ems(width, size), int(left))) + 0.4
    return kept


def heading(slide: Slide, text: str, top: float, said: Said) -> None:
    """The heading of a part of a slide, over its whole width."""
    _text(slide, text, (LEFT, top, WIDTH, 0.32), Face((14.0, 13.0, 12.0), colours().text, bold=True), said)


def small_print(slide: Slide, told: Sequence[str], said: Said) -> float:
    """What must be known to read the slide, above its foot; returns where that begins."""
    text = " · ".join(clean(line) for line in told if clean(line))
    if not text:
        return FOOT - 0.08
    rows = min(3, len(lines(text, _ems(WIDTH, _SMALL))))
    tall = rows * _SMALL * 1.25 / INCH + 0.04
    top = FOOT - 0.06 - tall
    _text(slide, text, (LEFT, top, WIDTH, tall), Face((_SMALL,), colours().muted, anchor="t"), said)
    return top - 0.08


def rule(
    slide: Slide, picture: Picture, left: float, bottom: float, width: float, said: Said, *, titled: bool = True
) -> float:
    """What a picture is and by which rule it is drawn, below it; returns where that begins."""
    text = clean(picture.rule)
    if titled:
        text = said.paired(clean(picture.title), text) if text else clean(picture.title)
    by = {one.role: clean(one.name, 60) for one in picture.series}
    if picture.kind != "line" and {"low", "high"} <= by.keys():
        text = f"{text} ├─┤ {by['low']} – {by['high']}"
    if not text:
        return bottom
    rows = min(2, len(lines(text, _ems(width, _SMALL))))
    tall = rows * _SMALL * 1.25 / INCH + 0.04
    _text(slide, text, (left, bottom - tall, width, tall), Face((_SMALL,), colours().muted, anchor="t"), said)
    return bottom - tall - 0.06


def _text(slide: Slide, text: str, box: tuple[float, float, float, float], face: Face, said: Said) -> None:
    added = slide.shapes.add_textbox(*(Inches(one) for one in box))
    put(added, text, face, said.lang, box[2:])
