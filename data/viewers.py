"""Who may look, and at what: the list of viewers, and their scope as keys of salespeople."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from data.errors import UnknownViewer, ViewerInvalid, ViewerUnnamed
from data.settings import settings
from metrics.catalog import catalog
from metrics.viewer import EVERYTHING, Viewer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.store import Snapshot, Store

Scope = Literal["all", "teams", "rep"]

_MEMBERS = """
with recursive below(team) as (
    select unnest($teams)
    union
    select teams.team from crm.teams join below on teams.parent = below.team
)
select rep_key from crm.reps where team in (select team from below) order by rep_key
"""

_NAMED = " union ".join(
    f"select rep_key from crm.{name} where team in (select unnest($teams)) and rep_key is not null"
    for name in ("rep_teams", *(name for name, spec in catalog().tables.items() if "team" in spec.own))
)
"""Everybody who ever was in one of the teams, or of whom a row says that it belongs to one."""

_TEAMS_BELOW = """
with recursive below(team) as (
    select unnest($teams)
    union
    select teams.team from crm.teams join below on teams.parent = below.team
)
select team from below order by team
"""


_ABOVE = """
with recursive above(team) as (
    select parent from crm.teams where team in (select unnest($teams)) and parent is not null
    union
    select teams.parent from crm.teams join above on teams.team = above.team where teams.parent is not null
)
select team from above order by team
"""


def resolve(seen: Snapshot, email: str | None) -> Viewer:
    """The viewer of this address; with None the one that settings name, or everything while the list is empty.

    Raises:
        UnknownViewer: the list does not name this address.
    """
    asked = email or settings().viewer or None
    listed = viewers(seen)
    if asked is None:
        if listed.is_empty():
            return EVERYTHING
        raise ViewerUnnamed
    found = listed.filter(pl.col("email").str.to_lowercase() == asked.strip().lower())
    if found.is_empty():
        raise UnknownViewer(email=asked)
    row = found.row(0, named=True)
    return Viewer(
        email=row["email"],
        name=row["name"] or row["email"],
        scope=row["scope"],
        teams=_teams(seen, row),
        above=_above(seen, row),
        rep_keys=_keys(seen, row),
        named=_named(seen, _teams(seen, row)),
    )


def of_team(seen: Snapshot, team: str) -> Viewer:
    """Who sees what a team and those below it have, and nothing else."""
    teams = with_below(seen, (team,)) or (team,)
    keys = seen.frame(_MEMBERS, {"teams": list(teams)})["rep_key"]
    return Viewer(name=team, scope="teams", teams=teams, rep_keys=tuple(keys), named=_named(seen, teams))


def names_now(seen: Snapshot, teams: Sequence[str]) -> list[str]:
    """Teams as they are called today, in the same order, whatever they were called when they were written down."""
    held = dict(seen.frame("select alias, canonical from ops.aliases where kind = 'team'").iter_rows())
    found = list(teams)
    for _ in held:
        found = [held.get(name, name) for name in found]
    return found


def with_below(seen: Snapshot, teams: Sequence[str]) -> tuple[str, ...]:
    """These teams and all that are below them today, in order of their names."""
    return tuple(seen.frame(_TEAMS_BELOW, {"teams": list(teams)})["team"])


def _names_now(seen: Snapshot, row: dict[str, object]) -> list[str]:
    """The teams that a viewer was given, under the names they have since been given."""
    return names_now(seen, [str(name) for name in row["teams"]] if isinstance(row["teams"], list) else [])


def _teams(seen: Snapshot, row: dict[str, object]) -> tuple[str, ...]:
    if row["scope"] != "teams":
        return ()
    return with_below(seen, _names_now(seen, row))


def _above(seen: Snapshot, row: dict[str, object]) -> tuple[str, ...]:
    """The teams over theirs: whose targets they may see, and nothing else of them."""
    if row["scope"] == "teams":
        return tuple(seen.frame(_ABOVE, {"teams": _names_now(seen, row)})["team"])
    if row["scope"] != "rep":
        return ()
    own = seen.frame("select team from crm.reps where rep = $rep and team is not null", {"rep": row["rep"]})["team"]
    return (*own, *seen.frame(_ABOVE, {"teams": own.to_list()})["team"])


def _keys(seen: Snapshot, row: dict[str, object]) -> tuple[int, ...]:
    """Who is in scope today, of teams with those below them; a name nobody carries gives no rows, never all."""
    if row["scope"] == "teams":
        return tuple(seen.frame(_MEMBERS, {"teams": _names_now(seen, row)})["rep_key"])
    if row["scope"] == "rep":
        return tuple(seen.frame("select rep_key from crm.reps where rep = $rep", {"rep": row["rep"]})["rep_key"])
    return ()


def _named(seen: Snapshot, teams: Sequence[str]) -> tuple[int, ...]:
    """Whose names stand on rows of these teams, whenever that was."""
    return tuple(sorted(seen.frame(_NAMED, {"teams": list(teams)})["rep_key"])) if teams else ()


def viewers(seen: Snapshot) -> pl.DataFrame:
    """Everyone who may look: email, name, scope, teams, rep, lang."""
    return seen.frame("select email, name, scope, teams, rep, lang from ops.viewers order by email")


def add_viewer(
    store: Store,
    email: str,
    scope: Scope,
    *,
    name: str | None = None,
    teams: tuple[str, ...] = (),
    rep: str | None = None,
    lang: str | None = None,
) -> None:
    """Let somebody look, or change what they may see.

    Raises:
        ViewerInvalid: the address or the scope is none, or names no team or person that exists.
    """
    address = email.strip().lower()
    with store.snapshot() as seen:
        _check(seen, address, scope, teams, rep)
    with store.noting() as cursor:  # what they see is bound to each question, which answers as before
        cursor.execute(
            "insert or replace into ops.viewers values ($email, $name, $scope, $teams, $rep, $lang)",
            {"email": address, "name": name, "scope": scope, "teams": list(teams), "rep": rep, "lang": lang},
        )


def _check(seen: Snapshot, email: str, scope: str, teams: tuple[str, ...], rep: str | None) -> None:
    known_teams = set(seen.frame("select team from crm.teams")["team"])
    known_reps = set(seen.frame("select rep from crm.reps")["rep"])
    problem = (
        "email"
        if "@" not in email
        else "scope"
        if scope not in ("all", "teams", "rep")
        else "teams"
        if scope == "teams" and (not teams or not set(teams) <= known_teams)
        else "rep"
        if scope == "rep" and rep not in known_reps
        else None
    )
    if problem:
        given = {"email": email, "scope": scope, "teams": ", ".join(teams), "rep": rep or ""}[problem]
        raise ViewerInvalid(email=email, problem=f"{problem}: {given or '—'}")


def remove_viewer(store: Store, email: str) -> None:
    """Let somebody look no longer.

    Raises:
        UnknownViewer: the list does not name this address.
    """
    address = email.strip().lower()
    with store.noting() as cursor:
        gone = cursor.execute("delete from ops.viewers where email = $email returning email", {"email": address})
        if not gone.fetchall():
            raise UnknownViewer(email=address)
