"""Exchange rates that a person says, one by one: each an upload like any other, dated, taken back in the history."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.errors import RateInvalid
from data.tables import JOINT, tables
from data.truth import Load, Upload, load

if TYPE_CHECKING:
    from data.store import Snapshot, Store

PROFILE = "settings"
"""What rates that were said, not uploaded, come from."""

_CODE = 3


class Rate(BaseModel):
    """From a day on, so much of the company's own currency is one of `currency`."""

    model_config = ConfigDict(frozen=True)

    currency: str
    from_on: date
    rate: float


class Lacking(BaseModel):
    """Amounts in a currency that no rate of their day converts: they are in no total. `money` is in that currency."""

    model_config = ConfigDict(frozen=True)

    currency: str
    table: str
    rows: int
    money: float


def rates(seen: Snapshot) -> list[Rate]:
    """Every rate that counts, by currency, the latest day first."""
    found = seen.frame("select currency, from_on, rate from crm.fx_rates order by currency, from_on desc")
    return [Rate(**row) for row in found.iter_rows(named=True)]


def lacking(seen: Snapshot) -> list[Lacking]:
    """Currencies of which some rows have no rate, those with most rows first."""
    found = seen.frame(
        """
        select currency, 'deals' as "table", count(*) as rows, coalesce(sum(amount_original), 0)::double as money
        from crm.deals where amount is null and amount_original is not null group by currency
        """
    )
    listed = [Lacking(**row) for row in found.iter_rows(named=True)]
    for name, table in tables().items():
        if name == "deals" or not table.money or "currency" not in table.fields or name not in seen.filled():
            continue
        listed += [Lacking(**row) for row in _lacking_facts(seen, name, table.money)]
    return sorted(listed, key=lambda one: (-one.rows, one.currency, one.table))


def _lacking_facts(seen: Snapshot, name: str, money: str) -> list[dict[str, object]]:
    """Of facts whose own amounts `crm` does not keep: those in a currency without any rate, as they were uploaded."""
    found = seen.frame(
        f"""
        with said as (
            select distinct on (key_no) {name}_rows.currency, {money} as money from ops.{name}_rows
            join ops.{name}_seen using (row_no) join ops.uploads on uploads.id = upload_id and not is_undone
            order by key_no, as_of desc nulls last, uploads.id desc
        )
        select currency, $name as "table", count(*) as rows, coalesce(sum(money), 0)::double as money from said
        where currency <> $own and money is not null and currency not in (select currency from crm.fx_rates)
        group by currency
        """,
        {"name": name, "own": seen.currency or ""},
    )
    return list(found.iter_rows(named=True))


def set_rate(store: Store, currency: str, from_on: date, rate: float, *, who: str | None = None) -> Upload:
    """Say that one of `currency` is `rate` of the company's own from a day on, until the next day that has a rate.

    The same day said again holds instead of before. Taking it back is `truth.undo` of the upload that comes of it.

    Raises:
        RateInvalid: no currency's code, the company's own, or no number above nothing.
    """
    from data.ingest.currencies import code_of  # with all that reads files, which a page does without

    code = code_of(currency).upper()
    with store.snapshot() as seen:
        own = seen.currency
    if len(code) != _CODE or not code.isascii() or not code.isalpha():
        raise RateInvalid(currency=currency, rate=f"{rate:g}", problem=currency.strip() or "?")
    if code == own or not math.isfinite(rate) or rate <= 0:
        raise RateInvalid(currency=code, rate=f"{rate:g}", problem=f"{code} = {rate:g} {own or ''}".strip())
    rows = pl.DataFrame(
        {
            "key": [f"{code}{JOINT}{from_on.isoformat()}"], "currency": [code], "from_on": [from_on], "rate": [rate],
            "line": [2],
        }
    )  # fmt: skip
    original = f"currency,from_on,rate\n{code},{from_on.isoformat()},{rate!r}\n".encode()
    name = f"{code} {from_on.isoformat()} = {rate:g}"
    return load(
        store, [Load(table="fx_rates", profile=PROFILE, file=name, rows=rows, original=original, who=who)]
    )[0]  # fmt: skip
