"""A report as slides: one section per step, charts and tables that can be edited, the rules on the notes pages.

Texts are measured before they are put, so that none runs out of its box; what is cut on a slide stands in full on its
notes page. Every letter has a Latin and an East Asian font named, so that Chinese is right wherever it is shown.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

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
    paragraphs,
    rule,
    small_print,
    title_page,
)
from data.review.slide_tables import listed

if TYPE_CHECKING:
    from data.review.chapter import Chapter, Picture
    from data.review.taken import Report

_CARDS = 8
"""Numbers of one slide; further ones go on."""
_A_ROW = 4
_BESIDE = 6
"""Bars of a waterfall that have room beside text; each has a name and a number."""
_SMALL = 0.55  # inches for what must be known, at the foot of a slide


def slides(report: Report) -> bytes:
    """The file."""
    said = Said(report)
    deck = Deck(said)
    deck.begin(said.word("overview"))
    title_page(deck.slide(said.title, notes="\n".join(": ".join(row) for row in said.head())), said)
    for chapter in report.chapters:
        deck.begin(clean(chapter.title, 120))
        _step(deck, chapter, said)
    buffer = io.BytesIO()
    deck.save(buffer)
    return settled(buffer.getvalue())


def _step(deck: Deck, chapter: Chapter, said: Said) -> None:
    """The slides of one step: its finding with numbers and the first picture, then what else it has."""
    first = chapter.pictures[0] if chapter.pictures else None
    has_room = first is not None and len(chapter.values) <= _A_ROW and (
        not chapter.further or len(first.labels) <= _BESIDE or first.kind != "waterfall"
    )  # fmt: skip
    beside = first if first and has_room and holds(first) else None
    _finding(deck, chapter, beside, said)
    for at in range(_CARDS, len(chapter.values), _CARDS):
        more = deck.slide(f"{said.word('numbers')} ({at // _CARDS + 1})", kicker=clean(chapter.title))
        cards(more, chapter.values[at : at + _CARDS], deck.top, said)
    for picture in chapter.pictures[1 if beside else 0 :]:
        _picture(deck, chapter, picture, said)
    for listing in chapter.lists:
        listed(deck, chapter, listing, said)


def _finding(deck: Deck, chapter: Chapter, beside: Picture | None, said: Said) -> None:
    slide = deck.slide(clean(chapter.finding), kicker=clean(chapter.title), notes=_notes(chapter, said))
    mark(slide, chapter, said)
    top, bottom = deck.top, small_print(slide, chapter.notes, said)
    if chapter.values:
        shown = chapter.values[:_CARDS]
        cards(slide, shown, top, said)
        top += (CARD_HEIGHT + GAP) * -(-len(shown) // _A_ROW)
    if beside is None:
        paragraphs(slide, chapter.further, LEFT, top, WIDTH, bottom - top)
        return
    text = WIDTH * 0.32 if chapter.further else 0.0
    if chapter.further:
        paragraphs(slide, chapter.further, LEFT + WIDTH - text + 0.2, top, text - 0.2, bottom - top)
    foot = rule(slide, beside, LEFT, bottom, WIDTH - text, said)
    chart(slide, beside, (LEFT, top, WIDTH - text, foot - top), said)


def _picture(deck: Deck, chapter: Chapter, picture: Picture, said: Said) -> None:
    title = clean(picture.title) or clean(chapter.finding)
    slide = deck.slide(title, kicker=clean(chapter.title), notes="\n".join(_pictured(picture, said)))
    if not holds(picture):
        paragraphs(slide, [said.word("nothing"), picture.rule], LEFT, deck.top, WIDTH, 1.5)
        return
    foot = rule(slide, picture, LEFT, small_print(slide, (), said), WIDTH, said, titled=False)
    chart(slide, picture, (LEFT, deck.top, WIDTH, foot - deck.top), said)


# --------------------------------------------------------------------------------------------------------- notes pages


def _notes(chapter: Chapter, said: Said) -> str:
    """Everything that a step says in words: what the presenter reads, and the rules behind it."""
    parts = [clean(chapter.finding), *(clean(line) for line in chapter.further)]
    if noted := said.noted(chapter):
        parts += ["", f"{said.word('noted')}:", *noted]
    if chapter.values:
        parts += ["", f"{said.word('numbers')}:"]
    for one in chapter.values:
        parts.append(" · ".join(
            text for text in (
                f"{clean(one.label)}: {said.exact(one.value, one.unit)}", clean(one.why), said.before(one),
                said.meaning(one),
            ) if text
        ))  # fmt: skip
    for picture in chapter.pictures:
        parts += ["", *_pictured(picture, said)]
    for listing in chapter.lists:
        parts += ["", f"{clean(listing.title)}: {clean(listing.rule)}"]
    if chapter.notes:
        parts += ["", f"{said.word('to_know')}:", *(clean(line) for line in chapter.notes)]
    return "\n".join(parts)


def _pictured(picture: Picture, said: Said) -> list[str]:
    """A picture in words: its title, its rule and its numbers."""
    told = [f"{clean(picture.title)}: {clean(picture.rule)}"]
    for at, label in enumerate(picture.labels):
        values = ", ".join(
            f"{clean(one.name)} {said.exact(one.values[at], picture.unit)}" for one in picture.series
        )  # fmt: skip
        told.append(f"{clean(label, 200)}: {values}")
    return told
