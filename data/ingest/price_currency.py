"""Prices in a list that has no currency of its own (products, customers, campaigns): in which one each is written.

Sums and margins take them for the company's own. Where a sign, a column's name or a column of currencies says another
one, the price is not read and said; what was written stays with its row, and a price that is known stays: of such a row
the column is read as if it were not there.
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

_COLUMNS = frozenset(
    normal(name) for name in ("Currency", "Currency Code", "货币代码", "Price Currency", "币种", "货币", "币别")
)


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


def blank_foreign(file: FilePlan, own: str | None) -> list[FilePlan]:
    """Blank the prices of a checked list that are in another currency than the company's own, and say so.

    A blank cell would clear the price that is known. So rows with such prices are loaded beside the others, as a list
    without these columns: what is known stays.

    Args:
        file: a list of the import.
        own: the company's currency; None where nobody named one: prices are taken for it then, which is said, too.

    Returns:
        The lists of rows that are to be loaded beside it.
    """
    if file.checked is None or file.parsed is None or file.mapped is None:
        return []
    foreign: dict[str, pl.Series] = {}
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
            foreign[ours] = file.checked.rows["line"].is_in(lines.implode())
            has_own = bool((~foreign[ours] & file.checked.rows[ours].is_not_null()).any())
            code = code if has_own else "price_currency_held"
        file.warnings.append(Remark(code=code, params=params))
    return _parted(file, foreign)


def _parted(file: FilePlan, foreign: dict[str, pl.Series]) -> list[FilePlan]:
    """Leave in a list the rows that have the most of its columns; the others, by the columns that they have.

    Args:
        file: the list. foreign: field -> which of its rows have a price of another currency there.
    """
    if file.checked is None or not foreign:
        return []
    rows = file.checked.rows
    beside: list[FilePlan] = []
    marks = pl.DataFrame([mark.alias(ours) for ours, mark in foreign.items()])
    for place, without in enumerate(marks.unique().with_columns(n=pl.sum_horizontal(pl.all())).sort("n").rows()):
        fields = [ours for ours, is_out in zip(marks.columns, without, strict=False) if is_out]
        is_here = marks.select(pl.all_horizontal(pl.col(ours) == (ours in fields) for ours in marks.columns))
        some = rows.filter(is_here.to_series()).drop(fields)
        if place == 0:
            file.checked = replace(file.checked, rows=some)
            continue
        checked = replace(file.checked, rows=some, refused=file.checked.refused.clear(), unread=())
        beside.append(replace(file, checked=checked, warnings=[], questions=[], follows=True))
    return beside
