"""A report as one HTML file to read and to print: A4, one step on its own page, nothing fetched from anywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from data.paper import STYLE
from data.punctuation import ended
from data.review.letters import clean, ems
from data.review.room import DENSITIES, TIGHTEST, beside, fitted, listings
from data.review.said import Said, is_number
from data.review.svg import HALF, WIDTH, drawn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from data.review.chapter import Chapter, Listing, Picture, Value
    from data.review.taken import Report

_STYLE = """
section { break-inside: auto } h1, h2, h3, tr, svg { break-inside: avoid } h2, h3 { break-after: avoid }
.step { break-before: page; padding-top: 1mm }
.step > h2 { font-size: 10pt; color: #52606d; font-weight: 600 } h3 { font-size: 11pt; margin: 4mm 0 1mm }
.finding { font-size: 15pt; line-height: 1.25; font-weight: 600; margin: 1mm 0 2mm }
thead { display: table-header-group }
.good { color: #00655a; font-weight: 600 } .bad { color: #8c3b00; font-weight: 600 }
p, li, dt, dd, h1, h2, h3, .long { overflow-wrap: anywhere } .n { overflow-wrap: normal }
svg { width: 100%; height: auto; display: block; margin: 1mm 0; font-family: inherit }
dt { font-weight: 600; margin-top: 1.5mm } dd { margin: 0 } .head td:first-child { color: #52606d; width: 34mm }
@media screen { .step { border-top: 1mm solid #d9e2ec; margin-top: 8mm; padding-top: 4mm } }
.list th.n { white-space: normal }
.list table { table-layout: fixed } .list td, .list th { padding: .6mm 1.4mm } ul { margin: 1mm 0 }
.paper { display: none } .onward { break-before: page }
.beside { display: grid; grid-template-columns: 1fr 1fr; gap: 0 4mm }
@media print { .numbers table th:last-child, .numbers table td:last-child { display: none } }
@media print { .screen { display: none } .paper { display: block } }
@media print { dl { columns: 2; column-gap: 6mm; font-size: 7.5pt; line-height: 1.2 } dl small { font-size: 7pt } }
@media print { dt { break-after: avoid } dd { break-inside: avoid } }
{_dense}
@media print { .tight .numbers thead { display: none } .tight .numbers td { border: 0 }
.tight .numbers tbody { display: grid; grid-template-columns: 1fr 1fr; column-gap: 6mm }
.tight .numbers tr { display: grid; grid-template-columns: 1fr auto; border-bottom: .2mm solid #d9e2ec }
.tight .numbers td:nth-child(3):empty { display: none }
.tight h3 { margin-top: 1.8mm } .tight svg { margin: .2mm 0 } .tight ul { margin: .4mm 0 }
.tight .list th { padding-top: .2mm; padding-bottom: .2mm } }
@media print { svg { -webkit-print-color-adjust: exact; print-color-adjust: exact } }
"""
_STYLE = _STYLE.replace("{_dense}", "\n".join(
    f"@media print {{ .dense-{at} {{ font-size: {one.text}pt }} .dense-{at} .finding {{ font-size: {one.finding}pt }}"
    f" .dense-{at} .rule, .dense-{at} th {{ font-size: {one.rule}pt }} .dense-{at} .list {{ font-size: {one.lists}pt }}"
    f" .dense-{at} h3 {{ font-size: {11 - at}pt; margin: {one.heading - 5.1 + .3 * at:.1f}mm 0 .7mm }} }}"
    for at, one in enumerate(DENSITIES) if at
))  # fmt: skip
_LONG = 14.0
"""Ems of a word from which on it may be broken anywhere; shorter ones are never, so that columns stay readable."""


class _Html(str):
    """What is HTML already."""

    __slots__ = ()


def page(report: Report) -> str:
    """The file."""
    said = Said(report)
    body = _first(report, said) + "".join(_step(chapter, said) for chapter in report.chapters) + _definitions(said)
    return (
        f'<!doctype html>\n<html lang="{report.lang}"><head><meta charset="utf-8"><title>{escape(said.title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}{_STYLE}</style></head>'
        f"<body>{body}</body></html>\n"
    )


def _first(report: Report, said: Said) -> str:
    found = [
        (
            _Html(f'<a href="#{at}">{escape(clean(one.title))}</a>'),
            _Html(f"{_mark(one, said)}{escape(clean(one.finding))}"),
        )
        for at, one in _numbered(report)
    ]
    contents = _table((said.word("step"), said.word("finding")), found)
    return (
        f'<h1>{escape(said.title)}</h1><div class="head">{_table((), said.head())}</div>'
        f"<section><h2>{escape(said.word('contents'))}</h2>{contents}</section>"
    )


def _numbered(report: Report) -> list[tuple[str, Chapter]]:
    return [(f"step-{at}", one) for at, one in enumerate(report.chapters, start=1)]


def _mark(chapter: Chapter, said: Said) -> str:
    if chapter.is_good is None:
        return ""
    return f'<span class="{"good" if chapter.is_good else "bad"}">{escape(ended(said.mark(chapter), said.lang))}</span>'


def _step(chapter: Chapter, said: Said) -> str:
    at = next(name for name, one in _numbered(said.report) if one is chapter)
    fit = fitted(chapter, said)
    dense = (f" dense-{fit.density}" if fit.density else "") + (" tight" if fit.density == TIGHTEST else "")
    kept = zip(listings(chapter), fit.rows, strict=True)
    lists = [_listed(one, said, fit.density, rows) for one, rows in kept]
    parts = [
        f'<section class="step{dense}" id="{at}"><h2>{escape(clean(chapter.title))}</h2>',
        f'<p class="finding">{_mark(chapter, said)}{escape(clean(chapter.finding))}</p>',
        *(f"<p>{escape(clean(line))}</p>" for line in chapter.further),
        _values(chapter, said),
        *(_pictured(row, said, fit.level) for row in beside(chapter.pictures, fit.density)),
        *lists[: fit.goes_on],
        *([_goes_on(chapter, said), *lists[fit.goes_on :]] if fit.goes_on is not None else []),
        _lines(said.word("to_know"), [clean(line) for line in chapter.notes]),
        _lines(said.word("noted"), said.noted(chapter)),
        "</section>",
    ]  # fmt: skip
    return "".join(parts)


def _goes_on(chapter: Chapter, said: Said) -> str:
    """The title of a step's second page; on the screen nothing is told apart there."""
    title = said.word("continued", title=clean(chapter.title), page=2, pages=2)
    return f'<h2 class="paper onward">{escape(title)}</h2>'


def _pictured(row: Sequence[Picture], said: Said, level: int) -> str:
    """One picture, or two beside each other."""
    width = WIDTH if len(row) == 1 else HALF
    told = [f"<h3>{escape(clean(one.title))}</h3>{drawn(one, said, level, width)}{_rule(one.rule)}" for one in row]
    return told[0] if len(row) == 1 else f'<div class="beside">{"".join(f"<div>{one}</div>" for one in told)}</div>'


def _rule(rule: str) -> str:
    return f'<p class="rule">{escape(clean(rule))}</p>' if rule else ""


def _lines(title: str, told: list[str]) -> str:
    if not told:
        return ""
    return f"<h3>{escape(title)}</h3><ul>{''.join(f'<li>{escape(line)}</li>' for line in told)}</ul>"


def _values(chapter: Chapter, said: Said) -> str:
    if not chapter.values:
        return ""
    rows = [
        (clean(one.label), _number(one, said), said.before(one) or clean(one.why), _told(one, said))
        for one in chapter.values
    ]
    heads = [said.word(key) for key in ("number", "value", "compared_with", "meaning")]
    return f'<h3>{escape(said.word("numbers"))}</h3><div class="numbers">{_table(heads, rows, {1})}</div>'


def _number(value: Value, said: Said) -> _Html:
    """The number in full, and for whoever reads the file by program, as it was answered."""
    if value.value is None:
        return _Html(f"<b>{escape(said.number(None, value.unit))}</b>")
    named = f' data-measure="{escape(value.measure)}"' if value.measure else ""
    return _Html(f'<b><data value="{value.value!r}"{named}>{escape(said.exact(value.value, value.unit))}</data></b>')


def _told(value: Value, said: Said) -> _Html:
    """What a number means: on paper it stands with the definitions only, once each."""
    return _Html(f"<small>{escape(said.meaning(value))}</small>")


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[int] = (), printed: int | None = None
) -> str:
    """A table whose head is said again on each page.

    Args:
        numbers: columns that stand at the right. printed: so many rows stand on paper; all others only on the screen.
    """

    def line(tag: str, cells: Sequence[str], kind: str = "") -> str:
        told = "".join(_cell(tag, cell, is_number=at in numbers) for at, cell in enumerate(cells))
        return f"<tr{kind}>{told}</tr>"

    head = f"<thead>{line('th', heads)}</thead>" if heads else ""
    body = (
        line("td", row, ' class="screen"' if printed is not None and at >= printed else "")
        for at, row in enumerate(rows)
    )
    return f"<table>{head}<tbody>{''.join(body)}</tbody></table>"


def _cell(tag: str, text: str, *, is_number: bool) -> str:
    if is_number:
        kind = ' class="n"'
    elif not isinstance(text, _Html) and any(ems(word) > _LONG for word in text.split()):
        kind = ' class="long"'
    else:
        kind = ""
    return f"<{tag}{kind}>{text if isinstance(text, _Html) else escape(text)}</{tag}>"


def _listed(listing: Listing, said: Said, density: int, printed: int) -> str:
    """A list with all its rows; those behind `printed` have no room on paper, and are counted there."""
    title = f"<h3>{escape(clean(listing.title))}</h3>"
    if not listing.rows:
        return f"{title}<p>{escape(said.word('nothing'))}</p>{_rule(listing.rule)}"
    heads = [clean(head.label, 200) for head in listing.heads]
    rows = [[said.cell(cell, head.unit) for cell, head in zip(row, listing.heads, strict=True)] for row in listing.rows]
    widths = DENSITIES[density].grid.widths(listing, heads, rows)
    numbers = {at for at, head in enumerate(listing.heads) if is_number(head.unit)}
    shown = "".join(f'<col width="{100 * wide / sum(widths):.1f}%">' for wide in widths)
    table = _table(heads, rows, numbers, printed).replace("<table>", f"<table>{shown}", 1)
    return f'{title}<div class="list">{table}</div>{_more(listing, said, printed)}{_rule(listing.rule)}'


def _more(listing: Listing, said: Said, printed: int) -> str:
    """How many rows are not there: on the screen those that the list left out, on paper those without room, too."""
    here = len(listing.rows) - printed
    on_paper = "more_both" if listing.more else "more_elsewhere"
    told = [(' class="screen"', "more", listing.more), (' class="paper"', on_paper, listing.more + here)]
    if not here:
        told = [("", "more", listing.more)]
    return "".join(
        f"<p{kind}>{escape(said.word(key, count=said.number(count, 'count'), here=said.number(here, 'count')))}</p>"
        for kind, key, count in told
        if count
    )


def _definitions(said: Said) -> str:
    told = said.definitions()
    if not told:
        return ""
    lines = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(meaning)}<br><small>{escape(counted)}</small></dd>"
        for label, meaning, counted in told
    )
    return f'<section class="step"><h2>{escape(said.word("definitions"))}</h2><dl>{lines}</dl></section>'
