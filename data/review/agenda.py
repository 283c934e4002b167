"""The agenda of a review: which steps, in which order, for how long, and their thresholds; kept in ops.settings."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from data.effects import unsaved
from data.review.errors import AgendaInvalid, AgendaNotYours
from data.review.limit_history import Said, note
from metrics.catalog import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

_NAME = "review_agenda"
MOST_MINUTES = 120


class Step(BaseModel):
    """One step as the product has it.

    limits: its thresholds and their usual values. units: of those that are shares (0–1), not plain numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    minutes: float
    label: Text
    help: Text
    limits: dict[str, float] = {}
    units: dict[str, Literal["share"]] = {}

    def unit(self, limit: str) -> Literal["share", "number"]:
        """What a threshold is told in."""
        return self.units.get(limit, "number")


class Planned(BaseModel):
    """One step as the company wants it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    minutes: float
    is_on: bool = True
    limits: dict[str, float] = {}


@cache
def steps() -> dict[str, Step]:
    """Every step there is, in the usual order."""
    told: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("agenda.toml").read_text("utf-8"))["steps"]
    return {id_: Step.model_validate({"id": id_, **one}) for id_, one in told.items()}


def usual() -> tuple[Planned, ...]:
    """The agenda of those who changed nothing."""
    return tuple(Planned(id=one.id, minutes=one.minutes, limits=one.limits) for one in steps().values())


def agenda(seen: Snapshot) -> tuple[Planned, ...]:
    """The company's agenda. Steps that are newer than it stand at its end; steps that are no more are left out."""
    found = seen.frame("select value from ops.settings where name = $name", {"name": _NAME})
    if found.is_empty():
        return usual()
    kept = [Planned.model_validate(one) for one in json.loads(found.item()) if one["id"] in steps()]
    planned = [one.model_copy(update={"limits": {**steps()[one.id].limits, **one.limits}}) for one in kept]
    known = {one.id for one in planned}
    return (*planned, *(one for one in usual() if one.id not in known))


def plan(store: Store, viewer: Viewer, given: Sequence[Planned] | Sequence[dict[str, Any]]) -> tuple[Planned, ...]:
    """Keep an agenda: its steps in this order; an empty one brings the usual one back.

    Raises:
        AgendaNotYours: the viewer does not see everything.
        AgendaInvalid: a step that is not known or stands twice, minutes or a threshold that cannot be, or no step on.
    """
    if not viewer.sees_all:
        raise AgendaNotYours
    planned = tuple(_checked(one) for one in given)
    ids = [one.id for one in planned]
    if twice := next((id_ for id_ in ids if ids.count(id_) > 1), None):
        raise AgendaInvalid(what=twice)
    if planned and not any(one.is_on for one in planned):
        raise AgendaInvalid(what="is_on")
    with store.noting() as cursor:
        before = agenda(unsaved(store, cursor))
        cursor.execute("delete from ops.settings where name = $name", {"name": _NAME})
        if planned:
            told = json.dumps([one.model_dump() for one in planned], ensure_ascii=False)
            cursor.execute("insert into ops.settings values ($name, $value)", {"name": _NAME, "value": told})
        note(cursor, "agenda", _changed(before, agenda(unsaved(store, cursor))), viewer.email)
    return planned or usual()


def _changed(was: Sequence[Planned], becomes: Sequence[Planned]) -> dict[str, tuple[Said, Said]]:
    """Both agendas, step by step: "deals.minutes", "deals.is_on", "deals.limits.most"; and "order", of their steps."""
    before = {one.id: one for one in was}
    found: dict[str, tuple[Said, Said]] = {"order": (" ".join(before), " ".join(one.id for one in becomes))}
    for one in becomes:
        old = before[one.id]
        found |= {f"{one.id}.is_on": (old.is_on, one.is_on), f"{one.id}.minutes": (old.minutes, one.minutes)}
        found |= {f"{one.id}.limits.{name}": (old.limits[name], value) for name, value in one.limits.items()}
    return found


def _checked(given: Planned | dict[str, Any]) -> Planned:
    try:
        one = given if isinstance(given, Planned) else Planned.model_validate(given)
    except ValidationError as error:
        raise AgendaInvalid(what=", ".join(str(part) for part in error.errors()[0]["loc"])) from error
    if one.id not in steps():
        raise AgendaInvalid(what=one.id)
    if not isfinite(one.minutes) or not 0 < one.minutes <= MOST_MINUTES:
        raise AgendaInvalid(what=f"{one.id}: {one.minutes}")
    known = steps()[one.id]
    for name, value in one.limits.items():
        if name not in known.limits or not isfinite(value) or value < 0 or (known.unit(name) == "share" and value > 1):
            raise AgendaInvalid(what=f"{one.id}: {name} = {value}")
    return one
