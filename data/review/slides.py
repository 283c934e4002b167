"""A report as slides: one section per step, charts and tables that can be edited, the rules on the notes pages.

Texts are measured before they are put, so that none runs out of its box; what is cut on a slide stands in full on its
notes page. Every letter has a Latin and an East Asian font named, so that Chinese is right wherever it is shown.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from data.punctuation import enumerated, headed
from data.review.letters import clean
from data.review.said import Said
from data.review.settled import settled
from data.review.slide_charts import chart, holds
from data.review.slide_deck import Deck
from data.review.slide_parts import (
    CARD_HEIGHT,
    GAP,
    LEFT,
    WIDTH,
    cards,
    mark,
    overview,
    paragraphs,
    rule,
    small_print,
    title_page,
)
from data.review.slide_tables import below, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Chapter, Listing, Picture, Value
    from data.review.taken import Report

_CARDS = 8
"""Numbers of one slide; further ones go on."""
_A_ROW = 4
_BESIDE = 6
"""Bars of a waterfall that have room beside text; each has a name and a number."""
_BAR, _KEY, _RULE, _STANDS = 0.27, 0.35, 0.5, 2.4
"""Inches: of a lying bar, the key and the rule of a picture, and of one that stands, at the least."""


def slides(report: Report) -> bytes:
    """The file."""
    said = Said(report)
    deck = Deck(said)
    deck.begin(said.word("overview"))
    title_page(deck.slide(said.title, notes="\n".join(said.paired(*row) for row in said.head())), said)
    if report.chapters:
        overview(deck.slide(said.word("overview")), report.chapters, deck.top, said)
    for chapter in report.chapters:
        deck.begin(clean(chapter.title, 120))
        _step(deck, chapter, said)
    buffer = io.BytesIO()
    deck.save(buffer)
    return settled(buffer.getvalue())


def _step(deck: Deck, chapter: Chapter, said: Said) -> None:
    """The slides of one step: its finding with numbers and what has room beside them, then what else it has."""
    pictures, lists = _finding(deck, chapter, said)
    for at in range(_CARDS, len(chapter.values), _CARDS):
        more = chapter.values[at : at + _CARDS]
        if pictures and len(more) <= _A_ROW and holds(pictures[0]):
            _picture(deck, chapter, pictures.pop(0), said, more)
            continue
        cards(
            deck.slide(f"{said.word('numbers')} ({at // _CARDS + 1})", kicker=clean(chapter.title)),
            more,
            deck.top,
            said,
        )
    for picture in pictures:
        _picture(deck, chapter, picture, said)
    listed(deck, chapter, lists, said)


def _finding(deck: Deck, chapter: Chapter, said: Said) -> tuple[list[Picture], list[Listing]]:
    """The first slide of a step; returns what had no room on it."""
    slide = deck.slide(clean(chapter.finding), kicker=clean(chapter.title), notes=_notes(chapter, said))
    mark(slide, chapter, said)
    top, bottom = deck.top, small_print(slide, chapter.notes, said)
    if chapter.values:
        shown = chapter.values[:_CARDS]
        cards(slide, shown, top, said)
        top += (CARD_HEIGHT + GAP) * -(-len(shown) // _A_ROW)
    pictures, lists = list(chapter.pictures), list(chapter.lists)
    if not pictures or not _has_room(pictures[0], chapter, bottom - top):
        ends = paragraphs(slide, chapter.further, LEFT, top, WIDTH, bottom - top)
        if lists and not pictures and below(slide, lists[0], ends, bottom, said):
            lists.pop(0)
        return pictures, lists
    beside = pictures.pop(0)
    text = WIDTH * 0.32 if chapter.further else 0.0
    if chapter.further:
        paragraphs(slide, chapter.further, LEFT + WIDTH - text + 0.2, top, text - 0.2, bottom - top)
    foot = rule(slide, beside, LEFT, bottom, WIDTH - text, said)
    chart(slide, beside, (LEFT, top, WIDTH - text, foot - top), said)
    return pictures, lists


def _has_room(picture: Picture, chapter: Chapter, height: float) -> bool:
    """Whether a picture can stand below the numbers, with the text beside it."""
    if not holds(picture) or len(chapter.values) > _A_ROW:
        return False
    if picture.kind == "waterfall" and chapter.further and len(picture.labels) > _BESIDE:
        return False
    shown = [one for one in picture.series if one.role not in ("low", "high")]
    return height - _RULE >= (_BAR * len(picture.labels) * len(shown) + _KEY if picture.kind == "bars" else _STANDS)


def _picture(deck: Deck, chapter: Chapter, picture: Picture, said: Said, values: Sequence[Value] = ()) -> None:
    """A picture on a slide of its own, below numbers that had no room before it."""
    title = clean(picture.title) or clean(chapter.finding)
    slide = deck.slide(title, kicker=clean(chapter.title), notes="\n".join(_pictured(picture, said)))
    if not holds(picture):
        paragraphs(slide, [said.word("nothing"), picture.rule], LEFT, deck.top, WIDTH, 1.5)
        return
    cards(slide, values, deck.top, said)
    top = deck.top + (CARD_HEIGHT + GAP if values else 0.0)
    foot = rule(slide, picture, LEFT, small_print(slide, (), said), WIDTH, said, titled=False)
    chart(slide, picture, (LEFT, top, WIDTH, foot - top), said)


# --------------------------------------------------------------------------------------------------------- notes pages


def _notes(chapter: Chapter, said: Said) -> str:
    """Everything that a step says in words: what the presenter reads, and the rules behind it."""
    parts = [clean(chapter.finding), *(clean(line) for line in chapter.further)]
    if noted := said.noted(chapter):
        parts += ["", headed(said.word("noted"), said.lang), *noted]
    if chapter.values:
        parts += ["", headed(said.word("numbers"), said.lang)]
    for one in chapter.values:
        parts.append(" · ".join(
            text for text in (
                said.paired(clean(one.label), said.exact(one.value, one.unit)), clean(one.why), said.before(one),
                said.meaning(one),
            ) if text
        ))  # fmt: skip
    for picture in chapter.pictures:
        parts += ["", *_pictured(picture, said)]
    for listing in chapter.lists:
        parts += ["", said.paired(clean(listing.title), clean(listing.rule))]
    if chapter.notes:
        parts += ["", headed(said.word("to_know"), said.lang), *(clean(line) for line in chapter.notes)]
    return "\n".join(parts)


def _pictured(picture: Picture, said: Said) -> list[str]:
    """A picture in words: its title, its rule and its numbers."""
    told = [said.paired(clean(picture.title), clean(picture.rule))]
    for at, label in enumerate(picture.labels):
        values = (f"{clean(one.name)} {said.exact(one.values[at], picture.unit)}" for one in picture.series)
        told.append(said.paired(clean(label, 200), enumerated(values, said.lang)))
    return told
