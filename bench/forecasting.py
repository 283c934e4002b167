"""Whether forecasts are right: chances and landings of the past beside what came, own history beside the CRM's word.

The demo company is made here; a real Zoho export is looked at where one lies (SALES_REAL_DATA, as for the tests). A
single export has no memory: what its CRM said on a day of the past is not in it. So the CRM's word is taken as the
export has it, with the closing days that came to be, which is more than it knew then; and what it says is still held
against what history says without that. The open deals weighted by their stage cannot be looked at again there: the
stages of closed deals are unknown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from bench.results import Measured
from bench.stores import FOLDER, Scale, remove
from data.demo import AS_OF, build
from data.ingest import Options, plan, run
from data.store import Snapshot, open_store
from metrics.backtest import LEAST_ENDS, backtest, errors
from metrics.calibration import HORIZON, calibration
from metrics.landing import by_what_is_known, history, span_of, with_crm
from metrics.odds import brier, odds, with_odds
from metrics.view import View
from metrics.viewer import EVERYTHING

_DEALS, _WEEKS = 10_000, 60
"""So many weekly exports that what the CRM said on the days looked back to is known."""
_PERIODS = {"quarter": 4, "month": 12}
REAL = Path(os.environ.get("SALES_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")
_WRITTEN = """
select moments.day, deals.probability,
    case when deals.status = 'won' and deals.closed_on <= moments.day + $horizon then 1 else 0 end as is_won
from crm.deals, (select unnest($days) as day) as moments
where deals.created_on <= moments.day and (deals.closed_on is null or deals.closed_on > moments.day)
    and deals.probability is not null
"""
"""Deals open on days of the past with the probability that the export writes beside them."""
_DUE = """
select sum(amount * case when closed_on <= $day then 1 else probability end)
from crm.deals
where (status = 'won' and closed_on between $first and $day)
    or (created_on <= $day and (closed_on is null or closed_on > $day)
        and coalesce(closed_on, expected_close_on) <= $last)
"""
"""Won in a period by a day, and the amounts of deals then open that were due in it, times their probabilities."""


def measure(scale: Scale) -> Iterator[Measured]:  # noqa: ARG001 - forecasts are judged at one size
    """Brier scores, mean errors and how often the range held: the demo with and without stories, and Zoho."""
    FOLDER.mkdir(exist_ok=True)
    for stories in (True, False):
        path = FOLDER / f"forecast-{stories}.duckdb"
        remove(path)
        build(path, deals=_DEALS, stories=stories, weeks=_WEEKS)
        store = open_store(path)
        with store.snapshot() as seen:
            name = "demo" if stories else "demo without stories"
            yield from _chances(seen, name)
            yield from _weighted(seen, name)
            yield from _landings(seen, name)
        store.close()
        remove(path)
    yield from zoho(REAL / "zoho_crm", FOLDER / "forecast-zoho.duckdb")


def zoho(folder: Path, path: Path) -> Iterator[Measured]:
    """The same of a real export; nothing where there is none."""
    file = folder / "Potentials.csv"
    if not file.is_file():
        return
    remove(path)
    store = open_store(path)
    run(store, plan([file], Options()))
    with store.snapshot() as seen:
        yield from _chances(seen, "Zoho, deals as exported", written=True)
        yield from _landings(seen, "Zoho", written=True)
    store.close()
    remove(path)


def _view(seen: Snapshot) -> View:
    return View(as_of=seen.as_of or AS_OF)


def _chances(seen: Snapshot, name: str, *, written: bool = False) -> Iterator[Measured]:
    """Chances of being won within half a year, told on days of the past from what was known then."""
    found = seen.ask(calibration(_view(seen)), EVERYTHING).frame
    scores = dict(found.select("source", "brier").unique().iter_rows())
    if written:
        scores["crm"] = _brier_as_written(seen)
    yield _scored("chances", name, scores["history"], scores["crm"])


def _scored(what: str, name: str, ours: float, theirs: float) -> Measured:
    return Measured(
        "forecast", f"1,000 × Brier score of {what}, {name}", 1000 * ours, "", beside="the CRM's own",
        ratio=ours / theirs, most=1.0,
    )  # fmt: skip


def _brier_as_written(seen: Snapshot) -> float:
    """Of the very looks that calibration judges: those of which the past before them was known."""
    visits, ages, *_ = (seen.ask(part, EVERYTHING).frame for part in history(_view(seen).as_of, HORIZON))
    past, _ = by_what_is_known(visits, ages, None)
    days = past.get_column("at_day").unique().sort()
    judged = [day for day in days if (days <= day - timedelta(days=HORIZON)).any()]
    looks = seen.frame(_WRITTEN, {"days": judged, "horizon": HORIZON})
    return float(looks.select(brier(pl.col("probability").cast(pl.Float64), pl.col("is_won"))).item())


def _weighted(seen: Snapshot, name: str) -> Iterator[Measured]:
    """The odds that open money is weighted with, by stage and days in it, beside the CRM's of the stage."""
    view = _view(seen)
    visits, _, _, said = (seen.ask(part, EVERYTHING).frame for part in history(view.as_of, HORIZON))
    parts = []
    for (day,), stood in visits.group_by("at_day"):
        if isinstance(day, date):
            told = seen.ask(odds(View(as_of=view.as_of), day - timedelta(days=1)), EVERYTHING).frame
            parts.append(with_crm(with_odds(stood.rename({"days": "age"}), told), said))
    looked = pl.concat(parts).drop_nulls(["odds", "crm_chance"])
    yield _scored("open deals weighted", name, _mean_brier(looked, "odds"), _mean_brier(looked, "crm_chance"))


def _mean_brier(looked: pl.DataFrame, chance: str) -> float:
    """Of rows of `deals` of which `won` were won, all given one chance."""
    told, won, deals = pl.col(chance), pl.col("won"), pl.col("deals")
    off = won * (1 - told) ** 2 + (deals - won) * told**2
    return float(looked.select(off.sum() / deals.sum()).item())


def _landings(seen: Snapshot, name: str, *, written: bool = False) -> Iterator[Measured]:
    """Landings of ended periods, beside the CRM's word where it has one, else the run rate."""
    view = _view(seen)
    for grain, ends in _PERIODS.items():
        told = seen.ask(backtest(view, grain, ends), EVERYTHING).frame
        if written:
            told = told.with_columns(crm=pl.Series(_due_as_written(seen, told, grain), dtype=pl.Float64))
        off, inside = errors(told), told["is_inside"]
        for other in ("crm", "run_rate"):
            if other in off:
                beside = "the CRM's own" if other == "crm" else "the run rate"
                ends_on = told["ends_on"].n_unique()
                few = "" if ends_on >= LEAST_ENDS else ": too few to judge by"
                yield Measured("forecast", f"landing of {ends_on} {grain}s off by, {name}{few}", 100 * off["landing"],
                               "%", beside=beside, ratio=off["landing"] / off[other],
                               most=None if few else 1.0)  # fmt: skip
        held = f"forecasts of {grain}s within their 80 % range, {name}: {inside.sum()} of {inside.len()}"
        yield Measured("forecast", held, 100 * float(inside.mean() or 0), "%")


def _due_as_written(seen: Snapshot, told: pl.DataFrame, grain: str) -> list[float | None]:
    """What the export's probabilities say of each forecast's period, with the closing days that came to be."""
    said: list[float | None] = []
    for last, weeks in told.select("ends_on", "weeks").iter_rows():
        day, first = last - timedelta(weeks=weeks), span_of(View(as_of=last), grain).from_on
        value = seen.frame(_DUE, {"day": day, "first": first, "last": last}).item()
        said.append(None if value is None else float(value))
    return said
