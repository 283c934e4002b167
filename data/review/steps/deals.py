"""The step about deals: those on which the period hangs and that show a reason to worry, and those due next.

Ordered by what is at stake for the period: amount × the share won of deals that stood in the stage for as long, as in
the weighted pipeline; where history is too short to tell, by amount. `most` are listed, and none that is less than
`least_share` of the first: beside that one it decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from data.numerals import day
from data.review.chapter import Chapter, Head, Listing, Picture, Series, Source, Subject, Value
from data.review.words import Words
from data.sign_words import beside, reasons
from metrics.history import timeline
from metrics.number import number
from metrics.query import from_file
from metrics.signals import SIGNALS, shown, signals
from metrics.worrying import Staked, chances, is_due, staked, worrying

if TYPE_CHECKING:
    from data.review.chapter import Asked
    from metrics.query import Query
    from metrics.signals import Signal

USUAL_DAYS, MOST_DAYS = 7, 31
"""Days until the next review: as many as since the last one was held, at least and at most."""
MOST_SOON = 10
"""Deals due before the next review that are listed."""
_ANY = pl.col("signals") > 0
_Better = Literal["lower"] | None


def chapter(asked: Asked) -> Chapter:
    """Which open deals to talk about, why, and what moved on them since the last review."""
    said = Words(asked, "deals")
    if "deals" not in asked.seen.filled():
        return Chapter("deals", said.title, said("no_file"))
    found = _Found(asked)
    if found.open.is_empty():
        return Chapter("deals", said.title, said("none_open", day=said.day(asked.view.at)), is_good=None)
    listed = found.worrying.head(found.most)
    return Chapter(
        step="deals",
        title=said.title,
        finding=_finding(found, said),
        is_good=_is_good(found),
        further=_further(found, said),
        values=_values(found, said),
        pictures=_pictures(found, listed, said),
        lists=tuple(_lists(found, listed, said)),
        notes=_notes(found, said),
    )


@dataclass(frozen=True)
class _Found:
    """What is known of the open deals."""

    asked: Asked

    @cached_property
    def staked(self) -> Staked:
        view = self.asked.view
        answered = (self.asked.seen.ask(one, self.asked.viewer) for one in (signals(view), chances(view)))
        return staked(*(one.frame for one in answered))

    @property
    def open(self) -> pl.DataFrame:
        """All, the most at stake first."""
        return self.staked.frame

    @cached_property
    def due(self) -> pl.DataFrame:
        """Those expected to close by the end of the period, late ones too."""
        return self.open.filter(is_due(self.asked.view))

    @cached_property
    def worrying(self) -> pl.DataFrame:
        """Of those due, the ones that show any sign."""
        return self.due.filter(_ANY)

    @cached_property
    def soon(self) -> pl.DataFrame:
        """Those expected to close before the next review, the first day first."""
        on = pl.col("expected_close_on")
        soon = self.open.filter((on >= self.asked.view.at) & (on <= self.until))
        return soon.sort("stake", "deal_id", descending=[True, False], nulls_last=True)

    @property
    def until(self) -> date:
        """The day of the next review: as far ahead as the last one lies back."""
        at, asked = self.asked.view.at, self.asked
        ahead = (at - asked.since).days if asked.last_held else USUAL_DAYS
        return at + timedelta(days=max(USUAL_DAYS, min(MOST_DAYS, ahead)))

    @cached_property
    def most(self) -> int:
        """How many are listed."""
        most = max(1, int(self.asked.limits.get("most", 6)))
        first = _money(self.worrying.head(1), "stake")
        least = self.asked.limits.get("least_share", 0.0) * first
        return self.worrying.head(most).filter((pl.col("stake") >= least) | (pl.lit(first) <= 0)).height

    @cached_property
    def unknown(self) -> list[Signal]:
        """The signs that the data cannot tell of any open deal."""
        return [one for one in SIGNALS if self.open.get_column(one.flag).null_count() == self.open.height]

    @property
    def is_dated(self) -> bool:
        """Whether any open deal has a day on which it is expected to close."""
        return self.open.get_column("expected_close_on").null_count() < self.open.height

    @property
    def behind(self) -> Query:
        """The question whose rows stand behind the numbers."""
        return worrying(self.asked.view, self.until)


def _money(frame: pl.DataFrame, column: str = "amount") -> float:
    return float(frame.get_column(column).sum() or 0)


def named(row: dict[str, Any]) -> str:
    """What a deal is called: by its name, else by its customer, else by its number."""
    return str(row["deal"] or row["customer"] or row["deal_id"])


def _is_good(found: _Found) -> bool | None:
    """Whether none of those due worries; that none does is no news where most signs cannot be told."""
    if found.worrying.height:
        return False
    return True if found.due.height and 2 * len(found.unknown) < len(SIGNALS) else None


def _finding(found: _Found, said: Words) -> str:
    until = found.asked.view.period.to_on if found.asked.view.period else None
    ending = {"until": said.day(until)} if until else {}
    if found.due.is_empty():
        return said.many("none_due" if found.is_dated else "none_dated", found.open.height, **ending)
    if found.worrying.is_empty():
        return said.many("none_worrying" if until else "none_worrying_all", found.due.height, **ending)
    first = found.worrying.row(0, named=True)
    return said.many(
        "finding" if until else "finding_all", found.worrying.height, **ending,
        amount=said.money(_money(found.worrying)), deal=named(first), stake=said.money(first["stake"]),
        reason=beside(reasons(first, said.lang, said.currency), said.lang),
    )  # fmt: skip


def _further(found: _Found, said: Words) -> tuple[str, ...]:
    lines = []
    if found.worrying.height > 1:
        row = found.worrying.row(0, named=True)
        told = beside(reasons(row, said.lang, said.currency), said.lang)
        lines.append(said("first", deal=named(row), reasons=told))
    late = found.worrying.filter(pl.col("is_past_due").fill_null(value=False))
    if late.height:
        lines.append(said.many("late", late.height, amount=said.money(_money(late))))
    if found.soon.height:
        marked = found.soon.filter(_ANY).height
        key = "soon_none" if not marked else "soon_all" if marked == found.soon.height else "soon"
        lines.append(
            said.many(
                key, found.soon.height, amount=said.money(_money(found.soon)),
                until=said.day(found.until), marked=said.number(marked, "count"),
            )
        )  # fmt: skip
    elif found.is_dated:
        lines.append(said("none_soon", until=said.day(found.until)))
    return tuple(lines)


def _values(found: _Found, said: Words) -> tuple[Value, ...]:
    def told(
        name: str, frame: pl.DataFrame, of: str | None, unit: str, better: Literal["lower"] | None = None
    ) -> Value:
        value = float(frame.height) if of is None else _money(frame, of)
        if not found.is_dated:
            return Value(said(name), None, unit, meaning=said(f"{name}_rule"), why=said("no_dates"), better=better)
        source = Source(found.behind, "soon" if name.startswith("soon") else "due_worrying")
        return Value(said(name), value, unit, meaning=said(f"{name}_rule"), better=better, source=source)

    at_stake = told("worrying_stake", found.worrying, "stake", "money")
    return (
        told("worrying_deals", found.worrying, None, "count", "lower"),
        told("worrying_amount", found.worrying, "amount", "money", "lower"),
        *((at_stake,) if found.staked.is_expected else ()),
        told("soon_deals", found.soon, None, "count"),
    )


def _pictures(found: _Found, listed: pl.DataFrame, said: Words) -> tuple[Picture, ...]:
    rows = listed.to_dicts()
    if not rows or not _money(listed, "amount"):
        return ()
    is_expected = found.staked.is_expected
    series = [Series(said("amount"), tuple(number(row["amount"]) for row in rows), "value")]
    if is_expected:
        series = [
            Series(said("stake"), tuple(number(row["stake"]) for row in rows), "value"),
            Series(said("amount"), tuple(number(row["amount"]) for row in rows), "before"),
        ]
    return (
        Picture(
            "stake", said("picture"), said("rule_stake" if is_expected else "rule_amount"), "bars",
            tuple(named(row) for row in rows), tuple(series), "money",
            tuple(Source(found.behind, None, (("deal_id", row["deal_id"]),)) for row in rows),
        ),
    )  # fmt: skip


def _lists(found: _Found, listed: pl.DataFrame, said: Words) -> list[Listing]:
    ordered = said("rule_stake" if found.staked.is_expected else "rule_amount")
    parts = [("worrying", listed, found.worrying.height, "due_worrying", ordered)] if listed.height else []
    if found.soon.height:
        soon = said("soon_rule", until=said.day(found.until))
        parts.append(("soon", found.soon.head(MOST_SOON), found.soon.height, "soon", soon))
    return [
        _listing(found, said, Listing(
            name, said(f"list_{name}", until=said.day(found.until)), rule, _heads(found, said), (),
            more=of - frame.height, source=Source(found.behind, behind),
        ), frame)
        for name, frame, of, behind, rule in parts
    ]  # fmt: skip


def _heads(found: _Found, said: Words) -> tuple[Head, ...]:
    """As few as are read across a room: whoever wants more of a deal opens it."""
    money = "stake" if found.staked.is_expected else "amount"
    units = {"deal": "text", "rep": "text", money: "money", "due": "day", "reasons": "text", "moved": "text"}
    return tuple(Head(name, said(name), unit) for name, unit in units.items())


def _listing(found: _Found, said: Words, empty: Listing, frame: pl.DataFrame) -> Listing:
    rows, subjects = [], []
    for row in frame.iter_rows(named=True):
        values = {
            "deal": named(row), "rep": row["rep"], "amount": number(row["amount"]), "stake": number(row["stake"]),
            "due": row["expected_close_on"], "reasons": beside(_signs(row, said), said.lang),
            "moved": beside(moved(found.asked, row, said), said.lang),
        }  # fmt: skip
        rows.append(tuple(values[head.name] for head in empty.heads))
        subjects.append(Subject("deal", str(row["deal_id"]), named(row)))
    return Listing(**{**empty.__dict__, "rows": tuple(rows), "subjects": tuple(subjects)})


def _signs(row: dict[str, Any], said: Words) -> list[str]:
    """The signs of a deal in short, each with its value where that is not said already: "Close date past (12 days)"."""
    told: list[str] = []
    known: set[str] = set()
    for one in shown(row):
        value = number(row[one.value]) if one.value and one.unit != "fields" else None
        text = said.number(value, one.unit or "number") if value is not None else ""
        name = one.label.text(said.lang)
        told.append(said("with_value", name=name, value=text) if text and text not in known else name)
        known.add(text)
    return told


def moved(asked: Asked, row: dict[str, Any], said: Words) -> list[str]:
    """What is another on an open deal than on the day of the last review, old → new; that nothing is, in words.

    A new rate of its currency is no change of its amount. Where nobody had seen the deal by then, nothing is said of
    it, unless it was created since. Whose it was is told to those who see everything.
    """
    deal = str(row["deal_id"])
    states = asked.seen.ask(from_file("deal_history", deal_id=deal, day=asked.view.at), asked.viewer).frame
    then = states.filter(
        (pl.col("seen_from") <= asked.since) & (pl.col("seen_to").is_null() | (pl.col("seen_to") > asked.since))
    )
    if then.is_empty():
        is_new = row["created_on"] is not None and row["created_on"] > asked.since
        return [said("is_new")] if is_new else []
    old = then.row(0, named=True)
    told = []
    if old["stage"] is not None and old["stage"] != row["stage"]:
        told.append(said("moved_stage", old=old["stage"], new=row["stage"] or "—"))
    if old["amount"] != row["amount"] and _is_cut_or_raised(asked, deal):
        told.append(said("moved_amount", old=said.money(old["amount"]), new=said.money(row["amount"])))
    if old["expected_close_on"] != row["expected_close_on"]:
        old_day, new_day = (day(one["expected_close_on"], said.lang) for one in (old, row))
        told.append(said("moved_due", old=old_day, new=new_day))
    if asked.viewer.sees_all and old["rep"] != row["rep"]:
        told.append(said("moved_rep", old=old["rep"] or "—", new=row["rep"] or "—"))
    return told or [said("unchanged")]


def _is_cut_or_raised(asked: Asked, deal: str) -> bool:
    """Whether the amount was changed in the deal's own currency."""
    entries = asked.seen.ask(timeline(deal, asked.view.at), asked.viewer).frame
    is_since = (pl.col("day") > asked.since) & (pl.col("day") <= asked.view.at)
    return not entries.filter((pl.col("lane") == "amount") & is_since).is_empty()


def _notes(found: _Found, said: Words) -> tuple[str, ...]:
    marked = found.open.filter(_ANY)
    of = said.number(found.open.height, "count")
    key = "of_all_all" if 1 < marked.height == found.open.height else "of_all"
    of_all = [said.many(key, marked.height, of=of, amount=said.money(_money(marked)))] if marked.height else []
    ordered = [said("by_stake" if found.staked.is_expected else "by_amount")] if found.worrying.height else []
    notes = [*of_all, *ordered]
    undated = found.open.get_column("expected_close_on").null_count()
    if undated and found.asked.view.period:
        notes.append(said.many("undated", undated))
    if found.unknown:
        named_signs = said.listed([one.label.text(said.lang) for one in found.unknown])
        notes.append(said("unknown_signs", signs=named_signs))
    if found.worrying.height and found.asked.limits.get("least_share"):
        least = said.number(found.asked.limits["least_share"], "share")
        notes.append(said("listed_rule", most=int(found.asked.limits.get("most", 6)), least=least))
    return tuple(notes)
