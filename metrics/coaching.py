"""Where one salesperson differs from the others beyond chance: stages, and habits, and the rows that show it.

Held against the others together, each in the way that fits what it is: of the deals decided in a stage, the share that
moved on (exact or normal test of two shares); how long visits to a stage, and the first answer to a lead, take
(log-rank: what still goes on counts so far); the share of today's open deals with a sign against them (as in
metrics/signals.py); means per deal or order (two normal means, each with its own spread). All of them are judged
together: on average, of one hundred people who differ by nothing at most five are told anything at all
(Benjamini–Hochberg). What rests on fewer than LEAST cases on either side is shown and not judged. That a difference is
no chance does not say why it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import sqrt
from typing import Any, Literal

import polars as pl

from metrics.bottleneck import compared
from metrics.cuts import total
from metrics.funnel_bases import moved, moves_of
from metrics.intervals import Z, wilson
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, from_file
from metrics.response import response
from metrics.scores import two_sided
from metrics.signals import LEAST_PUSHES, SILENT_DAYS
from metrics.survival import kaplan_meier, lasting, log_rank
from metrics.together import answers
from metrics.view import View

LEAST = 20
"""Cases that either side must have for a claim; of times, that many that are over."""
TOUCH_DAYS = 28
"""The days over which touches of an open deal are counted."""
MOST_TOLD = 2
"""Weaknesses, and strengths, that are told: a person can work on one or two things."""
RATE = 0.05
"""Of those told although nothing differs: at most this share of people (all differences are chance)."""
Kind = Literal["share", "days", "hours", "number"]


@dataclass(frozen=True)
class Habit:
    """One thing that is compared. `kind`: what its value is. `better`: which way is good."""

    id: str
    kind: Kind
    better: Literal["higher", "lower"]


SIGNS = ("past_due", "silent", "pushed", "stepless")
"""The signs of open deals that are habits of who owns them; the others are the deal's or the stage's."""
HABITS = {
    each.id: each
    for each in (
        Habit("conversion", "share", "higher"),
        Habit("win_rate", "share", "higher"),
        Habit("stage_days", "days", "lower"),
        *(Habit(sign, "share", "lower") for sign in SIGNS),
        Habit("touches", "number", "higher"),
        Habit("response", "hours", "lower"),
        Habit("discount", "share", "lower"),
    )
}
"""By id. `conversion` and `stage_days` are of each stage; `win_rate` stands in where nobody knows where deals end."""
_SCHEMA = {
    "claim": pl.String, "pipeline": pl.String, "place": pl.Int64, "stage": pl.String, "unit": pl.String,
    "own": pl.Float64, "own.low": pl.Float64, "own.high": pl.Float64, "own.n": pl.Int64,
    "others": pl.Float64, "others.low": pl.Float64, "others.high": pl.Float64, "others.n": pl.Int64,
    "p_value": pl.Float64, "expected_loss": pl.Float64,
}  # fmt: skip


def coaching(rep: str, view: View, peers: Sequence[str] = ()) -> Query:
    """Every stage and habit of a salesperson against the others, those that differ beyond chance first.

    One row per claim: `claim` (HABITS), `pipeline`, `place`, `stage` (of stages), `unit`; `own` and `others`, each with
    `.low .high` where it has a range and `.n` cases (times: medians, null where half have not ended); `p_value` (null:
    too few cases to judge); `is_beyond_chance`; `is_better`; `expected_loss` in money (of conversions, negative where
    better); `point`: "weakness" or "strength" for those to talk about, the likeliest first, at most MOST_TOLD each.
    `rows(claim=…, pipeline=…, place=…)` are the person's deals, visits, leads or orders behind a row.

    Args:
        rep: whose. view: whose period and filters apply; stages and orders by the days in it, open deals at its end.
        peers: held against these; without any, against everybody in view.
    """
    view = view.with_compare("none").with_filter("rep", (rep, *peers) if peers else ())
    inner = {"stages": _stages(rep, view), **_habits(rep, view)}
    first, *rest = [part for one in inner.values() for part in (replace(one, others=()), *one.others)]
    ranges = [Column(f"{side}.{end}", end) for side in ("own", "others") for end in ("low", "high", "n")]
    columns = (
        *(Column(name, "by") for name in ("claim", "pipeline", "place")), Column("stage", "detail"),
        Column("own", "value"), Column("others", "value"), *ranges, Column("p_value", "value", unit="number"),
        Column("expected_loss", "value", unit="money"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(
        first, view=view, others=tuple(rest), inner=tuple(inner.items()), by=("claim", "pipeline", "place"),
        columns=columns, finish="coaching", notes=(),
    )  # fmt: skip


def peers_of(rep: str, view: View) -> Query:
    """The others of a salesperson's team today, one row each: `rep`. As far as the viewer may see them."""
    return from_file("rep_peers", view, rep=rep)


def _sided(asked: Query, rep: str, answer: str) -> Query:
    """A question answered for the person and the others: `answer` reads `side` from its population and `reps`."""
    side = "case when reps.rep = $rep then 'own' else 'peers' end"
    tables = tuple(dict.fromkeys((*asked.tables, "reps")))
    return replace(
        asked, answer=answer.replace("{side}", side), tables=tables, params=(*asked.params, ("rep", rep)),
        columns=(), by=(), finish="plain", others=(), notes=(),
    )  # fmt: skip


def _stages(rep: str, view: View) -> Query:
    """The funnel of the period, on both sides."""
    asked = _sided(
        moves_of(view), rep,
        "select population.pipeline, {side} as side, population.was, population.furthest,"
        " population.status_then as status, population.is_undated, count(*) as deals,"
        " sum(coalesce(population.amount, 0)) as amount\n"
        "from population\nleft join reps on reps.rep_key = population.rep_key\n"
        "where population.rep_key is not null\n"
        "group by population.pipeline, {side}, population.was, population.furthest, population.status_then,"
        " population.is_undated",
    )  # fmt: skip
    return replace(
        asked, by=("pipeline", "side", "place"), finish="funnel_moved", others=(from_file("funnel_stages", view),)
    )


def _habits(rep: str, view: View) -> dict[str, Query]:
    """What else is asked, by name."""
    from_on = view.period.from_on if view.period else FIRST
    days = {"from_on": from_on, "to_on": view.at}
    waited = (
        "select {side} as side, is_over, is_timed, is_undated, days, minutes, count(*) as leads\n"
        "from population\nleft join reps on reps.rep_key = population.rep_key\n"
        "where population.rep_key is not null\n"
        "group by {side}, is_over, is_timed, is_undated, days, minutes"
    )
    asked = _sided(response(view), rep, waited)
    return {
        "visits": from_file("coaching_visits", view, rep=rep, **days),
        "open": _open(rep, view),
        "response": asked,
        "discount": from_file("coaching_discounts", view, rep=rep, **days),
    }


def _open(rep: str, view: View) -> Query:
    return from_file(
        "coaching_open", view, rep=rep, day=view.as_of, span_from=view.as_of - timedelta(days=TOUCH_DAYS),
        silent_days=SILENT_DAYS, least_pushes=LEAST_PUSHES, is_past=view.is_past,
    )  # fmt: skip


def rows(query: Query, at: Mapping[str, object]) -> Query:
    """What a claim stands on: deals decided in a stage, its visits, open deals, leads or orders of the person."""
    rep = dict(query.params)["rep"]
    view = (query.view or query.inner[0][1].view or View.model_validate({})).with_filter("rep", str(rep))
    claim: str = str(at.get("claim"))
    stage: dict[str, Any] = {name: at.get(name) for name in ("pipeline", "place")}
    if claim == "conversion":
        return moved(view).rows("decided", **stage)
    if claim == "win_rate":
        pipeline = stage["pipeline"]
        return total(("win_rate",), view.with_filter("pipeline", (pipeline,))).rows("win_rate")
    if claim == "response":
        return response(view).rows("leads")
    part = dict(query.inner)[_PARTS.get(claim, claim)]
    where = {"touches": "population.touches is not null"}.get(
        claim, f"population.is_{claim}" if claim in SIGNS else None
    )
    columns = (
        *(Column(name, "by") for name in ("side", *stage)), Column("customer_key", "detail"),
        Column(claim, "value", where=where),
    )  # fmt: skip
    # Asked among all of them: what the others write down decides what is known of this person.
    named = replace(part, columns=columns, by=("side", *stage), reads=())
    return named.rows(claim, side="own", **(stage if claim == "stage_days" else {}))


_PARTS = {"stage_days": "visits", "touches": "open"} | dict.fromkeys(SIGNS, "open")
"""The part that a claim is of, where it is not called so."""


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All claims judged together, what is to be talked about first."""
    found = answers(query, frames)
    stages = found["stages"]
    places = stages.frame.filter(pl.col("place").is_not_null()).select("pipeline", "place", "stage").unique()
    claims = [
        *_conversions(stages.frame), *_times(found["visits"].frame, places), *_signs(found["open"].frame),
        *_means("touches", found["open"].frame), *_responses(found["response"].frame),
        *_means("discount", found["discount"].frame),
    ]  # fmt: skip
    notes += [one for one in stages.notes if one.code != "as_known_now"]
    notes += [note("coaching_today")] if query.view is not None and query.view.is_past else []
    frame = pl.DataFrame(claims, schema=_SCHEMA, orient="row")
    known = frame.filter(pl.col("own.n") > 0)
    if known.is_empty():
        notes.append(note("coaching_nothing"))
    elif not known.get_column("others.n").sum():
        notes.append(note("coaching_alone"))
    elif known.get_column("p_value").is_null().all():
        notes.append(note("coaching_few", least=LEAST))
    return _told(known)


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """With what stands beyond chance, which way it goes, and which are told."""
    stand = pl.Series("is_beyond_chance", discoveries(frame["p_value"].to_list(), RATE), pl.Boolean)
    lower = [name for name, habit in HABITS.items() if habit.better == "lower"]
    apart = pl.when(pl.col("claim").is_in(lower)).then(-1).otherwise(1) * (pl.col("own") - pl.col("others"))
    frame = frame.with_columns(stand, is_better=pl.when(apart != 0).then(apart > 0))
    frame = frame.sort(
        ["is_beyond_chance", "p_value", "claim", "place"], descending=[True, False, False, False], nulls_last=True
    )
    side = pl.when("is_better").then(pl.lit("strength")).otherwise(pl.lit("weakness"))
    named = frame.with_columns(point=pl.when(pl.col("is_beyond_chance") & pl.col("is_better").is_not_null()).then(side))
    place = pl.int_range(pl.len()).over("point")
    return named.with_columns(point=pl.when(place < MOST_TOLD).then("point"))


def _conversions(stages: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Each stage of each pipeline: of the deals decided there, the share that moved on."""
    claims: list[tuple[Any, ...]] = []
    for (pipeline,), part in stages.group_by(["pipeline"], maintain_order=True):
        own, others = (part.filter(pl.col("side") == side) for side in ("own", "peers"))
        if part.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_null()).height:  # refused on either side
            claims += _won(pipeline, own, others)
            continue
        judged = compared(own, others).filter(pl.col("decided.n") > 0).sort("place")
        ends = {
            side: dict(one.select("place", pl.concat_list("decided.low", "decided.high")).iter_rows())
            for side, one in (("own", own), ("others", others))
        }
        for row in judged.iter_rows(named=True):
            p_value = row["p_value"] if _is_enough(row["decided.n"], row["others.n"]) else None
            low, high = (ends[side].get(row["place"]) or (None, None) for side in ("own", "others"))
            claims.append(
                ("conversion", pipeline, row["place"], row["stage"], "share", row["decided"], *low, row["decided.n"],
                 row["others"], *high, row["others.n"], p_value, row["expected_loss"])
            )  # fmt: skip
    return claims


def _won(pipeline: str | None, own: pl.DataFrame, others: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Of the deals closed in a pipeline, the share that was won, wherever the others were lost."""
    sides = []
    for side in (own, others):
        last = pl.col("place").is_null() | (pl.col("place") == pl.col("place").max())
        won, lost = int(side.filter(last)["moved_on"].sum()), int(side["lost"].sum())
        sides.append((won, won + lost))
    (some, of), (some_others, of_others) = sides
    if not of:
        return []
    p_value = differ(some, of, some_others, of_others) if _is_enough(of, of_others) else None
    theirs = _share(some_others, of_others) if of_others else (None, None, None, 0)
    return [("win_rate", pipeline, None, None, "share", *_share(some, of), *theirs, p_value, None)]


def _is_enough(own: int | None, others: int | None) -> bool:
    return min(own or 0, others or 0) >= LEAST


def _times(visits: pl.DataFrame, places: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Each stage: how long a visit takes."""
    names = {(pipeline, place): stage for pipeline, place, stage in places.iter_rows()}
    claims: list[tuple[Any, ...]] = []
    times = visits.rename({"visits": "n"}).sort("pipeline", "place", nulls_last=True)
    for (pipeline, place), part in times.group_by(["pipeline", "place"], maintain_order=True):
        told = ("stage_days", pipeline, place, names.get((pipeline, place)), "days")
        claims += _lasting(told, part, 1)
    return claims


def _responses(leads: pl.DataFrame) -> list[tuple[Any, ...]]:
    """How long leads wait for a first answer, in hours where the minutes are known."""
    touched = leads.filter(pl.col("is_timed").is_not_null())
    of, timed = (int(one.get_column("leads").sum()) for one in (touched, touched.filter(pl.col("is_timed") == 1)))
    is_timed = of > 0 and timed >= 0.9 * of
    known = leads.filter((pl.col("is_undated") == 0) | (pl.col("is_over") == 1)).rename({"leads": "n"})
    times = known.with_columns(days=pl.col("minutes").cast(pl.Int64)) if is_timed else known
    told = ("response", None, None, None, "hours" if is_timed else "days")
    return _lasting(told, times, 60 if is_timed else 1)


def _lasting(told: tuple[Any, ...], times: pl.DataFrame, unit: float) -> list[tuple[Any, ...]]:
    """Medians of both sides, and whether they last equally long."""
    own, others = (times.filter(pl.col("side") == side) for side in ("own", "peers"))
    counts = [int(one.get_column("n").sum()) for one in (own, others)]
    over = [int(one.filter(pl.col("is_over") == 1).get_column("n").sum()) for one in (own, others)]
    medians = [lasting(kaplan_meier(one)) for one in (own, others)]
    half = [None if median is None else median / unit for median in medians]
    p_value = log_rank(own, others) if _is_enough(*over) else None
    return [(*told, half[0], None, None, counts[0], half[1], None, None, counts[1], p_value, None)]


def _signs(counts: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Of the open deals, the share that shows a sign, where the data can tell."""
    by_side = {row["side"]: row for row in counts.iter_rows(named=True)}
    claims: list[tuple[Any, ...]] = []
    for sign in SIGNS:
        cases = [(by_side.get(side) or {}).get(name, 0) for side in ("own", "peers") for name in (sign, f"{sign}_of")]
        if cases[1] and cases[3]:
            p_value = differ(*cases) if _is_enough(cases[1], cases[3]) else None
            claims.append((sign, None, None, None, "share", *_share(*cases[:2]), *_share(*cases[2:]), p_value, None))
    return claims


def _share(some: int, of: int) -> tuple[float, float, float, int]:
    """A share with its interval and what it is of."""
    low, high = wilson(pl.lit(some), pl.lit(of))
    low, high = pl.select(low=low, high=high).row(0)
    return some / of, low, high, of


def _means(claim: str, sums: pl.DataFrame) -> list[tuple[Any, ...]]:
    """A mean of each side from its sums, and whether they are equal; each has a spread of its own (Welch)."""
    known = sums.filter(pl.col("cases") > 0)
    by_side = {row["side"]: (row["cases"], row["whole"], row["squares"]) for row in known.to_dicts()}
    if not {"own", "peers"} <= by_side.keys():
        return []
    sides = [_mean(*by_side[side]) for side in ("own", "peers")]
    apart, spread = sides[0][0] - sides[1][0], sqrt(sum(error**2 for _, error, _ in sides))
    is_judged = _is_enough(sides[0][2], sides[1][2]) and spread > 0
    told = [(mean, mean - Z * error, mean + Z * error, count) for mean, error, count in sides]
    p_value = two_sided(apart / spread) if is_judged else None
    return [(claim, None, None, None, HABITS[claim].kind, *told[0], *told[1], p_value, None)]


def _mean(count: int, whole: float, squares: float) -> tuple[float, float, int]:
    """The mean, its standard error, and how many it is of."""
    mean = whole / count
    variance = max(0.0, squares - count * mean**2) / max(1, count - 1)
    return mean, sqrt(variance / count), count
