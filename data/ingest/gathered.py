"""Rows of one record put together: the record keeps its first row, what is blank there comes from the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parse import Parsed

SAID = pl.col("v").drop_nulls().first()
"""What the first row says that says anything."""
TOTAL = pl.when(pl.col("v").drop_nulls().len() > 0).then(pl.col("v").sum()).cast(pl.Decimal(18, 4), strict=False)
_ROW = "#row"


def gathered(
    mapped: Mapped,
    parsed: Parsed,
    ident: str,
    how: Mapping[str, pl.Expr],
    gone: Collection[int] = (),
    only: pl.Series | None = None,
) -> tuple[Mapped, Parsed]:
    """Each record once, by what names it; rows that name none stay as they are.

    Args:
        mapped: the rows under our names.
        parsed: the same, typed. Both are left as they are.
        ident: the field that names a record.
        how: field -> what its rows say together, of a column `v`; that of others is `SAID`.
        gone: columns of the file that speak of rows and not of records.
        only: the records that are put together; the rows of others stay as they are. None: all.
    """
    ids = mapped.texts[ident]
    if only is not None:
        ids = pl.DataFrame(ids.alias("id")).select(pl.when(pl.col("id").is_in(only.implode())).then("id")).to_series()
    rows = pl.DataFrame([ids.alias("id"), pl.int_range(len(ids), eager=True).alias(_ROW)])
    first = rows.filter(pl.col("id").is_null() | pl.col("id").is_first_distinct())[_ROW]

    def taken(values: pl.Series, by: pl.Expr) -> pl.Series:
        told = rows.with_columns(values.alias("v"))
        of_id = pl.when(pl.col("id").is_null()).then("v").otherwise(by.over("id"))
        return told.select(of_id.alias(values.name))[:, 0].gather(first)

    columns = {ours: taken(values, how.get(ours, SAID)) for ours, values in parsed.columns.items()}
    texts = {ours: taken(values, SAID) for ours, values in mapped.texts.items()}
    unread = {ours: taken(rows, pl.col("v").any()) for ours, rows in parsed.unread.items()}
    for ours in (ours for ours, by in how.items() if by is TOTAL and ours in columns):
        is_lost = taken(parsed.columns[ours].is_not_null(), pl.col("v").any()) & columns[ours].is_null()
        unread[ours] = unread[ours] | is_lost if ours in unread else is_lost  # too large for money is no blank amount
    rounded = {ours: taken(rows, pl.col("v").any()) for ours, rows in parsed.rounded.items()}
    table = replace(mapped.table, frame=mapped.table.frame[first])
    doubtful = {word: (column, rows.gather(first)) for word, (column, rows) in mapped.doubtful.items()}
    unknown = [at for at in mapped.unknown if at not in gone]
    return (
        replace(mapped, table=table, texts=texts, unknown=unknown, doubtful=doubtful),
        replace(parsed, columns=columns, unread=unread, rounded=rounded),
    )
