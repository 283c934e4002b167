"""What rules of the register of risks look at: for each look, a row per subject with all that rules may ask of it.

Every frame has `subject` (a name, of deals their id; null: the company) and may have `kind`, `label`, `owner`, `since`.
Looks are asked as whoever sees everything; the register shows each subject to those who may see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from data.review.chapter import Source
from metrics import customer_signals, leavers, odds, overdue, receivables, signals, slips
from metrics.cuts import breakdown, pivot, total
from metrics.landing import landing, span_of
from metrics.number import number
from metrics.proportions import differ
from metrics.target import Span
from metrics.target_standing import standing
from metrics.viewer import EVERYTHING
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.query import Query
    from metrics.view import View

GRAINS = ("quarter", "month", "year")
"""Of which targets are looked for: the first that the company has."""
LEAST_CLOSED = 20
"""Deals that a salesperson closed in a year, without which their win rate says too little."""
LEAST_DAYS = 6
"""Days on which a salesperson created deals, without which there is no rhythm."""
QUALITY_BACK = 8
"""Loads before the last that a check is held against."""
LEAST_MISSING = 0.1
"""Of a target, what is taken to be missing at least: where little is missing every deal is a large part of it."""
_STALLED = ("silent", "slow", "overdue")


@dataclass(frozen=True)
class Seen:
    """What is looked at: a store on a day, with what several looks share."""

    snapshot: Snapshot
    view: View
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Of every rule, as the company has them: for looks whose question takes one."""

    def ask(self, query: Query) -> pl.DataFrame:
        """The answer for whoever sees everything."""
        return self.snapshot.ask(query, EVERYTHING).frame

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """team, manager and left_on of every salesperson."""
        found = self.snapshot.frame("select rep, team, manager, left_on from crm.reps")
        return {row["rep"]: row for row in found.iter_rows(named=True)}

    @cached_property
    def managers(self) -> dict[str, str]:
        """Who manages each team: whom most of its people name."""
        told = self.snapshot.frame(
            "select team, manager, count(*) as n from crm.reps where team is not null and manager is not null"
            " group by team, manager order by n, manager desc"
        )
        return {team: manager for team, manager, _ in told.iter_rows()}

    @cached_property
    def goals(self) -> tuple[pl.DataFrame, str, Span]:
        """How targets of money stand, of the first grain that has any; with the grain and its days."""
        for grain in GRAINS:
            period = span_of(self.view, grain)
            span = Span(period.from_on, period.to_on)
            days = Workdays.of(self.ask(calendar(self.view.with_period(from_on=span.starts_on, to_on=span.ends_on))))
            frame = self.ask(standing("won_amount", span, self.view, days))
            if frame.height:
                break
        return frame, grain, span

    @cached_property
    def accounts(self) -> dict[str, str]:
        """Who owns each customer that has an owner."""
        told = self.snapshot.frame(
            "select customers.customer, reps.rep from crm.customers join crm.reps using (rep_key) order by 1"
        )
        return dict(told.iter_rows())

    def owner(self, kind: str, subject: str | None) -> str | None:
        """Who looks after it: the manager of a team and of a person, the salesperson of a customer."""
        if kind == "customer":
            return self.accounts.get(subject or "")
        if kind == "team":
            return self.managers.get(subject or "")
        return self.people.get(subject or "", {}).get("manager") if kind == "rep" else None


class Look(NamedTuple):
    """One look.

    Attributes:
        rows: what is looked at. source: what an alert's amount stands on, of a view, its kind and its evidence.
        further: what is asked of those rows only for which a rule fires, since it takes long; none: nothing.
    """

    rows: Callable[[Seen], pl.DataFrame]
    source: Callable[[View, str, str | None, Mapping[str, Any]], Source | None]
    further: Callable[[Seen, pl.DataFrame], pl.DataFrame] | None = None


def _whose(view: View, kind: str, subject: str | None) -> View:
    return view.with_filter(kind, subject) if kind in ("team", "rep") and subject else view


# ------------------------------------------------------------------------------------------------------------- targets


def _pace(seen: Seen) -> pl.DataFrame:
    """Targets with where they will end."""
    frame, grain, _ = seen.goals
    rows = frame.rename({"scope": "kind", "name": "subject", "projected.low": "low", "projected.high": "high"})
    short = pl.col("target") - pl.col("projected")
    share = short / pl.when(pl.col("target") > 0).then(pl.col("target"))
    teams = [seen.people.get(one or "", {}).get("team") for one in rows.get_column("subject")]
    rows = rows.with_columns(pl.Series("team", teams, pl.String))
    return rows.with_columns(
        pl.lit(None, pl.Float64).alias("miss"), short=short, short_share=share, grain=pl.lit(grain)
    )


def _missed(seen: Seen, rows: pl.DataFrame) -> pl.DataFrame:
    """Of the company and teams that the range misses, how likely they are missed: a landing for each."""
    missed = [
        _chance_to_miss(seen, kind, subject, grain) if verdict == "unlikely" and kind != "rep" else None
        for kind, subject, verdict, grain in rows.select("kind", "subject", "verdict", "grain").iter_rows()
    ]
    return rows.with_columns(pl.Series("miss", missed, pl.Float64))


def _chance_to_miss(seen: Seen, kind: str, subject: str | None, grain: str) -> float | None:
    told = seen.ask(landing(_whose(seen.view, kind, subject), grain)).filter(pl.col("part") == "landing")
    chance = number(told.item(0, "chance"))
    return None if chance is None else 1 - chance


def _won(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:
    span = span_of(view, values.get("grain") or "quarter")
    asked = _whose(view, kind, subject).with_compare("none").with_period(from_on=span.from_on, to_on=span.to_on)
    return Source(total("won_amount", asked), "won_amount")


def _dry(seen: Seen) -> pl.DataFrame:
    """What open deals are worth by the person's own win rate, beside what is missing to the target."""
    goals = seen.goals[0].filter((pl.col("scope") == "rep") & (pl.col("gap") > 0))
    view = seen.view.with_period("last_12_months")
    standing_now = seen.ask(breakdown(("open_amount", "open_deals"), "rep", seen.view))
    rates = seen.ask(breakdown("win_rate", "rep", view)).select("rep", rate="win_rate", n="win_rate.n")
    found = (
        goals.select("name", "target", "actual", "elapsed", "left_on", remaining="gap")
        .join(standing_now, left_on="name", right_on="rep", how="left")
        .join(rates, left_on="name", right_on="rep", how="left")
        .filter(pl.col("left_on").is_null() & (pl.col("n") >= LEAST_CLOSED))
        .with_columns(open=pl.col("open_amount").cast(pl.Float64).fill_null(0))
        .with_columns(expected=pl.col("open") * pl.col("rate"))
    )
    return found.with_columns(
        subject="name", covers=pl.col("expected") / pl.col("remaining"), short=pl.col("remaining") - pl.col("expected")
    )


def _open(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:  # noqa: ARG001 - as all
    return Source(breakdown("open_amount", "rep", view), "open_amount", (("rep", subject),))


def _created(seen: Seen) -> pl.DataFrame:
    """For how long each salesperson has created no deal, beside their own pauses of the year before.

    Pauses are measured by the deals that all others created meanwhile, at a day's average, so that holidays and slack
    seasons are no pause of one person. The probability is the larger of what their own pauses say (gamma) and of what
    those of all say, each in means of its own person's: real pauses have longer tails than their spread tells.
    """
    day = seen.view.at
    since = day - timedelta(days=overdue.YEAR)
    told = seen.ask(pivot("created_deals", ("rep", "day"), seen.view.with_period(from_on=since, to_on=day)))
    told = told.filter(pl.col("created_deals") > 0).sort("day")
    brought = dict(told.group_by("day").agg(pl.col("created_deals").sum()).iter_rows())
    clock = np.cumsum([brought.get(since + timedelta(days=one), 0) for one in range(overdue.YEAR + 1)])
    rows, means = [], []
    for (rep,), own in told.group_by("rep", maintain_order=True):
        days = own.get_column("day").to_list()
        here = seen.people.get(str(rep))
        if rep is None or here is None or here["left_on"] is not None or len(days) < LEAST_DAYS:
            continue
        times = clock[[(one - since).days for one in (*days, day)]].astype(float)
        pauses, silent = np.diff(times[:-1]), times[-1] - times[-2]
        of = (np.array([one]) for one in (silent, pauses.size, pauses.sum(), (pauses**2).sum()))
        chance = float(overdue.chance(*of)[0]) if silent > pauses.max() else 1.0
        apart = np.diff(np.array(days, dtype="datetime64[D]")).astype(int)
        means.append((silent / pauses.mean(), pauses / pauses.mean()))
        rows.append((rep, days[-1], (day - days[-1]).days, float(np.median(apart)), int(apart.max()), chance))
    everybody = np.concatenate([pauses for _, pauses in means]) if means else np.empty(0)
    chances = [max(row[-1], overdue.among(silent, everybody)) for row, (silent, _) in zip(rows, means, strict=True)]
    return pl.DataFrame(
        [(*row[:-1], chance) for row, chance in zip(rows, chances, strict=True)], _CREATED, orient="row"
    )


_CREATED = {
    "subject": pl.String, "since": pl.Date, "days": pl.Int64, "usual": pl.Float64, "longest": pl.Int64,
    "p_value": pl.Float64,
}  # fmt: skip


def _creating(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:  # noqa: ARG001 - as all
    year = view.with_period(from_on=view.at - timedelta(days=overdue.YEAR), to_on=view.at)
    return Source(breakdown("created_deals", "rep", year), "created_deals", (("rep", subject),))


# --------------------------------------------------------------------------------------------------------------- deals


def _stalled(seen: Seen) -> pl.DataFrame:
    """Open deals due by the end of the target's days with what stalls them, and how often their like is lost."""
    goals, _, span = seen.goals
    told = seen.ask(signals.signals(seen.view)).filter(
        (pl.col("amount") > 0) & (pl.col("expected_close_on") <= span.ends_on)
    )
    company = goals.filter(pl.col("scope") == "company").select("gap", "target").rows()
    gap, target = company[0] if company else (number(told.get_column("amount").sum()), 0.0)
    whole = max(gap or 0.0, LEAST_MISSING * (target or 0.0))
    signs = [signals_ for signals_ in signals.SIGNALS if signals_.id in _STALLED]
    why = pl.concat_str(
        [pl.when(pl.col(one.flag)).then(pl.lit(f"{one.id},")).otherwise(pl.lit("")) for one in signs]
    ).str.strip_suffix(",")
    found = told.select(
        "deal", "customer", "stage", "pipeline", "expected_close_on", "silent_days", "stage_days",
        subject="deal_id", label="deal", owner="rep", amount=pl.col("amount").cast(pl.Float64), why=why,
        age=pl.col("stage_days"),
    ).filter(pl.col("why") != "")  # fmt: skip
    found = odds.with_odds(found, seen.ask(odds.odds(seen.view.with_period("all"))))
    of = whole if whole > 0 else None
    return found.with_columns(share=pl.col("amount") / pl.lit(of, pl.Float64), lost=1 - pl.col("odds"))


def _deal(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:  # noqa: ARG001 - as all
    return Source(signals.signals(view), "amount", (("deal_id", subject),))


def _slips(seen: Seen) -> pl.DataFrame:
    """Deals moved out of the last four weeks, held against the person's, team's and company's own windows before."""
    return slips.judged(
        seen.ask(slips.slips(seen.view)), {rep: one["team"] for rep, one in seen.people.items() if one["team"]}
    )


def _slipped(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:  # noqa: ARG001 - as all
    return Source(slips.slips(_whose(view, kind, subject)), "slipped", (("place", 0),))


# ------------------------------------------------------------------------------------------------ customers and people


def _customers(seen: Seen) -> pl.DataFrame:
    """Signals of customers, as their page tells them."""
    frame = seen.ask(customer_signals.signals(seen.view))
    return frame.with_columns(subject="customer", owner="rep")


def _of_customer(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source | None:  # noqa: ARG001
    at = tuple((name, values.get(name)) for name in ("signal", "customer", "reason"))
    return Source(customer_signals.signals(view), None, at)


def _receivables(seen: Seen) -> pl.DataFrame:
    """Customers with anything overdue, and how much of it for as long as the rule's limit says."""
    least = round(seen.limits.get("receivables", {}).get("days", receivables.LEAST_DAYS))
    told = seen.ask(receivables.receivables(seen.view, least)).filter(pl.col("customer").is_not_null())
    return told.with_columns(subject="customer", least_days=pl.lit(least, pl.Int64))


def _owed(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:  # noqa: ARG001 - as all
    least = round(values.get("least_days") or receivables.LEAST_DAYS)
    return Source(receivables.receivables(view, least), "late", (("customer", subject),))


def _leavers(seen: Seen) -> pl.DataFrame:
    """What those who have left still have in their names."""
    told = seen.ask(leavers.leavers(seen.view)).filter(pl.col("rep").is_not_null())
    amount = pl.sum_horizontal(pl.col("open_amount", "planned", "outstanding").fill_null(0))
    return told.with_columns(
        subject="rep", owner="manager", amount=amount, things=pl.col("open_deals") + (amount > 0).cast(pl.Int64)
    )


def _left(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source:  # noqa: ARG001 - as all
    column = "open_amount" if values.get("open_deals") else "outstanding"
    return Source(leavers.leavers(view), column, (("rep", subject),))


# ---------------------------------------------------------------------------------------------------------------- data

_FOUND = """
select findings.code, findings.table_name, findings.rows, findings."of", findings.money, uploads.as_of, uploads.id
from ops.findings join ops.uploads on uploads.id = findings.upload_id
where not uploads.is_undone and (uploads.as_of is null or uploads.as_of <= $day) and findings."of" > 0
order by findings.table_name, findings.code, uploads.as_of nulls first, uploads.id
"""


def _quality(seen: Seen) -> pl.DataFrame:
    """Checks of the last load beside the same ones of the loads before."""
    rows = []
    found = seen.snapshot.frame(_FOUND, {"day": seen.view.at})
    for (table, code), own in found.group_by("table_name", "code", maintain_order=True):
        *before, last = own.iter_rows(named=True)
        before = before[-QUALITY_BACK:]
        bad, of = sum(one["rows"] for one in before), sum(one["of"] for one in before)
        if not of:
            continue
        grown = last["rows"] / last["of"] - bad / of
        p_value = differ(last["rows"], last["of"], bad, of) / 2 if grown > 0 else 1.0
        rows.append((f"{table}:{code}", last["rows"], last["of"], last["rows"] / last["of"], bad / of, grown,
                     number(last["money"]), p_value))  # fmt: skip
    return pl.DataFrame(rows, _QUALITY, orient="row")


_QUALITY = {
    "subject": pl.String, "rows": pl.Int64, "of": pl.Int64, "share": pl.Float64, "before": pl.Float64,
    "grown": pl.Float64, "money": pl.Float64, "p_value": pl.Float64,
}  # fmt: skip


def _nothing(view: View, kind: str, subject: str | None, values: Mapping[str, Any]) -> None:
    """The page of data quality shows the rows."""


LOOKS: dict[str, Look] = {
    "pace": Look(_pace, _won, _missed),
    "dry": Look(_dry, _open),
    "created": Look(_created, _creating),
    "stalled": Look(_stalled, _deal),
    "slips": Look(_slips, _slipped),
    "customers": Look(_customers, _of_customer),
    "receivables": Look(_receivables, _owed),
    "leavers": Look(_leavers, _left),
    "quality": Look(_quality, _nothing),
}
"""By the name that a rule gives the look."""


def day_of(value: object) -> date | None:
    """A day as evidence keeps it."""
    return date.fromisoformat(value) if isinstance(value, str) else None
