"""Everything about one salesperson, asked once: for the command line and the page to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from data.rep_book import CoachingNote, notes, person, weights
from metrics.coaching import coaching, peers_of
from metrics.cuts import trend
from metrics.period import DAY, bucket_next, bucket_start
from metrics.query import Query
from metrics.scorecard import results, scored
from metrics.signals import signals
from metrics.view import View
from metrics.voices import voices

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.viewer import Viewer

GOAL_QUARTERS = 8
"""Quarters of which targets and attainment are told."""
MOST_DEALS = 6
"""Open deals on the page to print."""


@dataclass(frozen=True)
class Facts:
    """What is known of one salesperson.

    Attributes:
        who: see `rep_book.person`. view: the days looked at. peers: who they are held against.
        card: rows of `scorecard.scored`. coached: frame of `coaching`. said: frame of `voices`.
        goals: `quarter`, `attainment`, `.target`, `.actual`. deals: the largest open ones, with their signs.
        notes: of coaching, the latest first. remarks: what the answers say about themselves.
    """

    who: dict[str, Any]
    view: View
    peers: tuple[str, ...]
    card: pl.DataFrame
    coached: pl.DataFrame
    said: pl.DataFrame
    goals: pl.DataFrame
    deals: pl.DataFrame
    notes: list[CoachingNote]
    remarks: list[Any]


def peers(seen: Snapshot, viewer: Viewer, rep: str, view: View) -> tuple[str, ...]:
    """The others of the person's team, as far as the viewer may see them."""
    return tuple(seen.ask(peers_of(rep, view), viewer).frame["rep"])


def goals(rep: str, view: View) -> Query:
    """Targets of the last GOAL_QUARTERS quarters, the running one last, and how far each was reached.

    The running quarter is held against its whole target, and not the part of the days gone by.
    """
    last = view.at
    index = last.year * 4 + (last.month - 1) // 3 - GOAL_QUARTERS + 1
    first = date(index // 4, index % 4 * 3 + 1, 1)
    until = bucket_next(bucket_start(last, "quarter"), "quarter") - DAY
    asked = view.with_compare("none").with_filter("rep", rep).with_period(from_on=first, to_on=until)
    return trend(("attainment",), "quarter", asked)


def card(seen: Snapshot, viewer: Viewer, rep: str, view: View, among: Sequence[str] = ()) -> pl.DataFrame:
    """The person's rows of the scorecard, with the company's weights."""
    found = seen.ask(results(view, (rep, *among) if among else ()), viewer).frame
    return scored(found, weights(seen)).filter(pl.col("rep") == rep)


def facts(seen: Snapshot, viewer: Viewer, rep: str, view: View) -> Facts:
    """All of it.

    Raises:
        UnknownPerson: nobody in the viewer's scope has this name.
    """
    who, others = person(seen, viewer, rep), peers(seen, viewer, rep, view)
    coached, said = (seen.ask(asked, viewer) for asked in (coaching(rep, view, others), voices(rep, view)))
    deals = seen.ask(signals(view.with_filter("rep", rep)), viewer).frame
    return Facts(
        who, view, others, card(seen, viewer, rep, view, others), coached.frame, said.frame,
        seen.ask(goals(rep, view), viewer).frame,
        deals.sort("amount", descending=True, nulls_last=True).head(MOST_DEALS),
        notes(seen, viewer, rep), [*coached.notes, *said.notes],
    )  # fmt: skip
