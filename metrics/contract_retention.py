"""How much of the customers under contract, and of their money, stays: gross and net retention, renewals to come.

Looked at are two days: the eve of the period and its last day (not after the view's day). A contract runs from
`starts_on` to `ends_on`, both included, but not on the day on which one of the same customer that follows it begins. It
is worth 12 × its amount ÷ its months a year (ARR): whole months as the calendar has them, what is left over in days, 12
months having 365: a leap year is worth no less than another. One that ends on its anniversary is whole months too;
one shorter than LEAST_DAYS is taken as if it had so many. Of the customers with a contract on the first day:

    net      worth on the last day ÷ worth on the first: expansion counts, so that it may lie above 100 %  (NRR)
    gross    the same with each customer's worth cut off at what it was: never above 100 %  (GRR)
    logo     customers who still have a contract ÷ all of them
    renewal  of contracts that ended in between, the share followed: the customer has another that began later than it,
             at the latest RENEWS days after its end, and runs longer. Those that ended within the last RENEWS days are
             undecided and left out, followed or not: to count only the followed ones would flatter the rate

Filters, and what a viewer may see, choose contracts, but a customer that goes on outside of them is not lost: who has
none within them on the last day, and had none outside on the first but has now, was handed over, say to another
salesperson. Of these the contracts outside are what stayed. The other way round they were taken over, and are not won.
Whether a contract was followed is told by all contracts of the customer, with whomever; so a team or a person is told
the rates that everybody gets for them, and sees no row of others (docs/decisions/0023). Churned is who had contracts on
both sides and kept those outside, which is said.

worth start + won + taken over − churned − handed over − contracted + expanded = worth end, where won are customers
without a contract on the first day. Customers have an interval by Wilson; money one of a ratio of two sums over
customers, where there are enough.

Sources: Standard metrics as defined by the SaaS Metrics Standards Board (2023), Net and Gross Revenue Retention;
W. G. Cochran (1977), Sampling Techniques, 3rd ed., §6.3 (variance of a ratio).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import sqrt
from typing import Any

import polars as pl

from metrics.intervals import LEAST_DEALS, LEAST_EFFECTIVE, Z, wilson
from metrics.notes import Note, note
from metrics.period import DAY
from metrics.purchases import splits, unfiltered
from metrics.query import Column, Query, from_file
from metrics.two_spans import END, START
from metrics.view import View

KINDS = ("won", "taken_over", "expanded", "kept", "contracted", "handed_over", "churned")
"""What became of a customer between the two days; kept: worth the same."""
_STAYED = ("expanded", "kept", "contracted", "churned")
"""What became of customers there on the first day, whoever has them on the last."""
RATES = ("net", "gross", "logo", "renewal")
LEAST_DAYS, RENEWS, AHEAD = 30, 60, 180
"""The shortest contract taken at its own length; days for one to be followed; how far ahead renewals are listed."""
_NO_SPREAD = 1e-9
_SCHEMA: dict[str, Any] = {"turned": pl.String, "customers": pl.Int64, "annual": pl.Float64}
_RATES: dict[str, Any] = {
    "rate": pl.String, "value": pl.Float64, "value.low": pl.Float64, "value.high": pl.Float64, "value.n": pl.Int64,
    "stayed": pl.Float64, "initially": pl.Float64,
}  # fmt: skip


def contract_bridge(view: View) -> Query:
    """From the worth of all contracts on the eve of the period to that on its last day, by what became of customers.

    Columns: `turned` (start, KINDS, end), `customers`, `annual` (what it adds; of start and end the worth).
    `rows("annual", turned=…)` are the contracts of these customers on either day; of a handover those outside of the
    filters, too.

    Args:
        view: its period, by default the last twelve months, and filters.
    """
    level = "($at_turned = 'start' and population.in_start = 1) or ($at_turned = 'end' and population.in_end = 1)"
    running = "population.in_start = 1 or population.in_end = 1 or population.in_handover = 1"
    where = f"{level} or (population.turned = $at_turned and ({running}))"
    columns = (
        Column("turned", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("customers", "value", unit="count", where=where), Column("annual", "value", unit="money", where=where),
    )  # fmt: skip
    return replace(_asked(view), columns=columns, by=("turned",), finish="contract_bridge")


def contract_rates(view: View) -> Query:
    """Net, gross, logo retention and renewal rate of a period.

    One row per `rate` (RATES): `value` with `.low .high .n` (customers, of renewals contracts), `stayed` ÷ `initially`.
    `rows("value", rate=…)` are the contracts on either day of customers there on the first; of renewals those that
    ended. Args: as `contract_bridge`.
    """
    where = (
        "($at_rate = 'renewal' and population.in_ended = 1 and population.renewal <> 'undecided') or"
        " ($at_rate <> 'renewal' and population.turned not in ('won', 'taken_over') and"
        " (population.in_start = 1 or population.in_end = 1 or population.in_handover = 1))"
    )
    columns = (
        Column("rate", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("value", "value", unit="share", where=where), Column("value.low", "low", unit="share"),
        Column("value.high", "high", unit="share"), Column("value.n", "n"),
        *(Column(name, "value", unit="number") for name in ("stayed", "initially")),
    )  # fmt: skip
    return replace(_asked(view), columns=columns, by=("rate",), finish="contract_rates")


def renewals(view: View) -> Query:
    """Contracts that end within AHEAD days of the view's day, the next first; none that is followed already.

    Columns: `contract_id`, `contract`, `customer`, `rep`, `starts_on`, `ends_on`, `days_left`, `amount`, `annual`.
    """
    asked = from_file(
        "contract_renewals", view, day=view.at, until=view.at + timedelta(days=AHEAD), least_days=LEAST_DAYS
    )
    columns = (
        Column("contract_id", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("days_left", "value", unit="days"),
        *(Column(name, "value", unit="money") for name in ("amount", "annual")),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("contract_id",), notes=_unfiltered(view))


def _asked(view: View) -> Query:
    over = view.spanned()
    days = over.period
    start = (days.from_on if days else over.at) - DAY
    asked = from_file("contract_retention", over, start=start, day=over.at, least_days=LEAST_DAYS)
    outside = (note("contracts_filtered"),) if splits("contracts", view) else ()
    return replace(asked, notes=(note("contracts_days", start=start, day=over.at), *_unfiltered(view), *outside))


def _unfiltered(view: View) -> tuple[Note, ...]:
    return unfiltered("contracts", view, "contracts_not_filtered")


# ---------------------------------------------------------------------------------------------------------- finishing


def _told(frames: Sequence[pl.DataFrame], notes: list[Note], *said: str) -> dict[str, dict[str, Any]]:
    """What was counted, by kind; what is left out is said, and the kinds that are."""
    sums = frames[0].group_by("turned").agg(pl.col("counted", "annual_start", "annual_end").sum())
    told = {row["turned"]: row for row in sums.iter_rows(named=True)}
    there = [kind for kind in ("left_out", "others", "elsewhere", *said) if kind in told]
    notes += [note(f"contracts_{kind}", count=int(told[kind]["counted"])) for kind in there]
    return told


def finished_bridge(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Start, every kind that occurs, end."""
    told = _told(frames, notes)
    moved = [(kind, told[kind]) for kind in KINDS if kind in told]
    if not moved:
        return pl.DataFrame(schema=_SCHEMA)
    rows = [(kind, int(row["counted"]), round(row["annual_end"] - row["annual_start"], 2)) for kind, row in moved]
    gone = (("won", "taken_over"), ("churned", "handed_over"))
    counts = [sum(int(row["counted"]) for kind, row in moved if kind not in kinds) for kinds in gone]
    levels = [round(sum(row[f"annual_{end}"] for _, row in moved), 2) for end in ("start", "end")]
    every = [(START, counts[0], levels[0]), *rows, (END, counts[1], levels[1])]
    return pl.DataFrame(every, _SCHEMA, orient="row")


def finished_rates(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """The rates that there is anything to divide by for."""
    told = _told(frames, notes, "undecided")
    there = _became(frames[0])
    rows: list[dict[str, Any]] = []
    if there:
        count, whole = sum(int(row["counted"]) for row in there.values()), _sum(there, "annual_start")
        capped = there | {kind: _capped(row) for kind, row in there.items() if kind == "expanded"}
        for rate, rows_of in (("net", there), ("gross", capped)):
            part, squares, products = (_sum(rows_of, name) for name in ("stayed_end", "squares_end", "products"))
            low, high = _interval(part, whole, count, squares, _sum(there, "squares_start"), products)
            most = min(high, 1.0) if rate == "gross" and high is not None else high
            rows.append(_rate(rate, part / whole if whole else None, low, most, count, part, whole))
        rows.append(_share("logo", count - int(there.get("churned", {"counted": 0})["counted"]), count))
    followed, ended = (int(told[kind]["counted"]) if kind in told else 0 for kind in ("followed", "ended"))
    if followed + ended:
        rows.append(_share("renewal", followed, followed + ended))
    if not there:
        notes.append(note("contracts_none_then"))
    return pl.DataFrame(rows, schema=_RATES, orient="row")


def _became(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """What became of the customers there on the first day, by kind: handed over or not."""
    summed = frame.filter(pl.col("became").is_not_null()).group_by("became").agg(pl.exclude("turned", "became").sum())
    found = {row["became"]: row for row in summed.iter_rows(named=True)}
    return {kind: found[kind] for kind in _STAYED if kind in found}


def _capped(row: dict[str, Any]) -> dict[str, Any]:
    """Of customers who are worth more than they were, what they were worth."""
    was = {"stayed_end": row["annual_start"], "squares_end": row["squares_start"], "products": row["squares_start"]}
    return row | was


def _sum(rows: dict[str, dict[str, Any]], name: str) -> float:
    return float(sum(row[name] for row in rows.values()))


def _rate(
    rate: str, value: float | None, low: float | None, high: float | None, n: int, part: float, whole: float
) -> dict[str, Any]:
    return {
        "rate": rate, "value": value, "value.low": low, "value.high": high, "value.n": n, "stayed": round(part, 2),
        "initially": round(whole, 2),
    }  # fmt: skip


def _share(rate: str, part: int, whole: int) -> dict[str, Any]:
    low, high = wilson(pl.lit(part), pl.lit(whole))
    ends = pl.select(low=low, high=high).row(0)
    return _rate(rate, part / whole, ends[0], ends[1], whole, part, whole)


def _interval(
    part: float, whole: float, n: int, squares: float, squares_whole: float, products: float
) -> tuple[float | None, float | None]:
    """95 % of a ratio of two sums over customers; nothing where they are few or all alike, or few have the money."""
    if n < LEAST_DEALS or whole <= 0 or whole**2 / squares_whole < LEAST_EFFECTIVE:
        return None, None
    ratio = part / whole
    spread = (squares - 2 * ratio * products + ratio**2 * squares_whole) * n / (n - 1)
    if spread <= _NO_SPREAD * squares_whole:  # all alike: no variance to tell a range from, which is not certainty
        return None, None
    margin = Z * sqrt(spread) / whole
    return max(ratio - margin, 0.0), ratio + margin
