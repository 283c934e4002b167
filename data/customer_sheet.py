"""One customer on paper: one or two A4 pages as one HTML file that needs nothing else.

Everything written is escaped; there is no script, no font and no picture to fetch.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import escape

import polars as pl

from data.customer_facts import ON_PAPER, Facts, is_known
from data.paper import NOTHING, Written, page, section, table
from data.punctuation import paired
from data.wording import wording
from metrics import customer_words as words
from metrics.catalog import measure
from metrics.customer import NUMBERS
from metrics.errors import fill

_MOST = 12
"""Rows of each list; the screen has all."""
_WHO = (
    "customer_id", "industry", "region", "city", "size_band", "tier", "rep", "parent", "created_on", "first_order_on",
    "first_won_on", "credit_limit",
)  # fmt: skip
_COLUMNS = {
    "contacts": ("contact", "title", "email", "phone"),
    "deals": ("deal", "status", "stage", "expected_close_on", "closed_on", "amount"),
    "orders": ("order_id", "ordered_on", "product", "rep", "lines", "amount"),
    "invoices": ("invoice_id", "issued_on", "due_on", "late_days", "amount", "owed"),
    "tickets": ("ticket_id", "opened_on", "closed_on", "kind", "severity", "product"),
}
_NUMBERS = {"deals": 1, "orders": 2, "invoices": 3}


def sheet(found: Facts, lang: str, currency: str | None = None) -> str:
    """The page as HTML.

    Args:
        found: what is known. lang: "en" or "zh-CN". currency: of amounts, where it is known.
    """
    said = _Said(lang, currency)
    name = str(found.who["customer"])
    period = found.view.with_filter("customer", ()).sentence(lang)
    told = [
        paired(said.head(one), said.cell(one, found.who[one]), lang)
        for one in _WHO
        if is_known(found.who[one], found.view.at)
    ]
    head = (
        f"<h1>{escape(name)}</h1><p>{escape(period)}</p><p><small>"
        f"{escape(said.word('made', day=said.day(found.view.as_of)))}</small></p><p>{escape(' · '.join(told))}</p>"
    )
    lists = "".join(_list(one, found.lists[one], said) for one in ON_PAPER)
    body = f"{_signals(found, said)}{_actions(found, said)}{_numbers(found, said)}{_family(found, said)}{lists}"
    return page(said.word("title", customer=name, period=period), lang, head + body)


class _Said(Written):
    """Words and numbers for one reader."""

    def word(self, key: str, **params: object) -> str:
        return fill(wording("customer")["sheet"][key], self.lang, params)

    def head(self, column: str) -> str:
        return fill(wording("customer")["columns"][column], self.lang, {})

    def cell(self, column: str, value: object) -> str:
        """A value as it is written in a list."""
        if value is None:
            return NOTHING
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Decimal):
            return self.number(float(value), "money")
        if isinstance(value, int | float):
            return self.number(float(value), "number")
        known = wording("customer")["values"].get(column, {}).get(str(value))
        return fill(known, self.lang, {}) if known else str(value)


def _numbers(found: Facts, said: _Said) -> str:
    rows = []
    for name in NUMBERS:
        value = found.numbers.get(name)
        if value is not None:
            one = measure(name)
            rows.append((escape(one.label.text(said.lang)), escape(said.number(float(value), one.unit))))
    half = -(-len(rows) // 2)
    paired = [(*left, *right) for left, right in zip(rows[:half], [*rows[half:], ("", "")], strict=False)]
    return section(said.word("numbers"), table(("", "", "", ""), paired, 0)) if rows else ""


def _signals(found: Facts, said: _Said) -> str:
    rows = found.signals.to_dicts()
    lines = "".join(
        f"<li><b>{escape(words.label(row['signal'], said.lang))}.</b>"
        f" {escape(words.evidence(row, said.lang, said.number))} {escape(words.key_by(row, said.lang))}</li>"
        for row in rows
    )
    return section(said.word("signals"), f"<ul>{lines}</ul>" if rows else f"<p>{escape(said.word('signals_none'))}</p>")


def _actions(found: Facts, said: _Said) -> str:
    rows = found.actions.to_dicts()
    lines = "".join(
        f"<li><b>{escape(words.action(row, said.lang))}.</b> {escape(words.why(row, said.lang, said.number))}</li>"
        for row in rows
    )
    rhythm = ""
    if (one := found.rhythm) is not None:
        told = said.word(
            "rhythm", usual=said.number(one.usual_pause, "days"), longest=said.number(one.longest_pause, "days"),
            now=said.number(one.days_since, "days"), last=said.day(one.last_on),
        )  # fmt: skip
        rhythm = f"<p>{escape(said.word('by_own', told=told) if found.is_part else told)}</p>"
    none = f"<p>{escape(said.word('actions_none'))}</p>"
    return section(said.word("actions"), (f"<ul>{lines}</ul>" if rows else none) + rhythm)


def _family(found: Facts, said: _Said) -> str:
    if found.family.height < 2:
        return ""
    measures = [name for name in found.family.columns if name not in ("customer", "level")]
    top = int(str(found.family.get_column("level").min()))
    rows = [
        ("&emsp;" * (row["level"] - top) + escape(row["customer"]),
         *(said.number(None if row[name] is None else float(row[name]), "money") for name in measures))
        for row in found.family.iter_rows(named=True)
    ]  # fmt: skip
    heads = [said.head("customer"), *(measure(name).label.text(said.lang) for name in measures)]
    return section(said.word("family"), table(heads, rows, len(measures)))


def _list(name: str, frame: pl.DataFrame, said: _Said) -> str:
    if frame.is_empty():
        return ""
    columns = [one for one in _COLUMNS[name] if one in frame.columns]
    rows = [
        [escape(said.cell(one, row[one])) for one in columns] for row in frame.head(_MOST).iter_rows(named=True)
    ]  # fmt: skip
    more = said.word("more", count=frame.height - _MOST) if frame.height > _MOST else ""
    heads = [said.head(one) for one in columns]
    return section(said.word(name), table(heads, rows, _NUMBERS.get(name, 0)), more)
