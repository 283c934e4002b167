"""What a company says of its people itself: the weights of the scorecard, and notes of coaching.

Weights are one setting of the whole company, changed only by those who see everything. A note belongs to a person and
is read by whoever may see that person: the person, the managers of their team, those who see everything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from data.clock import now
from data.errors import NoteEmpty, UnknownPerson, WeightsInvalid, WeightsNotYours
from metrics.errors import nearest
from metrics.query import from_file
from metrics.scorecard import components, weights_of

if TYPE_CHECKING:
    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

_NAME = "scorecard_weights"
_MOST_LETTERS = 4_000


class CoachingNote(BaseModel):
    """One note: what was agreed, by whom, when."""

    model_config = ConfigDict(frozen=True)

    id: int
    text: str
    who: str | None
    noted_at: datetime


def person(seen: Snapshot, viewer: Viewer, name: str) -> dict[str, object]:
    """Who somebody is: rep_key, rep, team, manager, region, email, hired_on, left_on.

    Raises:
        UnknownPerson: nobody in the viewer's scope has this name.
    """
    found = seen.ask(from_file("rep", rep=name), viewer).frame
    if found.is_empty():
        known = [one for one in seen.values("rep", viewer) if one]
        raise UnknownPerson(name=name, suggestion=nearest(name, known))
    return found.row(0, named=True)


# -------------------------------------------------------------------------------------------------------------- weights


def weights(seen: Snapshot) -> dict[str, float]:
    """The weight of every component: those that were set, else the product's own."""
    found = seen.frame("select value from ops.settings where name = $name", {"name": _NAME})
    return weights_of(json.loads(found.item()) if found.height else None)


def set_weights(store: Store, viewer: Viewer, given: Mapping[str, float]) -> dict[str, float]:
    """Change some weights; the others stay. Returns all of them.

    Raises:
        WeightsNotYours: the viewer does not see everything.
        WeightsInvalid: no such component, a weight that is no number or below 0, or all of them 0.
    """
    if not viewer.sees_all:
        raise WeightsNotYours
    for name, weight in given.items():
        if name not in components():
            raise WeightsInvalid(component=name, given=weight, known=", ".join(components()))
        if not isfinite(weight) or weight < 0:
            raise WeightsInvalid(component=name, given=weight, known=", ".join(components()))
    with store.snapshot() as seen:
        kept = {**weights(seen), **given}
    if not any(kept.values()):
        raise WeightsInvalid(component="—", given=0, known=", ".join(components()))
    with store.writing() as cursor:
        cursor.execute("delete from ops.settings where name = $name", {"name": _NAME})
        cursor.execute("insert into ops.settings values ($name, $value)", {"name": _NAME, "value": json.dumps(kept)})
    return kept


def reset_weights(store: Store, viewer: Viewer) -> dict[str, float]:
    """Go back to the product's own weights.

    Raises:
        WeightsNotYours: the viewer does not see everything.
    """
    if not viewer.sees_all:
        raise WeightsNotYours
    with store.writing() as cursor:
        cursor.execute("delete from ops.settings where name = $name", {"name": _NAME})
    return weights_of()


# ---------------------------------------------------------------------------------------------------------------- notes


def notes(seen: Snapshot, viewer: Viewer, rep: str) -> list[CoachingNote]:
    """The notes about somebody, the latest first.

    Raises:
        UnknownPerson: nobody in the viewer's scope has this name.
    """
    person(seen, viewer, rep)
    found = seen.frame(
        "select id, text, who, noted_at from ops.notes where subject = $subject order by noted_at desc, id desc",
        {"subject": _subject(rep)},
    )
    return [CoachingNote.model_validate(row) for row in found.iter_rows(named=True)]


def add_note(store: Store, viewer: Viewer, rep: str, text: str) -> int:
    """Write down what was agreed with somebody. Returns the note's number.

    Raises:
        UnknownPerson: nobody in the viewer's scope has this name. NoteEmpty: it says nothing, or too much.
    """
    said = text.strip()
    if not said or len(said) > _MOST_LETTERS:
        raise NoteEmpty(most=_MOST_LETTERS)
    with store.snapshot() as seen:
        person(seen, viewer, rep)
    who = viewer.email or None
    with store.noting() as cursor:
        number = cursor.execute("select coalesce(max(id), 0) + 1 from ops.notes").fetchall()[0][0]
        cursor.execute(
            "insert into ops.notes values ($id, $subject, $text, $who, $at)",
            {"id": number, "subject": _subject(rep), "text": said, "who": who, "at": now().replace(microsecond=0)},
        )
    return int(number)


def _subject(rep: str) -> str:
    return f"rep:{rep}"
