"""The funnel of a period against that of the period before, each seen after as many days.

A young cohort has had less time: many of its deals are still open, and those decided early are more often lost. So the
earlier cohort is looked at as it stood when it was just as old, and what became of it later is not counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from metrics import bottleneck
from metrics.errors import NoPeriod
from metrics.funnel import split_columns
from metrics.notes import note
from metrics.query import Query, from_file
from metrics.view import View

SPANS = ("now", "before")


def against_before(view: View) -> Query:
    """The deals created in the view's period and those created in the one it is compared with (else the one before).

    Columns as of `metrics.funnel.funnel` with a split: one row per pipeline, `span` (of SPANS) and stage. The later
    cohort is seen on the view's day, the earlier one as many days after its first day. `rows("lost", span="before",
    place=3)` are the deals behind a number.

    Raises:
        NoPeriod: the view is of all time.
    """
    compared = view if view.compare != "none" else view.with_compare("previous")
    now, before = compared.period, compared.before
    if now is None or before is None:
        raise NoPeriod
    seen = view.as_of - timedelta(days=(now.from_on - before.from_on).days)
    asked = from_file(
        "funnel_spans", view, from_on=now.from_on, to_on=now.to_on, until=view.as_of,
        before_from=before.from_on, before_to=before.to_on, until_before=seen,
    )  # fmt: skip
    said = note("spans_alike", from_on=before.from_on, to_on=before.to_on, seen_on=seen)
    return replace(
        asked,
        columns=split_columns("span"),
        by=("pipeline", "span", "place"),
        finish="funnel",
        others=(from_file("funnel_stages", view),),
        notes=(said, *((note("as_known_now"),) if view.is_past else ())),
    )


def judged(frame: pl.DataFrame) -> pl.DataFrame:
    """Each stage of one pipeline now against before, the largest loss first: see `metrics.bottleneck.compared`."""
    now, before = (frame.filter(pl.col("span") == span) for span in SPANS)
    return bottleneck.compared(now, before)
