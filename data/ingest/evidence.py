"""Why a column of dates is read in one order of day, month and year and no other: said with the rows that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from data.ingest import dates
from data.ingest.map import Mapped
from data.ingest.remarks import Offer, Remark
from data.ingest.texttable import LINE

FEW = 0.01
"""Where this share of the values or less decides for all of them, it is said that a slip would swap day and month."""
_SHOWN = 3


class Evidence(NamedTuple):
    """How the texts of a column speak for an order.

    `proving`: texts that no other order reads. `deciding` and `open`: how many rows hold such a text, and how many
    could be read otherwise. `rivals`: the orders that would read them otherwise.
    """

    proving: pl.Series
    deciding: int
    open: int
    rivals: list[str]


def evidence(column: dates.Readings, order: str) -> Evidence | None:
    """What speaks for an order in a column; None where no text of it could be read otherwise."""
    chosen = column.tried.get(order)
    if chosen is None:
        return None
    others = {name: read for name, read in column.tried.items() if name != order}
    frame = pl.DataFrame([column.texts.alias("text"), column.rows.alias("rows"), chosen.alias("chosen")])
    frame = frame.with_columns(
        dates.is_serial(column.texts).alias("is_serial"), *(read.alias(name) for name, read in others.items())
    ).filter(pl.col("chosen").is_not_null())
    differs = {name: pl.col(name).is_not_null() & (pl.col(name) != pl.col("chosen")) for name in others}
    rivals = [name for name, rule in differs.items() if frame.select(rule.any()).item()]
    if not rivals:
        return None
    frame = frame.with_columns(
        (pl.all_horizontal(pl.col(name).is_null() for name in rivals) & ~pl.col("is_serial")).alias("proves"),
        pl.any_horizontal(differs[name] for name in rivals).alias("is_open"),
    )
    proving = frame.filter("proves")
    return Evidence(
        proving["text"], int(proving["rows"].sum() or 0), int(frame.filter("is_open")["rows"].sum() or 0), rivals
    )


def remark(
    mapped: Mapped, columns: Mapping[str, dates.Readings], ours: str, order: str, why: str | None
) -> Remark | None:
    """What is said of a column of dates; None where nothing of it was ever in doubt.

    Args:
        mapped: the file.
        columns: field -> every reading of its column.
        ours: the field.
        order: the one it is read in.
        why: what settled it where its own values do not: `said`, `memory`, `columns`, `sequence` or
            `past`.
    """
    found = evidence(columns[ours], order)
    if found is None or why == "said" or (why == "memory" and not found.open):
        return None
    params: dict[str, str | int] = {"column": mapped.sources[ours][0], "order": order, "open": found.open}
    if not found.deciding or why == "memory":
        if why == "columns":
            params |= _proof(mapped, columns, order)
        return Remark(code=f"date_by_{why}", params=params) if why else None
    shown = _lines(mapped, ours, found.proving)
    params |= {"count": found.deciding, "lines": shown, "total": found.deciding + found.open}
    if found.deciding <= FEW * (found.deciding + found.open):
        choices = (order, *found.rivals)
        return Offer(code="date_proved_few", params=params, flag="--date-order", choices=choices, taken=order)
    place = {"dmy": "_first", "mdy": "_second"}.get(order, "") if {*found.rivals, order} <= {"dmy", "mdy"} else ""
    return Remark(code=f"date_proved{place}", params=params)


def _proof(mapped: Mapped, columns: Mapping[str, dates.Readings], order: str) -> dict[str, str | int]:
    """The column whose values prove an order best, with how many of them fit no other one."""
    best: dict[str, str | int] = {"other": "-", "count": 0, "lines": "-"}
    for ours, column in columns.items():
        if order not in column.tried:
            continue
        proves = column.tried[order].is_not_null() & ~dates.is_serial(column.texts)
        for name, read in column.tried.items():
            proves &= read.is_null() | (name == order)
        count = int(column.rows.filter(proves).sum())
        if count > int(best["count"]):
            lines = _lines(mapped, ours, column.texts.filter(proves))
            best = {"other": mapped.sources[ours][0], "count": count, "lines": lines}
    return best


def _lines(mapped: Mapped, ours: str, texts: pl.Series) -> str:
    """The first lines that hold one of these texts, each with what it says."""
    column, headers = mapped.texts[ours], mapped.table.headers
    own = [mapped.table.column(headers.index(name)) for name in mapped.sources.get(ours, []) if name in headers]
    written = own[0] if len(own) == 1 else column  # as the file has them: a year that was said is not in it
    rows = column.is_in(texts.head(1000).implode()).arg_true().head(_SHOWN)
    lines = mapped.table.frame[LINE]
    return ", ".join(f"{mapped.table.place(int(lines[row]))}: {written[row] or column[row]}" for row in rows)
