"""Results against target: what was reached, whether that is as much as is due, where it will end, and by whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import polars as pl

from data.review.chapter import Chapter, Picture, Series, Source, Value
from data.review.measured import answered, measured, needs, told_once
from data.review.words import Words
from data.viewers import with_below
from metrics.catalog import dimension
from metrics.cuts import breakdowns, total
from metrics.target import Span
from metrics.target_standing import standing, without_filters
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Asked
    from metrics.query import Query, Result

_MOST = 12
"""Bars of a picture; who else there is, is said."""
_SCOPES = ("team", "rep", "region", "category")
"""By what results are told apart: the first of which there are two."""
_LEAST_NAMED = 3
"""So many are named in a sentence; more are counted."""
_GOOD = {"met": True, "likely": True, "open": None, "unlikely": False, "missed": False}
_REST = ("win_rate", "average_won_amount", "average_order_value", "collected")


class _Goal(NamedTuple):
    """How the target of the one whose review it is stands: a row of metrics/target_standing.py, and what it is of."""

    row: dict[str, Any]
    others: pl.DataFrame
    query: Query


def chapter(asked: Asked) -> Chapter:
    """What was reached of the view's period, against target, pace and the period before."""
    words = Words(asked, "results")
    of = headline(asked)
    if of is None:
        return Chapter("results", words.title, words("nothing", tables=_tables(asked, words)))
    goal_of = "attainment" if of == asked.view.headline else f"attainment:{of}"
    result = answered(asked, (of, goal_of, *(name for name in _REST if name != of)))
    found = measured(result, words)
    row = result.frame.row(0, named=True) if result else {}
    goal = _standing(asked, of)
    own = goal.row if goal and goal.row else {"elapsed": row.get(f"{goal_of}.elapsed")}
    target = own.get("target", row.get(f"{goal_of}.target"))
    if differs_from_asked(own, row, goal_of) and goal_of in found:  # of a team above others: its own, not their sum
        found[goal_of] = replace(found[goal_of], value=own["attainment"], measure=None, meaning=words("of_team"))
    value, reached = found[of], found.get(goal_of)
    scope, others = _others(asked, of, goal)
    notes = told_once(result.notes) if result else []
    return Chapter(
        "results",
        words.title,
        words.sentences(_finding(words, asked, value, reached, target, own), _undated(words, value, result)),
        is_good=_GOOD.get(str(own.get("verdict"))) if own.get("verdict") else None,
        further=tuple(_further(words, asked, value, own, goal, target)),
        values=(
            value,
            *((reached,) if reached and target else ()),
            *((Value(words("target"), float(target), value.unit, meaning=words("target_meaning")),) if target else ()),
            *_aside(words, value, own),
            *(one for name, one in found.items() if name not in (of, goal_of)),
        ),
        pictures=(_picture(words, value, scope, others),) if others else (),
        notes=tuple(dict.fromkeys(note.text(asked.lang) for note in notes)),
    )


def headline(asked: Asked) -> str | None:
    """The measure that results are told by: the company's own, else won amount, else revenue; None without any."""
    filled = set(asked.seen.filled())
    known = (asked.view.headline, "won_amount", "revenue")
    return next((name for name in known if needs(name, asked.view.headline) <= filled), None)


def differs_from_asked(own: dict[str, Any], row: dict[str, Any], goal_of: str) -> bool:
    """Whether the owner's own target is another than the targets of all that the view chooses."""
    mine, sum_of = own.get("target"), row.get(f"{goal_of}.target")
    return mine is not None and sum_of is not None and abs(float(mine) - float(sum_of)) > 0.005


def _tables(asked: Asked, words: Words) -> str:
    wanted = dict.fromkeys([*sorted(needs(asked.view.headline, asked.view.headline)), "deals", "order_lines"])
    return words.listed([words.table(name) for name in wanted])


def _standing(asked: Asked, of: str) -> _Goal | None:
    """The target of these very days: the company's, the team's, or the person's own; None where there is none."""
    view, filled = asked.view, asked.seen.filled()
    whose = "rep" if asked.viewer.scope == "rep" else "team"
    if view.period is None or "targets" not in filled or any(name != whose for name, _ in view.filters):
        return None
    span = Span(view.period.from_on, view.period.to_on)
    days = Workdays.of(asked.seen.ask(calendar(view), asked.viewer).frame)
    query = standing(of, span, view, days)
    frame = asked.seen.ask(query, asked.viewer).frame
    scope, name = ("team", asked.team) if asked.team else ("company", None)
    if asked.viewer.scope == "rep":
        scope, name = "rep", next(iter(view.chosen("rep")), None)
    rows = frame.rows(named=True)
    own = next((row for row in rows if (row["scope"], row["name"]) == (scope, name)), None)
    return _Goal(own, frame, query) if own and own["actual"] is not None else _Goal({}, frame, query)


# -------------------------------------------------------------------------------------------------------- what is said


def _undated(words: Words, value: Value, result: Result | None) -> str:
    """Beside a nought, that the period leaves something out: it may be no nought at all."""
    left_out = [one for one in result.notes if one.code == "undated"] if result and not value.value else []
    for one in left_out:
        if one["measure"] == value.measure:
            return words("undated", table=words.table(str(one["table"])), count=f"{one['count']:,}")
    return ""


def _finding(
    words: Words, asked: Asked, value: Value, reached: Value | None, target: float | None, own: dict[str, Any]
) -> str:
    actual = words.number(value.value, value.unit)
    label = value.label
    if not target:
        if (change := words.relative(value.value, value.before)) and value.unit != "share":
            before = words.number(value.before, value.unit)
            return words(_direction(value), label=label, actual=actual, change=change.lstrip("+-"), before=before)
        return words("alone", label=label, actual=actual)
    share = own.get("attainment", reached.value if reached else None)
    told = {"label": label, "actual": actual, "target": words.number(target, value.unit), "share": words.share(share)}
    elapsed = own.get("elapsed")
    if asked.view.period is not None and asked.view.period.to_on <= asked.view.as_of:
        return words("over_met" if own.get("verdict") == "met" else "over", **told)
    if own.get("verdict") == "met":
        return words("met", **told)
    if elapsed is None:
        return words("reached", **told)
    key = "so_far" if share is not None and elapsed else "no_workday"
    return words.sentences(words(key, elapsed=words.share(elapsed), **told), _outcome(words, value, own))


def _outcome(words: Words, value: Value, own: dict[str, Any]) -> str:
    """Where it will end by what the last days of earlier periods brought, and whether that is enough."""
    if own.get("projected") is None or own.get("verdict") is None:
        return ""
    ends = {name: words.number(own[f"projected{end}"], value.unit)
            for name, end in (("middle", ""), ("low", ".low"), ("high", ".high"))}  # fmt: skip
    return words(f"outcome_{own['verdict']}", **ends)


def _further(
    words: Words, asked: Asked, value: Value, own: dict[str, Any], goal: _Goal | None, target: float | None
) -> list[str]:
    said = []
    if own.get("pace") is not None and own.get("due") is not None and own.get("verdict") not in {"met", "missed"}:
        gap = float(own["actual"]) - float(own["due"])
        said.append(words("ahead" if gap >= 0 else "behind", gap=words.number(abs(gap), value.unit)))
    if own.get("required") is not None and own.get("run_rate") is not None:
        needed = {name: words.number(own[name], value.unit) for name in ("required", "run_rate")}
        said.append(words("required", **needed))
    if value.before is not None and value.before_label and target:
        change = words.relative(value.value, value.before)
        told = {"before": words.number(value.before, value.unit), "days": value.before_label}
        key = f"before_{_direction(value)}" if change else "before"
        said.append(words(key, change=(change or "").lstrip("+-"), **told))
    if goal is not None:
        scope = "rep" if asked.team else "team"
        for verdict in ("met", "likely", "unlikely", "missed"):
            rows = goal.others.iter_rows(named=True)
            names = [row["name"] for row in rows if (row["scope"], row["verdict"]) == (scope, verdict)]
            if names and asked.viewer.scope != "rep":
                said.append(words(f"who_{verdict}", who=_named(words, names)))
    return said


def _direction(value: Value) -> str:
    """Whether it is more, less, or in whole per cents as much as before."""
    now, before = value.value or 0.0, value.before or 0.0
    return "as_much" if abs(now - before) < 0.005 * before else "more" if now > before else "less"


def _named(words: Words, names: Sequence[str]) -> str:
    if len(names) <= _LEAST_NAMED + 1:
        return words.listed(names)
    return words("and_more", names=words("between_names").join(names[:_LEAST_NAMED]), more=len(names) - _LEAST_NAMED)


def _aside(words: Words, value: Value, own: dict[str, Any]) -> list[Value]:
    """What belongs to a target and is no measure: the pace, the days left, where it will end."""
    units = {"projected": value.unit, "required": value.unit, "pace": "number", "elapsed": "share"}
    return [
        Value(words(f"{name}_label"), float(own[name]), unit, meaning=words(f"{name}_meaning"))
        for name, unit in units.items()
        if own.get(name) is not None
    ]


# --------------------------------------------------------------------------------------------------------- the picture


class _Bar(NamedTuple):
    name: str
    value: float | None
    target: float | None
    verdict: str | None
    source: Source


def _others(asked: Asked, of: str, goal: _Goal | None) -> tuple[str, list[_Bar]]:
    """By what the result is told apart, and each part: teams, or of one team its people, the largest target first.

    Without targets what each reached; where there are no teams, by what else there is.
    """
    if asked.viewer.scope == "rep":
        return "", []
    scopes = _SCOPES[1:] if asked.team else _SCOPES
    rows = [row for row in goal.others.iter_rows(named=True) if row["actual"] is not None] if goal else []
    mine = sorted(
        (row for row in rows if row["scope"] == scopes[0]), key=lambda row: (-float(row["target"]), row["name"])
    )
    if len(mine) > 1:
        return scopes[0], [
            _Bar(row["name"], float(row["actual"]), float(row["target"]), row["verdict"],
                 _behind(asked, of, scopes[0], row["name"]))
            for row in mine
        ]  # fmt: skip
    query = breakdowns(of, scopes, asked.view.with_compare("none"))
    told = asked.seen.ask(query, asked.viewer).frame.filter(pl.col("value").is_not_null() & pl.col(of).is_not_null())
    for scope in scopes:
        parts = told.filter(pl.col("dimension") == scope).select("value", of).rows()
        if len(parts) > 1:
            sources = [Source(query, of, (("dimension", scope), ("value", name))) for name, _ in parts]
            return scope, [_Bar(name, float(value), None, None, source)
                           for (name, value), source in zip(parts, sources, strict=True)]  # fmt: skip
    return "", []


def _behind(asked: Asked, of: str, scope: str, name: str) -> Source:
    """The rows of what an owner of a target reached, a team with those below it: whatever else the review is of."""
    names = with_below(asked.seen, (name,)) if scope == "team" else ()
    return Source(total(of, without_filters(asked.view).with_filter(scope, names or (name,))), of)


def _picture(words: Words, value: Value, scope: str, bars: list[_Bar]) -> Picture:
    shown, more = bars[:_MOST], len(bars) - _MOST
    has_target = any(bar.target is not None for bar in shown)
    by = dimension(scope).label.text(words.lang)
    by = by[0].lower() + by[1:]
    return Picture(
        name="by_owner",
        title=words("by_with_target" if has_target else "by", label=value.label, by=by),
        rule=words.sentences(
            words("by_rule_target" if has_target else "by_rule"),
            words("by_more", more=more, shown=_MOST) if more > 0 else "",
        ),
        kind="bars",
        labels=tuple(bar.name for bar in shown),
        series=(
            Series(value.label, tuple(bar.value for bar in shown)),
            *((Series(words("target"), tuple(bar.target for bar in shown), "target"),) if has_target else ()),
        ),
        unit=value.unit,
        sources=tuple(bar.source for bar in shown),
        colours=tuple(_colour(bar.verdict) for bar in shown) if has_target else (),
    )


def _colour(verdict: str | None) -> Literal["good", "bad", "plain"]:
    good = _GOOD.get(str(verdict))
    return "plain" if good is None else "good" if good else "bad"
