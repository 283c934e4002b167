"""How much of the goal is reached: the actual beside its target, spread over working days.

A target that adds up (won amount) belongs to the working days of its span: each day gets value ÷ working days. A target
for exactly the days asked is what they are held against, everywhere, whatever its months add up to: the quarter's for
the quarter, the month's for each bucket of a trend by month. Where there is none and several cover a day, the one with
the shortest span holds (a month's before its year's). Where some of the days gone by have none, nothing is reached:
what all of them brought is not held against a goal for some. Days before somebody came, or after they left, lack none
(metrics/target_absence.py). The days compared with are held to the same, of which as many have gone by. Of the same
span it is the highest version. Due by a day are its goal and those of the days before it. A rate, a median or a stock
has no share per day: it needs a target for exactly the period asked.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.base import Step
from metrics.catalog import Measure, Text, dimension, measure
from metrics.notes import Note, note
from metrics.population import raw as raw_name
from metrics.query import Column, Query, used
from metrics.sentence import bucket_in_words
from metrics.target_days import Goal, additive, exact, grains_of, workdays
from metrics.view import View
from metrics.viewer import Viewer

SCOPES = ("team", "rep", "product", "region")
"""Dimensions by which targets are set, besides the whole company."""


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
    shape = Goal(of, scope, by, len(chosen), view.is_past)
    steps, answer = additive(shape) if of.additive == "all" else exact(shape)
    tables: tuple[str, ...] = ("targets", "calendar")
    if scope == "team":
        tables += ("teams", "scoped_reps", "rep_teams") if shape.is_of_teams else ("teams",)
    if shape.is_of_people and of.additive == "all":
        tables += ("scoped_reps",)
    goals = _query(steps, answer, values, tables, by)
    grains = grains_of(by)
    steps, answer = workdays(grains)
    return (goals, _query(steps, answer, values, ("calendar",), grains)), ()


def _query(
    steps: tuple[Step, ...], answer: str, values: dict[str, object], tables: tuple[str, ...], by: tuple[str, ...]
) -> Query:
    sql = " ".join([*(step.sql for step in steps), answer])
    return Query(steps, answer, used(sql, values), tables, finish="part", by=by)


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
    chosen = tuple(value for value in dict.fromkeys(filtered.get(name, ())) if value is not None)
    if None in filtered.get(name, ()) and not (cut and chosen):
        return None  # no target is for what is nobody's: added to the others' work it would be held against theirs
    if not cut and of.additive != "all" and len(chosen) != 1 and name != "team":
        return None
    return name, chosen


# ---------------------------------------------------------------------------------------------------------- finishing


def columns(asked: Measure, of: Measure, *, has_before: bool) -> list[Column]:
    """The columns of an attainment: itself, its two sides, the days gone by, and the pace.

    The pace is what was reached of what is due by now: the goals of the days gone by. Of a target for the period itself
    that is its share of the days; of targets for months it is not, where they differ. Compared, it is what was reached
    of the whole other period's target by as many days; nothing where one of these has no target.
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
    has_begun = is_covered(of, raw)
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


def is_whole(of: Measure, raw: pl.DataFrame) -> pl.Expr:
    """Whether all working days of the period have a goal: only then it is the period's; arguments as `is_covered`."""
    if not {f"{of.id}_goal_days", "workdays"} <= set(raw.columns):
        return pl.lit(value=True)
    return pl.col(f"{of.id}_goal_days").fill_null(0) >= pl.col("workdays")


def before(asked: Measure, of: Measure, raw: pl.DataFrame, actual: pl.Expr) -> pl.Expr:
    """The attainment of the days compared with; `actual` is theirs."""
    goal = _goal_in(raw, raw_name(f"{of.id}_goal", before=True))
    reached = pl.when(is_covered(of, raw, before=True)).then(_reached(of, goal, actual))
    return reached.alias(f"{asked.id}.before")


def is_covered(of: Measure, raw: pl.DataFrame, *, before: bool = False) -> pl.Expr:
    """Whether days have gone by, and none without a goal: what all of them brought says nothing of a goal for some.

    Args:
        of: whose target. raw: the joined raw frame of an attainment. before: the days compared with.
    """
    gone, covered = raw_name("workdays_gone", before), raw_name(f"{of.id}_goal_gone", before)
    if gone not in raw.columns:
        return pl.lit(value=True)
    has_begun = pl.col(gone) > 0
    return has_begun & (pl.col(covered).fill_null(0) >= pl.col(gone)) if covered in raw.columns else has_begun


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


def remarks(
    of: Measure, raw: pl.DataFrame, view: View, by: tuple[str, ...] = (), *, has_before: bool = False
) -> list[Note]:
    """That there is no target, or one for some of the working days only, also of single rows; that it came later.

    Where there is something to compare with, the same of these days.
    """
    if f"{of.id}_goal" not in raw.columns:
        return []
    later = raw.get_column(f"{of.id}_goal_later").sum() if f"{of.id}_goal_later" in raw.columns else 0
    several = raw.get_column(f"{of.id}_goal_sum").max() if f"{of.id}_goal_sum" in raw.columns else 0
    return [
        *_against(of, raw, view, by),
        *_absent(of, raw, view, by),
        *(_against_then(of, raw, by) if has_before else []),
        *([note("target_sum", measure=of.id, count=int(str(several)))] if several else []),
        *([note("target_later", measure=of.id)] if later else []),
    ]


def _against(of: Measure, raw: pl.DataFrame, view: View, by: tuple[str, ...]) -> list[Note]:
    """Why nothing, or only a part, is held against a target."""
    found = {code: f"{of.id}_goal_{code}" for code in _AGAINST}
    count = {code: _counted(raw, name, by) for code, name in found.items() if name in raw.columns}
    if count.get("moved"):
        return [note("reps_moved", count=count["moved"])]
    if count.get("wider"):
        return [note("targets_wider", count=count["wider"])]
    if raw.get_column(f"{of.id}_goal").is_null().all():
        several = any(name in SCOPES and name not in by and len({*values}) > 1 for name, values in view.filters)
        return [note("no_target_of_all" if several else "no_target", measure=of.id)]
    if by:
        return _of_rows(of, raw, view, by)
    if f"{of.id}_goal_days" not in raw.columns:
        return []
    covered, days = int(raw[f"{of.id}_goal_days"][0] or 0), int(raw["workdays"][0] or 0)
    if covered >= days:
        return []
    away = int(raw[f"{of.id}_goal_away_days"][0] or 0) if f"{of.id}_goal_away_days" in raw.columns else 0
    return [
        note(
            "target_partly",
            measure=of.id,
            covered=covered if len(view.chosen("rep")) > 1 else covered - away,
            days=days,
        )
    ]


def _against_then(of: Measure, raw: pl.DataFrame, by: tuple[str, ...]) -> list[Note]:
    """Why nothing is held against a target of the days compared with, where something is now."""
    goal, gone = raw_name(f"{of.id}_goal", before=True), raw_name("workdays_gone", before=True)
    if not {goal, gone} <= set(raw.columns):
        return []
    stands = is_covered(of, raw) & _goal_in(raw, f"{of.id}_goal").is_not_null() & (pl.col(gone) > 0)
    without = raw.filter(stands & (pl.col(goal).is_null() | ~is_covered(of, raw, before=True)))
    if without.is_empty():
        return []
    if by:
        return [note("no_target_then_rows", measure=of.id, count=without.height)]
    covered = raw_name(f"{of.id}_goal_gone", before=True)
    if covered not in raw.columns or without[goal][0] is None:
        return [note("no_target_then", measure=of.id)]
    return [
        note("target_partly_then", measure=of.id, covered=int(without[covered][0] or 0), days=int(without[gone][0]))
    ]


def _absent(of: Measure, raw: pl.DataFrame, view: View, by: tuple[str, ...]) -> list[Note]:
    """That people came or left within the days asked: their targets are for the days at work."""
    name = f"{of.id}_goal_away"
    count = _counted(raw, name, by) if name in raw.columns else 0
    if not count or raw.get_column(f"{of.id}_goal").is_null().all():
        return []
    if by or len(view.chosen("rep")) > 1:
        return [note("target_of_those_there", measure=of.id, count=count)]
    away, held, days = (int(raw[column][0] or 0) for column in (f"{name}_days", f"{of.id}_goal_days", "workdays"))
    return [note("target_at_work", measure=of.id, covered=held - away, days=days)] if held >= days else []


def _counted(raw: pl.DataFrame, name: str, by: tuple[str, ...]) -> int:
    """How many people or teams a cut counts: those of several buckets of time once."""
    apart = [one for one in by if dimension(one).kind == "value"]
    counted = raw.group_by(apart).agg(pl.col(name).max()) if apart else raw.select(pl.col(name).max())
    return int(counted.get_column(name).sum())


_NAMED = 4
"""So many rows without a target are named, and the rest counted."""


def _of_rows(of: Measure, raw: pl.DataFrame, view: View, by: tuple[str, ...]) -> list[Note]:
    """Which rows of a cut have no target where others have one, and which have it for some of their days only."""
    owned = raw.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in by)).sort(by)
    has_none, is_part = pl.col(f"{of.id}_goal").is_null(), pl.lit(value=False)
    if {f"{of.id}_goal_away", "workdays"} <= set(raw.columns):  # of days on which somebody was not there, none is asked
        has_none &= pl.col(f"{of.id}_goal_days").fill_null(0) < pl.col("workdays")
    if {f"{of.id}_goal_gone", "workdays_gone"} <= set(raw.columns):
        is_part = pl.col(f"{of.id}_goal").is_not_null() & (
            pl.col(f"{of.id}_goal_gone").fill_null(0) < pl.col("workdays_gone")
        )
    told = {"no_target_of_rows": owned.filter(has_none), "target_partly_there": owned.filter(is_part)}
    return [
        note(code, measure=of.id, count=rows.height, rows=_named(rows.select(by).head(_NAMED), view, rows.height))
        for code, rows in told.items()
        if rows.height
    ]


def _named(rows: pl.DataFrame, view: View, count: int) -> Text:
    """The first rows of a cut by name, in both languages."""
    said = {
        lang: [" · ".join(_said(name, value, view, lang) for name, value in row.items()) for row in rows.to_dicts()]
        for lang in ("en", "zh-CN")
    }
    more = " …" if count > rows.height else ""
    return Text.model_validate({"en": ", ".join(said["en"]) + more, "zh-CN": "、".join(said["zh-CN"]) + more})


def _said(name: str, value: object, view: View, lang: str) -> str:
    return bucket_in_words(value, name, lang, view.fiscal_start) if isinstance(value, date) else str(value)


def told_to(viewer: Viewer, query: Query, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The same notes, where somebody sees several teams that have no target together with what they can do about it."""
    is_chosen = query.view is None or bool(query.view.filters)
    if viewer.scope != "teams" or len(viewer.teams) < 2 or is_chosen:
        return notes
    return tuple(
        note("no_target_together", measure=str(one["measure"])) if one.code == "no_target" else one for one in notes
    )
