"""How one owner's call went over the weeks of its period: the words, what was won, and where the deals said it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.errors import StoreHoldsNothing
from data.review.call_table import GOAL, owner_view
from data.review.calls import calls, span_of
from metrics.calls import stood
from metrics.cuts import total, trend
from metrics.landing import landing
from metrics.number import number
from metrics.target import Span, grain_of
from metrics.target_standing import without_filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from data.store import Snapshot
    from metrics.notes import Note
    from metrics.view import View
    from metrics.viewer import Viewer

STEP = timedelta(days=7)
COLUMNS = ("commit", "best_case", "won", "landing", "landing.low", "landing.high")


class Course(NamedTuple):
    """`frame`: a row per `day`, in order, with the columns of COLUMNS, null where there was none.

    `target`: of all days; none where it is for some working days only, which `notes` say.
    """

    frame: pl.DataFrame
    target: float | None
    notes: tuple[Note, ...] = ()


def course(
    seen: Snapshot, viewer: Viewer, view: View, scope: str = "company", name: str | None = None, *,
    span: Span | None = None, with_landing: bool = True,
) -> Course:  # fmt: skip
    """The words of one owner for a period: each day on which anything was said, and week by week back from today.

    Raises:
        StoreHoldsNothing.
    """
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    days, plain = span or span_of(view), without_filters(view)
    looked = owner_view(seen, plain, scope, name)
    mine = calls(seen, viewer, days).filter(
        (pl.col("scope") == scope) & pl.col("name").eq_missing(pl.lit(name, pl.String))
    )
    last = min(view.as_of, days.ends_on)
    weekly: list[date] = []
    while last - STEP * len(weekly) >= days.starts_on:
        weekly.append(last - STEP * len(weekly))
    said = [day for day in mine.get_column("said_on") if day <= last]
    won = _won(seen, viewer, looked, days, last)
    grain = grain_of(days, view.fiscal_start, view.week_start) if with_landing else None
    rows = [
        (day, *_word(mine, day), won(day), *_landed(seen, viewer, looked, day, grain if day in weekly else None))
        for day in sorted({*weekly, *said})
    ]
    schema = {"day": pl.Date} | dict.fromkeys(COLUMNS, pl.Float64)
    whole = plain if scope == "company" else plain.with_filter(scope, (name,))  # a team's own target, not its parts'
    goal = seen.ask(total(GOAL, whole.with_period(None, days.starts_on, days.ends_on)), viewer)
    partly = tuple(said for said in goal.notes if said.code == "target_partly")
    target = None if partly else number(goal.frame.item(0, f"{GOAL}.target"))
    return Course(pl.DataFrame(rows, schema=schema, orient="row"), target, partly)


def _word(mine: pl.DataFrame, day: date) -> tuple[float | None, float | None]:
    now = stood(mine, day)
    return (now.item(0, "commit"), now.item(0, "best_case")) if now.height else (None, None)


def _won(seen: Snapshot, viewer: Viewer, view: View, days: Span, last: date) -> Callable[[date], float | None]:
    """What was won by a day of the period."""
    if last < days.starts_on:
        return lambda _day: None
    daily = seen.ask(trend("won_amount", "day", view.with_period(None, days.starts_on, last)), viewer).frame
    summed = daily.select("day", so_far=pl.col("won_amount").cast(pl.Float64).fill_null(0).cum_sum())
    known = dict(summed.iter_rows())

    def by(day: date) -> float | None:
        return max(((one, value) for one, value in known.items() if one <= day), default=(day, None))[1]

    return by


def _landed(seen: Snapshot, viewer: Viewer, view: View, day: date, grain: str | None) -> Iterable[float | None]:
    if grain is None:
        return (None, None, None)
    row = seen.ask(landing(view.seen_on(day), grain), viewer).frame.row(-1, named=True)
    return tuple(number(row[name]) for name in ("amount", "at_least", "at_most"))
