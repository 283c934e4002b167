"""Targets as they are set by hand: each decision is a version, recorded as an upload with who, why and when.

So a decision is taken back like any file (`truth.undo`), and what was decided before it holds again. Uploaded lists of
targets (data/ingest/goals.py) and decisions made here stand beside each other in `crm.targets`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from data.clock import now
from data.errors import TargetNeedsReason, TargetsChanged, TargetsUnchanged
from data.tables import JOINT
from data.truth import Load, Upload, load
from metrics.catalog import measure
from metrics.errors import nearest
from metrics.target import Span, Target, TargetsOverlap, crossed

if TYPE_CHECKING:
    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

PROFILE = "targets_set"
"""The profile of decisions made here; targets of any other came in a file."""
FIELDS = ("measure", "scope", "scope_value", "starts_on", "ends_on", "value", "version", "reason", "set_on")
Owner = tuple[str, str, str | None]


NONE_HELD: Final = -1.0
"""As `Aim.was`: there was no target when they looked (no target is below 0)."""


class Aim(NamedTuple):
    """What somebody wants a target to be. `was`: what it was when they looked, or NONE_HELD; None: they did not say."""

    measure: str
    scope: str
    scope_value: str | None
    span: Span
    value: float
    was: float | None = None


class Change(NamedTuple):
    """What an aim does: the target it becomes, and the one that holds today, None where there is none."""

    target: Target
    before: Target | None


def targets(seen: Snapshot, of: str, viewer: Viewer, span: Span | None = None) -> list[Target]:
    """All versions of the targets of a measure that a viewer may see; of one span only, where one is given."""
    from metrics.query import from_file
    from metrics.view import View

    bounds = span or Span(date(1, 1, 1), date(9999, 12, 31))
    listed = from_file("targets_listed", View(as_of=seen.as_of or date(2000, 1, 1)), goal=of, from_on=bounds.starts_on,
                       to_on=bounds.ends_on)  # fmt: skip
    frame = seen.ask(listed, viewer).frame.select(FIELDS)
    return [Target.model_construct(**row) for row in frame.iter_rows(named=True)]  # a file may have brought worse


def changes(
    seen: Snapshot, aims: Sequence[Aim], viewer: Viewer, reason: str | None, on: date | None = None
) -> list[Change]:
    """What aims would do; those that are what holds already do nothing.

    Raises:
        UnknownMeasure, TargetRefused, BadPeriod: an aim cannot be a target. TargetsOverlap: it lies across another one
        that holds, or across another aim. TargetsChanged: it is another one now than `was` says.
    """
    held: dict[Owner, list[Target]] = {}
    for of in dict.fromkeys(aim.measure for aim in aims):
        for one in targets(seen, measure(of).id, viewer):
            held.setdefault(one.owner, []).append(one)
    found: dict[tuple[Owner, Span], Change] = {}
    aimed: dict[Owner, set[Span]] = {}
    for aim in aims:
        own = held.get((aim.measure, aim.scope, aim.scope_value), [])
        versions = sorted((one for one in own if one.span == aim.span), key=lambda one: one.version)
        before = versions[-1] if versions else None
        target = Target(
            measure=aim.measure, scope=aim.scope, scope_value=aim.scope_value, starts_on=aim.span.starts_on,
            ends_on=aim.span.ends_on, value=aim.value, version=before.version + 1 if before else 1, reason=reason,
            set_on=on or now().date(),
        )  # fmt: skip
        _as_seen(aim, target, before)
        spans = aimed.setdefault(target.owner, {one.span for one in own})
        _apart(target, spans)
        spans.add(target.span)
        if before is None or before.value != target.value:
            found[target.owner, target.span] = Change(target, before)
    return list(found.values())


def _as_seen(aim: Aim, target: Target, before: Target | None) -> None:
    """Whether the target that holds is what they looked at: somebody may have set, changed or undone it since."""
    now_held = before.value if before else NONE_HELD
    if aim.was is not None and now_held != aim.was:
        was, is_now = ("—" if value == NONE_HELD else f"{value:,.15g}" for value in (aim.was, now_held))
        raise TargetsChanged(who=target.who, was=was, now=is_now)


def _apart(target: Target, spans: Collection[Span]) -> None:
    """Whether a target's days lie within or beside each of the others': a crossing there already hides no new one."""
    for other in sorted(spans):
        if (crossing := crossed((other, target.span))) is not None:
            raise TargetsOverlap(who=target.who, first=str(crossing[0]), second=str(crossing[1]))


def set_targets(
    store: Store, aims: Sequence[Aim], reason: str, *, who: str | None = None, on: date | None = None,
    viewer: Viewer | None = None,
) -> Upload:  # fmt: skip
    """Let these be the targets from now on.

    Args:
        store: whose. aims: all of them or none. reason: why; only what nobody had a target for needs none.
        who: decided it. on: the day it was decided, by default today. viewer: who looks; by default who may see all.

    Raises:
        What `changes` raises. TargetsUnchanged: all are as they were. TargetNeedsReason.
    """
    from metrics.viewer import EVERYTHING

    with store.turn():
        with store.snapshot() as seen:
            found = changes(seen, aims, viewer or EVERYTHING, reason.strip() or None, on)
        if not found:
            raise TargetsUnchanged
        if not reason.strip() and any(change.before for change in found):
            raise TargetNeedsReason
        return load(store, [_load([change.target for change in found], who)])[0]


def _load(decided: Sequence[Target], who: str | None) -> Load:
    rows = [one.model_dump() | {"key": _key(one), "line": place} for place, one in enumerate(decided, 1)]
    return Load(
        table="targets", profile=PROFILE, file=_name(decided), rows=pl.DataFrame(rows, schema_overrides=_TYPES),
        original=tall(decided).encode(), who=who,
    )  # fmt: skip


_TYPES: dict[str, type[pl.DataType]] = {
    "scope_value": pl.String, "reason": pl.String, "set_on": pl.Date, "version": pl.Int32, "value": pl.Float64,
}  # fmt: skip


def _key(one: Target) -> str:
    """As a file of our own field names has it (data/tables.py)."""
    parts = (one.measure, one.scope, one.scope_value or "", one.starts_on, one.ends_on, one.version)
    return JOINT.join(map(str, parts))


def _name(decided: Sequence[Target]) -> str:
    """What the history calls it: of which measures, and from when to when."""
    measures = ", ".join(dict.fromkeys(one.measure for one in decided))
    days = Span(min(one.starts_on for one in decided), max(one.ends_on for one in decided))
    return f"targets: {measures} {days}"


def tall(listed: Sequence[Target]) -> str:
    """Targets as a file with a row each, which can be uploaded again."""
    out = io.StringIO()
    written = csv.DictWriter(out, FIELDS, lineterminator="\n")
    written.writeheader()
    written.writerows(one.model_dump(mode="json") for one in listed)
    return out.getvalue()


def last(seen: Snapshot) -> Upload | None:
    """The last decision made here that counts; None where there is none."""
    from data.truth import uploads

    made = [one for one in uploads(seen) if one.profile == PROFILE and not one.is_undone]
    return made[-1] if made else None


def strangers(seen: Snapshot, aims: Sequence[Aim], viewer: Viewer) -> Mapping[str, str]:
    """Owners that nobody knows, with the name that was probably meant: their target would never be reached."""
    found: dict[str, str] = {}
    for scope in dict.fromkeys(aim.scope for aim in aims if aim.scope != "company"):
        known = {name for name in seen.values(scope, viewer) if name is not None}
        known |= set(seen.frame("select team from crm.teams")["team"]) if scope == "team" else set()
        called = {name.lower(): name for name in sorted(known)}
        for aim in aims:
            if aim.scope == scope and aim.scope_value and aim.scope_value not in known:
                found[aim.scope_value] = called.get(nearest(aim.scope_value, called) or "", "")
    return found
