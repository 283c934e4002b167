"""The list of what is wrong with the records of open deals, per salesperson: to be put right before the meeting.

It is told of everybody's whole list: no filters but a team apply, for a record is as wrong under any of them.
A deal belongs to the list of its owner of today; those of nobody are a list of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from data.rep_book import person
from data.review.errors import NoDealsYet
from data.viewers import with_below
from metrics.by_person import people
from metrics.hygiene import FAULTS, faulty
from metrics.signals import signals

if TYPE_CHECKING:
    from datetime import date

    from data.review.chapter import Asked

_DEAL = ("deal_id", "deal", "customer", "rep", "stage", "amount", "expected_close_on")


@dataclass(frozen=True)
class Hygiene:
    """Open deals with their faults, as of a day.

    Attributes:
        deals: all open ones of those looked at, with `faults` and a flag for each (metrics/hygiene.py).
        staff: `rep`, `team`, `left_on`. rep: whose list it is; None: nobody's, or not of one person (`is_of_one`).
    """

    as_of: date
    deals: pl.DataFrame
    staff: pl.DataFrame
    rep: str | None = None
    is_of_one: bool = False

    @cached_property
    def faulty(self) -> pl.DataFrame:
        """Those that have any fault: by owner, the largest amount first; what is nobody's last."""
        return self.deals.filter(pl.col("faults") > 0).sort(
            "rep", "amount", "deal_id", descending=[False, True, False], nulls_last=True
        )

    @property
    def amount(self) -> float:
        """The money of the deals with faults."""
        return float(self.faulty.get_column("amount").sum() or 0)

    def counts(self) -> dict[str, int]:
        """How many deals have each fault, in the order of the faults; those that the data cannot tell left out."""
        known = [one for one in FAULTS if self.deals.get_column(one.flag).null_count() < self.deals.height]
        return {one.id: int(self.deals.get_column(one.flag).sum() or 0) for one in known}

    def by_rep(self) -> pl.DataFrame:
        """A row per salesperson with open deals, most faulty deals first; what is nobody's last.

        Columns: `rep`, `team`, `left_on`, `open_deals`, `deals` (with any fault), `amount` (of those), and one for each
        fault with how many of their deals have it.
        """
        is_any = pl.col("faults") > 0
        counted = self.deals.group_by("rep").agg(
            pl.len().cast(pl.Int64).alias("open_deals"), is_any.sum().cast(pl.Int64).alias("deals"),
            pl.col("amount").filter(is_any).sum().cast(pl.Float64).alias("amount"),
            *(pl.col(one.flag).sum().cast(pl.Int64).alias(one.id) for one in FAULTS),
        )  # fmt: skip
        named = counted.join(self.staff, on="rep", how="left").sort(
            pl.col("rep").is_null(), "deals", "amount", "rep", descending=[False, True, True, False], nulls_last=True
        )
        return named.select("rep", "team", "left_on", "open_deals", "deals", "amount", *(one.id for one in FAULTS))

    def of(self, rep: str | None) -> Hygiene:
        """The list of one salesperson alone (None: of nobody)."""
        return replace(
            self, deals=self.deals.filter(pl.col("rep").eq_missing(pl.lit(rep, pl.String))), rep=rep, is_of_one=True
        )


def hygiene(asked: Asked, rep: str | None = None) -> Hygiene:
    """The open deals of the view's day with their faults, of everybody in scope, of the team, or of one salesperson.

    Raises:
        NoDealsYet: no deals have been loaded.
        UnknownPerson: nobody in the viewer's scope has this name.
    """
    seen, viewer, view = asked.seen, asked.viewer, asked.view.with_compare("none")
    if "deals" not in seen.filled():
        raise NoDealsYet
    if rep is not None:
        rep = str(person(seen, viewer, rep)["rep"])
    for name, _ in view.filters:
        view = view.with_filter(name, ())
    deals = faulty(seen.ask(signals(view), viewer).frame)
    staff = seen.ask(people(view), viewer).frame.select("rep", "team", "left_on")
    if asked.team is not None:
        below = with_below(seen, (asked.team,)) or (asked.team,)
        mine = staff.filter(pl.col("team").is_in(below)).get_column("rep")
        deals = deals.filter(pl.col("rep").is_in(mine.to_list()))
    found = Hygiene(view.at, deals, staff)
    return found.of(rep) if rep is not None else found
