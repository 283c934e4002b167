"""What customers complain about: how often, against how much was sold, and how long it takes until it is settled.

A complaint is a ticket whose kind says so; where no ticket on record does, all tickets count and the answer says it.
Rates are per order placed in the same days, of a product per order line with it; where nobody has orders on record, per
deal won. A complaint need not be about an order of these days, so it is a rate per order and no share of
orders, and its range is that of a count (Byar's, as in Breslow and Day).

A product stands out where it has more or fewer complaints than its part of all lines lets expect: given all of them,
those of one product are binomial. Complaints of one customer about one product come together, so counts are worth less
than they seem: both sides are divided by the sum of squares over pairs of customer and product ÷ the count, as for a
compound Poisson process. All products are judged together (Benjamini and Hochberg, 1995). Questions are no fault of a
product: where all tickets are counted beside complaints, nothing is judged.

How long tickets take is told by Kaplan and Meier (metrics/survival.py): what is still open counts as lasting so long.

Sources: N. E. Breslow and N. E. Day (1987), Statistical Methods in Cancer Research, vol. 2, §2.3; J. Przyborowski and
H. Wilenski (1940), Homogeneity of results in testing samples from Poisson series, Biometrika 31:313–323 (the
conditional test); P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, 2nd ed., §6.2 (over-dispersion).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, fsum, lgamma, log, sqrt
from typing import Any, Literal

import polars as pl

from metrics.intervals import Z
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import discoveries
from metrics.purchases import unfiltered
from metrics.query import Column, Query, Role, from_file
from metrics.scores import two_sided
from metrics.survival import kaplan_meier, lasting
from metrics.view import View

By = Literal["product", "kind", "severity"]
BY: tuple[By, ...] = ("product", "kind", "severity")
Of = Literal["complaints", "tickets"]
OF: tuple[Of, ...] = ("complaints", "tickets")
LEAST_EXPECTED = 3.0
"""Complaints that a product's part of all orders lets expect, or that it has, for it to be judged."""
LARGE = 20.0
"""Standard deviation of a count from which on the normal test is as good as the exact one."""
LEAST_LASTING = 5
"""Tickets of a severity for it to have a curve of its own."""
_ENDS: tuple[Role, ...] = ("low", "high")
_SCHEMA: dict[str, Any] = {
    "member": pl.String, "tickets": pl.Int64, "still_open": pl.Int64, "of": pl.Int64, "per": pl.String,
    **dict.fromkeys(("rate", "rate.low", "rate.high", "others_rate", "expected"), pl.Float64),
    "is_beyond_chance": pl.Boolean,
}  # fmt: skip


def complaints(view: View, by: By = "product", of: Of = "complaints") -> Query:
    """One row per product, kind or severity, those with most tickets first.

    Columns: `member` (null: unassigned), `tickets` (of the period), `still_open` (at its end), `of` (all orders,
    or the order lines of the product: what the rate is over), `per` ("orders", "lines", or "deals" where nobody has
    orders on record), `rate` with `.low .high`; of products `others_rate`, `expected` (by its part of all lines),
    `is_beyond_chance`.
    `rows("tickets", member=…)` are the tickets.

    Args:
        by: what they are told apart by; by kind, all tickets count. of: complaints, or all tickets.
    """
    asked = _asked("complaints", view, "tickets" if by == "kind" else of, by=by)
    columns = (
        Column("member", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key", "product_key")),
        Column("tickets", "value", unit="count"),
        Column("still_open", "value", unit="count",
               where="(population.closed_on is null or population.closed_on > $to_on)"),
        Column("of", "value", unit="count"), Column("rate", "value", unit="share"),
        *(Column(f"rate.{end}", end, unit="share") for end in _ENDS),
        Column("others_rate", "value", unit="share"), Column("expected", "value", unit="number"),
        Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    aside = (*asked.notes, *unfiltered("order_lines", view, "orders_not_filtered"))
    return replace(asked, columns=columns, by=("member",), finish="complaints", notes=aside)


def time_to_close(view: View, of: Of = "complaints") -> Query:
    """The share still open after so many days, of all tickets of the period and by severity.

    Columns: `severity` (null: all together), `days`, `at_risk`, `ended`, `share`, `low`, `high`; `tickets`,
    `still_open`, `median_days` and `p75_days` (null: not even that part was closed) stand on each row of theirs.
    `rows("tickets")` are the tickets, `rows("still_open")` those not closed yet.
    """
    asked = _asked("tickets_lasting", view, of, until=view.as_of)
    columns = (
        Column("severity", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key", "product_key")),
        Column("tickets", "value", unit="count", where="population.days >= 0"),
        Column("still_open", "value", unit="count", where="population.days >= 0 and population.is_closed = 0"),
        Column("days", "value", unit="days"), Column("share", "value", unit="share"),
        Column("low", "low", unit="share"), Column("high", "high", unit="share"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("severity",), finish="time_to_close")


def open_longest(view: View, of: Of = "complaints") -> Query:
    """Tickets open at the end of the period, the longest open first.

    Columns: `ticket_id`, `opened_on`, `days_open`, `customer`, `rep`, `product`, `kind`, `severity`, `status`.
    """
    asked = from_file("tickets_open", view, day=view.at, of=of)
    asked = replace(asked, notes=unfiltered("tickets", view, "tickets_not_filtered"))
    names = ("opened_on", "days_open", "customer", "rep", "product", "kind", "severity", "status")
    return replace(
        asked, columns=(Column("ticket_id", "by"), *(Column(name, "detail") for name in names)), by=("ticket_id",)
    )  # fmt: skip


def _asked(name: str, view: View, of: str, **more: object) -> Query:
    days = view.period
    asked = from_file(name, view, from_on=days.from_on if days else FIRST, to_on=view.at, of=of, **more)
    return replace(asked, notes=unfiltered("tickets", view, "tickets_not_filtered"))


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Rates with their ranges, and of products which stand out."""
    given = dict(query.params)
    by, of = str(given.get("by")), str(given.get("of"))
    numbers = ("tickets", "still_open", "squares", "bought", "whole")
    raw = frames[0].with_columns(pl.col(name).cast(pl.Int64).fill_null(0) for name in numbers)
    if not raw.get_column("tickets").sum():
        return pl.DataFrame(schema=_SCHEMA)
    counted = str(raw.item(0, "counted"))
    if of == "complaints" and not raw.get_column("tells").max():
        notes.append(note("no_complaint_kind"))
    notes.append(note(f"complaints_per_{counted}"))
    if by == "product":
        frame = _by_product(raw, notes, is_judged=of == "complaints")
    else:
        frame = raw.with_columns(
            of=pl.col("whole"), others_rate=pl.lit(None, pl.Float64), expected=pl.lit(None, pl.Float64),
            is_beyond_chance=pl.lit(value=False),
        )  # fmt: skip
    frame = frame.filter(pl.col("tickets") > 0)
    ends = [_range(row["tickets"], row["squares"], row["of"]) for row in frame.iter_rows(named=True)]
    frame = frame.with_columns(per=pl.col("counted")).with_columns(
        pl.Series("rate.low", [low for low, _ in ends], pl.Float64),
        pl.Series("rate.high", [high for _, high in ends], pl.Float64),
        rate=pl.col("tickets") / pl.when(pl.col("of") > 0).then("of"),
    )
    frame = frame.sort("tickets", "member", descending=[True, False], nulls_last=True)
    return frame.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _by_product(raw: pl.DataFrame, notes: list[Note], *, is_judged: bool) -> pl.DataFrame:
    """Each product against all others: its part of the orders, and of the complaints; questions are not judged."""
    known = raw.filter(pl.col("member").is_not_null() & (pl.col("bought") > 0))
    tickets, bought = (int(known.get_column(name).sum()) for name in ("tickets", "bought"))
    together = max(1.0, float(known.get_column("squares").sum()) / tickets) if tickets else 1.0
    unsold = raw.filter(pl.col("member").is_not_null() & (pl.col("bought") == 0))
    if some := int(unsold.get_column("tickets").sum()):
        notes.append(note("complaints_unsold", count=some))
    if some := int(raw.filter(pl.col("member").is_null()).get_column("tickets").sum()):
        notes.append(note("complaints_unnamed", count=some))
    expected, others, chances = [], [], []
    for row in raw.iter_rows(named=True):
        has_others = row["member"] is not None and row["bought"] > 0 and bought > row["bought"]
        part = row["bought"] / bought if has_others else None
        expected.append(None if part is None else tickets * part)
        others.append((tickets - row["tickets"]) / (bought - row["bought"]) if has_others else None)
        chances.append(None if part is None or not is_judged else _chance(row["tickets"], tickets, part, together))
    return raw.with_columns(
        pl.Series("expected", expected, pl.Float64), pl.Series("others_rate", others, pl.Float64),
        pl.Series("is_beyond_chance", discoveries(chances), pl.Boolean), of=pl.col("bought"),
    )  # fmt: skip


def _chance(own: int, of: int, part: float, together: float) -> float | None:
    """The two-sided p-value of `own` of `of` where `part` is expected; None where it could not be told either way."""
    worth, whole = round(own / together), round(of / together)
    if max(worth, whole * part) < LEAST_EXPECTED:
        return None
    spread = sqrt(whole * part * (1 - part))
    if spread > LARGE:
        return two_sided(max(0.0, abs(worth - whole * part) - 0.5) / spread)
    likely = [_likely(at, whole, part) for at in range(whole + 1)]
    below, above = fsum(likely[: worth + 1]), fsum(likely[worth:])
    return min(1.0, 2 * min(below, above))


def _likely(count: int, of: int, part: float) -> float:
    """How likely exactly so many of `of` are."""
    ways = lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
    return exp(ways + count * log(part) + (of - count) * log(1 - part))


def _range(tickets: int, squares: int, of: int) -> tuple[float | None, float | None]:
    """The range at 95 % of a count over `of`, which is worth tickets² ÷ squares single ones (Byar's form)."""
    if of <= 0 or tickets <= 0:
        return None, None
    worth = tickets**2 / max(squares, tickets)
    low = worth * max(0.0, 1 - 1 / (9 * worth) - Z / (3 * sqrt(worth))) ** 3
    high = (worth + 1) * (1 - 1 / (9 * (worth + 1)) + Z / (3 * sqrt(worth + 1))) ** 3
    scale = tickets / worth / of
    return low * scale, high * scale


def finished_time(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Curves of all tickets and of each severity, with their medians."""
    raw = frames[0]
    schema: dict[str, Any] = {
        "severity": pl.String, **dict.fromkeys(("days", "at_risk", "ended"), pl.Int64),
        **dict.fromkeys(("share", "low", "high"), pl.Float64),
        **dict.fromkeys(("tickets", "still_open", "median_days", "p75_days"), pl.Int64),
    }  # fmt: skip
    if raw.is_empty():
        return pl.DataFrame(schema=schema)
    if str(dict(query.params).get("of")) == "complaints" and not raw.get_column("tells").max():
        notes.append(note("no_complaint_kind"))
    if not raw.get_column("tells_closing").max():
        notes.append(note("no_closing_days"))
        return pl.DataFrame(schema=schema)
    if backwards := int(raw.filter(pl.col("days") < 0).get_column("n").sum()):
        notes.append(note("closed_before_opened", count=backwards))
    times = raw.filter(pl.col("days") >= 0).with_columns(is_over=pl.col("is_closed") == 1)
    parts: list[tuple[str | None, pl.DataFrame]] = [(None, times)]
    for severity in times.get_column("severity").drop_nulls().unique().sort():
        own = times.filter(pl.col("severity") == severity)
        if int(own.get_column("n").sum()) >= LEAST_LASTING and own.height < times.height:
            parts.append((severity, own))
    return pl.concat([_curve(name, part, schema) for name, part in parts])


def _curve(name: str | None, times: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    summed = times.select("days", "is_over", "n")
    curve = kaplan_meier(summed)
    told = {
        "severity": name, "tickets": int(times.get_column("n").sum()),
        "still_open": int(times.filter(~pl.col("is_over")).get_column("n").sum()),
        "median_days": lasting(curve), "p75_days": lasting(curve, 0.75),
    }  # fmt: skip
    columns = [pl.lit(value, schema[of]).alias(of) for of, value in told.items()]
    return curve.with_columns(columns).select(pl.col(of).cast(kind) for of, kind in schema.items())


FINISHES = {"complaints": finished, "time_to_close": finished_time}
"""By the name that a question gives its finish."""
