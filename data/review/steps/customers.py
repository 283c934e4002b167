"""The step about customers: who is slipping, what is new since the last review, and the open risks of the register.

Which customers need attention is told by the signals of customers (metrics/customer_signals.py), asked as of today and
as of the day of the last review: what stood then already is not new. A large share is a fact, no event: it is listed
apart, and tells itself since when it has been as large without a break.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from data.punctuation import paired
from data.review.alert_register import open_alerts
from data.review.alerts import is_current
from data.review.chapter import Chapter, Head, Listing, Picture, Series, Source, Subject, Value
from data.review.words import Words
from metrics.customer_signals import SIGNALS, levels_of, signals
from metrics.customer_words import evidence, label, rule
from metrics.number import number

if TYPE_CHECKING:
    from data.review.alert_register import Shown
    from data.review.chapter import Asked
    from metrics.query import Query, Result

MOST = 6
"""Rows of a list."""
EVENTS = tuple(one for one in SIGNALS if one != "concentration")
"""Signals of something that happened; a share is how things are."""
_SAME = ("signal", "customer", "member")
"""A signal is the one of the last review where these are the same."""


def chapter(asked: Asked) -> Chapter:
    """The customers who need attention, most at stake first, each with its evidence and whether it is new."""
    said, found = Words(asked, "customers"), _Found(asked)
    if not {"order_lines", "deals"} & set(asked.seen.filled()):
        return Chapter("customers", said.title, said("no_file"))
    lists = [_listing(said, name, frame) for name, frame in _parts(found).items() if frame.height]
    return Chapter(
        step="customers",
        title=said.title,
        finding=_finding(found, said),
        is_good=found.events.is_empty() if found.events.height or (found.knows_complaints and found.is_known) else None,
        further=tuple(_further(found, said)),
        values=tuple(_values(found, said)),
        pictures=tuple(_pictures(found, said)),
        lists=(*lists, *_alerts(found, said)),
        notes=tuple(_notes(found, said)),
    )


@dataclass(frozen=True)
class _Found:
    """The signals of today, with `is_new`."""

    asked: Asked

    @cached_property
    def query(self) -> Query:
        return signals(self.asked.view, levels_of(self.asked.viewer))

    @cached_property
    def answered(self) -> Result:
        return self.asked.seen.ask(self.query, self.asked.viewer)

    @cached_property
    def known(self) -> set[tuple[Any, ...]]:
        """Events that stood on the day of the last review."""
        then = signals(self.asked.view.seen_on(self.asked.since), levels_of(self.asked.viewer), shares=False)
        return set(self.asked.seen.ask(then, self.asked.viewer).frame.select(_SAME).iter_rows())

    @cached_property
    def all(self) -> pl.DataFrame:
        frame: pl.DataFrame = self.answered.frame
        is_new = [row not in self.known for row in frame.select(_SAME).iter_rows()] if frame.height else []
        grown = pl.col("since") > self.asked.since  # null where a share was as large a year ago
        return frame.with_columns(pl.Series("is_new", is_new, pl.Boolean)).with_columns(
            is_new=pl.when(pl.col("signal").is_in(EVENTS)).then("is_new").otherwise(grown.fill_null(value=False))
        )

    @cached_property
    def events(self) -> pl.DataFrame:
        return self.all.filter(pl.col("signal").is_in(EVENTS))

    @cached_property
    def shares(self) -> pl.DataFrame:
        return self.all.filter(~pl.col("signal").is_in(EVENTS))

    @cached_property
    def is_behind(self) -> bool:
        """Whether the register has not looked at the newest data: to do so here would keep a meeting waiting."""
        seen, day = self.asked.seen, self.asked.view.as_of
        return seen.as_of is not None and day >= seen.as_of and not is_current(seen)

    @property
    def is_known(self) -> bool:
        """Whether any customer is on record: deals and orders may name none."""
        return "customers" in self.asked.seen.filled()

    @property
    def knows_complaints(self) -> bool:
        """Whether tickets were loaded: without them that none is open would say nothing."""
        return "tickets" in self.asked.seen.filled()

    @cached_property
    def alerts(self) -> list[Shown]:
        """The open risks of the register, most at stake first; none while it has not looked at the newest data."""
        if self.is_behind:
            return []
        return open_alerts(self.asked.seen, self.asked.viewer, self.asked.view, self.asked.lang)

    @cached_property
    def gone(self) -> int:
        """How many events of the last review are no more."""
        now = set(self.all.select(_SAME).iter_rows())
        return sum(one not in now for one in self.known)


def _parts(found: _Found) -> dict[str, pl.DataFrame]:
    return {"events": found.events, "shares": found.shares}


def _once(frame: pl.DataFrame) -> pl.DataFrame:
    """Each customer once, with the most that is at stake: signals of one customer are about the same money."""
    return frame.sort("amount", descending=True, nulls_last=True).unique("customer", keep="first", maintain_order=True)


def _at_stake(frame: pl.DataFrame) -> float:
    return float(_once(frame).get_column("amount").sum() or 0)


def _evidence(row: dict[str, Any], said: Words) -> str:
    return evidence(row, said.lang, said.number)


def _key(count: int, new: int) -> str:
    """The text for so many customers, of whom some are new."""
    if not new:
        return "finding"
    return "finding_new_all" if 1 < new == count else "finding_new_some" if 1 == new < count else "finding_new"


def _finding(found: _Found, said: Words) -> str:
    if found.events.is_empty() and not found.is_known:
        return said("nobody")
    if found.events.is_empty():
        return said("none" if found.knows_complaints else "none_untold")
    customers = _once(found.events)
    new = customers.filter("is_new")
    row = found.events.row(0, named=True)
    return said.many(
        _key(customers.height, new.height), customers.height,
        amount=said.money(_at_stake(found.events)), new=said.number(new.height, "count"), customer=row["customer"],
        signal=label(row["signal"], said.lang), since=said.day(found.asked.since),
        stake=said.money(number(row["amount"])),
    )  # fmt: skip


def _further(found: _Found, said: Words) -> list[str]:
    lines = []
    if found.events.height:
        lines.append(_evidence(found.events.row(0, named=True), said))
    new = found.events.filter("is_new")
    if new.height and new.row(0) != found.events.row(0):
        row = new.row(0, named=True)
        lines.append(said("newest", customer=row["customer"], told=_evidence(row, said)))
    if found.alerts:
        one = found.alerts[0]
        lines.append(said.many("alerts", len(found.alerts), subject=one.subject, risk=one.rule))
    if found.gone:
        lines.append(said.many("gone", found.gone, since=said.day(found.asked.since)))
    if found.shares.height:
        row = found.shares.row(0, named=True)
        lines.append(said("large", customer=row["customer"], told=_evidence(row, said)))
    return lines


def _values(found: _Found, said: Words) -> list[Value]:
    if found.events.is_empty() and not found.is_known:
        units = {"customers": "count", "new": "count", "at_stake": "money"}
        since = said.day(found.asked.since)
        return [
            Value(said(name, since=since), None, unit, meaning=said(f"{name}_rule", since=since), why=said("nobody"))
            for name, unit in units.items()
        ]
    customers, new = _once(found.events), _once(found.events.filter("is_new"))
    counts = {"customers": float(customers.height), "new": float(new.height)}
    since = said.day(found.asked.since)
    return [
        *(
            Value(said(name, since=since), value, "count", meaning=said(f"{name}_rule", since=since), better="lower")
            for name, value in counts.items()
        ),
        Value(said("at_stake"), _at_stake(found.events), "money", meaning=said("at_stake_rule"),
              better="lower"),
    ]  # fmt: skip


def _pictures(found: _Found, said: Words) -> list[Picture]:
    rows = [row for row in _once(found.events).head(MOST).iter_rows(named=True) if row["amount"]]
    if not rows:
        return []
    values = tuple(number(row["amount"]) for row in rows)
    return [
        Picture(
            "at_stake", said("picture"), said("at_stake_rule"), "bars",
            tuple(str(row["customer"]) for row in rows), (Series(said("at_stake"), values),), "money",
            tuple(_source(found, row) for row in rows), tuple("bad" for _ in rows),
        )
    ]  # fmt: skip


def _source(found: _Found, row: dict[str, Any]) -> Source:
    return Source(found.query, None, tuple((name, row[name]) for name in ("signal", "reason", "customer")))


def _listing(said: Words, name: str, frame: pl.DataFrame) -> Listing:
    units = {"customer": "text", "signal": "text", "told": "text", "amount": "money", "rep": "text",
             "is_new": "text"}  # fmt: skip
    rows = frame.head(MOST).to_dicts()
    return Listing(
        name, said(f"list_{name}"), _rules(frame, said),
        tuple(Head(one, said(one), unit) for one, unit in units.items()),
        tuple(
            (row["customer"], label(row["signal"], said.lang),
             _evidence(row, said), number(row["amount"]), row["rep"],
             said("is_new_yes" if row["is_new"] else "is_new_no"))
            for row in rows
        ),
        tuple(Subject("customer", str(row["customer"]), str(row["customer"])) for row in rows),
        frame.height - len(rows),
    )  # fmt: skip


def _alerts(found: _Found, said: Words) -> list[Listing]:
    """The open risks, each with what it stands on, whose it is and how it stands."""
    units = {"subject": "text", "risk": "text", "told": "text", "amount": "money", "owner": "text", "state": "text"}
    rows = found.alerts[:MOST]
    if not rows:
        return []
    return [
        Listing(
            "alerts", said("list_alerts"), said("alerts_rule"),
            tuple(Head(name, said(name), unit) for name, unit in units.items()),
            tuple(
                (one.subject, one.rule, one.evidence, one.alert.amount, one.alert.owner or one.alert.looks_after,
                 one.state)
                for one in rows
            ),
            tuple(one.about for one in rows), len(found.alerts) - len(rows),
        )
    ]  # fmt: skip


def _rules(frame: pl.DataFrame, said: Words) -> str:
    shown = [one for one in SIGNALS if one in set(frame.get_column("signal"))]
    return "\n".join(paired(label(one, said.lang), rule(one, said.lang), said.lang) for one in shown)


def _notes(found: _Found, said: Words) -> list[str]:
    return [
        *([said("alerts_behind")] if found.is_behind else []),
        said("since_held" if found.asked.last_held else "since_usual", since=said.day(found.asked.since)),
        *(one.text(said.lang) for one in found.answered.notes),
    ]
