"""Every target of one measure for one span: what was reached of it, the pace, where it will end, how bold it is.

What an owner reached is their measure over the days of the span; a team's is that of all teams below it too. Of a rate,
numerator and denominator are added up and divided anew: the rate of a division is not the mean of its teams'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import polars as pl

from metrics import cuts
from metrics.catalog import Measure
from metrics.errors import MeasureNotBy
from metrics.intervals import wilson
from metrics.known import LEAST_COVERED
from metrics.notes import Note, note, some
from metrics.period import DAY
from metrics.query import Column, Query, Result, from_file
from metrics.target import Span, aimed_at, earlier, grain_of
from metrics.target_owners import OWNER, Tree, by_owner, owners
from metrics.target_pace import PAST, RESTS, bold, ended, holds, lately, pace, verdict
from metrics.target_sums import summed
from metrics.target_trees import parts_in_time
from metrics.together import answers, begins, first_day, over, together
from metrics.view import View
from metrics.windows import can_be_windowed, in_spans, windows
from metrics.workdays import Workdays, calendar

PEOPLE = ("team", "rep")
NUMBERS = ("target", "original", "actual", "gap", "due", "run_rate", "required", "projected", "best_past")
"""Columns in the measure's own unit."""


def standing(
    of: str, span: Span, view: View, days: Workdays, scopes: Sequence[str] = PEOPLE, divisions: Sequence[str] = ()
) -> Query:
    """The targets of a measure for exactly these days, and how they stand on the view's day.

    One row per owner who has one, the company first, each team before what is below it: `scope`, `name`, `parent` and
    `depth` in the tree; `target`, `original`, `versions`, `reason` and `set_on` of the last; `actual`, for shares with
    `actual.low` and `.high`; what metrics/target_pace.py makes of them; `projected` with `.low` and `.high` (of what
    adds up); `spans` (null: out of view), `reached`, `percentile` and `best_past`; `verdict`.
    Numbers of owners out of scope are null.

    Args:
        of: the measure. span: the days. view: filters of team, salesperson, product and region choose rows, others do
            not apply: a target is for all of its owner. days: of the company's calendar (`workdays.calendar`).
        scopes: whose targets, besides the company's; those that the measure cannot be cut by are left out.
        divisions: teams that have a row with the sum of the targets below them, where they have none of their own
            (metrics/target_sums.py), and `of_teams` is how many that is of; each with all below it in sight.

    Raises:
        UnknownMeasure.
    """
    one = aimed_at(of)
    plain = without_filters(view)
    here = over(plain, *span)
    scopes = tuple(scope for scope in scopes if _can(one, scope, here))
    lists = {
        name: from_file(
            f"targets_{name}", View(as_of=view.as_of), goal=of, from_on=span.starts_on, to_on=span.ends_on,
            day=min(span.ends_on, view.as_of), is_low_better=one.better == "lower",
        )
        for name in ("held", "people", "teams", *(("parts",) if one.additive == "all" else ()))
    }  # fmt: skip
    if divisions:
        lists["divisions"] = from_file(
            "targets_divisions", View(as_of=view.as_of).with_filter("team", tuple(divisions)), goal=of,
            from_on=span.starts_on, to_on=span.ends_on,
        )  # fmt: skip
    inner = lists | {"now": cuts.total(one, here)}  # lists first: the filters of the view do not restrict them
    if can_be_windowed(one):
        inner |= windows(one, scopes, [window.span for window in looked_at(one, span, view, days)], plain)
    elif scopes:
        inner["by"] = cuts.breakdowns(one, scopes, here)
    inner |= begins(inner["now"], one, view) | {"calendar": calendar(here)}
    found = together(
        inner, view, of=one, by=OWNER, columns=_columns(one, has_sums=bool(divisions)), finish="targets_standing"
    )
    return replace(found, view=view.with_period(from_on=span.starts_on, to_on=span.ends_on))


def behind(query: Query, scope: str, names: Sequence[str]) -> Query:
    """The rows of what was reached: of the company, or of these owners (a team, and the teams below it)."""
    one, view = query.measures[0], without_filters(query.view or View(as_of=date.max))
    return cuts.total(one, view if scope == "company" else view.with_filter(scope, names)).rows(one.id)


def without_filters(view: View) -> View:
    """The view without its filters, compared with nothing."""
    return View.model_validate({**view.model_dump(), "filters": (), "compare": "none"})


def _can(one: Measure, scope: str, view: View) -> bool:
    try:
        cuts.breakdown(one, scope, view)
    except MeasureNotBy:
        return False
    return True


class Window(NamedTuple):
    """A span that is looked at: the one "now", the last days of one before ("rest"), or all of one before ("past")."""

    kind: str
    span: Span


def looked_at(one: Measure, span: Span, view: View, days: Workdays) -> list[Window]:
    """The span itself, of what adds up the last days of spans before it, and those of the calendar's before it."""
    found = [Window("now", span)]
    left = days.between(max(span.starts_on, view.as_of + DAY), span.ends_on)
    if left and one.additive == "all":
        found += [Window("rest", last_days(before, left, days)) for before in earlier(span, RESTS)]
    grain = grain_of(span, view.fiscal_start, view.week_start)
    if grain is not None:
        found += [Window("past", before) for before in earlier(span, PAST[grain])]
    return found


def last_days(span: Span, count: int, days: Workdays) -> Span:
    """The end of a span that has so many working days, and the days off before them; all of it where it has no more."""
    before = days.between(*span) - count
    if before <= 0:
        return span
    worked = [day for day in days.days if span.starts_on <= day <= span.ends_on]
    return Span(worked[before - 1] + DAY, span.ends_on)


def _columns(one: Measure, has_sums: bool) -> list[Column]:
    texts = (
        "parent",
        "depth",
        "versions",
        "reason",
        "set_on",
        "verdict",
        "left_on",
        *(["of_teams"] if has_sums else []),
    )
    units = dict.fromkeys(NUMBERS, one.unit) | {
        "attainment": "share", "attainment_original": "share", "elapsed": "share", "pace": "number",
        "percentile": "share", "spans": "count", "reached": "count",
    }  # fmt: skip
    ranges = [Column(f"{name}.{end}", end, one.id, one.unit)
              for name in ("actual", "projected") for end in ("low", "high")]  # fmt: skip
    return [
        *(Column(name, "by") for name in OWNER),
        *(Column(name, "detail") for name in texts),
        *(Column(name, "value", one.id, unit) for name, unit in units.items()),
        *ranges,
    ]


# ------------------------------------------------------------------------------------------------------------ finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The targets beside what was reached, in the order of the tree."""
    answered = answers(query, frames)
    one, view = query.measures[0], query.view
    if view is None or view.period is None:
        return pl.DataFrame(schema=[column.name for column in query.columns])
    span, is_over = Span(view.period.from_on, view.period.to_on), view.period.to_on <= view.as_of
    notes += answered["now"].notes
    notes += [note("targets_not_filtered", dimension=name) for name, _ in view.filters if name not in _WHO]
    scopes = {name for _, one_ in query.inner for part in one_.parts if part.population for name in part.population.by}
    held = answered["held"].frame.filter(pl.col("scope").is_in(["company", *scopes]))
    tree = _tree(query, answered, held, one)
    if "parts" in answered:
        notes += _differing(parts_in_time(tree.rows.filter(holds(one)), answered["parts"].frame, span), one)
    worked = Workdays.of(answered["calendar"].frame)
    seen = _Seen(one, looked_at(one, span, view, worked), _values(answered, tree.below, one, span, view, worked),
                 first_day(answered))  # fmt: skip
    frame = _with_actual(tree.rows, seen)
    gone, whole = worked.between(span.starts_on, min(view.as_of, span.ends_on)), worked.between(*span)
    frame = frame.with_columns(pace(one, gone, whole))
    frame = _projected(frame, seen, view.as_of, worked, is_over=is_over)
    frame = _held_against(frame, seen).with_columns(verdict(one, is_over=is_over))
    frame = _untold(frame)
    frame = _chosen(frame, view).sort("place", maintain_order=True)
    if frame.is_empty():
        notes.append(note("no_target", measure=one.id))
    notes += _summed(frame, one)
    if partly := frame.filter(pl.col("is_part").fill_null(value=False) & pl.col("actual").is_not_null()).height:
        notes.append(note("targets_partly_known", measure=one.id, count=partly, least=f"{100 * LEAST_COVERED:.0f} %"))
    if withdrawn := frame.filter(~holds(one)).height:
        notes.append(note("targets_withdrawn", measure=one.id, count=withdrawn))
    if view.is_past and frame.filter(pl.col("set_on") > view.as_of).height:
        notes.append(note("target_later", measure=one.id))
    if moved := frame.filter(pl.col("away_to") > span.starts_on).height:
        notes.append(note("reps_moved", count=moved))
    return frame.select(column.name for column in query.columns)


def _tree(query: Query, answered: dict[str, Result], held: pl.DataFrame, one: Measure) -> Tree:
    """The owners, with divisions that have the sum of their teams' targets where they were asked for."""
    people = answered["people"].frame
    if "divisions" not in answered:
        return owners(held, people, answered["teams"].frame)
    asked = dict(query.inner)["divisions"].view
    names = [name for name in (asked.chosen("team") if asked else ()) if name is not None]
    return summed(held, people, answered["divisions"].frame, names, one)


def _summed(frame: pl.DataFrame, one: Measure) -> list[Note]:
    """Whose targets are the sum of those of the teams below them, by name."""
    if "of_teams" not in frame.columns:
        return []
    names = frame.filter(pl.col("of_teams").is_not_null()).get_column("name").to_list()
    if not names:
        return []
    return [note("targets_summed", measure=one.id, count=len(names), names=some(names, _NAMED))]


_NAMED = 6


def _differing(told: pl.DataFrame, one: Measure) -> list[Note]:
    """That months do not add up to their quarter, of the first owner in the tree and how many more there are."""
    found = []
    for part in told.get_column("part").unique(maintain_order=True):
        mine = told.filter(pl.col("part") == part)
        first = mine.row(0, named=True)
        facts = {name: f"{first[name]:,.15g}" for name in ("target", "parts")}
        code = f"targets_{part}s_differ" if first["name"] else f"targets_{part}s_differ_company"
        found.append(note(code, who=first["name"] or "", measure=one.id, more=mine.height - 1, **facts))
    return found


class _Seen(NamedTuple):
    """What every owner reached in every span: `scope`, `name`, `place` of the window, `value`, parts of a ratio."""

    one: Measure
    windows: list[Window]
    values: pl.DataFrame
    first: date | None

    def spans(self, kind: str) -> pl.DataFrame:
        """The windows of a kind that begin with the data or later: `place` and `from_on`."""
        known = {
            place: window.span.starts_on
            for place, window in enumerate(self.windows)
            if window.kind == kind
            and (kind == "now" or (self.first is not None and window.span.starts_on >= self.first))
        }
        return pl.DataFrame({"place": [*known], "from_on": [*known.values()]}, _PLACES)

    def halves(self, worked: Workdays) -> pl.DataFrame:
        """Of the last days of each span before: `place`, `back` (1: the one before), `rest_days`, and the `start_days`.

        `whole`: the place of the span itself, null where that is not looked at.
        """
        past = [(place, window.span) for place, window in enumerate(self.windows) if window.kind == "past"]
        rows = []
        for back, (place, window) in enumerate(
            ((place, window) for place, window in enumerate(self.windows) if window.kind == "rest"), 1
        ):
            days = worked.between(*window.span)
            whole, span = past[back - 1] if back <= len(past) else (None, window.span)
            rows.append((place, back, days, whole, worked.between(*span) - days))
        names = ("place", "back", "rest_days", "whole", "start_days")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int32), orient="row")

    def of(self, kind: str) -> pl.DataFrame:
        """Values of these windows, with `from_on`."""
        return self.values.join(self.spans(kind), on="place")

    def each(self, kind: str, owners: pl.DataFrame) -> pl.DataFrame:
        """A row for each owner and such window in which they were there: nothing is 0 where sums are counted."""
        if self.one.additive != "all":
            rows = owners.join(self.of(kind), on=list(OWNER), nulls_equal=True)
        else:
            rows = owners.join(self.spans(kind), how="cross").join(
                self.values, on=[*OWNER, "place"], how="left", nulls_equal=True
            ).with_columns(pl.col("value").fill_null(0))  # fmt: skip
        there = pl.col("since_on") <= pl.col("from_on")
        rows = rows.filter(~pl.col("is_unknown").fill_null(value=False))  # of which nobody knows what it was
        return rows.filter(there if self.one.additive == "all" else there.fill_null(value=True))


_PLACES = {"place": pl.Int32, "from_on": pl.Date}


def _values(
    answered: dict[str, Result], below: pl.DataFrame, one: Measure, span: Span, view: View, worked: Workdays
) -> pl.DataFrame:
    """The measure of every owner in every window."""
    if can_be_windowed(one):
        rows = in_spans(answered, one, [window.span for window in looked_at(one, span, view, worked)])
        return by_owner(rows, below, one, ["place"])
    whole = answered["now"].frame.select(
        pl.lit("company").alias("scope"), pl.lit(None, pl.String).alias("name"), one.id
    )
    if "by" in answered:
        cut = answered["by"].frame.select(scope="dimension", name="value", **{one.id: one.id})
        whole = pl.concat([whole, cut.filter(pl.col("name").is_not_null())], how="vertical_relaxed")
    return whole.select(
        *OWNER, place=pl.lit(0, pl.Int32), value=pl.col(one.id).cast(pl.Float64), is_unknown=pl.lit(value=False)
    )


def _with_actual(rows: pl.DataFrame, seen: _Seen) -> pl.DataFrame:
    """What each owner reached in the span, of shares with the interval; null for those out of scope."""
    values, one = seen.of("now"), seen.one
    ends = [pl.lit(None, pl.Float64)] * 2
    if one.interval == "wilson" and one.ratio is not None:
        ends = list(wilson(*(pl.col(part.id) for part in one.parts)))
    low, high = ends
    known = values.select(
        *OWNER, low.alias("actual.low"), high.alias("actual.high"),
        actual="value", is_part="is_unknown", is_void=pl.col("value").is_null(),  # what there is lacks a cost
    )  # fmt: skip
    frame = rows.join(known, on=list(OWNER), how="left", nulls_equal=True)
    if one.additive == "all":
        nothing = pl.when(~pl.col("is_void").fill_null(value=False)).then(0.0)
        frame = frame.with_columns(actual=pl.coalesce("actual", nothing))
    frame = frame.drop("is_void")
    names = ("actual", "actual.low", "actual.high")
    some = pl.concat([seen.of(kind).select(*OWNER, "from_on", "value") for kind in ("past", "rest")])
    since = some.filter(pl.col("value") != 0).group_by(list(OWNER)).agg(pl.col("from_on").min().alias("begun"))
    return (
        frame.with_columns(pl.when("is_own").then(name).alias(name) for name in names)
        .join(since, on=list(OWNER), how="left", nulls_equal=True)
        .with_columns(since_on=pl.coalesce("since_on", "begun"))
    )


def _projected(frame: pl.DataFrame, seen: _Seen, as_of: date, worked: Workdays, *, is_over: bool) -> pl.DataFrame:
    """Where the span will end: what there is, and what the days left brought in the spans before."""
    ends = ("", ".low", ".high")
    if is_over and seen.one.additive == "all":
        return frame.with_columns(pl.col("actual").alias(f"projected{end}") for end in ends)
    who = frame.filter("is_own").select(*OWNER, "since_on")
    rests = seen.each("rest", who)
    told = ended(rests.select(*OWNER, rest="value"), list(OWNER))
    now = seen.windows[0].span
    spans = rests.join(seen.halves(worked), on="place").join(
        seen.each("past", who).select(*OWNER, whole="place", total="value"), on=[*OWNER, "whole"], how="left",
        nulls_equal=True,
    ).with_columns(rest="value", start=pl.col("total") - pl.col("value"))  # fmt: skip
    late = lately(spans, list(OWNER), worked.between(max(now.starts_on, as_of + DAY), now.ends_on))
    told = told.join(late, on=list(OWNER), how="left", nulls_equal=True, suffix=".late").with_columns(
        pl.coalesce(f"rest{end}.late", f"rest{end}").alias(f"rest{end}") for end in ends
    )
    left = pl.when(pl.col("left_on") <= as_of).then(0.0)
    joined = frame.join(told, on=list(OWNER), how="left", nulls_equal=True)
    return joined.with_columns(
        (pl.col("actual") + left.otherwise(f"rest{end}")).alias(f"projected{end}") for end in ends
    )


def _untold(frame: pl.DataFrame) -> pl.DataFrame:
    """Nothing is concluded from an actual that is known in part: it lies low for want of data."""
    names = [name for name in frame.columns if name in _CONCLUDED or name.partition(".")[0] == "projected"]
    is_part = pl.col("is_part").fill_null(value=False)
    return frame.with_columns(pl.when(~is_part).then(name).alias(name) for name in names)


_CONCLUDED = ("attainment", "attainment_original", "gap", "pace", "run_rate", "required", "verdict")


def _held_against(frame: pl.DataFrame, seen: _Seen) -> pl.DataFrame:
    """How often the target was reached before, in spans in which the owner was there already."""
    past = seen.each("past", frame.filter("is_own").select(*OWNER, "since_on", "target"))
    told = bold(past.select(*OWNER, "target", was="value"), list(OWNER), seen.one)
    frame = frame.join(told, on=list(OWNER), how="left", nulls_equal=True)
    return frame.with_columns(spans=pl.when("is_own").then(pl.col("spans").fill_null(0)))


_WHO = ("team", "rep", "product", "region")


def _chosen(frame: pl.DataFrame, view: View) -> pl.DataFrame:
    """The rows that the filters leave: of a team its people too; the company only where nothing is chosen."""
    for scope, values in view.filters:
        if scope not in _WHO:
            continue
        names = [value for value in values if value is not None]
        is_it = (pl.col("scope") == scope) & pl.col("name").is_in(names)
        is_under = (pl.col("scope") == "rep") & pl.col("team").is_in(names) & (scope == "team")
        frame = frame.filter(is_it | is_under)
    return frame
