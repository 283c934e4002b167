"""Tables that nobody uploaded, and what each would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from data.contents import filled
from data.quality import measures_on
from data.quality_rules import known
from data.tables import tables
from metrics.catalog import catalog

if TYPE_CHECKING:
    from data.store import Snapshot


class Missing(BaseModel):
    """One table without rows. `measures` and `dimensions` are the ids of what cannot be asked without it."""

    model_config = ConfigDict(frozen=True)

    table: str
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]

    def brings(self, lang: str) -> str:
        """What it would bring, in a sentence."""
        return known().unlocks[self.table].text(lang)


def missing(seen: Snapshot) -> list[Missing]:
    """The tables without rows of their own, those that bring most measures first.

    People, customers and products that other rows name are no rows of their own: nothing else is known of them.
    """
    held = filled(seen)
    found = [
        Missing(table=name, measures=_measures(name), dimensions=_dimensions(name))
        for name in tables()
        if name not in held or _is_only_named(seen, name)
    ]
    return sorted(found, key=lambda one: -len(one.measures))


def _is_only_named(seen: Snapshot, name: str) -> bool:
    if name not in ("reps", "customers", "products"):
        return False
    return bool(seen.frame(f"select bool_and(is_implied) as bare from crm.{name}")["bare"][0])


def _measures(name: str) -> tuple[str, ...]:
    if name == "targets":
        return tuple(id_ for id_, measure in catalog().measures.items() if measure.goal_of is not None)
    return measures_on(name)


def _dimensions(name: str) -> tuple[str, ...]:
    """What only this table's own rows tell; a member's name is told by every row that points to it."""
    return tuple(
        id_
        for id_, dimension in catalog().dimensions.items()
        if dimension.via is not None and dimension.via.table == name and dimension.via.column != name.removesuffix("s")
    )
