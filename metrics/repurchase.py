"""Whether customers buy again after they said what they think, or complained, and whether that differs beyond chance.

Only who can be judged counts: a customer once, with the first answer or complaint of the period, and only where all of
the days in question have gone by as far as purchases are known (else the latest would look as if nobody came back).
What is bought is an order, or, where nobody has orders on record, a deal won; the day itself does not count.

After an answer, promoters, passives and detractors (of CSAT: satisfied or not) are each held against the others of
their kind. After a complaint, customers are held against others on the same days who had none in the year until then,
within those who bought on as many days of that year and last bought as long ago (Mantel and Haenszel): who buys often
meets more that may be complained about, so all others would be no fair measure. How long ago is told to the day at
first: complaints follow a delivery, and who buys every month is then four weeks from the next one, others two. In
companies of such buyers made without any relation, bands of a month found one in 20 of 20, these in none of 20 (within
30 days; tests/metrics/test_repurchase.py has one). Nothing that came later decides who
counts: who never complains again is somebody who buys less. How much somebody bought tells less than how often: in
companies made without any relation, bands of value and recency found one in a third of them, these in one of twenty.
Neither says why: what differs goes along with an answer or a complaint, and may come of something else.

Sources: N. Mantel and W. Haenszel (1959), J. Natl. Cancer Inst. 22:719–748; T. Sato (1989), On the variance estimator
for the Mantel–Haenszel risk difference, Biometrics 45:1323–1324; E. B. Wilson (1927), JASA 22:209–212.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import Any, NamedTuple

import polars as pl

from metrics.intervals import Z, wilson, wilson_of
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import differ, discoveries
from metrics.purchases import unfiltered
from metrics.query import Column, Query, Role, from_file
from metrics.scores import two_sided
from metrics.view import View
from metrics.voices import DETRACTS, PROMOTES, SATISFIED

WITHIN = (30, 90, 180)
"""Days within which a customer buys again, to choose from."""
USUAL, LEAST_ANSWERS = 90, 30
"""Days that are looked ahead where the period allows it: so many days of its answers should be old enough."""
OPINIONS = {"nps": ("promoter", "passive", "detractor"), "csat": ("satisfied", "not_satisfied")}
"""What an answer is, by kind of survey."""
LEAST = 20
"""Customers on either side for a difference to be judged."""
OTHERS_EACH, LEAST_OTHERS = 10, 20_000
"""Others looked at for each who complained, and in all where there are as many: more would tell nothing more."""
LEAST_VARIANCE = 3.0
"""Of those who buy again within the strata: below that the normal test does not hold."""
RATE = 0.01
"""Of claims that stand, as many may be false: several spans of days and periods are looked at, one after the other."""
BANDS = ("pace_band", "recency_band")
"""Who is like whom: on how many days of the year before somebody bought, and how long ago last."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")
_SIDES: tuple[Role, ...] = ("low", "high")
_SHARES: dict[str, Any] = {
    "customers": pl.Int64, "again": pl.Int64,
    **dict.fromkeys(("share", "share.low", "share.high"), pl.Float64), "share.n": pl.Int64,
}  # fmt: skip


def opens(view: View) -> int:
    """The most of WITHIN up to the usual that answers of the view's period are old enough for; else the least."""
    if view.period is None:
        return USUAL
    known = (view.as_of - view.period.from_on).days - LEAST_ANSWERS
    return max((one for one in WITHIN if one <= min(known, USUAL)), default=WITHIN[0])


def after_survey(view: View, within: int = USUAL) -> Query:
    """One row per kind of survey and opinion: who of them bought again within so many days.

    Columns: `kind`, `opinion` (OPINIONS), `customers` (whose days are over), `again`, `share` with `.low .high .n`
    (Wilson), `share_of_others` (of the same kind), `is_beyond_chance` (all rows judged together), `too_recent`
    (customers with an answer that is younger). `rows("customers", kind=…, opinion=…)` are the answers.

    Args:
        view: period and filters choose answers; purchases are all in scope. within: days.
    """
    asked = _asked(
        "bought_after_survey", view, within, promotes=PROMOTES, detracts=DETRACTS, satisfied=SATISFIED
    )  # fmt: skip
    old = "population.is_old_enough = 1"
    columns = (
        *(Column(name, "by") for name in ("kind", "opinion")),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("customers", "value", unit="count", where=old),
        Column("again", "value", unit="count", where=f"{old} and population.is_again = 1"),
        Column("share", "value", unit="share", where=old), *(Column(f"share.{end}", end) for end in _ENDS),
        Column("share_of_others", "value", unit="share"), Column("is_beyond_chance", "flag"),
        Column("too_recent", "value", unit="count", where="population.is_old_enough = 0"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("kind", "opinion"), finish="after_survey")


def after_complaint(view: View, within: int = USUAL) -> Query:
    """Two rows: customers who complained, and others like them who had not, on the same mix.

    Columns: `side` ("complained", "others"), `customers`, `again`, `share` with `.low .high .n` (Wilson, as they are);
    `compared` (those with anybody to be compared with), `alike_share` with `.low .high` (on the mix of those who
    complained), and on
    the first row `difference` (Mantel–Haenszel, complained less others) with `.low .high`, `is_beyond_chance` (null:
    too few to tell). `rows("customers", side=…)` are the customers, with the day that each is looked at from.

    Args:
        view: period and filters choose complaints; others are those who bought within the filters. within: days.
    """
    asked = _asked(
        "bought_after_complaint", view, within, is_filtered=view.is_filtered,
        others_each=OTHERS_EACH, least_others=LEAST_OTHERS,
    )  # fmt: skip
    columns = (
        Column("side", "by"), Column("customer_key", "detail"), Column("customers", "value", unit="count"),
        Column("again", "value", unit="count", where="population.is_again = 1"),
        Column("share", "value", unit="share"), *(Column(f"share.{end}", end) for end in _ENDS),
        Column("compared", "value", unit="count"), Column("alike_share", "value", unit="share"),
        *(Column(f"alike_share.{end}", end, unit="share") for end in _SIDES),
        Column("difference", "value", unit="difference"),
        *(Column(f"difference.{end}", end, unit="difference") for end in _SIDES), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("side",), finish="after_complaint")


def _asked(name: str, view: View, within: int, **more: object) -> Query:
    days = view.period
    asked = from_file(
        name, view, from_on=days.from_on if days else FIRST, to_on=view.at, day=view.as_of, within=within, **more
    )
    of = "surveys" if name == "bought_after_survey" else "tickets"
    return replace(asked, notes=unfiltered(of, view, f"{of}_not_filtered"))


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_survey(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Opinions in their order, each with the share that bought again."""
    raw = frames[0]
    schema = {
        "kind": pl.String, "opinion": pl.String, **_SHARES, "share_of_others": pl.Float64,
        "is_beyond_chance": pl.Boolean, "too_recent": pl.Int64,
    }  # fmt: skip
    if raw.get_column("is_order").drop_nulls().is_empty():
        if raw.height:
            notes.append(note("nothing_bought"))
        return pl.DataFrame(schema=schema)
    rows, p_values = [], []
    for kind, opinions in OPINIONS.items():
        part = raw.filter(pl.col("kind") == kind)
        old = part.filter(pl.col("is_old_enough") == 1)
        if part.is_empty():
            continue
        all_again, everybody = _count(old.filter(pl.col("is_again") == 1)), _count(old)
        for opinion in opinions:
            own = old.filter(pl.col("opinion") == opinion)
            again, customers = _count(own.filter(pl.col("is_again") == 1)), _count(own)
            rest = everybody - customers
            recent = _count(part.filter((pl.col("opinion") == opinion) & (pl.col("is_old_enough") == 0)))
            share = (all_again - again) / rest if rest else None
            rows.append((kind, opinion, customers, again, share, recent))
            enough = min(customers, rest) >= LEAST
            chance = differ(again, customers, all_again - again, rest) if enough else None
            p_values.append(None if kind == "csat" and opinion != opinions[0] else chance)  # two of them are one claim
    told = ("kind", "opinion", "customers", "again", "share_of_others", "too_recent")
    frame = pl.DataFrame(rows, {name: schema[name] for name in told}, orient="row")
    notes.append(_bought(raw))
    if young := int(frame.get_column("too_recent").sum()):
        notes.append(note("answers_too_recent", count=young, days=_within(query)))
    stands = pl.Series("is_beyond_chance", discoveries(p_values, RATE), pl.Boolean)
    both = pl.when(pl.col("kind") == "csat").then(pl.col("is_beyond_chance").any().over("kind"))
    frame = _with_shares(frame).with_columns(stands)
    frame = frame.with_columns(both.otherwise("is_beyond_chance").alias("is_beyond_chance"))
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


def finished_complaint(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Both sides as they are and on one mix, and whether they differ within it."""
    raw = frames[0]
    schema = {
        "side": pl.String, **_SHARES, "compared": pl.Int64,
        **dict.fromkeys(("alike_share", "alike_share.low", "alike_share.high",
        "difference", "difference.low", "difference.high"), pl.Float64),
        "is_beyond_chance": pl.Boolean,
    }  # fmt: skip
    if raw.is_empty() or not raw.filter(pl.col("side") == "complained").height:
        return pl.DataFrame(schema=schema)
    if not raw.get_column("tells").max():
        notes.append(note("no_complaint_kind"))
    notes.append(_bought(raw))
    cells = _cells(raw)
    found = mantel_haenszel(cells)
    complained = {"compared": found.compared, "alike_share": found.own, "difference": found.difference,
                  **_ends(found.own, found.compared),
                  "difference.low": found.low, "difference.high": found.high,
                  "is_beyond_chance": None if found.p_value is None else found.p_value <= RATE}  # fmt: skip
    others = {"compared": found.others, "alike_share": found.expected, **_ends(found.expected, found.worth)}
    rows = []
    for side, told in (("complained", complained), ("others", others)):
        own = raw.filter(pl.col("side") == side)
        again, customers = _count(own.filter(pl.col("is_again") == 1)), _count(own)
        rows.append({"side": side, "customers": customers, "again": again, **told})
    frame = pl.DataFrame(rows, schema={name: schema[name] for name in schema if not name.startswith("share")})
    return _with_shares(frame).select(pl.col(name).cast(kind) for name, kind in schema.items())


class Compared(NamedTuple):
    """Two sides on one mix of strata. `compared`, `others`: cases in strata that have both. The rest null if too few.

    Attributes:
        own, expected: shares of the one and of the others, on the mix of the one. difference: Mantel–Haenszel's, with
            its range at 95 %. p_value: that there is none within the strata. worth: of how many cases of one kind the
            expected share has the variance.
    """

    compared: int
    others: int
    own: float | None
    expected: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    worth: float = 0.0


def mantel_haenszel(cells: pl.DataFrame) -> Compared:
    """Compare two sides within strata.

    Args:
        cells: a row per stratum: `some`, `of`, `some_others`, `of_others`, counts.
    """
    both = cells.filter((pl.col("of") > 0) & (pl.col("of_others") > 0))
    compared, others = (int(both.get_column(name).sum()) for name in ("of", "of_others"))
    if not compared:
        return Compared(0, 0, None, None, None, None, None, None)
    own = float(both.get_column("some").sum()) / compared
    usual = float(both.get_column("some_others").sum()) / others
    expected = apart = varied = weight = more = variance = fixed = sloped = 0.0
    for a, n, c, m in both.select("some", "of", "some_others", "of_others").cast(pl.Float64).iter_rows():
        whole = n + m
        expected += n * c / m / compared
        likely = (c + usual) / (m + 1)  # a stratum where all others went the same way is not certain therefore
        varied += (n / compared) ** 2 * likely * (1 - likely) / m
        apart += (a * m - c * n) / whole
        weight += n * m / whole
        sloped += (n**2 * c - m**2 * a + n * m * (m - n) / 2) / whole**2  # Sato's two sums
        fixed += (a * (m - c) + c * (n - a)) / (2 * whole)
        more += a - n * (a + c) / whole
        variance += n * m * (a + c) * (whole - a - c) / (whole**2 * (whole - 1))
    difference = apart / weight
    margin = Z * sqrt(max(difference * sloped + fixed, 0.0)) / weight
    enough = min(compared, others) >= LEAST and variance >= LEAST_VARIANCE
    chance = two_sided(more / sqrt(variance)) if enough else None
    low, high = max(-1.0, difference - margin), min(1.0, difference + margin)
    worth = min(float(others), expected * (1 - expected) / varied) if varied else 0.0
    return Compared(compared, others, own, expected, difference, low, high, chance, worth)


def _cells(raw: pl.DataFrame) -> pl.DataFrame:
    """By stratum, how many of both sides there are, and bought again."""
    n, bought, own = pl.col("customers"), pl.col("is_again") == 1, pl.col("side") == "complained"
    return raw.group_by(BANDS).agg(
        some=n.filter(own & bought).sum(), of=n.filter(own).sum(), some_others=n.filter(~own & bought).sum(),
        of_others=n.filter(~own).sum(),
    ).sort(BANDS)  # fmt: skip


def _ends(share: float | None, of: float) -> dict[str, float | None]:
    """The range of a share of so many cases."""
    if share is None or of <= 0:
        return {"alike_share.low": None, "alike_share.high": None}
    return dict(zip(("alike_share.low", "alike_share.high"), wilson_of(share * of, of), strict=True))


def _bought(raw: pl.DataFrame) -> Note:
    """What is bought."""
    return note("bought_orders" if raw.get_column("is_order").max() else "bought_deals")


def _count(part: pl.DataFrame) -> int:
    return int(part.get_column("customers").sum() or 0)


def _within(query: Query) -> object:
    return dict(query.params)["within"]


def _with_shares(frame: pl.DataFrame) -> pl.DataFrame:
    """The share of those who bought again, with its range."""
    low, high = wilson(pl.col("again"), pl.col("customers"))
    return frame.with_columns(
        low.alias("share.low"), high.alias("share.high"), pl.col("customers").alias("share.n"),
        share=pl.col("again") / pl.when(pl.col("customers") > 0).then("customers"),
    )  # fmt: skip


FINISHES = {"after_survey": finished_survey, "after_complaint": finished_complaint}
"""By the name that a question gives its finish."""
