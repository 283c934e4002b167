"""A report as Markdown: minutes to put into a mail, a wiki or a repository.

Whatever a name or a note holds stays text: no link, no picture, no heading comes of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.review.letters import clean
from data.review.said import Said, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.review.chapter import Chapter, Listing, Picture, Value
    from data.review.taken import Report

_ACTS = re.compile(r"[\\`*_{}\[\]<>|~&$#^]|(?<=:)(?=//)|(?<=www)(?=\.)|@")
_BEGINS = re.compile(r"^(?:[+\-=:]|\d+(?=[.)]))")


def plain(text: object) -> str:
    """A text that Markdown leaves as it is."""
    told = _inside(text)
    return _BEGINS.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", told)


def _inside(text: object) -> str:
    """The same in a cell of a table, where a number or a minus that comes first begins no list."""
    return _ACTS.sub(lambda found: f"\\{found[0]}" if found[0] else "\\", clean(text))


def minutes(report: Report) -> str:
    """The file."""
    said = Said(report)
    parts = [f"# {plain(said.title)}", "\n".join(f"- {plain(said.paired(*row))}" for row in said.head())]
    for chapter in report.chapters:
        parts += _step(chapter, said)
    return "\n\n".join(part for part in parts if part) + "\n"


def _step(chapter: Chapter, said: Said) -> list[str]:
    return [
        f"## {plain(chapter.title)}",
        f"**{plain(said.found(chapter))}**",
        *(plain(line) for line in chapter.further),
        _values(chapter.values, said),
        *(_pictured(picture, said) for picture in chapter.pictures),
        *(part for listing in chapter.lists for part in _listed(listing, said)),
        _lines(said.word("to_know"), chapter.notes),
        _lines(said.word("noted"), said.noted(chapter)),
    ]


def _lines(title: str, told: Sequence[str]) -> str:
    """A heading with a list; nothing without lines."""
    return f"### {plain(title)}\n\n" + "\n".join(f"- {plain(line)}" for line in told) if told else ""


def _values(values: Sequence[Value], said: Said) -> str:
    rows = [
        (one.label, said.exact(one.value, one.unit), said.before(one), _told(one, said))
        for one in values
    ]  # fmt: skip
    heads = [said.word(key) for key in ("number", "value", "compared_with", "meaning")]
    return _table(heads, rows, (1,)) if rows else ""


def _told(value: Value, said: Said) -> str:
    return said.sentences(clean(value.why), said.meaning(value))


def _pictured(picture: Picture, said: Said) -> str:
    """A picture as its numbers."""
    heads = ["", *(clean(one.name) for one in picture.series)]
    rows = [
        (label, *(said.exact(one.values[at], picture.unit) for one in picture.series))
        for at, label in enumerate(picture.labels)
    ]
    table = _table(heads, rows, range(1, len(heads)))
    return f"### {plain(picture.title)}\n\n{table}\n\n{plain(picture.rule)}".rstrip()


def _listed(listing: Listing, said: Said) -> list[str]:
    units = [head.unit for head in listing.heads]
    rows = [[said.cell(cell, unit) for cell, unit in zip(row, units, strict=True)] for row in listing.rows]
    numbers = [at for at, unit in enumerate(units) if is_number(unit)]
    more = said.word("more", count=said.number(listing.more, "count")) if listing.more else ""
    return [
        f"### {plain(listing.title)}",
        _table([head.label for head in listing.heads], rows, numbers) if rows else plain(said.word("nothing")),
        plain(more),
        plain(listing.rule),
    ]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> str:
    right = set(numbers)
    told = [
        [plain(head) for head in heads],
        ["---:" if at in right else "---" for at in range(len(heads))],
        *([_inside(cell) for cell in row] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in told)
