"""The reporting currency: the one that settings name, else the one that most uploaded rows name, else none.

A company that never said which currency it reports in must not read "¥" before dollars, nor lose the amounts of a file
that names its currency only because a setting was left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.settings import settings

if TYPE_CHECKING:
    import duckdb

_KEPT = "reporting_currency"


def named_most(cursor: duckdb.DuckDBPyConnection) -> str | None:
    """The currency that the uploads that count name most, by rows; None when none names any."""
    found = cursor.execute(
        """
        select currency from ops.uploads where not is_undone and currency is not null
        group by currency order by sum(read) desc, currency limit 1
        """
    ).fetchall()
    return str(found[0][0]) if found else None


def settle(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Write down the currency that the fold is about to use, as `ops.settings.reporting_currency`.

    Returns:
        Whether it is another one than before, so that every amount must be brought into it anew.
    """
    before, now = kept(cursor), settings().currency or named_most(cursor)
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
