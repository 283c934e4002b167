"""Amounts in several currencies: each needs a rate of its day, or its rows are named before anything is loaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Question, Remark
from data.settings import settings
from data.tables import tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_ANY = date.max
_LATEST = date(9999, 12, 30)  # of undated facts, as the fold has it


def check_rates(files: list[FilePlan], seen: Snapshot | None) -> None:
    """Ask about amounts that no rate brings into the reporting currency; those accepted for such files are said only.

    Args:
        files: of the import; rates among them count.
        seen: the store, with its rates.
    """
    reporting = _reporting(files, seen)
    known = _rates(files, seen)
    for file in files:
        lacking = _lacking(file, reporting, known)
        if lacking.is_empty():
            continue
        file.unrated = lacking["currency"].to_list()
        listed = (f"{code} × {rows:,} = {money or 0:,.2f}" for code, rows, money in lacking.iter_rows())
        params: dict[str, str | int] = {
            "file": file.file, "reporting": reporting or "-", "currencies": "; ".join(listed)
        }  # fmt: skip
        accepted = set(file.match.profile.without_rates) if file.match else set()
        if file.options.without_rates or set(file.unrated) <= accepted:
            file.warnings.append(Remark(code="no_rates", params=params))
        else:
            file.questions.append(Question(code="ask_rates", params=params, flag="--without-rates"))


def _reporting(files: list[FilePlan], seen: Snapshot | None) -> str | None:
    """The reporting currency once the files are in: the setting's, else what uploads name most (data/currency.py)."""
    if settings().currency:
        return settings().currency
    named: dict[str, int] = {}
    if seen is not None:
        listed = "select currency, read from ops.uploads where not is_undone and currency is not null"
        for code, rows in seen.frame(listed).iter_rows():
            named[code] = named.get(code, 0) + rows
    for file in files:
        if file.checked is not None and "currency" in file.checked.rows.columns and file.table != "fx_rates":
            counted = file.checked.rows["currency"].drop_nulls().value_counts(sort=True)
            if len(counted):
                named[counted["currency"][0]] = named.get(counted["currency"][0], 0) + file.read
    return min(named, key=lambda code: (-named[code], code), default=None)


def _rates(files: list[FilePlan], seen: Snapshot | None) -> dict[str, date]:
    """Currency -> the first day that has a rate."""
    frames = [seen.frame("select currency, from_on from crm.fx_rates")] if seen is not None else []
    frames += [
        file.checked.rows.select("currency", "from_on")
        for file in files
        if file.table == "fx_rates" and file.checked is not None and "from_on" in file.checked.rows.columns
    ]
    first: dict[str, date] = {}
    for frame in frames:
        for code, day in frame.drop_nulls().iter_rows():
            first[code] = min(day, first.get(code, _ANY))
    return first


def _lacking(file: FilePlan, reporting: str | None, known: dict[str, date]) -> pl.DataFrame:
    """`currency`, rows and money that have no rate on their day; most rows first."""
    none = pl.DataFrame(schema={"currency": pl.String, "rows": pl.UInt32, "money": pl.Float64})
    table = tables()[file.table] if file.table else None
    if file.checked is None or table is None or table.name == "fx_rates":
        return none
    rows = file.checked.rows
    if not table.money or not {"currency", table.money} <= set(rows.columns):
        return none
    foreign = rows.filter(pl.col("currency").is_not_null() & (pl.col("currency") != (reporting or "")))
    if foreign.is_empty():
        return none
    first = pl.col("currency").replace_strict(known, default=_ANY, return_dtype=pl.Date)
    without = foreign.with_columns(_day(file, foreign).alias("#day"), first.alias("#first"))
    without = without.filter((pl.col("#first") == _ANY) | (pl.col("#day") < pl.col("#first")))
    counted = without.group_by("currency").agg(
        pl.len().alias("rows"), pl.col(table.money).cast(pl.Float64).sum().alias("money")
    )
    return counted.sort(["rows", "currency"], descending=[True, False])


def _day(file: FilePlan, rows: pl.DataFrame) -> pl.Expr:
    """The day whose rate counts: of closing for closed deals, else of the fact; what has none takes the latest rate."""
    latest = pl.lit(_LATEST)
    if file.table == "deals":
        if not {"closed_on", "status"} <= set(rows.columns):
            return pl.lit(file.as_of or _LATEST)
        closed = pl.when(pl.col("status") != "open").then(pl.col("closed_on"))
        return pl.coalesce(closed, pl.lit(file.as_of, dtype=pl.Date), latest)
    dated = [name for name in _DATED.get(file.table or "", ()) if name in rows.columns]
    return pl.coalesce(*(pl.col(name).cast(pl.Date) for name in dated), latest)


_DATED = {
    "order_lines": ("ordered_on",),
    "quotes": ("issued_on",),
    "contracts": ("signed_on",),
    "invoices": ("issued_on",),
    "payments": ("paid_on",),
    "payment_plans": ("planned_on",),
}
"""The day of a fact, as data/facts.py has it."""
