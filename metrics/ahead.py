"""What the coming months or weeks will bring, from what the finished ones brought: a measure carried on.

What goes in: finished periods, from the first whole one on, a period without rows being 0. The running period stands in
no method: it is the first that is forecast. Methods, their choice by what they would have said on days of the past, and
the ranges are those of metrics/forecasters.py and metrics/rolling.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from metrics.base import Step
from metrics.catalog import Measure, dimension, measure
from metrics.cuts import trend
from metrics.errors import CannotForecast, NotForecastBy
from metrics.forecasters import History
from metrics.known import Usual, is_unknown, refused_throughout, stands_on, usual_part
from metrics.notes import Note, note
from metrics.period import DAY, bucket_next, bucket_start, buckets
from metrics.query import Column, Query, from_file
from metrics.rolling import LEAST_LOOKS, LEAST_PERIODS, LEAST_TOLD, Judged, judge, trust
from metrics.running import Told, carried, left
from metrics.view import View

SEASON = {"month": 12, "week": 52}
"""The grains that are forecast, and how many of them make a year."""
STEPS = {"month": 3, "week": 4}
"""How many periods ahead, the running one among them, where nobody says."""
MOST_STEPS = {"month": 12, "week": 26}
_SHORT = ("ahead_short", "ahead_short_week", "ahead_short_filtered")
_KEPT = timedelta(days=460)
"""So many days of the calendar before the running period: those of the ended quarters (metrics/both_forecasts.py)."""
_LATE = {"month": timedelta(days=3), "week": timedelta(0)}
"""So many days after its beginning a first period may begin to have data: months begin with a holiday."""


@dataclass(frozen=True)
class Series:
    """What is carried on.

    Attributes:
        starts: first days of the finished periods. later: of the running one and those after it.
        so_far: what the running period has brought; None where none is running.
        history: values and calendar. judged: None where it is too short, or holds nothing but 0.
        is_workday: by day, from five quarters before the running period until its end. left: the share of its working
            days still to come.
    """

    starts: tuple[date, ...]
    later: tuple[date, ...]
    so_far: float | None
    history: History
    judged: Judged | None
    is_workday: dict[date, bool]
    left: float

    def coming(self) -> list[Told]:
        """The running period, of which only the rest is forecast, and those after it; none where nothing is."""
        if self.judged is None:
            return []
        first, *others = self.judged.coming
        if self.so_far is not None:
            first = carried(first, self.so_far, self.left, can_fall=self.history.can_fall or self.so_far < 0)
        return [first, *others]


def ahead(view: View, of: str = "won_amount", grain: str = "month", steps: int | None = None) -> Query:
    """A measure by month or week: what finished periods brought, and what the coming ones will.

    One row per period: the measure (of the running one so far; null after it), `is_partial`, `is_left_out` (a first
    period that the data begin within), and of the running one and those after it `forecast`, `at_least` and `at_most`
    (four of five outcomes lie between). Where the series is too short nothing is forecast, and a note says why.

    Args:
        view: whose filters and day apply; its period does not.
        of: a measure that adds up over time. grain: month or week. steps: how many periods ahead.

    Raises:
        CannotForecast: the measure is no flow. NotForecastBy: another grain.
    """
    one = _can(of, grain)
    return replace(
        _asked(view, one, grain, steps),
        columns=(
            Column(grain, "by"),
            Column(one.id, "value", one.id, one.unit, one.agg, one.of, one.where),
            *(Column(name, "value", None, one.unit) for name in _RANGE),
            Column("is_partial", "flag"),
            Column("is_left_out", "flag"),
        ),
        finish="ahead",
    )


_RANGE = ("forecast", "at_least", "at_most")


def methods(view: View, of: str = "won_amount", grain: str = "month", steps: int | None = None) -> Query:
    """The methods that were tried, the one that was closest on the past first.

    One row each: `method`, `calendar` (none, workdays, festival: what was taken out of the series before), `mase` (mean
    error ÷ that of last year's values), `smape` (mean error as a share of the mean of forecast and outcome), `chosen`.
    """
    one = _can(of, grain)
    columns = (
        Column("method", "by"),
        Column("calendar", "by"),
        Column("mase", "value", one.id, "number"),  # the measure that its rows are of
        Column("smape", "value", unit="share"),
        Column("chosen", "flag"),
    )
    return replace(_asked(view, one, grain, steps), columns=columns, measures=(one,), by=(), finish="ahead_methods")


def looked_back(view: View, of: str = "won_amount", grain: str = "month", steps: int | None = None) -> Query:
    """What these forecasts would have said on days of the past, each by the method chosen from what was known then.

    One row per day (`told_on`) and period: `forecast` with `at_least` and `at_most`, `came_in`, `is_inside`, and
    `simple`, what last year's values (or the last value) said.
    """
    one = _can(of, grain)
    columns = (
        Column("told_on", "by"),
        Column(grain, "by"),
        *(Column(name, "value", None, one.unit) for name in _RANGE),
        Column("came_in", "value", one.id, one.unit, one.agg, one.of, one.where),
        Column("is_inside", "flag"),
        Column("simple", "value", None, one.unit),
    )
    return replace(_asked(view, one, grain, steps), columns=columns, measures=(one,), finish="looked_back")


def _can(of: str, grain: str) -> Measure:
    """The measure, if it can be carried on."""
    one = measure(of)
    if one.on is None or one.agg not in {"sum", "count", "distinct"} or one.stock or one.goal_of is not None:
        raise CannotForecast(measure=one.id)
    if dimension(grain).id not in SEASON:
        raise NotForecastBy(dimension=grain)
    return one


def _asked(view: View, one: Measure, grain: str, steps: int | None) -> Query:
    """The series, the calendar, and the first day of the data, whatever is filtered."""
    course = trend(one, grain, view.with_period("all").with_compare("none"))
    first = first_ahead(view, grain)
    count = min(max(steps or STEPS[grain], 1), MOST_STEPS[grain])
    calendar = from_file("forecast_days", view, to_on=bucket_next(first, grain, count) - DAY)
    by = calendar.answer.replace("month", grain)
    began = Query(
        (Step("population", f"select {one.table}.{one.on} from {one.table}"),),
        f"select min({one.on}) as first_on from population",
        tables=(str(one.table),), reads=((str(one.table), (str(one.on),)),),
    )  # fmt: skip
    ends = bucket_next(first, grain) - DAY
    days = from_file("calendar_days", View(as_of=view.as_of), from_on=first - _KEPT, to_on=ends)
    return replace(course, others=(*course.others, replace(calendar, answer=by, view=None), began, days))


def first_ahead(view: View, grain: str) -> date:
    """The first day of the first period that is not over on the view's day."""
    start = bucket_start(view.as_of, grain, view.fiscal_start, view.week_start)
    return start if bucket_next(start, grain) - DAY > view.as_of else bucket_next(start, grain)


# ---------------------------------------------------------------------------------------------------------- finishing


def _finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Finished periods, then the running one and those ahead."""
    series, (one, grain) = read(query, frames), _named(query)
    notes += _said(query, frames, series)
    whole = len(series.starts)
    left_out = _left_out(query, frames)
    actual = [*(value for _, value in left_out), *series.history.values, series.so_far, *[None] * len(series.later)]
    days = [*(start for start, _ in left_out), *series.starts, *series.later]
    empty = [None] * (len(left_out) + whole)
    later = [None] * len(series.later)
    told = series.coming()
    ends = [empty + ([one[place] for one in told] if told else later) for place in range(len(_RANGE))]
    return pl.DataFrame(
        {
            grain: days, one: actual[: len(days)],
            **dict(zip(_RANGE, ends, strict=True)),
            "is_partial": [start == series.later[0] and series.so_far is not None for start in days],
            "is_left_out": [place < len(left_out) for place in range(len(days))],
        },
        {grain: pl.Date, one: pl.Float64, **dict.fromkeys(_RANGE, pl.Float64), "is_partial": pl.Boolean,
         "is_left_out": pl.Boolean},
    )  # fmt: skip


def _finished_methods(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every method with its errors."""
    series = read(query, frames)
    told = series.judged
    if told is None:
        notes += _said(query, frames, series)
    rows = [(error.method.name, error.method.calendar, error.mase, error.smape, error.method == told.chosen)
            for error in told.errors] if told else []  # fmt: skip
    schema = {"method": pl.String, "calendar": pl.String, "mase": pl.Float64, "smape": pl.Float64, "chosen": pl.Boolean}
    return pl.DataFrame(rows, schema, orient="row")


def _finished_back(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every forecast of the past that has come due."""
    series, (_, grain) = read(query, frames), _named(query)
    notes += _said(query, frames, series) if series.judged is None else no_better(series.judged)
    starts = series.starts
    rows = [
        (starts[one.known] - DAY, starts[one.known + one.step], one.told, one.at_least, one.at_most, one.came,
         one.at_least <= one.came <= one.at_most, one.simple)
        for one in (series.judged.past if series.judged else ())
    ]  # fmt: skip
    money = dict.fromkeys((*_RANGE, "came_in"), pl.Float64)
    schema = {"told_on": pl.Date, grain: pl.Date, **money, "is_inside": pl.Boolean, "simple": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row")


def _named(query: Query) -> tuple[str, str]:
    """The measure's id and the grain."""
    population = query.population
    if population is None:
        raise ValueError("not a question about the coming periods")
    return population.parts[0].id, population.by[0]


def read(query: Query, frames: Sequence[pl.DataFrame]) -> Series:
    """The series of any of these questions, judged."""
    (one, grain), (course, calendar, _, days_of) = _named(query), frames
    void = _unknown(query, frames)
    view = query.view or View(as_of=date.min)
    first = first_ahead(view, grain)
    known = {start: float(value or 0) for start, value in course.select(grain, one).iter_rows() if start is not None}
    begins = _begins(query, frames)
    starts = buckets(begins, first - DAY, grain, view.fiscal_start, view.week_start) if begins < first else []
    worked = {start: numbers for start, *numbers in calendar.iter_rows()}
    last = max(worked, default=first)
    later = buckets(first, max(last, first), grain, view.fiscal_start, view.week_start)
    days, workdays, festive = zip(*(worked.get(start) or (0, 0, 0) for start in [*starts, *later]), strict=True)
    values = tuple(known.get(start, 0.0) for start in starts)
    history = History(values, days, workdays if all(days) else (0,) * len(days), festive, SEASON[grain])
    is_running = bucket_start(view.as_of, grain, view.fiscal_start, view.week_start) == first
    so_far = known.get(first, 0.0) if is_running and known and first not in void else None
    judged = judge(history, len(later)) if any(values) else None
    is_workday = dict(days_of.select("day", "is_workday").iter_rows())
    share = left(is_workday, first, bucket_next(first, grain) - DAY, view.as_of)
    return Series(tuple(starts), tuple(later), so_far, history, judged, is_workday, share)


def _begins(query: Query, frames: Sequence[pl.DataFrame]) -> date:
    """The first whole period with rows, after all that are not known; the day after the view's where there is none."""
    _, grain = _named(query)
    view = query.view or View(as_of=date.min)
    seen = [start for start in frames[0].get_column(grain).drop_nulls().to_list() if start <= view.as_of]
    if not seen:
        return view.as_of + DAY
    first, data_from = min(seen), frames[2].item()
    begins = bucket_next(first, grain) if data_from is not None and data_from > first + _LATE[grain] else first
    over = [start for start in _unknown(query, frames) if start < first_ahead(view, grain)]
    return max(begins, bucket_next(max(over), grain)) if over else begins


def _unknown(query: Query, frames: Sequence[pl.DataFrame]) -> list[date]:
    """The periods whose rows lack what the measure is made of (metrics/known.py)."""
    one, grain = _named(query)
    usual = _usual(query, frames)
    return frames[0].filter(is_unknown(measure(one), usual)).get_column(grain).drop_nulls().to_list()


def _usual(query: Query, frames: Sequence[pl.DataFrame]) -> Usual:
    """The parts that were known in the last year's finished periods: a gap that is always there ends no forecast."""
    one, grain = _named(query)
    over = frames[0].filter(pl.col(grain) < first_ahead(query.view or View(as_of=date.min), grain)).sort(grain)
    return usual_part(measure(one), over.tail(SEASON[grain]), grain)


def _set_aside(query: Query, frames: Sequence[pl.DataFrame]) -> list[Note]:
    """That the forecast begins later, because not all is known of periods before."""
    one, grain = _named(query)
    first = first_ahead(query.view or View(as_of=date.min), grain)
    over = [start for start in _unknown(query, frames) if start < first]
    if not over:
        return []
    usual = _usual(query, frames).text()
    return [note("ahead_unknown", count=len(over), from_on=bucket_next(max(over), grain), measure=one, usual=usual)]


def _said(query: Query, frames: Sequence[pl.DataFrame], series: Series) -> list[Note]:
    """What is said of the forecast; where periods are too few because costs are missing, that and what to do."""
    one, grain = _named(query)
    if (nothing := refused_throughout(measure(one), frames[0])) and not series.history.values:
        return nothing
    aside, said = _set_aside(query, frames), remarks(series, grain, query.view)
    if series.judged is not None:
        aside += stands_on(measure(one), frames[0].filter(pl.col(grain).is_in(series.starts)))
    if not aside or not measure(one).coverage:
        return [*aside, *said]
    short = note("ahead_short_costs", measure=one, count=len(series.starts), least=LEAST_PERIODS, dimension=grain)
    return [
        *aside,
        *(short if one.code in (*_SHORT, "ahead_nothing") else one for one in said),
    ]


def _left_out(query: Query, frames: Sequence[pl.DataFrame]) -> list[tuple[date, float | None]]:
    """Periods that are over before the first that is looked at: the data begin within it, or it is not known."""
    one, grain = _named(query)
    begins, view = _begins(query, frames), query.view or View(as_of=date.min)
    rows = frames[0].select(grain, one).drop_nulls(grain).sort(grain).rows()
    last, void = min(begins, first_ahead(view, grain)), set(_unknown(query, frames))
    return [(start, None if start in void else float(value or 0)) for start, value in rows if start < last]


def remarks(series: Series, grain: str, view: View | None) -> list[Note]:
    """Why there is no forecast, or why a simpler one; and what its errors were."""
    count, judged, season = len(series.starts), series.judged, SEASON[grain]
    if count and not any(series.history.values):
        return [note("ahead_nothing", count=count, dimension=grain)]
    if judged is None:
        is_filtered = view is not None and view.is_filtered  # then more may be on record
        code = "ahead_short_filtered" if is_filtered else "ahead_short_week" if grain == "week" else "ahead_short"
        return [note(code, count=count, least=LEAST_PERIODS, dimension=grain)]
    found = []
    if not judged.is_seasonal:
        found.append(note("ahead_no_season", count=count, least=2 * season + LEAST_LOOKS, dimension=grain))
    if not series.history.is_share:
        found.append(note("ahead_added", dimension=grain))
    done = trust(judged)
    if done is None:
        found.append(note("ahead_untried", count=len(judged.past), least=LEAST_TOLD))
        errors_of = {error.method: error.mase for error in judged.errors}
        chosen, simple = errors_of[judged.chosen], errors_of[judged.benchmark]
        few = note("ahead_simple_closer", mase=f"{chosen:.2f}", simple=f"{simple:.2f}")
        return [*found, few] if simple < chosen else found
    errors = {"mase": f"{done.mase:.2f}", "simple": f"{done.simple:.2f}", "smape": f"{100 * done.smape:.0f} %"}
    held = {"within": f"{100 * done.within:.0f} %", "count": done.told, "looks": done.looks}
    return [*found, note(f"ahead_tried_{judged.benchmark.name}", **errors, **held), *no_better(judged)]


def no_better(judged: Judged) -> list[Note]:
    """That forecasts of the past lay no closer than the simplest one, by MASE or added up as amounts."""
    done = trust(judged)
    if done is None or done.is_better:
        return []
    if done.mase >= done.simple:
        return [note("ahead_not_better")]
    return [note("ahead_not_better_off", off=f"{100 * done.off:.1f} %", simple=f"{100 * done.simply_off:.1f} %")]


FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "ahead": _finished,
    "ahead_methods": _finished_methods,
    "looked_back": _finished_back,
}
"""By the names that the questions give (metrics/finish.py)."""
