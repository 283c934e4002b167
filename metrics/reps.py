"""Salespeople beside each other, on any measures: what each reached, what it is worth, and where that puts them.

Everybody who was there in the period is a row, also who has nothing on record; what was done without a salesperson is
one more. Work counts for who did it at the time. Peers are all, those of the same team or manager on the last day, or
those who have been there for as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, get_args

import numpy as np
import polars as pl

from metrics.catalog import Measure, measure
from metrics.cuts import cut
from metrics.errors import NothingAsked
from metrics.held import remembered
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.reps_evidence import companions, evidence, kind_of
from metrics.reps_standing import Standing, standing
from metrics.together import answers, together
from metrics.view import View

Peers = Literal["company", "team", "manager", "tenure"]
PEERS: tuple[Peers, ...] = get_args(Peers)
RESULTS, PROCESS = (
    ("attainment", "won_amount", "win_rate", "cycle_days"),
    ("created_deals", "activities", "open_amount"),
)
"""What is compared unless somebody chooses: results, and the work that brings the next ones."""
TENURES = {"under_half_year": 183, "under_year": 365, "under_two_years": 731, "under_five_years": 1827, "longer": 10**6}
"""Bands of the time somebody has been there, by the days before which each ends."""
ABOUT = ("team", "manager", "region", "tenure", "hired_on", "left_on", "is_unlisted", "is_partly", "has_nothing")
"""What is known of a person besides numbers."""
_OF_PEOPLE = ("team", "manager")
"""Filters that say whose people are looked at: a target is a person's, and not cut by them."""
EXTRA = ("shrunk", "shrunk_low", "shrunk_high", "rank", "best", "worst", "others", "peers", "is_apart")


def leaderboard(measures: Sequence[str | Measure], view: View, peers: Peers = "company") -> Query:
    """One row per salesperson, the first measure's best first; unassigned last.

    Columns: `rep` (null: unassigned), ABOUT, and of each measure `m` (with `.low .high .n` where it has an interval;
    an attainment has `.target .actual .elapsed .pace`), `m.shrunk` (drawn towards the peers) with `m.shrunk_low` and
    `m.shrunk_high`, `m.rank` (1 leads) and the ranks its range allows, `m.best` and `m.worst`, `m.others` (what all
    other peers together have: a rate, or a mean per person), `m.peers` (what all have), `m.is_apart` (it differs from
    the others beyond chance; null: not judged). Who has nothing on record has no numbers, and is no peer.

    Args:
        measures: of any table that knows salespeople. view: period and filters. peers: who is compared with whom.

    Raises:
        UnknownMeasure. MeasureNotBy: none of the measures is by salesperson. NothingAsked.
    """
    asked = measures_of(measures)
    inner = asked_of(asked, view)
    columns = [Column("rep", "by"), *(Column(name, "detail") for name in ABOUT)]
    for one in asked:
        columns += columns_of(one, inner)
    return made(inner, asked, view, columns, f"leaderboard_{peers}")


def measures_of(given: Sequence[str | Measure]) -> tuple[Measure, ...]:
    """The measures, each once.

    Raises:
        UnknownMeasure. NothingAsked.
    """
    asked = tuple(dict.fromkeys(measure(one) for one in given))
    if not asked:
        raise NothingAsked
    return asked


def asked_of(asked: tuple[Measure, ...], view: View) -> dict[str, Query]:
    """The questions that an answer about people is made of: their numbers, and who they are."""
    bare = view.with_compare("none")
    return _numbers(asked, bare) | {"people": people(bare)}


def made(
    inner: dict[str, Query], asked: tuple[Measure, ...], view: View, columns: Sequence[Column], finish: str
) -> Query:
    """A question of these inner ones, by salesperson."""
    bare = view.with_compare("none")
    return replace(together(inner, bare, of=asked[0], by=("rep",), columns=columns, finish=finish), measures=asked)


def _numbers(asked: tuple[Measure, ...], view: View) -> dict[str, Query]:
    """The measures by salesperson with what their ranges need; targets of people as a question of its own where needed.

    Raises:
        MeasureNotBy: none of the measures is by salesperson.
    """
    goals = [one for one in asked if one.goal_of is not None]
    is_apart = any(view.chosen(name) for name in _OF_PEOPLE)
    plain = [one for one in asked if not (is_apart and one.goal_of is not None)]
    found = {}
    if plain:
        found["values"] = cut(_with_companions(plain, view), "rep", view)
    if is_apart and goals:
        whole = view
        for name in _OF_PEOPLE:
            whole = whole.with_filter(name, ())
        found["goals"] = cut(_with_companions(goals, whole), "rep", whole)
    return found


def _with_companions(asked: Sequence[Measure], view: View) -> tuple[Measure, ...]:
    return tuple(dict.fromkeys((*asked, *(other for one in asked for other in companions(one, view)))))


def people(view: View) -> Query:
    """Everybody in scope, by `rep`, as they were on the last day of the view; filters of people apply in the finish."""
    return from_file("reps_people", View(as_of=view.as_of), day=view.at)


def columns_of(one: Measure, inner: dict[str, Query]) -> list[Column]:
    """The columns of a measure: as it is answered, and where it stands."""
    found = [column for asked in inner.values() for column in asked.columns if column.measure == one.id]
    unit = next((column.unit for column in found if column.role == "value"), one.unit)
    units = {"rank": "count", "best": "count", "worst": "count", "is_apart": None}
    return [*found, *(Column(f"{one.id}.{name}", "detail", one.id, units.get(name, unit)) for name in EXTRA)]


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Numbers and people side by side, and where each stands among their peers."""
    frame, first = compared(query, frames, notes), query.measures[0]
    order = [pl.col(f"{first.id}.rank"), pl.col(first.id).cast(pl.Float64) * (1 if first.better == "lower" else -1)]
    frame = frame.sort(pl.col("rep").is_null(), *order, "rep", nulls_last=True)
    return frame.select(column.name for column in query.columns)


def compared(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Everybody with all that was asked of them, the columns EXTRA of each measure among them; in no order."""
    frame = with_people(query, frames, notes)
    peers = query.finish.rpartition("_")[2]
    for one in query.measures:
        frame = frame.with_columns(_standing(query, frame, one, peers, notes))
    if nothing := frame.filter("has_nothing").height:
        notes.append(note("reps_nothing", count=nothing))
    if frame.filter(pl.col("rep").is_not_null() & ~pl.col("has_nothing")).height < 2:
        notes.append(note("reps_alone"))
    return frame


def with_people(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """A row per person who was there in the period or has anything on record, with their numbers and ABOUT."""
    found = answers(query, frames)
    view = query.view or View(as_of=date.max)
    ids = {one.id for one in query.measures}
    for name, answered in found.items():
        if name != "people":
            notes += [said for said in answered.notes if said["measure"] is None or said["measure"] in ids]
    frame = found["people"].frame
    listed = _there(_chosen(frame, view), view)
    numbers = found["values"].frame if "values" in found else None
    if "goals" in found:
        goals = found["goals"].frame
        if numbers is None:
            numbers = goals.filter(pl.col("rep").is_in(listed.get_column("rep")))
        else:
            numbers = numbers.join(goals, on="rep", how="left", nulls_equal=True)
    if numbers is None:
        raise NothingAsked
    if any(one.goal_of is not None for one in query.measures) and (moved := _moved(listed, view)):
        notes.append(note("reps_moved", count=moved))
    known = numbers.with_columns(has_nothing=pl.lit(value=False)).join(frame, on="rep", how="left", nulls_equal=True)
    idle = listed.join(numbers, on="rep", how="anti").with_columns(has_nothing=pl.lit(value=True))
    both = pl.concat([known, idle], how="diagonal")
    return _about(both, view)


def _chosen(frame: pl.DataFrame, view: View) -> pl.DataFrame:
    """The people whom the view's filters choose; those filtered by what they sold are whoever sold it, so nobody."""
    for name, values in view.filters:
        if name in ("rep", "team", "manager", "region"):
            frame = frame.filter(pl.col(name).is_in(list(values), nulls_equal=True))
        else:
            frame = frame.clear()
    return frame


def _there(frame: pl.DataFrame, view: View) -> pl.DataFrame:
    """Those who had come by the end of the period and had not left before it began."""
    first = view.period.from_on if view.period else FIRST
    came = pl.col("hired_on").is_null() | (pl.col("hired_on") <= view.at)
    return frame.filter(came & (pl.col("left_on").is_null() | (pl.col("left_on") > first)) & ~pl.col("is_unlisted"))


def _moved(listed: pl.DataFrame, view: View) -> int:
    """How many came from a team out of scope within the period: of them only a part is seen (metrics/base.py)."""
    first = view.period.from_on if view.period else FIRST
    return listed.filter(pl.col("away_to") > first).height


def _about(frame: pl.DataFrame, view: View) -> pl.DataFrame:
    """How long each has been there on the last day, and whether for the whole period."""
    days = (pl.lit(view.at) - pl.col("hired_on")).dt.total_days()
    band = pl.lit(None, pl.String)
    for name, end in reversed(TENURES.items()):
        band = pl.when(days < end).then(pl.lit(name)).otherwise(band)
    first = view.begins_on
    came = pl.max_horizontal("hired_on", "away_to") > pl.lit(first) if first else pl.lit(value=False)
    left = pl.col("left_on") <= view.at
    return frame.with_columns(
        tenure=band, is_partly=came.fill_null(value=False) | left.fill_null(value=False),
        is_unlisted=pl.col("is_unlisted").fill_null(value=False),
    )  # fmt: skip


def _standing(query: Query, frame: pl.DataFrame, one: Measure, peers: str, notes: list[Note]) -> list[pl.Series]:
    """The columns EXTRA of a measure, worked out among the peers of each."""
    view = query.view or View(as_of=date.max)
    known = evidence(one, frame, view)
    if known.kind == "none":
        notes.append(note("reps_no_range", measure=one.id))
    is_named = frame.get_column("rep").is_not_null() & ~frame.get_column("has_nothing")
    is_whole = ~frame.get_column("is_partly") if kind_of(one) == "sum" and one.goal_of is None else is_named
    found = Standing._make(np.full(frame.height, np.nan) for _ in Standing._fields)
    for here in _groups(frame, is_named, peers):
        stands = standing(known, here, is_whole.to_numpy(), lower_is_better=one.better == "lower")
        for column, part in zip(found, stands, strict=True):
            column[here] = part
    judged = np.isfinite(found.p_value)
    stand = discoveries(pl.Series(found.p_value, nan_to_null=True).to_list())
    columns = {name: getattr(found, _FIELDS.get(name, name)) for name in EXTRA[:-1]}
    series = [pl.Series(f"{one.id}.{name}", values, nan_to_null=True) for name, values in columns.items()]
    series = [part.cast(pl.Int64) if part.name.endswith((".rank", ".best", ".worst")) else part for part in series]
    apart = [told if known else None for told, known in zip(stand, judged, strict=True)]
    return [*series, pl.Series(f"{one.id}.is_apart", apart, pl.Boolean)]


_FIELDS = {"shrunk_low": "low", "shrunk_high": "high"}


def _groups(frame: pl.DataFrame, is_named: pl.Series, peers: str) -> list[np.ndarray]:
    """The positions of people who are each other's peers; nobody knows whose peers those are of whom it is not said."""
    at = pl.int_range(frame.height, eager=True).alias("at")
    named = frame.select(pl.lit("").alias("peers") if peers == "company" else pl.col(peers).alias("peers"), at)
    named = named.filter(is_named).drop_nulls("peers")
    return [part.to_numpy() for part in named.group_by("peers", maintain_order=True).agg("at").get_column("at")]


FINISHES = dict.fromkeys((f"leaderboard_{peers}" for peers in PEERS), remembered(finished))
"""By the name that a question gives its finish (metrics/finish.py)."""
