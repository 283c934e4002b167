"""Who and what rows refer to: names and ids become integer keys, in one place and only once.

A reference is an id, a name or both. It resolves by its id; without one by its accepted alias, then by its name if one
member has that name, or nobody has and one had (data/former_names.py). A name that several members have is a member of
its own, "ambiguous: X"; a name that none has makes one. Keys are hashes of a member's own identity, so they do not
depend on the order of uploads (decision 0002).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from data.errors import KeyCollision
from data.former_names import contested, find_latest, find_worn
from data.order import ever_carried, uploaded
from data.renaming import rename_members
from data.tables import REFERENCES, SQL_TYPES, tables

if TYPE_CHECKING:
    import duckdb

TABLE_OF = {"rep": "reps", "customer": "customers", "product": "products"}
"""The table that holds the members of each kind."""


class _Kind(NamedTuple):
    kind: str
    table: str
    attributes: tuple[str, ...]
    """Fields of the table that every member has, besides its id and name."""


KINDS = {
    kind: _Kind(
        kind,
        TABLE_OF[kind],
        tuple(
            field
            for field in tables()[TABLE_OF[kind]].fields
            if field not in {kind, f"{kind}_id", "rep_id", "rep", "is_deleted", "merged_into"}
        ),
    )
    for kind in REFERENCES
}


def key_of(identity: str) -> str:
    """SQL of a member's key: 63 bits of the md5 of its kind and identity, for example of 'rep' || 'id:1007'."""
    return f"(md5_number_upper({identity}) >> 1)::bigint"


def find_pairs(cursor: duckdb.DuckDBPyConnection, table: str, carried: frozenset[str]) -> set[str]:
    """Note in `fold.pairs` which ids and names the rows of a table refer to.

    Of deals, every state counts, since deal_versions shows them all; of other tables, today's rows.

    Args:
        cursor: the writer's.
        table: whose rows.
        carried: the fields that any of its uploads carried.

    Returns:
        The kinds of which a pair came or went, or of which a name may be another one's latest.
    """
    if not tables()[table].references:
        return set()
    cursor.execute(f"create or replace temp table named as {_pairs_of(table, carried)}")
    found = cursor.execute(
        f"""
        with either as (from named union all select kind, id, name from fold.pairs where table_name = '{table}')
        select distinct kind from either group by kind, id, name having count(*) = 1
        """
    ).fetchall()
    if found:
        cursor.execute(f"delete from fold.pairs where table_name = '{table}'")
        cursor.execute(f"insert into fold.pairs select '{table}', kind, id, name from named")
    return {kind for (kind,) in found} | contested(cursor, TABLE_OF, tables()[table].references)


def add_pairs(cursor: duckdb.DuckDBPyConnection, table: str, carried: frozenset[str]) -> bool:
    """Note the pairs that are not noted yet, and forget none: for rows of which only some are looked at.

    Returns:
        Whether there was any.
    """
    added = cursor.execute(
        f"""
        insert into fold.pairs select '{table}', kind, id, name from ({_pairs_of(table, carried)}) as named
        where not exists (
            from fold.pairs as noted where table_name = '{table}' and noted.kind = named.kind
                and noted.id is not distinct from named.id and noted.name is not distinct from named.name)
        """
    ).fetchall()
    return bool(added[0][0])


def _pairs_of(table: str, carried: frozenset[str]) -> str:
    """SQL of the pairs (kind, id, name) in the rows of a table."""
    source = f"states_{table}" if table == "deals" else f"now_{table}"
    return (
        " union all ".join(
            f"""select distinct '{kind}' as kind, {kind}_id as id, {kind} as name from {source}
            where {kind}_id is not null or {kind} is not null"""
            for kind in tables()[table].references
            if carried & {kind, f"{kind}_id"}
        )
        or "select '' as kind, null::varchar as id, null::varchar as name where false"
    )


class Told(NamedTuple):
    """What there is to tell members of a kind by. What there is nothing of is not looked for, as in data/facts.py."""

    has_list: bool
    """A list of them was ever uploaded."""
    has_ids: bool
    """Any row may name one by id."""


def told_of(cursor: duckdb.DuckDBPyConnection, kind: str) -> Told:
    """What uploads, undone ones too, tell of a kind."""
    there = uploaded(cursor)
    has_list = TABLE_OF[kind] in there
    named = (name for name in there if name in tables() and kind in tables()[name].references)
    return Told(has_list, has_list or any(f"{kind}_id" in ever_carried(cursor, name) for name in named))


def resolve(cursor: duckdb.DuckDBPyConnection, kind: str) -> bool:
    """Give every reference of a kind its key, in `fold.<kind>_refs` (id, name, key), and write the members' table.

    Returns:
        Whether a reference that was there before has another key now, or a member other attributes: then every row that
        points to this kind must be written again.
    """
    told = told_of(cursor, kind)
    has_merged = told.has_list and _own_rows(cursor, KINDS[kind])
    has_several = _identify(cursor, kind, told, has_merged=has_merged)
    has_accepted = rename_members(cursor, kind)
    # With one name to each id, and no name given to it but by rows, nobody has a former one.
    has_former = told.has_list or has_several or (told.has_ids and has_accepted)
    if has_former:
        find_worn(cursor, kind, TABLE_OF[kind], has_list=told.has_list)
    _refer(cursor, kind, told, has_accepted=has_accepted, has_former=has_former)
    has_moved = _has_moved(cursor, kind)
    cursor.execute(
        f"create or replace table fold.{kind}_refs as select id, name, key, is_merged from refs order by key"
    )
    return has_moved


def _own_rows(cursor: duckdb.DuckDBPyConnection, kind: _Kind) -> bool:
    """`own`: the uploaded rows of a kind. One that was deleted counts only while something refers to it.

    Returns:
        Whether any was merged into another.
    """
    cursor.execute(
        f"""
        create or replace temp table own as
        select {kind.kind}_id as id, {kind.kind} as name, merged_into, coalesce(is_deleted, false) as is_deleted, place
        from now_{kind.table}
        """
    )
    return bool(cursor.execute("select count(merged_into) > 0 from own").fetchall()[0][0])


_ENDS = """
    merged(id, into_id, steps) as (
        select id, merged_into, 1 from own where id is not null and merged_into is not null and merged_into <> id
        union all
        select merged.id, own.merged_into, steps + 1
        from merged join own on own.id = merged.into_id
        where own.merged_into is not null and own.merged_into <> own.id and steps < 20
    ),
    ends as (select id, arg_max(into_id, steps) as into_id from merged group by id)
"""
"""Where chains of merges end."""

_NO_ENDS = "ends as (select null::varchar as id, null::varchar as into_id where false)"


def _identify(cursor: duckdb.DuckDBPyConnection, kind: str, told: Told, *, has_merged: bool) -> bool:
    """`known`: every id, the member it stands for (another one after a merge), and that member's latest name.

    Returns:
        Whether rows call an id by several names.
    """
    if not told.has_ids:
        cursor.execute(
            "create or replace temp table known (id varchar, member_id varchar, name varchar, is_own boolean)"
        )
        return False
    has_several = find_latest(cursor, kind, has_list=told.has_list)
    latest = "left join latest_names using (id, name)" if has_several else ""
    turns = "coalesce(is_paid, false), coalesce(last_turn, 0), coalesce(first_turn, 0), coalesce(lines, 0),"
    listed = """
            union all
            select id, name, 0, true, place from own where id is not null and not is_deleted and merged_into is null"""
    cursor.execute(
        f"""
        create or replace temp table known as
        with recursive {_ENDS if has_merged else _NO_ENDS},
        named as (
            select id, name, count(*) as tables, false as is_own, 0 as place from fold.pairs
            where kind = '{kind}' and id is not null group by id, name
            {listed if told.has_list else ""}
            union all
            select unnest([id, into_id]), null, 0, false, 0 from ends
        ),
        called as (
            select id, bool_or(is_own) as is_own, arg_max(name, (is_own, place, {turns if has_several else ""}
                tables, name)) filter (name is not null) as name
            from named {latest} group by id
        )
        select called.id, coalesce(into_id, called.id) as member_id, called.name, called.is_own
        from called left join ends using (id)
        """
    )
    return has_several


def _refer(cursor: duckdb.DuckDBPyConnection, kind: str, told: Told, *, has_accepted: bool, has_former: bool) -> None:
    """`refs`: each pair of id and name with its member's identity and key."""
    spelt = "left join spelt on pairs.id is null and spelt.alias = pairs.name" if has_accepted else ""
    said = "coalesce(spelt.canonical, pairs.name)" if has_accepted else "pairs.name"
    by_id, joins = _by_id(said, has_accepted=has_accepted, has_former=has_former) if told.has_ids else ("", "")
    listed = """
            union
            select id, name from own where (id is not null or name is not null) and not is_deleted
            union
            select id, name from worn"""
    cursor.execute(
        f"""
        create or replace temp table refs as
        with pairs as (
            select distinct id, name from fold.pairs where kind = '{kind}'
            {listed if told.has_list else ""}
        ),
        {_BEARERS if told.has_ids else ""}
        identified as (
            select pairs.id, pairs.name, {said} as said,
                case {by_id} when true then 'name:' || said end as identity,
                case {"when pairs.id is not null then known.member_id <> pairs.id" if told.has_ids else ""}
                    when true then said <> pairs.name end as is_merged
            from pairs {spelt} {joins}
        )
        select id, name, said, identity, is_merged, {key_of(f"'{kind}' || identity")} as key from identified
        """
    )
    counted = cursor.execute("select key from refs group by key having min(identity) <> max(identity)").fetchall()
    if counted:
        names = cursor.execute("select distinct identity from refs where key = $key", {"key": counted[0][0]}).fetchall()
        raise KeyCollision(kind=kind, names=", ".join(name for (name,) in names))


_BEARERS = """
        bearers as (select name, count(*) as members, any_value(id) as id
                    from known where name is not null and id = member_id group by name),"""


def _by_id(said: str, *, has_accepted: bool, has_former: bool) -> tuple[str, str]:
    """SQL of the cases in which a reference is a member with an id, and of the joins that tell."""
    cases = f"""
                    when pairs.id is not null then 'id:' || known.member_id
                    {"when spelt.id is not null then 'id:' || spelt.id" if has_accepted else ""}
                    when bearers.members = 1 then 'id:' || bearers.id
                    when bearers.members > 1 then 'ambiguous:' || said
                    {"when former.id is not null then 'id:' || former.id" if has_former else ""}"""
    joins = f"""left join known on known.id = pairs.id
            left join bearers on pairs.id is null and bearers.name = {said}
            {f"left join former on pairs.id is null and former.name = {said}" if has_former else ""}"""
    return cases, joins


def _has_moved(cursor: duckdb.DuckDBPyConnection, kind: str) -> bool:
    """Whether a pair that had a key has another now."""
    return bool(
        cursor.execute(
            f"""
            select count(*) > 0 from fold.{kind}_refs as held join refs
                on refs.id is not distinct from held.id and refs.name is not distinct from held.name
            where refs.key <> held.key
            """
        ).fetchall()[0][0]
    )


def name_members(cursor: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make `members_<kind>` (key, id, name, is_implied): one row per member, its name unlike any other's.

    Members who share a name are told apart by their ids in brackets.
    """
    told = told_of(cursor, kind)
    if not told.has_ids:  # everybody is what rows say, and no two say the same
        cursor.execute(
            f"""
            create or replace temp table members_{kind} as
            select distinct key, null::varchar as id, said as name, true as is_implied from refs
            """
        )
        return
    owned = """
        owned as (
            select distinct refs.key from own join refs
                on refs.id is not distinct from own.id and refs.name is not distinct from own.name
            where not own.is_deleted and own.merged_into is null
        ),"""
    is_implied = "not exists (from owned where owned.key = named.key)" if told.has_list else "true"
    cursor.execute(
        f"""
        create or replace temp table members_{kind} as
        with {owned if told.has_list else ""}
        named as (
            select refs.key, any_value(refs.identity) as identity,
                any_value(known.member_id) as id, any_value(main.name) as called, min(refs.said) as said
            from refs left join known on known.id = refs.id left join known as main on main.id = known.member_id
            group by refs.key
        ),
        shown as (
            select key, id, {is_implied} as is_implied,
                case
                    when identity like 'ambiguous:%' then 'ambiguous: ' || said
                    when identity like 'name:%' then said
                    else coalesce(called, id)
                end as name
            from named
        ),
        told_apart as (
            select * replace (case when id is not null and name in (
                    select name from shown where name is not null group by name having count(*) > 1)
                then name || ' (' || id || ')' else name end as name) from shown
        )
        select * replace (case when name in (
                select name from told_apart where name is not null group by name having count(*) > 1)
            then name || ' [' || to_hex(key) || ']' else name end as name)
        from told_apart
        """
    )


def own_attributes(kind: str, *, has_list: bool) -> str:
    """SQL: the attributes of each member's own rows; its own before those of who was joined to it, then the latest."""
    part = KINDS[kind]
    if not has_list:
        none = [f'null::{SQL_TYPES[tables()[part.table].fields[field]]} as "{field}"' for field in part.attributes]
        none += ["null::struct(id varchar, name varchar) as owner"] if kind == "customer" else []
        return f"select null::bigint as key, {', '.join(none)} where false"
    order = f"(not refs.is_merged, {part.table}.place, {part.table}.key)"
    latest = ", ".join(f'arg_max("{field}", {order}) as "{field}"' for field in part.attributes)
    if kind == "customer":
        latest += f""", arg_max({{'id': rep_id, 'name': rep}}, {order})
            filter (rep_id is not null or rep is not null) as owner"""
    return f"""
        select refs.key, {latest}
        from now_{part.table} as {part.table} join fold.{kind}_refs as refs
            on refs.id is not distinct from {part.table}.{kind}_id
            and refs.name is not distinct from {part.table}.{kind}
        where not coalesce({part.table}.is_deleted, false) and {part.table}.merged_into is null
        group by refs.key
    """
