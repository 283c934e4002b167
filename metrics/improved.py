"""Who has improved against their own past, more than chance and the fate of all explain.

A person's period is held against the one before it, drawn towards the middle of all as far as chance moves it: whoever
had a bad time by chance has a better one next, without any merit, and whoever had a good one a worse.
On average at most 5 % of those named have improved by chance only (Benjamini and Hochberg); nobody is named where
nobody's improvement is beyond chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

import numpy as np
import polars as pl

from metrics import by_person
from metrics.catalog import Measure
from metrics.errors import NoPeriod
from metrics.expected import LEAST_PEOPLE, expected
from metrics.notes import Note, note
from metrics.proportions import discoveries
from metrics.query import Column, Query
from metrics.together import answers, together
from metrics.view import View
from metrics.workdays import Workdays, calendar


def improved(asked: str | Measure, view: View) -> Query:
    """Everybody who was there throughout the period and the days compared with, the most improved first.

    One row per `rep`: `team`; `now_level` of the period and `then_level` before it, per working day, of a rate itself;
    `hoped`, what is to be expected if nothing about the person has changed; `gained` against it (relative, of rates in
    points); `lasting`, the part of the early distance from all that is expected to last; `deviations` of chance that
    lie between; `is_beyond_chance`. `rows(rep=…)` are those of the measure in the period.

    Raises:
        NotPersonal: of the measure that cannot be said. NoPeriod: the view has no period.
    """
    one = by_person.personal(asked)
    seen = view if view.before is not None else view.with_compare("previous")
    if seen.period is None or seen.before is None:
        raise NoPeriod
    inner = {"spans": by_person.two_spans(one, seen), "people": by_person.people(seen), "calendar": calendar(seen)}
    unit = one.unit
    columns = [
        Column("rep", "by"), Column("team", "detail"), Column("now_level", "value", one.id, unit),
        Column("then_level", "before", one.id, unit), Column("hoped", "detail", one.id, unit),
        Column("gained", "detail", one.id, "share"), Column("lasting", "detail", one.id, "share"),
        Column("deviations", "detail", one.id, "number"), Column("is_beyond_chance", "flag"),
    ]  # fmt: skip
    return together(inner, seen, of=one, by=("rep",), columns=columns, finish="improved")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Everybody judged, the largest improvement in units of chance first."""
    answered, one, view = answers(query, frames), query.measures[0], query.view
    empty = pl.DataFrame(schema=[column.name for column in query.columns])
    if view is None:
        return empty
    counted = answered["spans"].frame
    there = by_person.there_throughout(counted, answered["people"].frame, view)
    frame = there.filter(by_person.enough(one))
    if apart := counted.height - frame.height:
        notes.append(note("improved_apart", count=apart, least=by_person.LEAST))
    if frame.height < LEAST_PEOPLE:
        notes.append(note("improved_too_few", count=frame.height, least=LEAST_PEOPLE))
        return empty
    found = expected(by_person.spans_of(frame, one, view, Workdays.of(answered["calendar"].frame)))
    gain = found.score if one.better != "lower" else -found.score
    change = found.after - found.expected if one.ratio else found.after / found.expected - 1
    listed = frame.select("rep", "team").with_columns(
        now_level=found.after, then_level=found.before, hoped=found.expected, gained=change, lasting=found.kept,
        deviations=pl.Series(found.score).fill_nan(None),
        is_beyond_chance=pl.Series(beyond_chance(gain), dtype=pl.Boolean), gain=pl.Series(gain).fill_nan(None),
    )  # fmt: skip
    order = listed.sort("gain", "rep", descending=[True, False], nulls_last=True)
    return order.select([column.name for column in query.columns])


def beyond_chance(scores: np.ndarray) -> list[bool]:
    """Which of these one-sided scores stand, when at most one in twenty of those that stand may be chance."""
    return discoveries([None if np.isnan(score) else erfc(float(score) / sqrt(2)) / 2 for score in scores])
