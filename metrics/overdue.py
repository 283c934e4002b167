"""Customers who buy in a rhythm and are overdue: usually every 34 days, now 71.

A customer with LEAST_PURCHASES days of buying within BACK days has a rhythm. Several orders of one day are one
purchase; returns are none. Overdue is whose pause of today

    is longer than any before, and has lasted for at least LEAST_SILENT days, and
    would hardly come about by chance, were the rhythm unchanged, with all customers counted that have one
    (Benjamini and Hochberg, of those called overdue WRONG wrongly so, on average, were the chances exact).

The chance: pauses of one customer vary as a gamma distribution does, whose regularity k is 1 ÷ cv² of the customer's
pauses; since few pauses look more regular than they are, LENT_PAUSES are lent to each, more irregular (LENT_SPREAD =
cv²) than those of somebody who buys at random times. With n pauses of mean m, the next one s has s ÷ m ~ F(2k, 2kn),

    chance the next pause lasts s:              S(s) = I(n ÷ (n + s ÷ m); kn, k)
    chance to meet, on any day, one gone on so: I(n ÷ (n + s ÷ m); kn − 1, k + 1) − s ÷ m · (kn − 1) ÷ kn · S(s)

the second because long pauses cover more days than short ones; the larger of the two is said (I: the regularised
incomplete beta function). For customers whose pauses are regular this is cautious; for those who buy in bursts the
smallest chances are too small, which the rule of the longest pause makes up for in part. So no share of wrong ones is
promised. Of 200 drawn companies each, of about 460 customers none of whom had changed, so many called somebody overdue:

    pauses                        at 5 %    at 1 %
    regular (cv² = 0.5)            2.5 %     0
    at random times (cv² = 1)      9.5 %     5 %
    bursts (cv² = 1.4)              22 %     8 %
    strong bursts (cv² = 2)         43 %    21 %
    at random, often twice          14 %     4.5 %
    fewer in summer                  3 %     1 %

Mostly it was one customer. WRONG is 5 %: at 1 % somebody who ordered every week or two is found a week later, and a
quarter of those who are found at 5 %, of whom as many were back (docs/decisions/0018). Where people buy in bursts, who
is listed is a hint and no more.

This is for everybody who buys again, by orders or by deals won: what metrics/bgnbd.py says of shoppers needs many of
them. A stricter and simpler rule for the steadiest customers is metrics/buyers.lapsed.

Sources: R. D. Wheat and D. G. Morrison (1990), Estimating purchase regularity with two interpurchase times, J.
Marketing Research 27:87–93 (gamma pauses); D. R. Cox (1962), Renewal Theory, 5 (the pause met on a given day).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.errors import NotShared
from metrics.notes import Note, note
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.special import beta_share
from metrics.view import View

OF = {"revenue": "overdue_orders", "won_amount": "overdue_won"}
"""What customers buy, by the measure of its money, and the question that asks it."""
LEAST_PURCHASES, BACK = 5, 730
"""Days of buying within so many days for a rhythm."""
LEAST_SILENT = 28
"""Shorter silences are nobody's signal: holidays are as long."""
YEAR = 365
"""At stake is what the year up to the last purchase brought."""
LENT_PAUSES, LENT_SPREAD, WRONG = 3, 1.5, 0.05
_IS_PURCHASE = "population.in_rhythm = 1"
_POINTS, _PARTS = np.polynomial.hermite_e.hermegauss(9)
_NORMAL = _POINTS, _PARTS / _PARTS.sum()
"""Points of a normal distribution at which a mean over it is taken, and their parts (Gauss and Hermite)."""
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("customer", "tier", "rep"), pl.String), "last_on": pl.Date, "days_since": pl.Int64,
    "usual_pause": pl.Float64, "longest_pause": pl.Int64, "purchases": pl.Int64, "chance_of_pause": pl.Float64,
    "at_stake": pl.Decimal(38, 4),
}  # fmt: skip


class Rhythm(NamedTuple):
    """How one customer buys: purchases and pauses in days, and how likely a silence as long as today's is by chance.

    `is_late`: longer than any pause before and than LEAST_SILENT. Of one customer looked at by itself, late with a
    chance under 5 % is a hint; among many, some are so by chance (`overdue` counts that in).
    """

    purchases: int
    last_on: date
    days_since: int
    usual_pause: float
    longest_pause: int
    chance: float

    @property
    def is_late(self) -> bool:
        """Whether it has never been silent for so long."""
        return self.days_since > self.longest_pause and self.days_since >= LEAST_SILENT


def rhythm(days: Iterable[date], on: date) -> Rhythm | None:
    """The rhythm of one customer, told by the days on which it bought; None where it bought too seldom to have one.

    Args:
        days: of its purchases (no returns), in any order, repeats count once. on: the day from which it is seen.
    """
    bought = sorted({day for day in days if on - timedelta(days=BACK) <= day <= on})
    if len(bought) < LEAST_PURCHASES:
        return None
    pauses = [(later - earlier).days for earlier, later in pairwise(bought)]
    since = (on - bought[-1]).days
    by_chance = chance(
        np.array([since]), np.array([len(pauses)]), np.array([sum(pauses)]), np.array([sum(one**2 for one in pauses)])
    )
    return Rhythm(len(bought), bought[-1], since, float(median(pauses)), max(pauses), float(by_chance[0]))


def chance(since: np.ndarray, pauses: np.ndarray, total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """How likely a silence of so many days is, given how many pauses there were, their sum and their squares'."""
    return _chance(since / (total / pauses), pauses, _regular(pauses, total, squares))


def unsure(since: np.ndarray, pauses: np.ndarray, total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """The same, with how unsure the regularity is counted in: of 25 pauses it is known to a third, of 150 to a seventh.

    The mean of the chances over log k, normal about what the pauses say with variance (2 + 2 ÷ k) ÷ n (that of cv² told
    by n gamma pauses, by the delta method). The smallest chances of many customers are those of whose pauses happened
    to be alike: of 40,000 drawn with some 25 pauses 1.7 times as many as should be have a chance under 1 in 1,000 by
    `chance` where people buy at random times, 4 times as many where in strong bursts; by this 0.4 and 1.1 times.
    """
    known = pauses - 1 + LENT_PAUSES
    regular = _regular(pauses, total, squares)
    spread = np.sqrt((2 + 2 / regular) / known)
    times = since / (total / pauses)
    told = [part * _chance(times, pauses, regular * np.exp(spread * at)) for at, part in zip(*_NORMAL, strict=True)]
    return np.asarray(np.sum(told, axis=0))


def _regular(pauses: np.ndarray, total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """k, with what is lent."""
    mean = total / pauses
    variance = np.maximum(squares - pauses * mean**2, 0) + LENT_PAUSES * LENT_SPREAD * mean**2
    return np.asarray((pauses - 1 + LENT_PAUSES) * mean**2 / variance)


def _chance(times: np.ndarray, pauses: np.ndarray, regular: np.ndarray) -> np.ndarray:
    """The larger of both chances, see above; the silence in means of the own pauses."""
    of, at = regular * pauses, pauses / (pauses + times)
    longer = beta_share(at, of, regular)
    met = beta_share(at, np.maximum(of - 1, 1e-9), regular + 1) - times * (of - 1) / of * longer
    return np.asarray(np.where(of > 1, np.maximum(longer, met), 1.0))


def among(times: float, pauses: np.ndarray) -> float:
    """How likely a silence of so many mean pauses is, told by the pauses that people like them have had.

    Nothing is supposed of how pauses vary: the larger of the shares of pauses that lasted as long, and of days that met
    one gone on so, each with one more than was seen.

    Args:
        times: the silence in means of its own pauses. pauses: all, each in means of its own person's.

    Sources: B. Efron (2004), Large-scale simultaneous hypothesis testing: the choice of a null hypothesis, JASA
    99:96–104; A. C. Davison and D. V. Hinkley (1997), Bootstrap Methods and their Application, §4.2 (one more).
    """
    met = np.maximum(pauses - times, 0).sum()
    return float((1 + max(met, (pauses >= times).sum())) / (pauses.size + 1))


# --------------------------------------------------------------------------------------------------------------- asking


def overdue(view: View, of: str = "revenue") -> Query:
    """Customers who are overdue on the view's day, those first who brought most.

    Told by all purchases that the viewer may see, whatever is filtered: filters choose who is listed, by a purchase
    of the last BACK days. To a viewer with a row scope they are overdue within it; others may sell to them still, so
    people are told by metrics/told_in_part.overdue_to.

    One row per customer: `customer`, `tier`, `rep` (who owns the account, else who sold last), `last_on`,
    `days_since`, `usual_pause` (median), `longest_pause`, `purchases` (in BACK days), `chance_of_pause`, `at_stake`
    (brought in the YEAR up to the last purchase, returns taken off). `rows("at_stake", customer=…)` are the order lines
    or deals that it adds up, `rows("purchases", …)` those that the rhythm is told by.

    Args:
        view: its day and filters. of: one of OF; orders (order days) or won deals (closing days).

    Raises:
        NotShared: another measure.
    """
    if of not in OF:
        raise NotShared(measure=measure(of).id, known=", ".join(OF))
    asked = from_file(
        OF[of], view, day=view.at, from_on=view.at - timedelta(days=BACK),
        brought_from=view.at - timedelta(days=BACK + YEAR), least_orders=LEAST_PURCHASES,
        least_silent=LEAST_SILENT, is_filtered=view.is_filtered,
    )  # fmt: skip
    columns = (
        Column("customer", "by"),
        *(Column(name, "detail") for name in ("rep_key", "product_key")),
        *(
            Column(name, "value", unit="days", where=_IS_PURCHASE)
            for name in ("days_since", "usual_pause", "longest_pause")
        ),
        Column("purchases", "value", unit="count", where=_IS_PURCHASE),
        Column("chance_of_pause", "value", unit="share", where=_IS_PURCHASE),
        Column("at_stake", "value", unit="money", where="population.in_stake = 1"),
    )
    split = shares.split(measure(of), (name for name, _ in view.filters))
    return replace(asked, columns=columns, by=("customer",), finish="overdue", **split)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Those whose silence is beyond chance, most money first; and of how many."""
    raw = frames[0]
    judged = int(raw.get_column("regular_customers")[0]) if raw.height else 0
    if judged:
        notes.append(note("overdue_judged", count=judged, least=LEAST_PURCHASES, days=BACK))
    silent = raw.filter(pl.col("days_since").is_not_null())
    if silent.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    by_chance = chance(
        *(silent.get_column(name).cast(pl.Float64).to_numpy() for name in (
            "days_since", "pauses", "pause_sum", "pause_squares"))
    )  # fmt: skip
    stand = discoveries([*by_chance.tolist(), *[1.0] * (judged - silent.height)], WRONG)[: silent.height]
    late = pl.Series(stand) & (silent.get_column("days_since") > silent.get_column("longest_pause"))
    found = silent.with_columns(pl.Series("chance_of_pause", by_chance)).filter(
        late & (silent.get_column("is_chosen") == 1)
    )
    shown = found.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())
    return shown.sort("at_stake", "customer", descending=[True, False], nulls_last=True)
