"""How much of the goal is reached: the actual beside its target, spread over working days.

A target that adds up (won amount) belongs to the working days of its span: each day gets value ÷ working days. A target
for exactly the days asked is what they are held against, everywhere, whatever its months add up to: the quarter's for
the quarter, the month's for each bucket of a trend by month. Where there is none and several cover a day, the one with
the shortest span holds (a month's before its year's). Of the same span it is the highest version. Due by a day are its
goal and those of the days before it. A rate, a median or a stock has no share per day: it needs a target for exactly
the period asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import polars as pl

from metrics.base import Step
from metrics.catalog import Measure, dimension, measure
from metrics.notes import Note, note
from metrics.population import raw as raw_name
from metrics.query import Column, Query, used
from metrics.team_targets import UNDER, together
from metrics.view import View
from metrics.viewer import Viewer

SCOPES = ("team", "rep", "product", "region")
"""Dimensions by which targets are set, besides the whole company."""


class _Goal(NamedTuple):
    """What shapes the SQL of one target: the actual's measure, whose targets, and the cut."""

    of: Measure
    scope: str
    by: tuple[str, ...]
    chosen: int  # how many values of the scope the view restricts to; 0 for all
    is_past: bool  # an earlier day is looked at

    @property
    def is_of_teams(self) -> bool:
        """Whether chosen teams are taken together, each with all below it."""
        return self.scope == "team" and "team" not in self.by

    @property
    def source(self) -> str:
        """The table or step that its targets are read from."""
        return "placed_goals" if self.scope == "team" else "targets"


def goal_of(asked: Measure, view: View) -> Measure:
    """The measure whose target an attainment is about."""
    return measure(asked.goal_of or view.headline)


def goal_parts(asked: Measure, by: tuple[str, ...], view: View) -> tuple[tuple[Query, ...], tuple[Note, ...]]:
    """The statements that read the target and the working days, or the reason why there are none."""
    of = goal_of(asked, view)
    if view.period is None:
        return (), (note("target_needs_period", measure=of.id),)
    found = _scope(of, by, view)
    if found is None:
        return (), (note("no_target_by", measure=of.id),)
    scope, chosen = found
    values = {
        "goal": of.id,
        "goal_scope": scope,
        "from_on": view.period.from_on,
        "to_on": view.period.to_on,
        "as_of": view.as_of,
    } | {f"goal_{place}": value for place, value in enumerate(chosen)}
    shape = _Goal(of, scope, by, len(chosen), view.is_past)
    steps, answer = _additive(shape) if of.additive == "all" else _exact(shape)
    tables = ("targets", "calendar", "teams") if scope == "team" else ("targets", "calendar")
    goals = _query(steps, answer, values, tables, by)
    grains = _grains(by)
    steps, answer = _workdays(grains)
    return (goals, _query(steps, answer, values, ("calendar",), grains)), ()


def _query(
    steps: tuple[Step, ...], answer: str, values: dict[str, object], tables: tuple[str, ...], by: tuple[str, ...]
) -> Query:
    sql = " ".join([*(step.sql for step in steps), answer])
    return Query(steps, answer, used(sql, values), tables, finish="part", by=by)


def _grains(by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in by if dimension(name).kind == "grain")


def _scope(of: Measure, by: tuple[str, ...], view: View) -> tuple[str, tuple[str, ...]] | None:
    """Whose targets a cut compares with, and the chosen ones of them; None where no targets can be set."""
    cut = [name for name in by if dimension(name).kind == "value"]
    filtered = dict(view.filters)
    names = set(cut) | set(filtered)
    if not names:
        return "company", ()
    if len(names) > 1 or not names <= set(SCOPES):
        return None
    name = names.pop()
    chosen = tuple(value for value in filtered.get(name, ()) if value is not None)
    if filtered.get(name) and not chosen:
        return None
    if not cut and of.additive != "all" and len(chosen) != 1 and name != "team":
        return None
    return name, chosen


# ------------------------------------------------------------------------------------------------------------- SQL

_MOVED = "{source}.away_to is not null and {source}.away_to > cast($from_on as date)"
"""It is of somebody who did a part of their work of these days out of the viewer's sight."""


def _read(shape: _Goal) -> str:
    """The targets of the measure, scope and chosen values; where nothing is chosen, those of all that is seen."""
    source = shape.source
    columns = [f"{source}.*", *([f"{_MOVED.format(source=source)} as is_moved"] if shape.scope == "rep" else [])]
    told = f"select {', '.join(columns)} from {source} where {source}.measure = $goal"
    if shape.scope == "company":
        return f"{told} and {source}.is_whole"
    chosen = "" if shape.is_of_teams or not shape.chosen else f" and {source}.scope_value in ({_chosen(shape)})"
    return f"{told} and {source}.scope = $goal_scope and {source}.is_own{chosen}"


def _chosen(shape: _Goal) -> str:
    return ", ".join(f"$goal_{place}" for place in range(shape.chosen))


def _placed(shape: _Goal) -> tuple[Step, ...]:
    """The steps that tell which targets of teams their numbers can be held against."""
    if shape.scope != "team":
        return ()
    return together(_chosen(shape)) if shape.is_of_teams else UNDER


def _told_of(shape: _Goal) -> list[str]:
    """What speaks against the targets, counted.

    `_moved`: people who came from elsewhere within the period. `_wider`: targets that are for teams besides those whose
    rows are counted. `_later`: whether any was decided after the day looked at.
    """
    name = shape.of.id
    when = {"rep": ["moved"], "team": ["wider"]}.get(shape.scope, [])
    told = [f"count(distinct case when is_{code} then scope_value end) as {name}_goal_{code}" for code in when]
    if shape.is_past:
        told.append(f"max(case when population.set_on > $as_of then 1 else 0 end) as {name}_goal_later")
    return told


def _by_columns(shape: _Goal, source: str) -> list[str]:
    """The columns of the cut, read from the step `source`: buckets, and whose target it is."""
    return [
        f'{source}."{name}"' if dimension(name).kind == "grain" else f'{source}.scope_value as "{name}"'
        for name in shape.by
    ]


def _grouped(shape: _Goal, values: list[str]) -> str:
    """The aggregates over `population`, by the columns of the cut."""
    columns = ", ".join([*_by_columns(shape, "population"), *values])
    keys = [column.partition(" as ")[0] for column in _by_columns(shape, "population")]
    return f"select {columns}\nfrom population" + (f"\ngroup by {', '.join(keys)}" if keys else "")


def _asked(shape: _Goal) -> tuple[tuple[Step, ...], str, str]:
    """The days whose own target comes first: the steps that find them, the join to them, and whether a target is it.

    Of a cut by month they are each month's; days have no targets, so a cut by day is the whole period's, day by day.
    """
    grains = [name for name in _grains(shape.by) if name != "day"]
    if not grains:
        return (), "", "goals.starts_on = $from_on and goals.ends_on = $to_on"
    keys = ", ".join(f"calendar.{name}" for name in grains)
    named = ", ".join(f'calendar.{name} as "{name}"' for name in grains)
    step = Step(
        "asked",
        f"select {named}, min(calendar.day) as first_on, max(calendar.day) as last_on\n"
        f"  from calendar where calendar.day between $from_on and $to_on group by {keys}",
    )
    same = " and ".join(f'asked."{name}" = calendar.{name}' for name in grains)
    return (step,), f"  join asked on {same}\n", "goals.starts_on = asked.first_on and goals.ends_on = asked.last_on"


@lru_cache(maxsize=1024)
def _additive(shape: _Goal) -> tuple[tuple[Step, ...], str]:
    """One row per scope and working day of the period, with that day's share of the target that holds."""
    grains = "".join(f', calendar.{name} as "{name}"' for name in _grains(shape.by))
    asked, join, is_exact = _asked(shape)
    kept = {"rep": "goals.is_moved, ", "team": "goals.is_wider, goals.of_teams, ", "company": "goals.wholes, "}
    steps = (
        *_placed(shape),
        Step("goals", _read(shape)),
        Step("spans", "select distinct goals.starts_on, goals.ends_on from goals"),
        Step(
            "workdays",
            "select spans.starts_on, spans.ends_on, count(*) as days\n  from spans join calendar"
            " on calendar.is_workday and calendar.day between spans.starts_on and spans.ends_on"
            "\n  group by spans.starts_on, spans.ends_on",
        ),
        *asked,
        Step(
            "daily",
            f"select goals.scope_value, {kept.get(shape.scope, '')}goals.set_on, calendar.day as goal_on{grains},\n"
            "    cast(goals.value as double) / nullif(cast(workdays.days as double), 0) as goal,\n"
            "    row_number() over (partition by goals.scope_value, calendar.day"
            f" order by case when {is_exact} then 0 else 1 end,"
            " date_diff('day', goals.starts_on, goals.ends_on), goals.version desc) as choice\n"
            "  from goals\n"
            "  join workdays on workdays.starts_on = goals.starts_on and workdays.ends_on = goals.ends_on\n"
            "  join calendar on calendar.is_workday and calendar.day between goals.starts_on and goals.ends_on\n"
            f"{join}"
            "  where calendar.day between $from_on and $to_on",
        ),
        *(_by_all("wholes") if shape.scope == "company" else _by_all("of_teams") if shape.is_of_teams else (_CHOSEN,)),
    )
    name = shape.of.id
    due = f"sum(case when goal_on <= $as_of then goal else 0 end) as {name}_goal_due"
    days = f"count(distinct goal_on) as {name}_goal_days"
    return steps, _grouped(shape, [f"sum(goal) as {name}_goal", due, days, *_told_of(shape)])


_CHOSEN = Step("population", "select daily.* from daily where daily.choice = 1")


def _by_all(all_of_them: str) -> tuple[Step, ...]:
    """Only days for which all whose targets are added up have one: of a part of them the sum would be too low."""
    return (
        Step(
            "held",
            "select daily.*, count(*) over (partition by daily.goal_on) as owners from daily where daily.choice = 1",
        ),
        Step("population", f"select held.* from held where held.owners = held.{all_of_them}"),
    )


@lru_cache(maxsize=1024)
def _exact(shape: _Goal) -> tuple[tuple[Step, ...], str]:
    """One row per scope and bucket whose target is set for exactly its days."""
    grains = [f'calendar.{name} as "{name}"' for name in _grains(shape.by)]
    ends = ["min(calendar.day) as first_on", "max(calendar.day) as last_on"]
    keys = ", ".join(f"calendar.{name}" for name in _grains(shape.by))
    buckets = "".join(f'spans."{name}", ' for name in _grains(shape.by))
    of_all = "wholes" if shape.scope == "company" else "of_teams" if shape.is_of_teams else ""
    alone = f" and versions.{of_all} = 1" if of_all else ""  # rates of several teams do not add up
    steps = (
        *_placed(shape),
        Step("goals", _read(shape)),
        Step(
            "spans",
            f"select {', '.join([*grains, *ends])} from calendar where calendar.day between $from_on and $to_on"
            + (f" group by {keys}" if keys else ""),
        ),
        Step(
            "versions",
            f"select {buckets}goals.*, row_number() over (partition by goals.scope_value,"
            " goals.starts_on order by goals.version desc) as choice\n"
            "  from goals join spans on goals.starts_on = spans.first_on and goals.ends_on = spans.last_on",
        ),
        Step("population", f"select versions.* from versions where versions.choice = 1{alone}"),
    )
    return steps, _grouped(shape, [f"max(value) as {shape.of.id}_goal", *_told_of(shape)])


@lru_cache(maxsize=64)
def _workdays(grains: tuple[str, ...]) -> tuple[tuple[Step, ...], str]:
    """Working days of the period, and how many of them have gone by."""
    steps = (
        Step(
            "population",
            "select calendar.* from calendar where calendar.is_workday and calendar.day between $from_on and $to_on",
        ),
    )
    quoted = [f'"{name}"' for name in grains]
    values = ["count(*) as workdays", "count(*) filter (where day <= $as_of) as workdays_gone"]
    answer = f"select {', '.join([*quoted, *values])}\nfrom population"
    return steps, answer + (f"\ngroup by {', '.join(quoted)}" if quoted else "")


# ---------------------------------------------------------------------------------------------------------- finishing


def columns(asked: Measure, of: Measure, *, has_before: bool) -> list[Column]:
    """The columns of an attainment: itself, its two sides, the days gone by, and the pace.

    The pace is what was reached of what is due by now: the goals of the days gone by. Of a target for the period itself
    that is its share of the days; of targets for months it is not, where they differ. Compared, it is what was reached
    of the whole other period's target by as many days.
    """
    before = [Column(f"{asked.id}.before", "before", asked.id, "share", "ratio")]
    return [
        Column(asked.id, "value", asked.id, "share", "ratio"),
        *(before if has_before else []),
        Column(f"{asked.id}.target", "detail", asked.id, of.unit),
        Column(f"{asked.id}.actual", "detail", asked.id, of.unit),
        Column(f"{asked.id}.elapsed", "detail", asked.id, "share"),
        Column(f"{asked.id}.pace", "detail", asked.id, "number"),
    ]


def finished(asked: Measure, of: Measure, raw: pl.DataFrame, actual: pl.Expr) -> list[pl.Expr]:
    """The expressions of `columns` without the comparison, over the joined raw frame; null where there is no target."""
    name = asked.id
    nothing = pl.lit(None, pl.Float64)
    goal = _goal_in(raw, f"{of.id}_goal")
    has_days = "workdays" in raw.columns
    elapsed = pl.col("workdays_gone") / pl.when(pl.col("workdays") > 0).then("workdays") if has_days else nothing
    has_begun = pl.col("workdays_gone") > 0 if has_days else pl.lit(value=True)
    reached = pl.when(has_begun).then(_reached(of, goal, actual))
    due = _goal_in(raw, f"{of.id}_goal_due")
    pace = pl.when(has_begun & (due > 0)).then(_reached(of, due, actual)) if of.additive == "all" else nothing
    return [
        reached.alias(name),
        goal.alias(f"{name}.target"),
        actual.alias(f"{name}.actual"),
        elapsed.cast(pl.Float64).alias(f"{name}.elapsed"),
        pace.alias(f"{name}.pace"),
    ]


def before(asked: Measure, of: Measure, raw: pl.DataFrame, actual: pl.Expr) -> pl.Expr:
    """The attainment of the days compared with; `actual` is theirs."""
    return _reached(of, _goal_in(raw, raw_name(f"{of.id}_goal", before=True)), actual).alias(f"{asked.id}.before")


_AGAINST = ("moved", "wider")
"""What a goal is not held against: work of which only a part is seen, and of fewer people than it is for."""


def _goal_in(raw: pl.DataFrame, name: str) -> pl.Expr:
    """A goal; none where it is for more than the work that is seen."""
    if name not in raw.columns:
        return pl.lit(None, pl.Float64)
    goal = pl.col(name).cast(pl.Float64).round(4)
    for code in _AGAINST:
        counted = name.replace("_goal", f"_goal_{code}").removesuffix("_due")
        goal = pl.when(pl.col(counted).fill_null(0) == 0).then(goal) if counted in raw.columns else goal
    return goal


def _reached(of: Measure, goal: pl.Expr, actual: pl.Expr) -> pl.Expr:
    """Actual ÷ target, the other way round where less is better; null where there is no target."""
    over, under = (goal, actual) if of.better == "lower" else (actual, goal)
    return pl.when(goal.is_not_null() & (under != 0)).then(over / under)


def remarks(of: Measure, raw: pl.DataFrame) -> list[Note]:
    """That there is no target, or that it covers only some of the period's working days; that it came later."""
    if f"{of.id}_goal" not in raw.columns:
        return []
    later = raw.get_column(f"{of.id}_goal_later").sum() if f"{of.id}_goal_later" in raw.columns else 0
    return [*_against(of, raw), *([note("target_later", measure=of.id)] if later else [])]


def _against(of: Measure, raw: pl.DataFrame) -> list[Note]:
    """Why nothing, or only a part, is held against a target."""
    found = {code: f"{of.id}_goal_{code}" for code in _AGAINST}
    count = {code: int(raw[name].sum()) for code, name in found.items() if name in raw.columns}
    if count.get("moved"):
        return [note("reps_moved", count=count["moved"])]
    if count.get("wider"):
        return [note("targets_wider", count=count["wider"])]
    if raw.get_column(f"{of.id}_goal").is_null().all():
        return [note("no_target", measure=of.id)]
    if f"{of.id}_goal_days" not in raw.columns or raw.height != 1:
        return []
    covered, days = int(raw[f"{of.id}_goal_days"][0] or 0), int(raw["workdays"][0] or 0)
    return [note("target_partly", measure=of.id, covered=covered, days=days)] if covered < days else []


def told_to(viewer: Viewer, query: Query, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The same notes, where somebody sees several teams that have no target together with what they can do about it."""
    is_chosen = query.view is None or bool(query.view.filters)
    if viewer.scope != "teams" or len(viewer.teams) < 2 or is_chosen:
        return notes
    return tuple(
        note("no_target_together", measure=str(one["measure"])) if one.code == "no_target" else one for one in notes
    )
