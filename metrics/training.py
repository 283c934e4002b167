"""What a training has brought: those trained before and after it, beside those who were not.

Who is sent to a training has often just had a bad time, and would have had a better one next without it (regression to
the mean); who asks for one may be better anyway. So nobody is held against their own past alone, and the trained are
not held against the others as they are: the later level of everybody is told by a line from the earlier one (analysis
of covariance), which is how much of a good or bad time lasts among these very people, and the two groups are compared
at the same earlier level. The effect is how much higher the trained lie over that line than the others. Amounts are per
working day; of rates people weigh by their cases.

People are the pieces of chance, not deals, and differ in how much they vary: the interval stands on each person's
distance from the line (HC3), with Student's t by Welch's and Satterthwaite's degrees of freedom. In simulations
without any effect, the trained chosen by lot, as the worst, or as the best of 12 to 40 people, the interval missed 0 in
4 of 100 cases, and in no setting in more than 8 (tests/metrics/test_training.py).

Without a difference beyond the interval the answer says so: not distinguishable from no effect. That is no proof of
none, and even a difference beyond chance may have another cause that only the trained have met.

Sources: A. J. Vickers and D. G. Altman (2001), Analysing controlled trials with baseline and follow up measurements,
BMJ 323:1123–1124; J. G. MacKinnon and H. White (1985), Journal of Econometrics 29:305–325 (HC3); B. L. Welch (1947),
Biometrika 34:28–35.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import nan, sqrt
from typing import NamedTuple

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from metrics import by_person
from metrics.catalog import Measure
from metrics.notes import Note, note
from metrics.query import Column, Query
from metrics.student import quantile, tail
from metrics.together import answers, together
from metrics.view import View
from metrics.workdays import Workdays, calendar

DAYS = 180
"""Days before a training, and at most after it, that are compared."""
LEAST_DAYS = 60
"""Days that must have gone by since."""
LEAST_TRAINED, LEAST_OTHERS = 3, 5
"""People with enough cases in both spans that either group must have."""
_CONFIDENCE = 0.95


class Training(BaseModel):
    """One training: what it was called, the day it was held, and the names of those who were there."""

    model_config = ConfigDict(frozen=True)

    id: int = 0
    training: str
    held_on: date
    reps: tuple[str, ...]
    who: str | None = None


class Effect(NamedTuple):
    """How much higher the trained lie than others of the same earlier level, with its interval at 95 %.

    Per working day, or in points of a rate. `p_value`: two-sided. `kept`: how much of an early difference lasts;
    `middle`: the later level of those not trained where the earlier one is 0.
    """

    effect: float
    low: float
    high: float
    p_value: float
    kept: float
    middle: float


def effect(before: np.ndarray, after: np.ndarray, trained: np.ndarray, weight: np.ndarray | None = None) -> Effect:
    """The effect on these people.

    Args:
        before, after: levels of each. trained: who was there, at least two of either. weight: cases, of a rate.
    """
    share = np.ones(after.size) if weight is None else weight / weight.mean()
    facts = np.column_stack([np.ones(after.size), before, trained.astype(float)])
    inverse = np.linalg.pinv(facts.T @ (facts * share[:, None]))
    middle, kept, found = (float(one) for one in inverse @ (facts.T @ (share * after)))
    left = after - facts @ np.array([middle, kept, found])
    pull = np.einsum("ij,jk,ik->i", facts, inverse, facts * share[:, None])  # how far each draws the line to itself
    pieces = ((facts @ inverse[2]) * share * left / np.maximum(1 - pull, 1e-6)) ** 2
    mine, others = float(pieces[trained].sum()), float(pieces[~trained].sum())
    if not mine + others > 0:
        return Effect(found, nan, nan, nan, kept, middle)
    freedom = (mine + others) ** 2 / (mine**2 / (trained.sum() - 1) + others**2 / max(1, (~trained).sum() - 2))
    error = sqrt(mine + others)
    margin = quantile((1 + _CONFIDENCE) / 2, freedom) * error
    return Effect(found, found - margin, found + margin, 2 * tail(abs(found) / error, freedom), kept, middle)


# --------------------------------------------------------------------------------------------------------------- asking


@dataclass(frozen=True)
class TrainingQuery(Query):
    """A question about one training. `apart`: people who were at another one within the days that are looked at."""

    training: Training | None = None
    apart: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return self._hash


def spans_around(training: Training, as_of: date) -> View | None:
    """The view of the days after a training (its own day among them), compared with as many before; None: too early."""
    last = min(training.held_on + timedelta(days=DAYS - 1), as_of)
    if (last - training.held_on).days + 1 < LEAST_DAYS:
        return None
    return View(as_of=as_of, from_on=training.held_on, to_on=last, compare="previous")


def trained(asked: str | Measure, training: Training, view: View, others: Sequence[Training] = ()) -> Query:
    """Everybody judged, the trained first, each with what was to be expected; `outcome` makes the effect of it.

    One row per `rep`: `is_trained`, `then_level` before it and `now_level` after it, per working day, of a rate
    itself; `hoped`, what others of the same earlier level reached, `above` it, and how many are counted (`counted`).

    Args:
        asked: the measure. training: which. view: its filters apply.
        others: all trainings: whoever went to another one within the days looked at is in neither group.

    Raises:
        NotPersonal: of the measure that cannot be said.
    """
    one = by_person.personal(asked)
    around = spans_around(training, view.as_of)
    seen = around or View(as_of=view.as_of, from_on=training.held_on, to_on=training.held_on, compare="previous")
    seen = seen.model_copy(update={"filters": view.filters})
    inner = {"spans": by_person.two_spans(one, seen), "people": by_person.people(seen), "calendar": calendar(seen)}
    columns = [
        Column("rep", "by"), Column("is_trained", "flag"), Column("now_level", "value", one.id, one.unit),
        Column("then_level", "before", one.id, one.unit), Column("hoped", "detail", one.id, one.unit),
        Column("above", "detail", one.id, one.unit), Column("counted", "detail", unit="count"),
    ]  # fmt: skip
    made = together(inner, seen, of=one, by=("rep",), columns=columns, finish="trained")
    apart = _apart(training, seen, others)
    fields = {name: getattr(made, name) for name in Query.__dataclass_fields__}
    return TrainingQuery(**fields, training=training, apart=apart)


def _apart(training: Training, seen: View, others: Sequence[Training]) -> tuple[str, ...]:
    """Who was at another training within the days looked at."""
    now, then = seen.period, seen.before
    if now is None or then is None:
        return ()
    near = [one for one in others if one.id != training.id and then.from_on <= one.held_on <= now.to_on]
    return tuple(sorted({rep for one in near for rep in one.reps}))


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Everybody judged; the notes say who they are, or what is missing."""
    names = [column.name for column in query.columns]
    if not isinstance(query, TrainingQuery) or query.training is None or query.view is None:
        return pl.DataFrame(schema=names)
    one, view, training = query.measures[0], query.view, query.training
    if spans_around(training, view.as_of) is None:
        notes.append(note("training_too_early", least=LEAST_DAYS, held_on=training.held_on))
        return pl.DataFrame(schema=names)
    answered = answers(query, frames)
    there = by_person.there_throughout(answered["spans"].frame, answered["people"].frame, view)
    in_both = pl.col("rep").is_in(training.reps) & pl.col("rep").is_in(query.apart)
    if mixed := there.filter(in_both).height:
        notes.append(note("training_mixed", count=mixed))
    has_cases = (pl.col("before_of") >= by_person.LEAST) & (pl.col("after_of") > 0)
    known = there.filter(has_cases & ~pl.col("rep").is_in(query.apart))
    frame = known.with_columns(is_trained=pl.col("rep").is_in(training.reps)).sort("rep")
    counts = frame.filter("is_trained").height, frame.filter(~pl.col("is_trained")).height
    notes.append(note("training_people", trained=counts[0], named=len(training.reps), others=counts[1]))
    if counts[0] < LEAST_TRAINED or counts[1] < LEAST_OTHERS:
        notes.append(note("training_too_few", trained=LEAST_TRAINED, others=LEAST_OTHERS, least=by_person.LEAST))
        return pl.DataFrame(schema=names)
    spans = by_person.spans_of(frame, one, view, Workdays.of(answered["calendar"].frame))
    frame = frame.with_columns(
        now_level=spans.after / spans.after_of, then_level=spans.before / spans.before_of, counted="after_of"
    )
    found = outcome(frame, is_rate=spans.is_rate)
    hoped = found.middle + found.kept * pl.col("then_level")
    told = frame.with_columns(hoped=hoped, above=pl.col("now_level") - hoped)
    return told.sort("is_trained", "above", descending=True).select(names)


def outcome(frame: pl.DataFrame, *, is_rate: bool) -> Effect:
    """The effect, from a non-empty answer to `trained`."""
    before, after, of = (
        frame.get_column(name).cast(pl.Float64).to_numpy() for name in ("then_level", "now_level", "counted")
    )
    return effect(before, after, frame.get_column("is_trained").to_numpy(), of if is_rate else None)
