"""Prices in a list that has no currency of its own (products, customers, campaigns): in which one each is written.

Sums and margins take them for the company's own. Where a sign, a column's name or a column of currencies says another
one, the price is left blank and said; what was written stays with its row. A column of such prices alone is read as if
it were not there: prices that are known stay.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.currencies import codes, in_header, may_mean
from data.ingest.currency_names import code_named
from data.ingest.map import Mapped
from data.ingest.names import normal
from data.ingest.numbers import signs_of
from data.ingest.parsed import Parsed
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE
from data.tables import tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan

_COLUMNS = frozenset(normal(name) for name in ("Currency", "Currency Code", "Price Currency", "币种", "货币", "币别"))


def note_prices(mapped: Mapped, parsed: Parsed) -> None:
    """Keep the sign or code that each price is written in, by its line, until the company's own currency is known."""
    kinds = tables()[mapped.match.table].fields
    if "currency" in kinds or mapped.match.table == "targets":
        return
    beside = next((at for at in mapped.unknown if normal(mapped.table.headers[at]) in _COLUMNS), None)
    prices = [ours for ours, kind in kinds.items() if kind == "money" and ours in mapped.texts]
    headers = {ours: in_header(mapped.sources.get(ours, [""])[0], mapped.table.unit_lines) for ours in prices}
    named_ones = {said for said in headers.values() if said}
    neighbours = named_ones.pop() if len(named_ones) == 1 else None  # `Cost` beside `List Price (EUR)` is no other one
    for ours in prices:
        said = headers[ours] or neighbours
        row = pl.repeat(said, mapped.height, dtype=pl.String, eager=True)
        if beside is not None:
            row = codes(mapped.table.column(beside))
        frame = pl.DataFrame([
            mapped.table.frame[LINE].alias("line"), signs_of(mapped.texts[ours]).alias("sign"), row.alias("row"),
            parsed.columns[ours].is_not_null().alias("is_there"),
        ])  # fmt: skip
        named = frame.select("line", "is_there", pl.coalesce("sign", "row").alias("sign"))
        named = named.filter(pl.col("sign").is_not_null() & pl.col("is_there")).drop("is_there")
        if named.height:
            parsed.priced[ours] = named
            parsed.keep_written(ours, frame["line"].is_in(named["line"].implode()))


def blank_foreign(file: FilePlan, own: str | None) -> None:
    """Blank the prices of a checked list that are in another currency than the company's own, and say so.

    Args:
        file: a list of the import.
        own: the company's currency; None where nobody named one: prices are taken for it then, which is said, too.
    """
    if file.checked is None or file.parsed is None or file.mapped is None:
        return
    for ours, named in file.parsed.priced.items():
        others = [sign for sign in named["sign"].unique().sort() if own is None or not may_mean(sign, own)]
        lines = named.filter(pl.col("sign").is_in(others))["line"]
        found = ", ".join(sorted({code_named(sign) or sign for sign in others}))
        code = "price_currency" if own else "price_currency_open"
        params: dict[str, str | int] = {
            "column": file.mapped.sources.get(ours, [ours])[0], "currency": found, "rows": lines.len(), "own": own or ""
        }  # fmt: skip
        if lines.is_empty():
            continue
        if own is not None:
            foreign = pl.col("line").is_in(lines.implode())
            rows = file.checked.rows.with_columns(pl.when(~foreign).then(ours).alias(ours))
            if rows[ours].null_count() == rows.height:
                rows, code = rows.drop(ours), "price_currency_held"  # as if the list had no such column
            file.checked = replace(file.checked, rows=rows)
        file.warnings.append(Remark(code=code, params=params))
