"""One salesperson on paper: one or two A4 pages as one HTML file that needs nothing else.

Everything written is escaped; there is no script, no font and no picture to fetch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl
from babel import Locale
from babel.numbers import format_decimal

from data.rep_facts import Facts
from data.wording import wording
from metrics.coaching_words import label, name, told
from metrics.errors import fill
from metrics.scorecard import MOST_OF_TARGET, components
from metrics.sentence import bucket_in_words, day_in_words
from metrics.signals import shown

_NOTHING = "—"
_MOST_NOTES = 5
_STYLE = """
@page { size: A4; margin: 14mm 13mm }
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
@media print { body { padding: 0; max-width: none } .bar { -webkit-print-color-adjust: exact } }
"""


def sheet(found: Facts, lang: str, currency: str | None = None) -> str:
    """The page as HTML.

    Args:
        found: what is known. lang: "en" or "zh-CN". currency: of amounts, where it is known.
    """
    said = _Said(lang, currency)
    rep = str(found.who["rep"])
    title = said.word("title", rep=rep, period=found.view.sentence(lang))
    parts = [_card(found, said), _coached(found, said), _stages(found, said), _goals(found, said), _voices(found, said),
             _deals(found, said), _notes(found, said)]  # fmt: skip
    beside = "".join(f"<p><small>{escape(one.text(lang))}</small></p>" for one in found.remarks)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(rep)}</h1><p>{escape(found.view.sentence(lang))}</p><p><small>{_made(found, said)}</small></p>"
        f"{''.join(parts)}{beside}</body></html>\n"
    )


class _Said:
    """Words and numbers for one reader."""

    def __init__(self, lang: str, currency: str | None) -> None:
        self.lang, self.currency = lang, currency
        self.locale = Locale.parse(lang, sep="-")

    def word(self, key: str, **params: object) -> str:
        return fill(wording("rep")["sheet"][key], self.lang, params)

    def value(self, column: str, value: str) -> str:
        known = wording("rep")["values"][column].get(value)
        return fill(known, self.lang, {}) if known else value

    def number(self, value: float | None, unit: str) -> str:
        if value is None:
            return _NOTHING
        if unit == "share":
            return f"{format_decimal(100 * value, '#,##0.#', locale=self.locale)}%"
        if unit in ("days", "hours"):
            words = {"days": ("days", "天"), "hours": ("hours", "小时")}[unit]
            text = format_decimal(value, "#,##0.#", locale=self.locale)
            return f"{text} {words[1 if self.lang == 'zh-CN' else 0]}"
        text = format_decimal(value, "#,##0" if unit in ("money", "count") else "#,##0.##", locale=self.locale)
        return f"{text} {self.currency}" if unit == "money" and self.currency else text

    def day(self, day: date | None) -> str:
        return day_in_words(day, self.lang) if day else _NOTHING


def _made(found: Facts, said: _Said) -> str:
    day = said.day(found.view.as_of)
    if not found.peers:
        return escape(said.word("alone", day=day))
    return escape(said.word("made", day=day, count=len(found.peers), team=found.who["team"] or _NOTHING))


def _section(title: str, body: str, rule: str = "") -> str:
    told_by = f'<p class="rule">{escape(rule)}</p>' if rule else ""
    return f"<section><h2>{escape(title)}</h2>{body}{told_by}</section>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int) -> str:
    """Cells are HTML already; the last `numbers` columns are numbers."""
    first = len(heads) - numbers

    def line(tag: str, cells: Sequence[str]) -> str:
        of = (' class="n"' if at >= first else "" for at in range(len(cells)))
        return "<tr>" + "".join(f"<{tag}{mark}>{cell}</{tag}>" for mark, cell in zip(of, cells, strict=True)) + "</tr>"

    return f"<table>{line('th', [escape(head) for head in heads])}{''.join(line('td', row) for row in rows)}</table>"


def _heads(said: _Said, *names: str) -> list[str]:
    return [fill(wording("rep")["columns"][one], said.lang, {}) for one in names]


def _card(found: Facts, said: _Said) -> str:
    if found.card.is_empty():
        return ""
    rows, card = [], found.card.to_dicts()
    most = max((row["contribution"] or 0 for row in card), default=0) or 1
    for row in card:
        one = components()[row["component"]]
        width = 100 * (row["contribution"] or 0) / most
        rows.append((
            f'{escape(one.label.text(said.lang))} <small>{escape(said.value("rule", one.rule))}</small>',
            f'<span class="bar" style="width:{width:.1f}%"></span>',
            said.number(row["raw"], one.unit), said.number(row["normalised"], "number"),
            said.number(row["weight"], "number"), said.number(row["contribution"], "number"),
        ))  # fmt: skip
    heads = _heads(said, "component", "raw", "normalised", "weight", "contribution")
    heads.insert(1, "")
    score = card[0]["score"]
    title = "card_none" if score is None else "card"
    told_as = said.word(title, score=said.number(score, "number"), rank=card[0]["rank"], of=card[0]["of"])
    return _section(told_as, _table(heads, rows, 4), said.word("card_rule", most=f"{MOST_OF_TARGET:.0f}"))


def _coached(found: Facts, said: _Said) -> str:
    write: Callable[[float | None, str], str] = said.number
    rows = found.coached.drop_nulls("point").sort("point", descending=True).to_dicts()
    lines = "".join(
        f"<li><b>{escape(said.value('point', row['point']))} · {escape(name(row, said.lang))}.</b>"
        f" {escape(told(row, said.lang, write))}</li>"
        for row in rows
    )
    body = f"<ul>{lines}</ul>" if rows else f"<p>{escape(said.word('coaching_none'))}</p>"
    return _section(said.word("coaching"), body, said.word("coaching_rule"))


def _stages(found: Facts, said: _Said) -> str:
    stages = found.coached.filter(pl.col("claim").is_in(["conversion", "win_rate"])).sort(
        "pipeline", "place", nulls_last=True
    )
    if stages.is_empty():
        return ""
    rows = [
        (escape(row["stage"] or label(row["claim"], said.lang)),
         _beside(row, "own", said), _beside(row, "others", said))
        for row in stages.iter_rows(named=True)
    ]  # fmt: skip
    return _section(said.word("stages"), _table(_heads(said, "stage", "own", "others"), rows, 2))


def _beside(row: dict[str, Any], side: str, said: _Said) -> str:
    """A share and how many cases it is of: "61.5% (96)"."""
    return f"{said.number(row[side], 'share')} ({row[f'{side}.n'] or 0:,})"


def _goals(found: Facts, said: _Said) -> str:
    known = found.goals.filter(pl.col("attainment.target").is_not_null())
    if known.is_empty():
        return _section(said.word("goals"), f"<p>{escape(said.word('goals_none'))}</p>")
    rows = [
        (escape(bucket_in_words(row["quarter"], "quarter", said.lang)),
         said.number(row["attainment.target"], "money"), said.number(row["attainment.actual"], "money"),
         said.number(row["attainment"], "share"))
        for row in known.iter_rows(named=True)
    ]  # fmt: skip
    heads = [said.word(key) for key in ("quarter", "target", "actual", "attainment")]
    return _section(said.word("goals"), _table(heads, rows, 3))


def _voices(found: Facts, said: _Said) -> str:
    if found.said.is_empty():
        return _section(said.word("voices"), f"<p>{escape(said.word('voices_none'))}</p>")
    rows = []
    for row in found.said.iter_rows(named=True):
        value, low, high = (said.number(row[of], row["unit"]) for of in ("value", "value.low", "value.high"))
        ends = "" if row["value.low"] is None else f" <small>({low} – {high})</small>"
        rows.append((
            escape(said.value("kind", row["kind"])), f"{row['sent']:,}", f"{row['answered']:,}",
            said.number(row["response_rate"], "share"), value + ends, said.number(row["others"], row["unit"]),
        ))  # fmt: skip
    heads = _heads(said, "kind", "sent", "answered", "response_rate", "value", "others")
    return _section(said.word("voices"), _table(heads, rows, 5))


def _deals(found: Facts, said: _Said) -> str:
    if found.deals.is_empty():
        return _section(said.word("deals"), f"<p>{escape(said.word('deals_none'))}</p>")
    rows = [
        (escape(str(row["deal"] or row["customer"] or row["deal_id"])), escape(str(row["stage"] or _NOTHING)),
         said.day(row["expected_close_on"]),
         escape(", ".join(one.label.text(said.lang) for one in shown(row)) or _NOTHING),
         said.number(float(row["amount"]) if row["amount"] is not None else None, "money"))
        for row in found.deals.iter_rows(named=True)
    ]  # fmt: skip
    heads = [*_heads(said, "deal", "stage"), said.word("due"), said.word("signs"), *_heads(said, "amount")]
    return _section(said.word("deals"), _table(heads, rows, 1))


def _notes(found: Facts, said: _Said) -> str:
    lines = "".join(
        f"<li><small>{escape(said.day(one.noted_at.date()))} · {escape(one.who or _NOTHING)}</small><br>"
        f"{'<br>'.join(escape(line) for line in one.text.splitlines())}</li>"
        for one in found.notes[:_MOST_NOTES]
    )
    return _section(said.word("notes"), f"<ul>{lines}</ul>" if lines else f"<p>{escape(said.word('notes_none'))}</p>")
