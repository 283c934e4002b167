"""What customers say when they are asked: NPS and CSAT over time, by whom they deal with and by who they are.

The numbers are those of metrics/voices.py: NPS with the variance (p + d − (p − d)²) ÷ n, CSAT as the share that gave at
least four fifths of the scale, which is told by all scores of its kind on record. Customers who answer again are no new
ones: n is what their answers are worth (metrics/repeated.py), in ranges and in tests. A score outside of its scale (of
NPS 0 to 10) is left out, and counted. What was said belongs to the day of the answer, as in the catalogue; how many
answered is told of the surveys sent in the period, and is unknown where no survey is on record that nobody answered.
What colleagues, the person and the manager say of a salesperson is no customer's answer.

Spans and members (a salesperson, a region …) are each held against the rest: all other answers of the same kind.
Members of all dimensions are judged together, those without a value not at all (Benjamini and Hochberg, 1995).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, get_args

import polars as pl

from metrics import complaints, repurchase
from metrics.held import Frames
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.period import FIRST, bucket_next
from metrics.proportions import discoveries
from metrics.purchases import unfiltered
from metrics.query import Column, Query, Role, from_file
from metrics.repeated import likeness, worth
from metrics.timeline import is_partial
from metrics.view import View
from metrics.voices import DETRACTS, PROMOTES, UNSATISFIED, Said, apart, counted, said, valued

About = Literal["all", "nps", "csat", "response"]
Grain = Literal["month", "quarter"]
GRAINS: tuple[Grain, ...] = ("month", "quarter")
DIMENSIONS = ("rep", "team", "region", "industry", "tier")
"""By what answers are cut. A survey names no product, so not by that."""
KINDS = ("nps", "csat")
"""Kinds of customers' surveys that are known, in the order in which they are shown; of others the mean is told."""
MAY_RISE = 30
"""Days after a span within which what was sent in it may well be answered: its response rate may rise."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")
_SCHEMA: dict[str, Any] = {
    "unit": pl.String, "scale": pl.Int64, "sent": pl.Int64, "sent_answered": pl.Int64, "answered": pl.Int64,
    **dict.fromkeys(("response_rate", "response_rate.low", "response_rate.high"), pl.Float64),
    **dict.fromkeys(("value", "value.low", "value.high"), pl.Float64), "value.n": pl.Int64,
    **dict.fromkeys(("promoters", "passives", "detractors"), pl.Int64), "others": pl.Float64, "others.n": pl.Int64,
    **dict.fromkeys(("together", "together.low", "together.high"), pl.Float64), "is_beyond_chance": pl.Boolean,
}  # fmt: skip
_Named = tuple[Any, ...]
"""Of a row of the answer: its kind, and its span or its dimension and member."""


@dataclass(slots=True)
class _Heard:
    """What is known of one row of the answer.

    Attributes:
        sent, replied: how many were asked, how many of these answered. scores: which came, and how often.
        squares: Σ n_c² of the answers n_c of each customer. met: Σ n_c N_c, of all N_c of theirs of this kind.
    """

    sent: int = 0
    replied: int = 0
    scores: dict[float, int] = field(default_factory=dict)
    squares: int = 0
    met: int = 0

    @property
    def answered(self) -> int:
        return sum(self.scores.values())

    def __sub__(self, other: _Heard) -> _Heard:
        rest = {score: n - other.scores.get(score, 0) for score, n in self.scores.items()}
        rest = {score: n for score, n in rest.items() if n}
        apart_ = self.squares - 2 * other.met + other.squares
        return _Heard(self.sent - other.sent, self.replied - other.replied, rest, apart_)


def over_time(view: View, grain: Grain = "month", about: About = "all") -> Query:
    """One row per kind of survey and month or quarter in which anything was sent or said, time forward.

    Columns: `kind`, `span` (first day), `unit` (number or share), `scale`; `sent`, `sent_answered` (of these),
    `response_rate` with `.low .high` (null where unknown); `answered` (said in it), `value` with `.low .high .n`; of
    NPS `promoters`, `passives`, `detractors`; `others`, `others.n` (all other spans), `together` with `.low .high` (all
    spans together), `is_beyond_chance`; `is_partial` (not over yet), `may_rise` (over for less than MAY_RISE days: what
    was sent may still be answered).
    `rows("answered", kind=…, span=…)` are the answers, `rows("sent", …)` what was sent.

    Args:
        about: what of the answer is looked at: decides what it says about itself, and nothing else.
    """
    asked = _asked("satisfaction", view, grain=grain)
    by_day = {"sent": "population.sent_span = cast($at_span as date)",
              "answered": "population.said_span = cast($at_span as date)"}  # fmt: skip
    return replace(
        asked, columns=_columns(("kind", "span"), by_day), by=("kind", "span"), finish=f"satisfaction_{about}"
    )


def by_member(view: View, about: About = "all") -> Query:
    """One row per kind of survey, dimension (DIMENSIONS) and member; without a dimension: all together.

    Columns: `kind`, `dimension`, `member` (null: unassigned), then those of `over_time`. A row is named by its kind and
    its dimension: `rows("answered", kind="nps", team="North")` are the answers.
    """
    asked = _asked("satisfaction_members", view)
    by = ("kind", *DIMENSIONS)
    return replace(asked, columns=_columns(by, {}), by=by, finish=f"satisfaction_members_{about}")


def detractors(view: View) -> Query:
    """Answers of the period that are not content, those that say why first, then the latest.

    Of NPS the detractors, of CSAT who gave at most two fifths of the scale. Columns: `survey_id`, `kind`, `customer`,
    `rep`, `score`, `said_on`, `comment`.
    """
    asked = _asked("detractors", view, detracts=DETRACTS, unsatisfied=UNSATISFIED)
    names = ("survey_id", "kind", "customer", "rep", "score", "said_on", "comment")
    columns = (Column("survey_id", "by"), *(Column(name, "detail") for name in names[1:]))
    return replace(asked, columns=columns, by=("survey_id",))


def _asked(name: str, view: View, **more: object) -> Query:
    days = view.period
    asked = from_file(name, view, from_on=days.from_on if days else FIRST, to_on=view.at, **more)
    return replace(asked, notes=unfiltered("surveys", view, "surveys_not_filtered"))


def _columns(by: Sequence[str], days: dict[str, str]) -> tuple[Column, ...]:
    """The columns of an answer and which rows its numbers stand on; `days`: the span that sent and answered are in."""

    def where(*conditions: str) -> str:
        return " and ".join(filter(None, conditions))

    sent = where("population.is_sent = 1", days.get("sent", ""))
    heard = where("population.is_said = 1", days.get("answered", ""))
    spans = {
        "promoters": f"population.score >= {PROMOTES}", "detractors": f"population.score <= {DETRACTS}",
        "passives": f"population.score > {DETRACTS} and population.score < {PROMOTES}",
    }  # fmt: skip
    return (
        *(Column(name, "by") for name in by), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("sent", "value", unit="count", where=sent),
        Column("sent_answered", "value", unit="count", where=where(sent, "population.is_answered = 1")),
        Column("response_rate", "value", unit="share", where=sent),
        *(Column(f"response_rate.{end}", end, unit="share") for end in _ENDS[:2]),
        Column("answered", "value", unit="count", where=heard), Column("value", "value", unit="number", where=heard),
        *(Column(f"value.{end}", end) for end in _ENDS),
        *(Column(name, "value", unit="count", where=where(heard, one)) for name, one in spans.items()),
        Column("others", "value", unit="number"), Column("others.n", "n"), Column("together", "value", unit="number"),
        *(Column(f"together.{end}", end) for end in _ENDS[:2]), Column("is_beyond_chance", "flag"),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Spans in which anything was sent or said, each held against all others of its kind."""
    frame = _spans(Frames(frames), str(dict(query.params).get("grain", "month")), query.view)
    _remark(frame, frames[0], _about(query), notes)
    return frame


@lru_cache(maxsize=4)
def _spans(held: Frames, grain: str, view: View | None) -> pl.DataFrame:
    """The same, made once for all that is told of it."""
    raw = held[0]
    whole = _heard(raw, ("kind",))
    heard = _heard(raw.filter(pl.col("is_unread") == 0), ("kind", "span"))
    names = sorted(heard, key=lambda name: (_place(name[0]), name[0], str(name[1])))
    told = _told([(name[0], heard[name], whole[name[:1]], True) for name in names], raw)
    last = min(view.period.to_on, view.as_of) if view and view.period else view.as_of if view else None
    first = view.period.from_on if view and view.period else None
    partial = [is_partial(span, grain, first, last) if last and span else False for _, span in names]
    rising = [_may_rise(span, grain, view.as_of) if view and span else False for _, span in names]
    schema = {"kind": pl.String, "span": pl.Date, "is_partial": pl.Boolean, "may_rise": pl.Boolean}
    rows = [(*name, *flags) for name, *flags in zip(names, partial, rising, strict=True)]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.select("kind", "span").hstack(told).hstack(frame.select("is_partial", "may_rise"))


def _may_rise(span: date, grain: str, today: date) -> bool:
    """Whether what was sent in the span may well be answered after today."""
    return bucket_next(span, grain) + timedelta(days=MAY_RISE) > today


def finished_members(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Members of every dimension, those with most answers first, each held against the rest of its kind."""
    frame = _members(Frames(frames))
    _remark(frame, frames[0], _about(query), notes)
    return frame


@lru_cache(maxsize=4)
def _members(held: Frames) -> pl.DataFrame:
    """The same, made once for all that is told of it: both kinds stand beside each other, of the same answers."""
    raw = held[0]
    whole = _heard(raw, ("kind",))
    heard = {(*kind, None, None): one for kind, one in whole.items()}
    for dimension in DIMENSIONS:
        parts = _heard(raw, ("kind", dimension))
        heard |= {(kind, dimension, member): one for (kind, member), one in parts.items()}
    order: dict[str | None, int] = {name: at for at, name in enumerate((None, *DIMENSIONS))}

    def place(name: _Named) -> tuple[object, ...]:
        kind, dimension, member = name
        return _place(kind), kind, order[dimension], member is None, -heard[name].answered, member or ""

    names = sorted(heard, key=place)
    asked = [
        (kind, heard[kind, dimension, member], whole[kind,], dimension is not None and member is not None)
        for kind, dimension, member in names
    ]
    told = _told(asked, raw)
    schema = dict.fromkeys(("kind", "dimension", "member"), pl.String)
    return pl.DataFrame(names, schema=schema, orient="row").hstack(told)


def _place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _heard(raw: pl.DataFrame, by: Sequence[str]) -> dict[_Named, _Heard]:
    """What was asked and said by the values of some columns, of which the first is the kind."""
    n = pl.col("surveys")
    found: dict[_Named, _Heard] = defaultdict(_Heard)
    asked = (
        raw.filter(pl.col("is_sent") == 1)
        .group_by(by)
        .agg(n.sum(), n.filter(pl.col("is_answered") == 1).sum().alias("replied"))
    )
    for *name, sent, replied in asked.iter_rows():
        found[tuple(name)].sent, found[tuple(name)].replied = sent, replied
    said_ = raw.filter(pl.col("is_said") == 1)
    for *name, score, count in said_.group_by(*by, "score").agg(n.sum()).sort("score").iter_rows():
        found[tuple(name)].scores[score] = count
    whole = said_.group_by("kind", "customer_key").agg(n.sum().alias("of"))
    own = said_.group_by(*by, "customer_key").agg(n.sum()).join(whole, on=["kind", "customer_key"], how="left")
    alone = pl.when(pl.col("customer_key").is_null()).then(n)  # who is not known is somebody else each time
    repeated = own.group_by(by).agg(alone.otherwise(n**2).sum().alias("own"), alone.otherwise(n * pl.col("of")).sum())
    for *name, squared, met in repeated.iter_rows():
        found[tuple(name)].squares, found[tuple(name)].met = squared, met
    return found


def _told(asked: Sequence[tuple[str, _Heard, _Heard, bool]], raw: pl.DataFrame) -> pl.DataFrame:
    """The columns of _SCHEMA for rows of a kind: what each says, what the rest of the whole says, whether they differ.

    Args:
        asked: kind, what the row heard, what all of its kind did, and whether the row is judged. raw: with scales.
    """
    told = raw.select("kind", "scale", "tells_silence").unique()
    scales = {kind: (int(scale), tells) for kind, scale, tells in told.rows()}
    likely = {kind: _likeness(raw, kind, scale) for kind, (scale, _) in scales.items()}
    rows, p_values = [], []
    for kind, own, whole, is_judged in asked:
        scale, tells = scales[kind]
        rest, alike = whole - own, likely[kind]
        mine, theirs, all_ = (_said(kind, one, scale, alike) for one in (own, rest, whole))
        counts = counted(list(own.scores.items())) if kind == "nps" else (None, None, None)
        rate = own.replied / own.sent if tells and own.sent else None
        rows.append((
            "share" if kind == "csat" else "number", scale, own.sent, own.replied, mine.n, rate, None, None, mine.value,
            mine.low, mine.high, mine.n, *counts, theirs.value, theirs.n, all_.value, all_.low, all_.high, None,
        ))  # fmt: skip
        shared = alike * (own.met - own.squares) / (mine.n * theirs.n) if mine.n and theirs.n else 0.0
        p_values.append(apart(kind, mine, theirs, shared) if is_judged else None)
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    low, high = wilson(pl.col("sent_answered"), pl.col("sent"))
    known = pl.col("response_rate").is_not_null()
    return frame.with_columns(
        pl.when(known).then(low).alias("response_rate.low"), pl.when(known).then(high).alias("response_rate.high"),
        pl.Series("is_beyond_chance", discoveries(p_values), pl.Boolean),
    )  # fmt: skip


def _said(kind: str, one: _Heard, scale: int, alike: float) -> Said:
    return said(kind, sorted(one.scores.items()), scale, worth(one.answered, one.squares, alike))


def _likeness(raw: pl.DataFrame, kind: str, scale: int) -> float:
    """How alike two answers of one customer are, of all answers of a kind."""
    own = raw.filter((pl.col("kind") == kind) & (pl.col("is_said") == 1))
    return likeness(own.with_columns(value=valued(kind, scale)))


def _unread(raw: pl.DataFrame, about: str) -> int:
    """Scores outside of their scale."""
    told = pl.lit(value=True) if about == "all" else pl.col("kind") == about
    return int(raw.filter(told & (pl.col("is_unread") == 1)).get_column("surveys").sum())


def _remark(frame: pl.DataFrame, raw: pl.DataFrame, about: str, notes: list[Note]) -> None:
    """Which kinds hold answers only, on which scale scores were read, and how many could not be."""
    kinds = [kind for kind in dict.fromkeys(frame.get_column("kind")) if about in {"all", "response", kind}]
    for kind in kinds:
        rows = frame.filter(pl.col("kind") == kind)
        if rows.get_column("answered").sum() and not rows.get_column("response_rate").is_not_null().any():
            notes.append(note("survey_answers_only", kind=kind.upper()))
        if kind != "nps" and about != "response" and rows.get_column("answered").sum():
            scale = int(rows.item(0, "scale"))
            notes.append(note("survey_scale" if kind == "csat" else "survey_mean", kind=kind.upper(), scale=scale))
    if unread := _unread(raw, about):
        notes.append(note("scores_unread", count=unread))


def _about(query: Query) -> str:
    return query.finish.rpartition("_")[2]


FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    **{f"satisfaction_{about}": finished for about in get_args(About)},
    **{f"satisfaction_members_{about}": finished_members for about in get_args(About)},
    **complaints.FINISHES,
    **repurchase.FINISHES,
}
"""Of all questions about what customers say, by the name that a question gives its finish."""
