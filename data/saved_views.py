"""Saved views: a page and its address under a name, open to everybody who looks."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from data.clock import now

if TYPE_CHECKING:
    from data.store import Snapshot, Store


class SavedView(BaseModel):
    """One saved view. `page` is the page's stem, `query` its parameters as in an address."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    page: str
    query: str
    who: str | None


def saved_views(seen: Snapshot) -> list[SavedView]:
    """All saved views, by name."""
    found = seen.frame("select id, name, page, query, who from ops.saved_views order by lower(name), noted_at")
    return [SavedView.model_validate(row) for row in found.iter_rows(named=True)]


def save_view(store: Store, name: str, page: str, query: str, who: str | None) -> str:
    """Keep a view; one of the same name is replaced. Returns its id."""
    made = secrets.token_hex(8)
    with store.noting() as cursor:
        cursor.execute("delete from ops.saved_views where lower(name) = lower($name)", {"name": name})
        cursor.execute(
            "insert into ops.saved_views values ($id, $name, $page, $query, $who, $at)",
            {
                "id": made,
                "name": name,
                "page": page,
                "query": query,
                "who": who,
                "at": now(),
            },
        )
    return made


def forget_view(store: Store, view_id: str) -> None:
    """Delete a saved view; an id that nobody has is left alone."""
    with store.noting() as cursor:
        cursor.execute("delete from ops.saved_views where id = $id", {"id": view_id})
