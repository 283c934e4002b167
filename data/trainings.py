"""Trainings that were held, and who was there: kept in ops.trainings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.clock import now
from data.errors import TrainingNeedsName, TrainingNeedsPeople, UnknownParticipant, UnknownTraining
from metrics.errors import nearest
from metrics.training import Training

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.store import Snapshot, Store
    from metrics.viewer import Viewer


def trainings(seen: Snapshot) -> list[Training]:
    """All trainings, the last one first."""
    found = seen.frame("select id, training, held_on, reps, who from ops.trainings order by held_on desc, id desc")
    return [Training.model_validate(row) for row in found.iter_rows(named=True)]


def training(seen: Snapshot, number: int) -> Training:
    """The training of this number.

    Raises:
        UnknownTraining.
    """
    for one in trainings(seen):
        if one.id == number:
            return one
    raise UnknownTraining(id=number)


def visible(seen: Snapshot, viewer: Viewer) -> list[Training]:
    """Trainings with the names of those in the viewer's scope; those that nobody in it went to are left out."""
    listed = trainings(seen)
    if viewer.sees_all:
        return listed
    mine = set(seen.values("rep", viewer))
    cut = [one.model_copy(update={"reps": tuple(rep for rep in one.reps if rep in mine)}) for one in listed]
    return [one for one in cut if one.reps]


def add(store: Store, name: str, held_on: date, reps: Sequence[str], who: str | None = None) -> Training:
    """Keep a training.

    Raises:
        TrainingNeedsName, TrainingNeedsPeople. UnknownParticipant: nobody is called so.
    """
    people = tuple(dict.fromkeys(rep.strip() for rep in reps if rep.strip()))
    if not name.strip():
        raise TrainingNeedsName
    if not people:
        raise TrainingNeedsPeople
    with store.snapshot() as seen:
        known = seen.frame("select rep from crm.reps").get_column("rep").to_list()
    for rep in people:
        if rep not in known:
            raise UnknownParticipant(name=rep, suggestion=nearest(rep, known))
    with store.writing() as cursor:
        row = cursor.execute("select coalesce(max(id), 0) + 1 from ops.trainings").fetchone()
        number = int(row[0]) if row else 1
        cursor.execute(
            "insert into ops.trainings values ($id, $name, $held_on, $reps, $who, $at)",
            {"id": number, "name": name.strip(), "held_on": held_on, "reps": list(people), "who": who, "at": now()},
        )
    return Training(id=number, training=name.strip(), held_on=held_on, reps=people, who=who)


def remove(store: Store, number: int) -> Training:
    """Take a training away.

    Raises:
        UnknownTraining.
    """
    with store.snapshot() as seen:
        found = training(seen, number)
    with store.writing() as cursor:
        cursor.execute("delete from ops.trainings where id = $id", {"id": number})
    return found
