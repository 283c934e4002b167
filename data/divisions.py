"""Divisions: teams that have teams below them, of those that somebody sees whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.query import from_file
from metrics.target_owners import below
from metrics.view import View

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from data.store import Snapshot
    from metrics.viewer import Viewer


def divisions(seen: Snapshot, viewer: Viewer) -> dict[str, tuple[str, ...]]:
    """Each division's name, and all teams below it by name, however far down; none of which a part is out of sight.

    Who leads a team hears of those over it, and not of what else these hold: they are none of theirs.
    """
    if viewer.scope == "rep" or seen.as_of is None:
        return {}
    frame = seen.ask(from_file("targets_teams", View(as_of=seen.as_of)), viewer).frame
    parents = dict(frame.select("team", "parent").rows())
    known = sorted(team for team in set(parents.values()) if team is not None and viewer.sees(team, None))
    if not known:
        return {}
    under: dict[str, list[str]] = {}
    for over, part in below(parents, set()).rows():
        if over != part:
            under.setdefault(over, []).append(part)
    return {team: tuple(sorted(under.get(team, ()))) for team in known}


def with_those_below(
    chosen: Sequence[str | None], known: Collection[str | None], under: Mapping[str, tuple[str, ...]]
) -> tuple[str | None, ...]:
    """The teams that are meant: a division of which nothing is known stands for all teams below it.

    It has no rows itself, so that alone it would be nothing. Where some below it are named too, these are meant; and a
    team with people of its own is itself.

    Args:
        chosen: the teams that were named. known: those with rows that the viewer may see. under: their divisions.
    """
    meant = list(chosen)
    for team in chosen:
        if team is not None and team not in known and not set(under.get(team, ())) & set(chosen):
            meant += under.get(team, ())
    return tuple(dict.fromkeys(meant))
