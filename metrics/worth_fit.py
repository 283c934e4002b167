"""The models of metrics/worth.py fitted to customers: held against what they did since, and told of each customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil, copysign, exp, log, log1p, sqrt
from typing import Any

import numpy as np
import polars as pl

from metrics import bgnbd, gamma_gamma
from metrics.held import Frames
from metrics.intervals import Z
from metrics.notes import Note, note

LEAST_REPEATERS, LEAST_WEEKS = 100, 26
"""Customers who had bought again, and weeks on record, before the weeks that are looked back at."""
MOST_OFF, MOST_OFF_BY_CLASS = 0.20, 0.25
"""How far what was expected may be from what came: of all together, and added up over classes."""
MOST_OFF_IN_CLASS, LEAST_IN_CLASS, BEYOND_CHANCE = 0.40, 50, 3.0
"""How far it may be in any one class of so many who had bought again, and by how many standard errors to be no chance:
in 24 shops drawn as the model says, each over two horizons, three refuse 1 of 48, two would refuse 6."""
MOST_IN_CONTRACT = 0.5
"""The part of the money so far from customers under contract beyond which nobody else's rhythm matters."""
CLASSES = 7
"""From so many repeat purchases on customers are one class."""
MOST_FITTED = 25_000
"""Of more customers a fixed sample is fitted: the parameters are sure to one or two per cent then."""
LOST, ALIVE = 0.3, 0.7
"""P(alive) under which a customer is likely lost, and from which on it likely still buys."""
WORTH, STATES = ("high", "middle", "low"), ("alive", "unsure", "lost", "once", "contract")
CUTS = {"high": 0.5, "middle": 0.8}
"""Of the money of all so far, the part at which a band of worth ends; low is the rest."""
RELATED = 0.3
"""A correlation of how often and how much that makes values doubtful."""
_WEEK, _WEEKS_A_YEAR = 7, 365 / 7
_NODES = tuple(0.5 + side / sqrt(12) for side in (-1, 1))
"""Gauss's two points: exact for cubics, and over a horizon the expectation is smoother than that."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What a fit is asked for: the day, the earlier one that it is checked from, and the discount of a year."""

    day: date
    until: date
    discount: float

    @property
    def weeks(self) -> float:
        """The horizon, ahead and back."""
        return (self.day - self.until).days / _WEEK


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit, and what became of it.

    Attributes:
        model, spend: as of the day; None where not fitted. check: a row per class of customers (`checked`).
        reason: why nothing is said of single customers; None where the fit holds. notes: what there is to say of it.
        customers: one row each, `told`; without rows where there is a reason.
    """

    model: bgnbd.BGNBD | None
    spend: gamma_gamma.GammaGamma | None
    check: pl.DataFrame
    reason: Note | None
    notes: tuple[Note, ...]
    customers: pl.DataFrame


def fit(raw: pl.DataFrame, day: date, until: date, discount: float) -> Fit:
    """The models of the customers in `raw` (worth.sql); the last few are kept, since several answers share one."""
    return _fit(Frames((raw,)), day, until, discount)


@lru_cache(maxsize=4)
def _fit(held: Frames, day: date, until: date, discount: float) -> Fit:
    asked = Asked(day, until, discount)
    raw = held[0]
    customers = raw.filter(pl.col("customer_key").is_not_null() & (pl.col("purchases") > 0)).sort("customer_key")
    free = customers.filter(pl.col("in_contract") == 0)
    notes = _left_out(raw)
    sample = free.head(MOST_FITTED)  # keys are digests: the first of them are as good as drawn
    if free.height > MOST_FITTED:
        notes.append(note("worth_sample", count=MOST_FITTED, of=free.height))
    reason, check = _looked_back(customers, asked)
    reason = _bound(customers, free, notes) or reason
    model = bgnbd.fitted(histories(sample, "purchases", "last_on", day)) if _has_repeats(sample) else None
    if reason is None and not (model and model.tells_who_stopped):
        reason = note("worth_no_peak")
    if reason is not None or model is None:
        return Fit(model, None, check, reason, (*notes, *([reason] if reason else [])), customers.clear())
    notes.append(_verdict("worth_fits", check, asked))
    spend, said = _spend(sample)
    return Fit(model, spend, check, None, (*notes, *said), told(customers, model, spend, asked))


def _has_repeats(customers: pl.DataFrame) -> bool:
    return bool((customers.get_column("purchases") > 1).any())


def _left_out(raw: pl.DataFrame) -> list[Note]:
    nobody = raw.filter(pl.col("customer_key").is_null()).get_column("amount").sum()
    return [note("worth_unassigned", amount=f"{float(nobody):,.0f}")] if nobody else []


def _bound(customers: pl.DataFrame, free: pl.DataFrame, notes: list[Note]) -> Note | None:
    """Why the model has no place where contracts bring most of the money; where they bring less, it is noted."""
    whole, rest = (float(one.get_column("amount").fill_null(0).clip(lower_bound=0).sum()) for one in (customers, free))
    said = under_contract(customers.height - free.height, customers.height, whole - rest, whole)
    if said is None or said.code == "worth_contracts":
        return said
    notes.append(said)
    return None


def under_contract(count: int, of: int, brought: float, of_all: float) -> Note | None:
    """What there is to say of the buyers who have a contract: that they brought too much, or how much; or nothing."""
    if not count:
        return None
    share = brought / of_all if of_all else 1.0
    code = "worth_contracts" if share > MOST_IN_CONTRACT else "worth_in_contract"
    return note(code, count=count, of=of, share=round(100 * share))


def histories(customers: pl.DataFrame, count: str, last: str, day: date) -> bgnbd.Histories:
    """Customers who had bought by a day, in weeks, those alike together; `count`: all purchases, the first included."""
    alike = (
        customers.filter(pl.col(count) > 0)
        .group_by(_x(count).alias("x"), _weeks(last).alias("last"), _weeks(pl.lit(day)).alias("known"))
        .agg(pl.len().cast(pl.Float64).alias("customers"))
        .sort("x", "last", "known")
    )
    return bgnbd.Histories(*(alike.get_column(name).to_numpy() for name in ("x", "last", "known", "customers")))


def _x(count: str) -> pl.Expr:
    return (pl.col(count) - 1).cast(pl.Float64)


def _weeks(day: str | pl.Expr) -> pl.Expr:
    until = pl.col(day) if isinstance(day, str) else day
    return (until - pl.col("first_on")).dt.total_days() / _WEEK


# ------------------------------------------------------------------------------------------------------- looking back


def _looked_back(customers: pl.DataFrame, asked: Asked) -> tuple[Note | None, pl.DataFrame]:
    """Why the model is not used, if it is not; and what was expected and came, class by class.

    Of those who had no contract then, whatever they signed since: what is looked ahead from is not known later either.
    """
    begun = customers.get_column("first_on").min()
    nothing = checked(customers.clear(), np.array([]))
    if not isinstance(begun, date):
        return note("worth_no_orders"), nothing
    least = max(LEAST_WEEKS, round(asked.weeks))
    if (asked.until - begun).days / _WEEK < least:
        return note("worth_too_short", from_on=begun, weeks=round(asked.weeks), least=least), nothing
    then = customers.filter((pl.col("purchases_then") > 0) & (pl.col("in_contract_then") == 0))
    again = int((then.get_column("purchases_then") > 1).sum())
    if again < LEAST_REPEATERS:
        return note("worth_too_few", count=again, day=asked.until, least=LEAST_REPEATERS), nothing
    model = bgnbd.fitted(histories(then.head(MOST_FITTED), "purchases_then", "last_then", asked.until))
    if model is None:
        return note("worth_no_peak"), nothing
    x, last, known_for = _columns(then, "purchases_then", "last_then", asked.until)
    foreseen = expected(model, asked.weeks, x, last, known_for)
    if not np.isfinite(foreseen).all():
        return note("worth_no_peak"), nothing
    check = checked(then, foreseen)
    off, by_class = apart(check)
    if abs(off) > MOST_OFF or by_class > MOST_OFF_BY_CLASS:
        return _verdict(failed(off, by_class), check, asked), check
    if (worst := worst_class(check)) is not None:
        return _of_class(worst, asked), check
    return (None if model.tells_who_stopped else note("worth_no_peak")), check


def _columns(customers: pl.DataFrame, count: str, last: str, day: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = customers.select(x=_x(count), last=_weeks(last), known=_weeks(pl.lit(day)))
    x, since, known = (found.get_column(name).to_numpy() for name in found.columns)
    return x, since, known


def expected(model: bgnbd.BGNBD, weeks: float, x: np.ndarray, last: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Purchases expected within `weeks`, each kind of customer worked out once."""
    pairs, where = _alike(x, known)
    return np.asarray(model.while_alive(weeks, *pairs)[where] * model.alive(x, last, known))


def _alike(x: np.ndarray, known: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Different pairs of x and T, and which of them each customer is."""
    whole = (np.round(known * _WEEK) * 1_000_000 + x).astype(np.int64)
    _, first, where = np.unique(whole, return_index=True, return_inverse=True)
    return (x[first], known[first]), where


def checked(then: pl.DataFrame, expected_of: np.ndarray) -> pl.DataFrame:
    """By how often customers had bought again: how many they are, purchases expected and made, of all and of each.

    Columns: `repeats` (CLASSES: that and more), `customers`, `foreseen`, `made`, `foreseen_each`, `made_each` with
    `.low .high` at 95 %.
    """
    frame = then.select(
        repeats=(pl.col("purchases_then") - 1).clip(upper_bound=CLASSES).cast(pl.Int64),
        foreseen=pl.Series(expected_of, dtype=pl.Float64),
        made=(pl.col("purchases") - pl.col("purchases_then")).cast(pl.Float64),
    )
    found = frame.group_by("repeats").agg(
        customers=pl.len().cast(pl.Int64), foreseen=pl.col("foreseen").sum(), made=pl.col("made").sum(),
        spread=(pl.col("made").var().fill_null(0) / pl.len()).sqrt(),
    )  # fmt: skip
    each = pl.col("made") / pl.col("customers")
    return (
        found.sort("repeats")
        .with_columns(foreseen_each=pl.col("foreseen") / pl.col("customers"), made_each=each)
        .with_columns(
            (pl.col("made_each") - Z * pl.col("spread")).clip(lower_bound=0).alias("made_each.low"),
            (pl.col("made_each") + Z * pl.col("spread")).alias("made_each.high"),
        )
        .drop("spread")
    )


def apart(check: pl.DataFrame) -> tuple[float, float]:
    """How far what was expected is from what came, as parts of it: of all together, and added up over classes."""
    came, thought = (check.get_column(name).to_numpy() for name in ("made", "foreseen"))
    if not came.sum():
        return (np.inf if thought.sum() else 0.0), (np.inf if thought.sum() else 0.0)
    return float(thought.sum() / came.sum() - 1), float(np.abs(thought - came).sum() / came.sum())


def worst_class(check: pl.DataFrame) -> dict[str, Any] | None:
    """The class that is off most of those too far off; None where all hold.

    Judged are classes of LEAST_IN_CLASS who had bought again: of those who had not, nothing is said.
    """
    error = (pl.col("made_each.high") - pl.col("made_each")) / Z
    off = (pl.col("foreseen") - pl.col("made")).abs() / pl.max_horizontal("made", pl.lit(1.0))
    found = check.filter(
        (pl.col("repeats") > 0) & (pl.col("customers") >= LEAST_IN_CLASS) & (off > MOST_OFF_IN_CLASS)
        & ((pl.col("foreseen_each") - pl.col("made_each")).abs() > BEYOND_CHANCE * error)
    ).sort(off, descending=True)  # fmt: skip
    return found.row(0, named=True) if found.height else None


def failed(off: float, by_class: float) -> str:
    """The code of what is said where all together or the classes are too far off: what holds is named as no reason."""
    if abs(off) <= MOST_OFF:
        return "worth_poor_classes"
    return "worth_poor_fit" if by_class > MOST_OFF_BY_CLASS else "worth_poor_total"


def _of_class(row: dict[str, Any], asked: Asked) -> Note:
    bought = f"{row['repeats'] + 1}{'+' if row['repeats'] == CLASSES else ''}"
    return note(
        "worth_poor_class", weeks=round(asked.weeks), bought=bought, customers=row["customers"],
        expected=round(row["foreseen"]), actual=round(row["made"]), most=round(100 * MOST_OFF_IN_CLASS),
    )  # fmt: skip


def told_per_cent(share: float) -> float:
    """Per cents without their sign, up to the next tenth: rounded, what is just over its limit would read as it."""
    return ceil(round(1000 * abs(share), 6)) / 10


def _verdict(code: str, check: pl.DataFrame, asked: Asked) -> Note:
    off, by_class = (min(one, 9.99) for one in apart(check))
    return note(
        code, weeks=round(asked.weeks), expected=round(float(check.get_column("foreseen").sum())),
        actual=round(float(check.get_column("made").sum())), off=f"{copysign(told_per_cent(off), off):+.1f}",
        by_class=f"{told_per_cent(by_class):.1f}", most=round(100 * MOST_OFF),
        most_by_class=round(100 * MOST_OFF_BY_CLASS),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ each customer


def _spend(sample: pl.DataFrame) -> tuple[gamma_gamma.GammaGamma | None, list[Note]]:
    """What a purchase is worth, by customers whose repeat purchases brought anything; and what speaks against it."""
    again = sample.filter((pl.col("purchases") > 1) & (pl.col("repeat_amount") > 0))
    x = again.select(_x("purchases")).to_series().to_numpy()
    average = again.get_column("repeat_amount").to_numpy() / x
    spend = gamma_gamma.fitted(x, average) if again.height >= LEAST_REPEATERS else None
    if spend is None or spend.mean is None:
        return None, [note("worth_no_value")]
    of = gamma_gamma.related(x, average)
    return spend, [note("worth_related", share=f"{of:.2f}")] if of is not None and abs(of) >= RELATED else []


def told(
    customers: pl.DataFrame, model: bgnbd.BGNBD, spend: gamma_gamma.GammaGamma | None, asked: Asked
) -> pl.DataFrame:
    """What the models say of each customer.

    Columns: `customer_key`, `first_on`, `last_on`, `purchases`, `brought_so_far` (so far), `chance_alive`,
    `expected_purchases`, `value_each` (of a purchase), `value_ahead` (of the horizon, discounted), `worth` (WORTH),
    `alive` (STATES). Of who has a contract on the day only what they brought, and the state "contract".
    """
    x, last, known = _columns(customers, "purchases", "last_on", asked.day)
    pairs, where = _alike(x, known)
    in_contract = customers.get_column("in_contract").to_numpy() == 1
    chance_alive = np.where(in_contract, np.nan, model.alive(x, last, known))
    whole = model.while_alive(asked.weeks, *pairs)
    rate = log1p(asked.discount) / _WEEKS_A_YEAR
    within = [model.while_alive(asked.weeks * node, *pairs) * exp(-rate * asked.weeks * node) / 2 for node in _NODES]
    today = exp(-rate * asked.weeks) * whole + rate * asked.weeks * np.sum(within, axis=0)
    each = np.full(len(x), np.nan)
    if spend is not None:
        average = customers.get_column("repeat_amount").fill_null(0).to_numpy() / np.maximum(x, 1)
        each = spend.expected(x, np.maximum(average, 0))
    likely = np.where(chance_alive < LOST, 2, np.where(chance_alive < ALIVE, 1, 0))
    state = np.where(in_contract, STATES.index("contract"), np.where(x == 0, STATES.index("once"), likely))
    return customers.select(
        "customer_key", "first_on", "last_on", "purchases",
        pl.col("amount").alias("brought_so_far"),
        chance_alive=pl.Series(chance_alive).fill_nan(None),
        expected_purchases=pl.Series(whole[where] * chance_alive).fill_nan(None),
        value_each=pl.Series(np.where(in_contract, np.nan, each)).fill_nan(None),
        value_ahead=pl.Series(today[where] * chance_alive * each).fill_nan(None),
        worth=pl.Series(_bands(customers.get_column("amount").fill_null(0).to_numpy())).cat.to(pl.Enum(WORTH)),
        alive=pl.Series(state.astype(np.uint8)).cat.to(pl.Enum(STATES)),
    )  # fmt: skip


def _bands(amount: np.ndarray) -> np.ndarray:
    """The band of each, as its place in WORTH: who crosses a cut is of the band before; equals are alike."""
    order = np.argsort(-amount, kind="stable")
    sorted_by = amount[order]
    brought = np.maximum(sorted_by, 0)
    before = np.cumsum(brought) - brought
    is_first = np.append(True, sorted_by[1:] != sorted_by[:-1])[: len(amount)]
    before = np.maximum.accumulate(np.where(is_first, before, 0))  # as much as others: the same band
    ends = [CUTS[name] * max(float(brought.sum()), 1e-300) for name in WORTH[:2]]
    found = np.empty(len(amount), dtype=np.uint8)
    found[order] = np.where(brought > 0, np.searchsorted(ends, before, side="right"), 2)
    return found


def log_odds(share: float) -> float:
    """ln(share ÷ (1 − share)): what P(alive) is compared by, where exponentials would be too large."""
    return log(share / (1 - share))
