"""From sightings to states: what each row said, and when.

The uploads of a table come in order (data/order.py). A *state* is what a key's row said from one sighting on, until the
next different one, or until a full export of the same profile did not hold it any more. A field that a file did not
carry keeps its earlier value.

Everything here makes temporary tables and views of the writer's cursor:
`now_<t>` (today's state of every key) and, where history matters, `states_<t>`; `at_<t>` has the uploads in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from data.epochs import epoch_of_sighting
from data.order import Order, write_order
from data.renaming import shown_fields
from data.tables import SQL_TYPES, Table
from data.unread import sightings

if TYPE_CHECKING:
    import duckdb

ALWAYS = "date '0001-01-01'"
FOR_EVER = "date '9999-12-31'"


def _carried(said: Mapping[str, str], known: dict[int, frozenset[str]], choose: str) -> str:
    """Select list of the fields of merged states: each from the last row whose file carried it.

    `choose` is the aggregate or window around `{value}`; the value is wrapped, so that a blank counts as a value.
    """
    parts = []
    for field, value_of in said.items():
        carriers = [str(layout) for layout, columns in known.items() if field in columns]
        if not carriers:  # by far most fields: no aggregate and no window for them
            parts.append(f'{value_of} as "{field}"')
            continue
        value = f"case when layout in ({', '.join(carriers)}) then {{'v': {value_of}}} end"
        parts.append(f'({choose.format(value=value)}).v as "{field}"')
    return ", ".join(parts)


def _said(cursor: duckdb.DuckDBPyConnection, table: Table, order: Order) -> dict[str, str]:
    """SQL of each field as rows say it. What no upload carried is null in every row, and is not read in any."""
    carried = order.carried
    said = shown_fields(cursor, table.name, [field for field in _all(table) if field in carried])
    return {field: said.get(field) or unsaid(table, field) for field in _all(table)}


def _all(table: Table) -> list[str]:
    return [*table.fields, "extra"]


def unsaid(table: Table, field: str) -> str:
    """SQL of a field that no upload carried."""
    return f"null::{'varchar' if field == 'extra' else SQL_TYPES[table.fields[field]]}"


# ------------------------------------------------------------------------------------------------------------ today


def find_now(
    cursor: duckdb.DuckDBPyConnection, table: Table, order: Order, as_uploaded: Sequence[str] | None = None
) -> None:
    """Make `now_<t>`: key_no, key, place (of its last upload) and the fields as they hold today; deleted ones too.

    Args:
        cursor: the writer's.
        table: whose rows.
        order: its uploads, or some of them: then it is as of the last of these.
        as_uploaded: only these fields, as they were uploaded; None for all, under the names accepted since.
    """
    name = table.name
    if as_uploaded is None:
        said = _said(cursor, table, order)
    else:
        said = {field: f'"{field}"' if field in order.carried else unsaid(table, field) for field in as_uploaded}
    if len(order.layouts) > 1:
        write_order(cursor, table, order)
        _merge_now(cursor, name, said, order.layouts)
        return
    names = _listed(said)
    if len(order.uploads) <= 1:  # a key is in an upload once
        place, held = "1::bigint as place", _of_only(name, order)
    else:
        place, held = "place", f"ops.{name}_rows join ({last_rows(cursor, table, order)}) using (row_no)"
    cursor.execute(f"create or replace temp view now_{name} as select key_no, key, {place}, {names} from {held}")


def _listed(said: Mapping[str, str]) -> str:
    return ", ".join(f'{value} as "{field}"' for field, value in said.items())


def _of_only(name: str, order: Order) -> str:
    """SQL of the rows of a table that has one upload, or none."""
    if not order.uploads:
        return f"ops.{name}_rows where false"
    if not order.undone:
        return f"ops.{name}_rows"
    upload_id = order.uploads[0].id
    return (
        f"ops.{name}_rows semi join (select row_no from ops.{name}_seen where upload_id = {upload_id}) using (row_no)"
    )


def last_rows(cursor: duckdb.DuckDBPyConnection, table: Table, order: Order) -> str:
    """SQL of the rows (row_no, place) that hold after uploads of one layout; made ready in temporary tables."""
    name = table.name
    if len(order.uploads) == 1:
        return f"select row_no, 1::bigint as place from ops.{name}_seen where upload_id = {order.uploads[0].id}"
    write_order(cursor, table, order)
    cursor.execute(
        f"""
        create or replace temp table last_{name} as
        with sighted as (
            select row_no, max(place) as place from ops.{name}_seen join at_{name} on id = upload_id group by row_no
        )
        select arg_max(row_no, place) as row_no, max(place) as place
        from sighted join ops.{name}_rows using (row_no) group by key_no
        """
    )
    return f"select row_no, place from last_{name}"


def _merge_now(
    cursor: duckdb.DuckDBPyConnection, name: str, said: Mapping[str, str], known: dict[int, frozenset[str]]
) -> None:
    merged = _carried(said, known, "arg_max({value}, place)")
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


def find_states(cursor: duckdb.DuckDBPyConnection, table: Table, order: Order, *, only_touched: bool = False) -> None:
    """Make `states_<t>`, and `several_<t>` (key_no): the keys with more than one state.

    Columns: key_no, row_no, key, from_place, from_day, to_day, is_first, is_last, gone_day, the fields.

    `from_day <= day < to_day`; states that another of the same day replaced have from_day = to_day. `is_last` marks the
    state a key ended with; `gone_day` is the day of the full export that first lacked it, for the last state only.

    Args:
        cursor: the writer's.
        table: whose rows.
        order: its uploads; written to `at_<t>`.
        only_touched: only the keys in the temporary table `touched_<t>` (key_no), which was made with `at_<t>`.
    """
    name = table.name
    said = _said(cursor, table, order)
    if not only_touched:
        write_order(cursor, table, order)
    if len(order.uploads) <= 1 and not only_touched:
        _take_only(cursor, name, said, order)
        return
    epoch, seen = epoch_of_sighting(cursor, name, order), sightings(cursor, name)
    of_all = f"select row_no, key_no from ops.{name}_rows"
    if only_touched:
        _exact_runs(cursor, name, f"{of_all} semi join touched_{name} using (key_no)", epoch, seen)
    elif len(order.layouts) <= 1 and order.profiles <= 1:
        _quick_runs(cursor, name, epoch, seen)
    else:
        _exact_runs(cursor, name, of_all, epoch, seen)
    _bound_runs(cursor, name)
    _add_fields(cursor, name, said, order.layouts)


def _take_only(cursor: duckdb.DuckDBPyConnection, name: str, said: Mapping[str, str], order: Order) -> None:
    """States of a single upload, or of none: each row is one, and none has ended."""
    cursor.execute(f"create or replace temp table several_{name} (key_no bigint)")
    day = order.uploads[0].day if order.uploads else date.min
    names = _listed(said)
    cursor.execute(
        f"""
        create or replace temp view states_{name} as
        select key_no, 1::bigint as from_place, date '{day}' as from_day, {FOR_EVER} as to_day, true as is_first,
            true as is_last, null::date as gone_day, row_no, key, {names}
        from {_of_only(name, order)}
        """
    )


def _quick_runs(cursor: duckdb.DuckDBPyConnection, name: str, epoch: str, seen: str) -> None:
    """Runs where all uploads are of one kind: group sightings by row, and look closely only where a row came back.

    A row's sightings are one run unless another row of the key, or a full export without it, lies between.
    """
    cursor.execute(
        f"""
        create or replace temp table spans as
        with fulls as (select *, sum(is_full::int) over (order by place) as fulls from at_{name}),
        sighted as (
            select row_no, min(place) as from_place, max(place) as to_place,
                min(fulls - is_full::int) as fulls_before, max(fulls) as fulls_after, sum(is_full::int) as fulls_in,
            from {seen} join fulls on id = upload_id
            group by row_no, {epoch}
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
    rows = f"select row_no, key_no from ops.{name}_rows semi join tangled using (key_no)"
    _exact_runs(cursor, name, rows, epoch, seen)
    cursor.execute(
        f"""
        insert into runs_{name}
        select key_no, row_no, from_place, layout, gone_at
        from spans join (select place, layout, gone_at from at_{name}) as ended on ended.place = to_place
        anti join tangled using (key_no)
        """
    )


def _exact_runs(cursor: duckdb.DuckDBPyConnection, name: str, rows: str, epoch: str, seen: str) -> None:
    """Runs of equal sightings, one sighting after the other.

    A key that only uploads of one profile have held so far is gone with the next full export of that profile.
    """
    cursor.execute(
        f"""
        create or replace temp table runs_{name} as
        with sightings as (
            select key_no, row_no, place, coalesce(held_layout, layout) as layout, {epoch} as epoch,
                case when min(profile_no) over earlier = max(profile_no) over earlier then gone_at end as gone_at
            from {seen} join at_{name} on id = upload_id join ({rows}) using (row_no)
            window earlier as (partition by key_no order by place rows unbounded preceding)
        ),
        marked as (
            select *, coalesce(
                row_no = lag(row_no) over w and layout = lag(layout) over w and epoch = lag(epoch) over w
                and coalesce(lag(gone_at) over w >= place, true), false) as is_same
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
    cursor: duckdb.DuckDBPyConnection, name: str, said: Mapping[str, str], known: dict[int, frozenset[str]]
) -> None:
    bounds = "key_no, from_place, from_day, to_day, is_first, is_last, gone_day"
    if len(known) <= 1:
        names = _listed(said)
        chosen = (
            f"select {bounds}, row_no, key, {names} from bounded_{name} join ops.{name}_rows using (key_no, row_no)"
        )
    else:
        last = "last_value({value} ignore nulls) over (partition by key_no order by from_place)"
        merged = _carried(said, known, last)
        cursor.execute(
            f"""
            create or replace temp table merged_{name} as
            select {bounds}, row_no, key, {merged} from bounded_{name} join ops.{name}_rows using (key_no, row_no)
            """
        )  # a window per field: too dear for each of those who read it
        chosen = f"from merged_{name}"
    cursor.execute(f"create or replace temp view states_{name} as {chosen}")
