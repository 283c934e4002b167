"""Amounts in several currencies: each needs a rate of its day, or its rows are named before anything is loaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from data.currency import currency_of
from data.ingest.currencies import code_of, known_currency
from data.ingest.names import normal
from data.ingest.price_currency import blank_foreign
from data.ingest.remarks import Question, Remark
from data.settings import settings
from data.tables import tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_ANY = date.max
_CLEARLY = 2 / 3
"""A company's own currency is the one that at least this share of the first rows with any names."""
_LATEST = date(9999, 12, 30)  # of undated facts, as the fold has it


def check_rates(files: list[FilePlan], seen: Snapshot | None) -> None:
    """Ask about amounts that no rate brings into the reporting currency; those accepted for such files are said only.

    Args:
        files: of the import; rates among them count.
        seen: the store, with its rates.

    Raises:
        UnknownCurrency.
    """
    reporting, known = _reporting(files, seen), _rates(files, seen)
    _say_settled(files, reporting)
    if reporting is None and (asked := _first(files)) is not None:
        reporting = _ask_currency(*asked, known)
    for file in [*files]:
        files += blank_foreign(file, reporting)
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
            file.warnings += _converted(file)


def _converted(file: FilePlan) -> list[Remark]:
    """A column of the same file whose amounts need no rate, since the CRM has brought them into the own currency."""
    if file.match is None or file.mapped is None:
        return []
    known = {normal(name) for name in file.match.spec.own_currency}
    there = [header for header in file.mapped.table.headers if normal(header) in known]
    return [Remark(code="own_currency_there", params={"column": column}) for column in there]


def _reporting(files: list[FilePlan], seen: Snapshot | None) -> str | None:
    """What is settled already: by the setting, by the store's first upload, by a person's word (data/currency.py).

    Raises:
        UnknownCurrency: what a person named is none; it would be the company's own for ever.
    """
    for file in files:
        if file.options.currency:
            known_currency(file.options.currency)
    held = settings().currency or (seen.currency if seen is not None else None)
    return held or next((code_of(file.options.currency) for file in files if file.options.currency), None)


def _say_settled(files: list[FilePlan], reporting: str | None) -> None:
    """A currency that is named too late changes nothing, and that is said."""
    for file in files:
        told = code_of(file.options.currency) if file.options.currency else reporting
        if told != reporting:
            params: dict[str, str | int] = {"told": str(told), "reporting": str(reporting)}
            file.warnings.append(Remark(code="currency_settled", params=params))


def _first(files: list[FilePlan]) -> tuple[FilePlan, dict[str, int]] | None:
    """The first file that names a currency, and how many rows name which in all of them."""
    first: FilePlan | None = None
    named: dict[str, int] = {}
    for file in files:
        if file.checked is None or file.table == "fx_rates" or "currency" not in file.checked.rows.columns:
            continue
        for code, rows in file.checked.rows["currency"].drop_nulls().value_counts().iter_rows():
            named[code] = named.get(code, 0) + rows
        first = first or (file if named else None)
    return (first, named) if first is not None else None


def _ask_currency(first: FilePlan, named: dict[str, int], known: dict[str, date]) -> str:
    """The company's own currency: what most rows name, or all rates lead to; else it is asked, of the first file.

    Returns:
        The most likely one, so that the others can be weighed.
    """
    listed = sorted(named, key=lambda code: (-named[code], code))
    unrated = [code for code in listed if code not in known]
    if known and len(unrated) == 1:
        first.options = first.options.model_copy(update={"currency": unrated[0]})
        return unrated[0]
    own = currency_of(first.checked.rows) if first.checked is not None else None
    if named[listed[0]] < _CLEARLY * sum(named.values()) or own != listed[0]:
        counted = {code: [f"{named[code]:,}"] for code in listed}
        params: dict[str, str | int] = {
            "file": first.file, "currencies": "; ".join(f"{code} × {named[code]:,}" for code in listed)
        }  # fmt: skip
        first.questions.append(
            Question(code="ask_currency", params=params, flag="--currency", choices=tuple(listed), samples=counted)
        )
    return listed[0]


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
