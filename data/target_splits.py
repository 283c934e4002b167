"""A target broken down as a proposal: what each part would be, by which way, and what stays unallocated.

Nothing is changed: the parts are aims (data/targets.py), to be looked at, changed and recorded with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.errors import TargetAbsent, TargetNotSplitSo, TargetOutOfView
from data.settings import settings
from data.targets import NONE_HELD, Aim, targets
from metrics.catalog import Text
from metrics.period import DAY, add_months
from metrics.query import from_file
from metrics.target import Span, check_value, held, parts_of
from metrics.target_owners import below, by_owner
from metrics.target_split import (
    TargetSplitByNothing,
    Way,
    by_history,
    by_presence,
    by_workdays,
    difference,
    overridden,
    places,
    split,
    splittable,
)
from metrics.view import View
from metrics.windows import can_be_windowed, in_spans, windows
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.catalog import Measure
    from metrics.viewer import Viewer

IN_TIME = ("quarter", "month", "week")
AMONG = ("team", "rep", "product", "region")
OVER = (*IN_TIME, *AMONG)
"""What a target may be split over."""


class Part(NamedTuple):
    """One part: its label (first day, or name), what it would be, what its target is today, and what it goes by.

    `is_known`: whether that is its own, and not the mean of the others.
    """

    label: str
    aim: Aim
    before: float | None
    weight: float
    is_known: bool = True


class Proposal(NamedTuple):
    """A target and its parts; `left` is what they leave of it: above 0 unallocated, below 0 over-allocated."""

    whole: Aim
    parts: tuple[Part, ...]
    left: float

    @property
    def is_by_nothing(self) -> bool:
        """Whether there was nothing to go by (no working day, nothing reached before), so that the parts are alike."""
        return not any(part.weight for part in self.parts)

    @property
    def unknown(self) -> list[str]:
        """The parts of which nobody knows what they reached, beside others that are known."""
        return [] if self.is_by_nothing else [part.label for part in self.parts if not part.is_known]


class _Child(NamedTuple):
    label: str
    scope: str
    scope_value: str | None
    span: Span


def proposal(
    seen: Snapshot, viewer: Viewer, whole: Aim | tuple[str, str, str | None, Span], over: str, way: Way,
    fixed: Mapping[str, float] | None = None, *, spread: bool = False,
) -> Proposal:  # fmt: skip
    """The parts of a target.

    Args:
        whole: the target; without a value the one that holds today. over: one of OVER. way: one of WAYS.
        fixed: parts set by hand, by label. spread: what they take or leave is given to the others.

    Raises:
        UnknownMeasure, TargetNotSplit; TargetRefused: the value, or a part set by hand.
        TargetAbsent: no value is given and no target holds. TargetSplitByNothing.
        TargetOutOfView: the viewer does not see all of it.
        TargetNotSplitSo: products have no working days, and what is fixed is no part.
    """
    one = splittable(whole[0])
    _in_view(seen, viewer, *whole[1:3])
    aim = whole if isinstance(whole, Aim) else Aim(*whole, _held(seen, viewer, *whole))
    check_value(one, aim.value, aim.scope_value or aim.measure)
    children = _in_time(aim, over) if over in IN_TIME else _members(seen, viewer, aim, over)
    if not children:
        raise TargetSplitByNothing(over=over)
    own = _weights(seen, viewer, one, aim, children, over, way)
    weights = by_history(own)
    decimals = places(one, aim.value)
    labels = [child.label for child in children]
    unknown = sorted(set(fixed or {}) - set(labels))
    if unknown:
        raise TargetNotSplitSo(over=over, way=", ".join(unknown))
    for label, value in (fixed or {}).items():
        check_value(one, value, label)
    by_hand = {labels.index(label): value for label, value in (fixed or {}).items()}
    values = overridden(aim.value, split(aim.value, weights, decimals), by_hand, decimals, spread=spread)
    today = {
        (one.owner, one.span): one.value for one in (kept.current for kept in held(targets(seen, aim.measure, viewer)))
    }
    parts = []
    for child, value, weight, mine in zip(children, values, weights, own, strict=True):
        before = today.get(((aim.measure, child.scope, child.scope_value), child.span))
        made = Aim(
            aim.measure, child.scope, child.scope_value, child.span, value, NONE_HELD if before is None else before
        )
        parts.append(Part(child.label, made, before, weight, mine is not None))
    return Proposal(aim, tuple(parts), difference(aim.value, values))


def _in_view(seen: Snapshot, viewer: Viewer, scope: str, name: str | None) -> None:
    """Whether all of an owner is in view: parts by what a viewer happens to see are not its parts."""
    mine = {"team": viewer.teams, "rep": seen.values("rep", viewer)}.get(scope, ())
    if not viewer.sees_all and name not in mine:
        raise TargetOutOfView(who=name or Text(en="the company", **{"zh-CN": "公司"}))


def _held(seen: Snapshot, viewer: Viewer, of: str, scope: str, scope_value: str | None, span: Span) -> float:
    for kept in held(targets(seen, of, viewer, span)):
        if kept.current.owner == (of, scope, scope_value) and kept.current.span == span:
            return kept.current.value
    raise TargetAbsent(who=scope_value or scope, measure=of, span=str(span))


# ------------------------------------------------------------------------------------------------------------ over whom


def _in_time(aim: Aim, over: str) -> list[_Child]:
    grain = f"fiscal_{over}" if over == "quarter" and settings().fiscal_start != 1 else over
    spans = parts_of(aim.span, grain, settings().fiscal_start, settings().week_start)
    if len(spans) < 2:
        return []
    return [_Child(str(span.starts_on), aim.scope, aim.scope_value, span) for span in spans]


def _members(seen: Snapshot, viewer: Viewer, aim: Aim, over: str) -> list[_Child]:
    """The teams below a team or all of the company's, the people of a team, products or regions."""
    if over in ("product", "region"):
        names = [name for name in seen.values(over, viewer) if name is not None] if aim.scope == "company" else []
    else:
        names = _people(seen, viewer, aim, over)
    return [_Child(name, over, name, aim.span) for name in names]


def _people(seen: Snapshot, viewer: Viewer, aim: Aim, over: str) -> list[str]:
    people, teams = _everybody(seen, viewer, aim.span)
    if over == "rep":
        of = aim.scope_value if aim.scope == "team" else None
        pairs = below(dict(teams.select("team", "parent").rows()), {of} if of else set())
        inside = set(pairs.filter(pl.col("team") == of)["part"]) if of else None
        return [str(row["rep"]) for row in people.to_dicts() if inside is None or row["team"] in inside]
    parents = dict(teams.select("team", "parent").rows())
    if aim.scope == "team":
        return sorted(team for team, parent in parents.items() if parent == aim.scope_value)
    aimed = {one.scope_value for one in targets(seen, aim.measure, viewer, aim.span)
             if one.scope == "team" and one.span == aim.span}  # fmt: skip
    tops = {team for team in aimed if team and not _over(team, parents) & aimed}
    return sorted(tops or {str(team) for team in people["team"].drop_nulls()})


def _over(team: str | None, parents: Mapping[str, str | None]) -> set[str | None]:
    found: set[str | None] = set()
    while team is not None and (team := parents.get(team)) is not None and team not in found:
        found.add(team)
    return found


def _everybody(seen: Snapshot, viewer: Viewer, span: Span) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is with the company on any day of a span, in which team on its first day that is known; and the teams."""
    as_of = seen.as_of or span.starts_on
    bare = View(as_of=as_of)
    asked = from_file("targets_people", bare, day=max(span.starts_on, min(as_of, span.ends_on)))
    people = seen.ask(asked, viewer).frame
    there = pl.col("left_on").is_null() | (pl.col("left_on") >= span.starts_on)
    come = pl.col("hired_on").is_null() | (pl.col("hired_on") <= span.ends_on)
    return people.filter(there & come), seen.ask(from_file("targets_teams", bare), viewer).frame


# ---------------------------------------------------------------------------------------------------------- how much


def _weights(
    seen: Snapshot, viewer: Viewer, one: Measure, aim: Aim, children: Sequence[_Child], over: str, way: Way
) -> list[float | None]:
    """What each part goes by; None: nobody knows."""
    if way == "equal":
        return [1.0] * len(children)
    if way == "history":
        return _by_history(seen, viewer, one, aim, children, over)
    days = _days(seen, viewer, aim.span)
    if over in IN_TIME:
        return [*by_workdays([child.span for child in children], days)]
    if over in ("product", "region"):
        raise TargetNotSplitSo(over=over, way=way)
    people, teams = _everybody(seen, viewer, aim.span)
    present = by_presence(aim.span, people.select("hired_on", "left_on").rows(), days)
    if over == "rep":
        known = dict(zip(people["rep"], present, strict=True))
        return [known.get(child.label, 0.0) for child in children]
    pairs = below(dict(teams.select("team", "parent").rows()), {child.label for child in children})
    inside = {child.label: set(pairs.filter(pl.col("team") == child.label)["part"]) for child in children}
    return [
        sum(there for team, there in zip(people["team"], present, strict=True) if team in inside[child.label])
        for child in children
    ]


def _days(seen: Snapshot, viewer: Viewer, span: Span) -> Workdays:
    view = View(as_of=seen.as_of or span.starts_on, from_on=span.starts_on, to_on=span.ends_on)
    return Workdays.of(seen.ask(calendar(view), viewer).frame)


def year_before(span: Span, over: str) -> Span:
    """The same days a year earlier; weeks 52 weeks earlier, so that weekdays meet."""
    if over == "week":
        return Span(span.starts_on - timedelta(days=364), span.ends_on - timedelta(days=364))
    return Span(add_months(span.starts_on, -12), add_months(span.ends_on + DAY, -12) - DAY)


def _by_history(
    seen: Snapshot, viewer: Viewer, one: Measure, aim: Aim, children: Sequence[_Child], over: str
) -> list[float | None]:
    """What each part reached a year before; null where nobody knows: of people who were not there yet, of margins."""
    if over in IN_TIME:
        spans = [year_before(child.span, over) for child in children]
        was = _reached(seen, viewer, one, aim.scope, spans)
        return [was.get((aim.scope_value, place), 0.0) for place in range(len(spans))]  # no row: nothing
    span = year_before(aim.span, over)
    was = _reached(seen, viewer, one, over, [span])
    hired = dict(_everybody(seen, viewer, aim.span)[0].select("rep", "hired_on").rows()) if over == "rep" else {}
    new = {name for name, day in hired.items() if day is not None and day > span.starts_on}  # not measured by it
    return [None if child.label in new else was.get((child.label, 0), 0.0) for child in children]


def _reached(
    seen: Snapshot, viewer: Viewer, one: Measure, scope: str, spans: Sequence[Span]
) -> dict[tuple[str | None, int], float | None]:
    """What owners of a kind reached, by name and place of the span; nothing of what is no flow.

    Null where it is known for less than nine tenths (metrics/known.py): a part would be set low for want of costs.
    """
    if not can_be_windowed(one) or seen.as_of is None:
        return {}
    scopes = () if scope == "company" else (scope,)
    asked = windows(one, scopes, spans, View(as_of=seen.as_of))
    rows = in_spans({name: seen.ask(query, viewer) for name, query in asked.items()}, one, spans)
    teams = seen.ask(from_file("targets_teams", View(as_of=seen.as_of)), viewer).frame
    values = by_owner(rows, below(dict(teams.select("team", "parent").rows()), set()), one, ["place"])
    is_void = pl.col("value").is_null() | pl.col("is_unknown")
    told = values.filter(pl.col("scope") == scope).select("name", "place", pl.when(~is_void).then("value"))
    return {(name, place): value for name, place, value in told.iter_rows()}
