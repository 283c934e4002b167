"""The hygiene list of one salesperson as a file to send: CSV, HTML, Markdown. Nobody else's deal is in it.

Each says whose it is, as of which day, how many deals with how much money, and the rule of each fault. Everything that
came from a file is escaped in the way of the format.
"""

from __future__ import annotations

import csv
import io
import re
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from data.paper import Written, page, section, table
from data.punctuation import paired, sentences
from data.sign_words import beside, fields, reason
from data.wording import wording
from metrics.errors import fill
from metrics.hygiene import FAULTS, Fault, faults_of, others_missing
from metrics.lines import defused, in_line

if TYPE_CHECKING:
    from data.review.hygiene import Hygiene

Form = Literal["csv", "html", "md"]
FORMS: tuple[Form, ...] = ("csv", "html", "md")
_COLUMNS = ("deal_id", "deal", "customer", "stage", "expected_close_on", "amount", "faults")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~])")


def written(found: Hygiene, form: Form, lang: str, currency: str | None = None) -> bytes:
    """The file, in UTF-8; of CSV with a byte-order mark, so that Excel reads Chinese."""
    said = _Said(lang, currency)
    if form == "csv":
        return b"\xef\xbb\xbf" + _csv(found, said).encode()
    return (_html(found, said) if form == "html" else _markdown(found, said)).encode()


def told(row: dict[str, Any], lang: str, currency: str | None = None) -> list[str]:
    """The faults of one deal, each with what shows it: "should have closed 12 days ago"."""
    said = _Said(lang, currency)
    return [said.fault(one, row) for one in faults_of(row)]


class _Said(Written):
    """Words and numbers for one reader."""

    def word(self, key: str, **params: object) -> str:
        return fill(wording("review/hygiene")["words"][key], self.lang, params)

    def head(self, key: str) -> str:
        return fill(wording("review/hygiene")["columns"][key], self.lang, {})

    def fault(self, one: Fault, row: dict[str, Any]) -> str:
        """What shows it; of the fields that a stage requires, those that are no fault of their own."""
        if one.signal is None:
            return one.reason.text(self.lang)
        if one.id == "lacking":
            return one.reason.text(self.lang).format(value=fields(_others(row), self.lang))
        return reason(one.signal, row, self.lang, self.currency)

    def faults(self, row: dict[str, Any]) -> str:
        return beside([self.fault(one, row) for one in faults_of(row)], self.lang)

    def title(self, found: Hygiene) -> str:
        return self.word("title", rep=found.rep or self.word("nobody"))

    def summary(self, found: Hygiene) -> str:
        key = "summary" if found.faulty.height else "summary_none"
        return self.word(
            key, day=self.day(found.as_of), deals=found.faulty.height, of=found.deals.height,
            amount=self.number(found.amount, "money"),
        )  # fmt: skip

    def rules(self, found: Hygiene) -> list[tuple[str, int, str]]:
        """Each fault that any of the deals has: its name, how many have it, its rule."""
        counts = found.counts()
        return [(one.label.text(self.lang), counts[one.id], one.rule.text(self.lang))
                for one in FAULTS if counts.get(one.id)]  # fmt: skip


def _others(row: dict[str, Any]) -> str:
    import polars as pl

    return str(pl.DataFrame({"missing_fields": [row["missing_fields"]]}).select(others_missing()).item())


def _csv(found: Hygiene, said: _Said) -> str:
    """A row per deal; whose, as of when, how many and how much stand in each, so that rows can be put together."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    heads = ("rep", "as_of", "deals", "total", *_COLUMNS, "rules")
    rows.writerow([said.head(one) for one in heads])
    who = found.rep or said.word("nobody")
    beside = [found.faulty.height, f"{found.amount:.2f}"]
    for row in found.faulty.iter_rows(named=True):
        rules = sentences(
            (paired(one.label.text(said.lang), one.rule.text(said.lang), said.lang) for one in faults_of(row)),
            said.lang,
        )
        cells = [row[name] for name in _COLUMNS[:-1]]
        line = [who, found.as_of, *beside, *cells, said.faults(row), rules]
        rows.writerow([defused(in_line(cell)) if isinstance(cell, str) else cell for cell in line])
    return out.getvalue()


def _html(found: Hygiene, said: _Said) -> str:
    title = said.title(found)
    rows = [[escape(in_line(cell)) for cell in _cells(row, said)] for row in found.faulty.iter_rows(named=True)]
    heads = [said.head(one) for one in (*_COLUMNS[1:-2], "faults", "amount")]
    listed = table(heads, rows, 1) if rows else ""
    rules = [(escape(name), escape(rule), f"{count:,}") for name, count, rule in said.rules(found)]
    told_by = section(said.word("rules"), table([said.head("faults"), said.head("rule"), said.head("deals")], rules, 1))
    body = f"<h1>{escape(title)}</h1><p>{escape(said.summary(found))}</p>"
    return page(title, said.lang, body + listed + (told_by if rules else ""))


def _cells(row: dict[str, Any], said: _Said) -> list[str]:
    amount = None if row["amount"] is None else float(row["amount"])
    name = str(row["deal"] or row["deal_id"])
    texts = [name, str(row["customer"] or "—"), str(row["stage"] or "—"), said.day(row["expected_close_on"])]
    return [*texts, said.faults(row), said.number(amount, "money")]


def _markdown(found: Hygiene, said: _Said) -> str:
    heads = [said.head(one) for one in (*_COLUMNS[1:-2], "faults", "amount")]
    lines = [f"# {_marked(said.title(found))}", "", _marked(said.summary(found)), ""]
    if found.faulty.height:
        lines += [f"| {' | '.join(heads)} |", f"|{'---|' * (len(heads) - 1)}---:|"]
        for row in found.faulty.iter_rows(named=True):
            lines.append(f"| {' | '.join(_marked(cell) for cell in _cells(row, said))} |")
        lines += ["", f"## {said.word('rules')}", ""]
        lines += [
            paired(f"- **{_marked(name)}** ({count:,})", _marked(rule), said.lang)
            for name, count, rule in said.rules(found)
        ]
    return "\n".join(lines) + "\n"


def _marked(text: str) -> str:
    """Text that is no order to Markdown, on one line."""
    return _MARKDOWN.sub(r"\\\1", in_line(text))
