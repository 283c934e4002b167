"""From sightings to states: what each row said, and when.

The uploads of a table, those undone left out, are put in order: by as-of day, unknown days first, then by number. A
*state* is what a key's row said from one sighting on, until the next different one, or until a full export of the same
profile did not hold it any more. A field that a file did not carry keeps its earlier value.

Everything here makes temporary tables and views of the writer's cursor:
`at_<t>` (the uploads in order), `now_<t>` (today's state of every key) and, where history matters, `states_<t>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.tables import Table

if TYPE_CHECKING:
    import duckdb

ALWAYS = "date '0001-01-01'"
FOR_EVER = "date '9999-12-31'"


def order_uploads(cursor: duckdb.DuckDBPyConnection, table: Table, *, by_epoch: bool = False) -> None:
    """Make `at_<t>`: the uploads that count, in order.

    Columns: id, place (1, 2, …), day, profile_no, layout (which fields it carried, as a number), is_full, gone_at
    (place of the next full export of its profile), epoch (with `by_epoch`, grows on the days in the temporary table
    `epoch_days`, from which on equal rows mean something else: rates of currencies or teams of people changed).
    """
    epoch = "(select count(*) from epoch_days where epoch_days.day <= placed.day)" if by_epoch else "0"
    cursor.execute(
        f"""
        create or replace temp table at_{table.name} as
        with placed as (
            select id, columns, coalesce(as_of, {ALWAYS}) as day, coalesce(is_full, false) as is_full,
                row_number() over (order by as_of nulls first, id) as place,
                dense_rank() over (order by profile) as profile_no,
                dense_rank() over (order by list_sort(columns)) as layout
            from ops.uploads
            where table_name = $table and not is_undone
        )
        select *, {epoch} as epoch,
            (select min(later.place) from placed as later
             where later.is_full and later.profile_no = placed.profile_no and later.place > placed.place) as gone_at
        from placed
        """,
        {"table": table.name},
    )


def layouts(cursor: duckdb.DuckDBPyConnection, table: Table) -> dict[int, frozenset[str]]:
    """Which fields each layout of `at_<t>` carries."""
    found = cursor.execute(f"select distinct layout, columns from at_{table.name} order by layout").fetchall()
    return {layout: frozenset(columns) for layout, columns in found}


def _carried(fields: list[str], known: dict[int, frozenset[str]], choose: str) -> str:
    """Select list of the fields of merged states: each from the last row whose file carried it.

    `choose` is the aggregate or window around `{value}`; the value is wrapped, so that a blank counts as a value.
    """
    parts = []
    for field in fields:
        carriers = [str(layout) for layout, columns in known.items() if field in columns]
        value = f"case when layout in ({', '.join(carriers) or 'null'}) then {{'v': \"{field}\"}} end"
        parts.append(f'({choose.format(value=value)}).v as "{field}"')
    return ", ".join(parts)


# ------------------------------------------------------------------------------------------------------------ today


def find_now(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make `now_<t>`: key_no, key, place (of its last upload) and the fields as they hold today; deleted ones too."""
    name = table.name
    known = layouts(cursor, table)
    fields = [*table.fields, "extra"]
    if len(known) > 1:
        _merge_now(cursor, name, fields, known)
        return
    uploads = cursor.execute(f"select count(*) from at_{name}").fetchall()[0][0]
    if uploads <= 1:  # a key is in an upload once
        last = f"select row_no, place from ops.{name}_seen join at_{name} on id = upload_id"
    else:
        last = f"""
            with sighted as (
                select row_no, max(place) as place from ops.{name}_seen join at_{name} on id = upload_id group by row_no
            )
            select arg_max(row_no, place) as row_no, max(place) as place
            from sighted join ops.{name}_rows using (row_no) group by key_no"""
    cursor.execute(f"create or replace temp table last_{name} as {last}")
    names = ", ".join(f'"{field}"' for field in fields)
    cursor.execute(
        f"create or replace temp view now_{name} as"
        f" select key_no, key, place, {names} from ops.{name}_rows join last_{name} using (row_no)"
    )


def _merge_now(
    cursor: duckdb.DuckDBPyConnection, name: str, fields: list[str], known: dict[int, frozenset[str]]
) -> None:
    merged = _carried(fields, known, "arg_max({value}, place)")
    cursor.execute(f"drop view if exists now_{name}")
    cursor.execute(
        f"""
        create or replace temp view now_{name} as
        with sighted as (
            select row_no, layout, max(place) as place
            from ops.{name}_seen join at_{name} on id = upload_id group by row_no, layout
        ),
        last as (
            select key_no, layout, arg_max(row_no, place) as row_no, max(place) as place
            from sighted join ops.{name}_rows using (row_no) group by key_no, layout
        )
        select key_no, any_value(key) as key, max(place) as place, {merged}
        from last join ops.{name}_rows using (key_no, row_no) group by key_no
        """
    )


# ---------------------------------------------------------------------------------------------------------- history


def find_states(cursor: duckdb.DuckDBPyConnection, table: Table, *, only_touched: bool = False) -> None:
    """Make `states_<t>`, and `several_<t>` (key_no): the keys with more than one state.

    Columns: key_no, row_no, key, from_place, from_day, to_day, is_first, is_last, gone_day, the fields.

    `from_day <= day < to_day`; states that another of the same day replaced have from_day = to_day. `is_last` marks the
    state a key ended with; `gone_day` is the day of the full export that first lacked it, for the last state only.

    Args:
        cursor: the writer's.
        table: whose rows.
        only_touched: only the keys in the temporary table `touched_<t>` (key_no).
    """
    known = layouts(cursor, table)
    name = table.name
    fields = [*table.fields, "extra"]
    uploads, profiles = cursor.execute(f"select count(*), count(distinct profile_no) from at_{name}").fetchall()[0]
    if uploads == 1 and not only_touched:
        _take_only(cursor, name, fields)
        return
    if only_touched:
        _exact_runs(cursor, name, f"select row_no, key_no from ops.{name}_rows semi join touched_{name} using (key_no)")
    elif len(known) <= 1 and profiles <= 1:
        _quick_runs(cursor, name)
    else:
        _exact_runs(cursor, name, f"select row_no, key_no from ops.{name}_rows")
    _bound_runs(cursor, name)
    _add_fields(cursor, name, fields, known)


def _take_only(cursor: duckdb.DuckDBPyConnection, name: str, fields: list[str]) -> None:
    """States of a single upload: each row is one, and none has ended."""
    cursor.execute(f"create or replace temp table several_{name} (key_no bigint)")
    held = f"select row_no from ops.{name}_seen semi join at_{name} on id = upload_id"
    is_all = cursor.execute(f"select count(*) = (select count(*) from ops.{name}_rows) from ({held})").fetchall()[0][0]
    names = ", ".join(f'"{field}"' for field in fields)
    cursor.execute(
        f"""
        create or replace temp view states_{name} as
        select key_no, place as from_place, day as from_day, {FOR_EVER} as to_day, true as is_first, true as is_last,
            null::date as gone_day, row_no, key, {names}
        from ops.{name}_rows cross join (select place, day from at_{name})
        where {"true" if is_all else f"row_no in ({held})"}
        """
    )


def _quick_runs(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """Runs where all uploads are of one kind: group sightings by row, and look closely only where a row came back.

    A row's sightings are one run unless another row of the key, or a full export without it, lies between.
    """
    cursor.execute(
        f"""
        create or replace temp table spans as
        with fulls as (select *, sum(is_full::int) over (order by place) as fulls from at_{name}),
        sighted as (
            select row_no, epoch, min(place) as from_place, max(place) as to_place,
                min(fulls - is_full::int) as fulls_before, max(fulls) as fulls_after, sum(is_full::int) as fulls_in,
            from ops.{name}_seen join fulls on id = upload_id
            group by row_no, epoch
        )
        select key_no, row_no, from_place, to_place, fulls_in < fulls_after - fulls_before as has_gap
        from sighted join (select row_no, key_no from ops.{name}_rows) using (row_no)
        """
    )
    cursor.execute(
        """
        create or replace temp table tangled as
        with several as (select key_no from spans group by key_no having count(*) > 1),
        ordered as (
            select key_no, from_place, lag(to_place) over (partition by key_no order by from_place) as before
            from spans semi join several using (key_no)
        )
        select distinct key_no from ordered where before > from_place
        union
        select key_no from spans where has_gap
        """
    )
    _exact_runs(cursor, name, f"select row_no, key_no from ops.{name}_rows semi join tangled using (key_no)")
    cursor.execute(
        f"""
        insert into runs_{name}
        select key_no, row_no, from_place, layout, gone_at
        from spans join (select place, layout, gone_at from at_{name}) as ended on ended.place = to_place
        anti join tangled using (key_no)
        """
    )


def _exact_runs(cursor: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Runs of equal sightings, one sighting after the other.

    A key that only uploads of one profile have held so far is gone with the next full export of that profile.
    """
    cursor.execute(
        f"""
        create or replace temp table runs_{name} as
        with sightings as (
            select key_no, row_no, place, layout, epoch,
                case when min(profile_no) over earlier = max(profile_no) over earlier then gone_at end as gone_at
            from ops.{name}_seen join at_{name} on id = upload_id join ({rows}) using (row_no)
            window earlier as (partition by key_no order by place rows unbounded preceding)
        ),
        marked as (
            select *, coalesce(
                row_no = lag(row_no) over w and layout = lag(layout) over w and epoch = lag(epoch) over w
                and coalesce(lag(gone_at) over w > place, true), false) as is_same
            from sightings window w as (partition by key_no order by place)
        ),
        numbered as (
            select *, sum((not is_same)::int) over (partition by key_no order by place) as run from marked
        )
        select key_no, any_value(row_no) as row_no, min(place) as from_place, any_value(layout) as layout,
            arg_max_null(gone_at, place) as gone_at
        from numbered group by key_no, run
        """
    )


def _bound_runs(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """Days from places: a run ends with the next run of its key, or with the export that lacked it."""
    cursor.execute(
        f"""
        create or replace temp table several_{name} as
        select key_no from runs_{name} group by key_no having count(*) > 1
        """
    )
    cursor.execute(
        f"""
        create or replace temp table bounded_{name} as
        with ended as (
            select *, lead(from_place) over w as next_place, lag(from_place) over w is null as is_first
            from runs_{name} semi join several_{name} using (key_no)
            window w as (partition by key_no order by from_place)
            union all
            select *, null as next_place, true as is_first from runs_{name} anti join several_{name} using (key_no)
        )
        select key_no, row_no, ended.layout, from_place, starts.day as from_day,
            coalesce(ends.day, {FOR_EVER}) as to_day, is_first, next_place is null as is_last,
            case when next_place is null then ends.day end as gone_day
        from ended
        join at_{name} as starts on starts.place = from_place
        left join at_{name} as ends on ends.place = least(next_place, ended.gone_at)
        """
    )


def _add_fields(
    cursor: duckdb.DuckDBPyConnection, name: str, fields: list[str], known: dict[int, frozenset[str]]
) -> None:
    bounds = "key_no, from_place, from_day, to_day, is_first, is_last, gone_day"
    if len(known) <= 1:
        names = ", ".join(f'"{field}"' for field in fields)
        chosen = (
            f"select {bounds}, row_no, key, {names} from bounded_{name} join ops.{name}_rows using (key_no, row_no)"
        )
    else:
        last = "last_value({value} ignore nulls) over (partition by key_no order by from_place)"
        merged = _carried(fields, known, last)
        chosen = (
            f"select {bounds}, row_no, key, {merged} from bounded_{name} join ops.{name}_rows using (key_no, row_no)"
        )
    cursor.execute(f"create or replace temp view states_{name} as {chosen}")
