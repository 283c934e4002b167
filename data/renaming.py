"""Names that were accepted to stand for others: of members, with ids or without, of stages, teams and managers.

All of it happens in the fold, never to stored rows, so accepting and forgetting are exact. Nothing here costs anything
while nobody has accepted a name.

Of a kind with members (rep, customer, product) an accepted name A for B means: who is called A is called B from now on.
If somebody else is called B already, they are one: B's id, B's own row first, A's rows too. Otherwise it is a new name.
"A" may be the name as it is shown, with its id in brackets where several are called so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data import stage_names
from data.once import rows

if TYPE_CHECKING:
    import duckdb

SAID: dict[str, dict[str, tuple[str, ...]]] = {
    "stage": {"deals": ("stage",), "deal_stages": ("stage",), "stages": ("stage",)},
    "team": {"deals": ("team",), "reps": ("team",), "teams": ("team", "parent")},
    "manager": {"reps": ("manager",)},
}
"""Kinds without members: the fields of each table that say their names."""
_GOALS = ("rep", "product", "team")
"""Whose names targets say instead of pointing to them."""


def ends(cursor: duckdb.DuckDBPyConnection, kinds: Sequence[str]) -> list[tuple[str, str, str]]:
    """Accepted names of these kinds (kind, alias, canonical), chains of them followed to their end.

    Names that the configuration gives to a stage besides its own (data/stages.py) are such, too.
    """
    found = rows(cursor, "select kind, alias, canonical from ops.aliases")
    following = {(kind, alias): canonical for kind, alias, canonical in found if kind in kinds}
    if "stage" in kinds:
        following |= {("stage", alias): canonical for alias, canonical in stage_names.names(cursor).items()}
    listed = []
    for (kind, alias), canonical in following.items():
        end = canonical
        for _ in following:
            end = following.get((kind, end), end)
        listed.append((kind, alias, end))
    return listed


def write_ends(cursor: duckdb.DuckDBPyConnection, name: str, kinds: Sequence[str]) -> bool:
    """Make the temporary table `name` (kind, alias, canonical) of `ends`, if there are any; whether there are."""
    listed = ends(cursor, kinds)
    if listed:
        cursor.execute(f"create or replace temp table {name} (kind varchar, alias varchar, canonical varchar)")
    for row in listed:
        cursor.execute(f"insert into {name} values ($1, $2, $3)", row)
    return bool(listed)


# ----------------------------------------------------------------------------------------------------------- members


def rename_members(cursor: duckdb.DuckDBPyConnection, kind: str) -> bool:
    """Give members with ids their accepted names in `known` (id, member_id, name, is_own), and join those who are one.

    Leaves `spelt` (alias, canonical, id) for names without ids; `id` is told where a canonical name with an id in
    brackets names one of several.

    Returns:
        Whether any name was accepted; without that nothing is left.
    """
    if not write_ends(cursor, "accepted_names", (kind,)):
        return False
    cursor.execute(
        """
        create or replace temp table main_names as
        select id, name, case when count(*) over (partition by name) > 1 then name || ' (' || id || ')' else name end
            as shown
        from known where id = member_id and name is not null
        """
    )
    cursor.execute(
        """
        create or replace temp table spelt as
        select alias, coalesce(main.name, canonical) as canonical, main.id
        from accepted_names left join main_names as main on main.shown = canonical and main.shown <> main.name
        """
    )
    cursor.execute(
        """
        create or replace temp table renamed as
        with called as (
            select main.id, coalesce(spelt.canonical, main.name) as name, spelt.alias is not null as is_said,
                spelt.id as to_id
            from main_names as main left join spelt on spelt.alias = main.shown
        ),
        bearers as (
            select name, count(*) filter (where not is_said) as natives,
                coalesce(min(id) filter (where not is_said), min(id)) as id
            from called group by name
        )
        select called.id, called.name,
            case when called.to_id is not null then called.to_id
                when is_said and natives <= 1 then bearers.id else called.id end as member_id
        from called join bearers using (name)
        """
    )
    cursor.execute(
        """
        create or replace temp table known as
        select known.id, coalesce(renamed.member_id, known.member_id) as member_id,
            coalesce(renamed.name, known.name) as name, known.is_own
        from known left join renamed on renamed.id = known.member_id
        """
    )
    return True


# ------------------------------------------------------------------------------------------------ names said by rows


def shown_fields(cursor: duckdb.DuckDBPyConnection, table: str, fields: Sequence[str]) -> dict[str, str]:
    """SQL of each field of a table's rows, with accepted names where it says a stage, team or manager, or a goal's."""
    said = {field: f'"{field}"' for field in fields}
    for kind, tables in SAID.items():
        named = [field for field in tables.get(table, ()) if field in said]
        if named and write_ends(cursor, f"{kind}_names", (kind,)):
            for field in named:
                said[field] = f'coalesce((select canonical from {kind}_names where alias = "{field}"), "{field}")'
    if table == "teams" and {"team", "parent"} <= said.keys():
        said["parent"] = f"nullif({said['parent']}, {said['team']})"  # of a team that joined the one above it
    if table == "targets" and {"scope", "scope_value"} <= said.keys() and write_ends(cursor, "goal_names", _GOALS):
        said["scope_value"] = (
            "coalesce((select canonical from goal_names where kind = scope and alias = scope_value), scope_value)"
        )
    return said
