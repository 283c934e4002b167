"""What each person reached in two spans of time, the period and the days it is compared with, from one statement.

Of a measure that is counted or added up: its sum in either span and the squares of both, which say by how much chance
moves it. Of a rate: how many cases succeeded, of how many.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from metrics import expected
from metrics.catalog import Measure, measure
from metrics.cuts import breakdown
from metrics.errors import NotPersonal
from metrics.population import aggregate, flag
from metrics.query import Query, from_file
from metrics.view import View
from metrics.workdays import Workdays

LEAST = 8
"""Things counted, or cases of a rate, that a person must have in either span to be judged."""


def personal(asked: str | Measure) -> Measure:
    """The measure, if one can say what each person's two spans brought: counts, sums and rates with an interval.

    Raises:
        UnknownMeasure. NotPersonal: an average, a stock, an attainment, or nothing that people do.
    """
    one = measure(asked)
    adds_up = one.additive == "all" and one.stock is None and one.agg in ("count", "sum") and one.on is not None
    is_rate = one.interval == "wilson" and one.ratio is not None and len({part.on for part in one.parts}) == 1
    if "rep" in one.not_by or not (adds_up or is_rate) or any(part.stock or not part.on for part in one.parts):
        raise NotPersonal(measure=one.id)
    return one


def two_spans(one: Measure, view: View) -> Query:
    """One row per `rep`: `after` and `before`; of a sum `squares`; `after_of` and `before_of`: how many are counted."""
    asked = breakdown(one, "rep", view)
    counted = asked.population
    if counted is None:
        raise NotPersonal(measure=one.id)
    top, under = one.parts[0], one.parts[-1]
    both = {"after": False, "before": True}
    values = [f"{aggregate(counted, top, before)} as {name}" for name, before in both.items()]
    values += [f"count(*) filter (where {flag(under, before)}) as {name}_of" for name, before in both.items()]
    if one.agg == "sum":
        of = f"cast({one.of} as double)"
        either = " or ".join(flag(one, before) for before in both.values())
        values.append(f"coalesce(sum({of} * {of}) filter (where {either}), 0) as squares")
    answer = f'select "rep", {", ".join(values)}\nfrom population\nwhere "rep" is not null\ngroup by "rep"'
    return replace(asked, answer=answer, columns=(), measures=(), others=(), notes=(), finish="plain")


def people(view: View) -> Query:
    """Everybody in scope, by `rep`: `team`, `hired_on`, `left_on`, `away_to` (since then in a team in scope)."""
    return from_file("rep_days", View(as_of=view.as_of))


def there_throughout(frame: pl.DataFrame, staff: pl.DataFrame, view: View) -> pl.DataFrame:
    """Those of `frame` (by `rep`) whose first span did not begin before they came, nor the second end after they left.

    Where nobody wrote the days down, who counts in both spans was there.
    """
    now, then = view.period, view.before
    if now is None or then is None:
        return frame.clear()
    since = pl.max_horizontal("hired_on", "away_to")
    came = since.is_null() | (since <= then.from_on)
    stays = pl.col("left_on").is_null() | (pl.col("left_on") > min(now.to_on, view.as_of))
    known = frame.join(
        staff.select("rep", "team", "hired_on", "left_on", "away_to"), on="rep", how="left", maintain_order="left"
    )
    return known.filter(came & stays)


def enough(one: Measure) -> pl.Expr:
    """Whether a person has enough in both spans; a sum must be above 0 in both, so that it can have grown."""
    cases = (pl.col("after_of") >= LEAST) & (pl.col("before_of") >= LEAST)
    return cases if one.ratio else cases & (pl.col("after") > 0) & (pl.col("before") > 0)


def spans_of(frame: pl.DataFrame, one: Measure, view: View, days: Workdays) -> expected.Spans:
    """The two spans of these people, as `expected` takes them."""
    after, before, after_of, before_of = (
        frame.get_column(name).cast(pl.Float64).to_numpy() for name in ("after", "before", "after_of", "before_of")
    )
    if one.ratio:
        return expected.rates(after, after_of, before, before_of)
    squares = frame.get_column("squares").to_numpy() if "squares" in frame.columns else after + before
    worked = workdays(view, days)
    return expected.sums(after, before, np.asarray(squares, dtype=float), *worked)


def workdays(view: View, days: Workdays) -> tuple[int, int]:
    """How many working days the period and the days compared with have, at least 1 each."""
    now, then = view.period, view.before
    if now is None or then is None:
        return 1, 1
    spans = ((now.from_on, min(now.to_on, view.as_of)), (then.from_on, then.to_on))
    after, before = (max(1, days.between(*span)) for span in spans)
    return after, before
