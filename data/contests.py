"""Contests of the company: made, listed, settled and taken away. Each is one line of ops.settings, as JSON.

Row scope holds here as everywhere: whoever may not see all sees their own lines of a standing, without ranks. A contest
may be made open: then everybody who takes part sees the whole standing, names and scores, and still no deal of others.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import polars as pl

from data.errors import ContestNameTaken, ContestNotOver, ContestSettled, UnknownContest, UnknownParticipant
from metrics.contests import Contest, checked, places, race, standing, with_final
from metrics.errors import nearest
from metrics.view import View
from metrics.viewer import EVERYTHING

if TYPE_CHECKING:
    from data.store import Snapshot, Store
    from metrics.query import Query
    from metrics.viewer import Viewer

_KEY = "contest:"


def contests(seen: Snapshot) -> list[Contest]:
    """All contests, the one that ends last first."""
    found = seen.frame("select value from ops.settings where name like $key", {"key": f"{_KEY}%"})
    listed = [Contest.model_validate_json(value) for value in found.get_column("value")]
    return sorted(listed, key=lambda one: (one.to_on, one.from_on, one.name), reverse=True)


def contest(seen: Snapshot, name: str) -> Contest:
    """The contest of this name or id.

    Raises:
        UnknownContest: with the name that was probably meant.
    """
    known = contests(seen)
    for one in known:
        if one.id == name or one.name.casefold() == name.strip().casefold():
            return one
    raise UnknownContest(name=name, suggestion=nearest(name, [one.name for one in known]) if known else None)


def make(store: Store, told: dict[str, Any]) -> Contest:
    """Keep a contest of what an organiser said.

    Raises:
        ContestNameTaken: there is one of this name. UnknownParticipant: no such team or person. What `checked` raises.
    """
    asked_for = checked(told)
    made = asked_for.model_copy(update={"id": sha256(asked_for.name.casefold().encode()).hexdigest()[:8]})
    with store.snapshot() as seen:
        if any(one.name.casefold() == made.name.casefold() for one in contests(seen)):
            raise ContestNameTaken(name=made.name)
        for column, chosen in (("team", made.teams), ("rep", made.reps)):
            known = (
                seen.frame(f"select distinct {column} from crm.reps where {column} is not null").to_series().to_list()
            )
            for name in chosen:
                if name not in known:
                    raise UnknownParticipant(name=name, suggestion=nearest(name, known))
    _write(store, made)
    return made


def settle(store: Store, name: str) -> Contest:
    """Freeze the standing of a contest that is over: what later uploads change does not change it.

    Raises:
        UnknownContest, ContestSettled. ContestNotOver: data do not reach its last day yet.
    """
    with store.snapshot() as seen:
        found = contest(seen, name)
        if found.final is not None:
            raise ContestSettled(name=found.name, as_of=found.as_of)
        day = seen.as_of
        if day is None or day < found.to_on:
            raise ContestNotOver(name=found.name, to_on=found.to_on, as_of=day)
        frame = seen.ask(standing(found, View(as_of=day)), EVERYTHING).frame
    settled = with_final(found, places(frame, found.unit), day)
    _write(store, settled)
    return settled


def forget(store: Store, name: str) -> Contest:
    """Take a contest away.

    Raises:
        UnknownContest.
    """
    with store.snapshot() as seen:
        found = contest(seen, name)
    with store.writing() as cursor:
        cursor.execute("delete from ops.settings where name = $name", {"name": f"{_KEY}{found.id}"})
    return found


def _write(store: Store, one: Contest) -> None:
    with store.writing() as cursor:
        cursor.execute(
            "insert or replace into ops.settings values ($name, $value)",
            {"name": f"{_KEY}{one.id}", "value": one.model_dump_json()},
        )


# -------------------------------------------------------------------------------------------------------- who sees what


def takes_part(seen: Snapshot, one: Contest, viewer: Viewer) -> bool:
    """Whether anybody in the viewer's scope takes part."""
    return viewer.sees_all or _takes_part(_people(seen, viewer), one)


def _people(seen: Snapshot, viewer: Viewer) -> pl.DataFrame:
    keys = ", ".join(str(int(key)) for key in viewer.rep_keys) or "null"
    return seen.frame(f"select rep, team from crm.reps where rep_key in ({keys})")


def _takes_part(mine: pl.DataFrame, one: Contest) -> bool:
    if not (one.teams or one.reps):
        return mine.height > 0
    return mine.filter(pl.col("rep").is_in(one.reps) | pl.col("team").is_in(one.teams)).height > 0


def visible(seen: Snapshot, viewer: Viewer) -> list[Contest]:
    """The contests that somebody in the viewer's scope takes part in; of closed ones without the names of others."""
    known = contests(seen)
    if viewer.sees_all:
        return known
    mine, people = set(seen.values("rep", viewer)), _people(seen, viewer)
    return [
        one if one.is_open else one.model_copy(update={"reps": tuple(rep for rep in one.reps if rep in mine)})
        for one in known
        if _takes_part(people, one)
    ]


def asked(seen: Snapshot, one: Contest, view: View, viewer: Viewer) -> tuple[Query, Query, Viewer]:
    """Standing and race of a contest as this viewer may see them, and as whom to ask."""
    if viewer.sees_all or (one.is_open and takes_part(seen, one, viewer)):
        return standing(one, view), race(one, view), EVERYTHING
    return standing(one, view, is_part=True), race(one, view), viewer


def final(seen: Snapshot, one: Contest, viewer: Viewer) -> pl.DataFrame:
    """The settled standing, as this viewer may see it: a line per member, in order."""
    listed = pl.DataFrame([place.model_dump() for place in one.final or ()], infer_schema_length=None)
    if listed.is_empty() or viewer.sees_all or (one.is_open and takes_part(seen, one, viewer)):
        return listed
    # Of a team's sum, who sees only some of its people sees none: it is what the others did.
    mine = list(viewer.teams) if one.unit == "team" else [name for name in seen.values("rep", viewer) if name]
    return listed.filter(pl.col("member").is_in(mine)).with_columns(rank=pl.lit(None, pl.Int64))


def days_left(one: Contest, view: View) -> int:
    """Days from the view's day to the contest's end; negative once it is over."""
    return (one.to_on - view.as_of) // timedelta(days=1)
