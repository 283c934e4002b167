"""Rows of a list within a row of another one: the subitems of a board, with names of their own between the records.

They are set aside, not loaded: a task below a deal is no deal. What they hold belongs to no column of the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.texttable import TextTable

_LEAST = 3
"""Names of so many columns make a header."""


def set_nested_aside(table: TextTable) -> None:
    """Set aside names that begin with another column of the list and then its first one, with the rows below them.

    `Subitems,Name,Owner,Status` below `Name,Subitems,Owner,Stage`: the rows until the next with a first cell.
    """
    from data.ingest.texttable import Aside

    if len(table.headers) <= _LEAST or not (table.frame["1"] == table.headers[0]).any():
        return
    first, second = (table.frame[name] for name in ("0", "1"))
    heads = (first.is_in(table.headers[1:]) & (second == table.headers[0])).fill_null(value=False)
    filled = table.frame.select(pl.sum_horizontal(pl.exclude("#line").is_not_null())).to_series()
    heads &= filled >= _LEAST
    if not heads.any():
        return
    below = first.is_null() & second.is_not_null()
    last = pl.when(pl.col("head")).then(1).when(~pl.col("below")).then(0)
    told = pl.DataFrame([heads.alias("head"), below.alias("below")])
    nested = told.select(last.forward_fill().fill_null(0) == 1).to_series()
    rows = nested.arg_true().to_list()
    for row in rows:
        table.aside.append(Aside(int(table.frame["#line"][row]), table.original(row), "nested"))
    params: dict[str, str | int] = {"rows": len(rows) - int(heads.sum()), "name": str(first.filter(heads)[0])}
    table.remarks.append(Remark(code="rows_nested", params=params))
    table.frame = table.frame.filter(~nested)
