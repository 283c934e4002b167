"""The reporting currency: the one that settings name, else the one of the first upload that names any, else none.

A company that never said which currency it reports in must not read "¥" before dollars, nor lose the amounts of a file
that names its currency only because a setting was left alone. Once it is settled no later upload changes it, however
large: its amounts want rates. Only uploads that count speak, so taking the first one back settles it anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.settings import settings

if TYPE_CHECKING:
    import duckdb

_KEPT = "reporting_currency"


def currency_of(rows: pl.DataFrame) -> str | None:
    """The currency that most rows name; of several as many, the first by its code."""
    if "currency" not in rows.columns:
        return None
    named = rows["currency"].drop_nulls().value_counts(name="rows")
    named = named.sort(["rows", "currency"], descending=[True, False])
    return str(named["currency"][0]) if len(named) else None


def named_first(cursor: duckdb.DuckDBPyConnection) -> str | None:
    """The currency of the first upload that counts and names one; rates name those of others."""
    found = cursor.execute(
        """
        select currency from ops.uploads
        where not is_undone and currency is not null and table_name <> 'fx_rates' order by id limit 1
        """
    ).fetchall()
    return str(found[0][0]) if found else None


def settle(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Write down the currency that the fold is about to use, as `ops.settings.reporting_currency`.

    Returns:
        Whether it is another one than before, so that every amount must be brought into it anew.
    """
    before, now = kept(cursor), settings().currency or named_first(cursor)
    if before == now:
        return False
    cursor.execute("delete from ops.settings where name = $name", {"name": _KEPT})
    if now is not None:
        cursor.execute("insert into ops.settings values ($name, $value)", {"name": _KEPT, "value": now})
    return before is not None or bool(cursor.execute("select count(*) > 1 from ops.uploads").fetchall()[0][0])


def kept(cursor: duckdb.DuckDBPyConnection) -> str | None:
    """The currency in which the amounts of `crm` are; None where no upload and no setting names one."""
    found = cursor.execute("select value from ops.settings where name = $name", {"name": _KEPT}).fetchall()
    return str(found[0][0]) if found else None
