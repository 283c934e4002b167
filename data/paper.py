"""Words, numbers and tables of what is printed: HTML that needs nothing else, everything in it escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import format_decimal

from data.errors import SheetUnwritable
from metrics.sentence import day_in_words

if TYPE_CHECKING:
    from data.terminal import Session

NOTHING = "—"
STYLE = """
@page { size: A4; margin: 11mm 12mm 12mm;
  @bottom-left { content: "TITLE"; font: 7.5pt sans-serif; color: #52606d }
  @bottom-right { content: counter(page) " / " counter(pages); font: 7.5pt sans-serif; color: #52606d } }
* { box-sizing: border-box }
body { font: 9.5pt/1.3 "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", Arial, sans-serif;
  color: #1f2933; background: #fff; margin: 0 auto; max-width: 184mm; padding: 4mm }
h1 { font-size: 17pt; margin: 0 } h2 { font-size: 11pt; margin: 3.4mm 0 1mm; border-bottom: .4mm solid #1f6f8b }
p { margin: 1mm 0 } small, .rule { color: #52606d; font-size: 8.5pt }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .5mm 1.4mm; border-bottom: .2mm solid #d9e2ec; vertical-align: top }
th { font-size: 8.5pt; color: #52606d; font-weight: 600 } .n { text-align: right; white-space: nowrap }
.bar { display: block; height: 2.6mm; background: #1f6f8b; min-width: .2mm }
td:has(> .bar) { width: 30mm } section { break-inside: avoid } li { margin: .8mm 0 }
.dense { font-size: 8.6pt; line-height: 1.2 } .dense h1 { font-size: 14pt }
.dense ul { margin: .5mm 0; padding-left: 5mm }
.dense h2 { font-size: 10pt; margin: 2mm 0 .6mm } .dense :is(small, .rule, th) { font-size: 7.8pt }
.dense :is(th, td) { padding: .25mm 1.2mm } .dense :is(p, li) { margin: .4mm 0 } .date { white-space: nowrap }
.pair { display: flex; flex-wrap: wrap; gap: 0 6mm } .pair > section { flex: 1 1 80mm }
@media print { body { padding: 0; max-width: none } .bar { -webkit-print-color-adjust: exact } }
"""


class Written:
    """Numbers and days for one reader.

    Args:
        lang: "en" or "zh-CN". currency: of amounts, where it is known.
    """

    def __init__(self, lang: str, currency: str | None = None) -> None:
        self.lang, self.currency = lang, currency
        self.locale = Locale.parse(lang, sep="-")

    def number(self, value: float | None, unit: str) -> str:
        """A value of a unit: share, days, hours, money, count, number."""
        if value is None:
            return NOTHING
        if unit == "share":
            return f"{format_decimal(100 * value, '#,##0.#', locale=self.locale)}%"
        if unit in ("days", "hours"):
            words = {"days": ("days", "天"), "hours": ("hours", "小时")}[unit]
            text = format_decimal(value, "#,##0.#", locale=self.locale)
            return f"{text} {words[1 if self.lang == 'zh-CN' else 0]}"
        text = format_decimal(value, "#,##0" if unit in ("money", "count") else "#,##0.##", locale=self.locale)
        return f"{text} {self.currency}" if unit == "money" and self.currency else text

    def day(self, day: date | None) -> str:
        """A day in words."""
        return day_in_words(day, self.lang) if day else NOTHING


def section(title: str, body: str, rule: str = "") -> str:
    """A part of the page under its title. `body` is HTML; `rule`: by which it is told."""
    told_by = f'<p class="rule">{escape(rule)}</p>' if rule else ""
    return f"<section><h2>{escape(title)}</h2>{body}{told_by}</section>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int) -> str:
    """Cells are HTML already; the last `numbers` columns are numbers."""
    first = len(heads) - numbers

    def line(tag: str, cells: Sequence[str]) -> str:
        of = (' class="n"' if at >= first else "" for at in range(len(cells)))
        return "<tr>" + "".join(f"<{tag}{mark}>{cell}</{tag}>" for mark, cell in zip(of, cells, strict=True)) + "</tr>"

    return f"<table>{line('th', [escape(head) for head in heads])}{''.join(line('td', row) for row in rows)}</table>"


def page(title: str, lang: str, body: str, form: str = "") -> str:
    """The file: its title, and what stands in it (HTML). On paper each page has the title and "1 / 2" at its foot.

    Args:
        form: "dense" for much that is to stand on one page.
    """
    # Any character may stand in a name, and a string of CSS is ended by some: all but letters and digits are coded.
    foot = "".join(one if one.isalnum() else f"\\{ord(one):x} " for one in title)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE.replace("TITLE", foot)}</style></head>'
        f'<body class="{form}">{body}</body></html>\n'
    )


def write_page(session: Session, text: str, file: Path) -> None:
    """Write a page to a file, and say so.

    Raises:
        SheetUnwritable: it cannot be written there.
    """
    place = session.path(file)
    try:
        place.write_text(text, "utf-8")
    except OSError as error:
        raise SheetUnwritable(path=str(place), problem=error.strerror or type(error).__name__) from error
    session.say("rep_printed", path=str(place))
