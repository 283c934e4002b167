"""Whether deals that were looked after early are won more often: a comparison that is not a proof of cause.

Who compares all activity with the outcome compares long deals with short ones. So only what was done until a fixed day
after creation counts (the landmark), and only deals still open on that day are compared. Even then the two groups
differ in more than the activity: good deals are called more often because they are good.

Sources: J. R. Anderson, K. C. Cain, R. D. Gelber (1983), J. Clin. Oncol. 1:710–719 (landmark method); R. G. Newcombe
(1998), Statistics in Medicine 17:873–890, method 10 (interval of a difference of two shares, from Wilson's intervals).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.period import LAST
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, Role, from_file
from metrics.view import View

LANDMARKS = (7, 14, 30, 60)
"""Days after creation that can be chosen."""
LEAST_DECIDED = 30
"""Decided deals that either group must have for a difference to be claimed."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")
_DECIDED = "population.ended <> 'open'"


def landmark(view: View, within: int = 14) -> Query:
    """Win rates of deals with and without an activity in their first `within` days, by kind ("any" first).

    Deals created in the view's period, still open `within` days after, for whom that day has come; of each kind only
    those created since it is on record (of older ones nobody knows what was done early). Whoever did it, it was done.
    One row per kind: `with_rate` and `without_rate`, each with `.low .high .n` (decided deals); `difference` with
    `.low .high`; `with_open` and `without_open` (not decided yet, left out of the rates); `is_beyond_chance` (several
    kinds are looked at, so by Benjamini–Hochberg). `rows("with_rate", kind="call")` are the deals.
    """
    period, until = view.period, view.as_of if view.is_past else LAST
    asked = from_file(
        "landmark", view, has_period=period is not None, from_on=period.from_on if period else view.as_of,
        to_on=period.to_on if period else view.as_of, until=min(until, view.as_of), within=within,
        early_to=_after(period.to_on, within) if period else view.as_of,
        of_kind=any(name == "kind" for name, _ in view.filters),
    )  # fmt: skip
    touched, untouched = "population.touches > 0", "population.touches = 0"
    columns = (
        Column("kind", "by"),
        *(Column(name, "detail") for name in ("rep_key", "customer_key")),
        Column("with_rate", "value", unit="share", where=f"{touched} and {_DECIDED}"),
        Column("without_rate", "value", unit="share", where=f"{untouched} and {_DECIDED}"),
        *(Column(f"{name}.{end}", end) for name in ("with_rate", "without_rate") for end in _ENDS),
        Column("difference", "value", unit="difference", where=_DECIDED),
        *(Column(f"difference.{end}", end) for end in _ENDS[:2]),
        Column("with_open", "value", unit="count", where=f"{touched} and population.ended = 'open'"),
        Column("without_open", "value", unit="count", where=f"{untouched} and population.ended = 'open'"),
        Column("is_beyond_chance", "flag"),
    )
    return replace(asked, columns=columns, by=("kind",), finish="landmark")


def _after(day: date, days: int) -> date:
    """So many days later, or the last day there is."""
    return day + timedelta(days=min(days, (date.max - day).days))


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Two rates and their difference for each kind; and always, that they prove no cause."""
    raw = frames[0]
    touched, whole = (_counted(raw.filter(pl.col("part") == part)) for part in ("touched", "all"))
    frame = _rates(touched.join(whole, on="kind", suffix="_all"))
    notes += _recorded(raw, is_touched=touched.height > 0)
    if not touched.height:
        return frame.with_columns(is_beyond_chance=pl.lit(value=False))
    frame = frame.with_columns(is_beyond_chance=pl.Series(_beyond_chance(frame), dtype=pl.Boolean))
    notes.append(note("no_proof"))
    return frame.sort(pl.col("kind") != "any", "kind")


def _recorded(raw: pl.DataFrame, *, is_touched: bool) -> list[Note]:
    """What is said of deals older than the record of activity, or where there is nothing to compare."""
    of = {
        part: int(raw.filter(pl.col("part") == part).get_column("deals").sum() or 0) for part in ("recorded", "early")
    }
    since = raw.get_column("recorded_on").max()
    if since is not None and of["early"] and not of["recorded"]:
        return [note("touches_unrecorded", since=since, count=of["early"])]
    if not is_touched:
        return [note("no_touches")] if any(of.values()) else []
    return [note("early_recorded", since=since, count=of["early"], of=sum(of.values()))] if of["early"] else []


def _counted(raw: pl.DataFrame) -> pl.DataFrame:
    """won, decided and open deals of each kind."""
    deals, ended = pl.col("deals"), pl.col("ended")
    return raw.group_by("kind", maintain_order=True).agg(
        won=deals.filter(ended == "won").sum().cast(pl.Int64),
        decided=deals.filter(ended != "open").sum().cast(pl.Int64),
        open=deals.filter(ended == "open").sum().cast(pl.Int64),
    )


def _rates(frame: pl.DataFrame) -> pl.DataFrame:
    counts = {
        "with_rate": (pl.col("won"), pl.col("decided")),
        "without_rate": (pl.col("won_all") - pl.col("won"), pl.col("decided_all") - pl.col("decided")),
    }
    columns = []
    for name, (won, of) in counts.items():
        low, high = wilson(won, of)
        share = won / pl.when(of > 0).then(of)
        columns += [share.alias(name), low.alias(f"{name}.low"), high.alias(f"{name}.high"), of.alias(f"{name}.n")]
    rated = frame.with_columns(*columns, with_open="open", without_open=pl.col("open_all") - pl.col("open"))
    one, other = ([pl.col(f"{name}{end}") for end in ("", ".low", ".high")] for name in counts)
    difference = one[0] - other[0]
    low = difference - ((one[0] - one[1]) ** 2 + (other[2] - other[0]) ** 2).sqrt()
    high = difference + ((one[2] - one[0]) ** 2 + (other[0] - other[1]) ** 2).sqrt()
    ends = {"difference": difference, "difference.low": low, "difference.high": high}
    names = [f"{name}{end}" for name in counts for end in ("", ".low", ".high", ".n")]
    return rated.with_columns(**ends).select("kind", *names, *ends, "with_open", "without_open")


def _beyond_chance(frame: pl.DataFrame) -> list[bool]:
    """Which differences stand, of those with enough decided deals on both sides."""
    of = frame.select("with_rate", "with_rate.n", "without_rate", "without_rate.n").rows()
    return discoveries([
        differ(round(rate * n), n, round(others * of_others), of_others) if min(n, of_others) >= LEAST_DECIDED else None
        for rate, n, others, of_others in of
    ])  # fmt: skip
