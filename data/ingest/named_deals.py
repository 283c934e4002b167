"""Histories that say whose they are by the deal's name, as reports do: the names are looked up among the deals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.errors import DealsUnknown
from data.ingest.names import normal
from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.ingest.map import Mapped
    from data.store import Snapshot

UNKNOWN, AMBIGUOUS = "deal_unknown", "deal_ambiguous"
"""Why a row that names a deal is refused: none is called so; several are, and nothing tells which one is meant."""


@dataclass
class Deals:
    """The deals that can be named. `ids`: name -> the deals called so. `customers`: deal -> names of its customer."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    customers: dict[str, set[str]] = field(default_factory=dict)

    def add(self, rows: Iterable[tuple[str | None, str | None, str | None]]) -> None:
        """Take in deals: id, name, customer."""
        for deal_id, deal, customer in rows:
            if deal_id and deal:
                self.ids.setdefault(normal(deal), set()).add(deal_id)
                self.customers.setdefault(deal_id, set()).add(normal(customer or ""))

    def meant(self, name: str, customer: str | None) -> str | None:
        """The one deal called so; of several, the only one of that customer. None where there is none or several."""
        found = self.ids.get(normal(name), set())
        if len(found) > 1 and customer:
            found = {one for one in found if normal(customer) in self.customers[one]}
        return next(iter(found)) if len(found) == 1 else None


def known_deals(files: list[FilePlan], seen: Snapshot | None) -> Deals:
    """The deals of the store and of the files of one import."""
    deals = Deals()
    if seen is not None:
        held = seen.frame(
            "select deal_id, deal, customer from crm.deals left join crm.customers using (customer_key)\n"
            "where not is_gone"
        )
        deals.add(held.iter_rows())
    for file in files:
        if file.table == "deals" and file.checked is not None:
            rows = file.checked.rows
            none = pl.lit(None, pl.String)
            names = [pl.col(name) if name in rows.columns else none.alias(name) for name in ("deal", "customer")]
            own = pl.coalesce(*(["deal_id"] if "deal_id" in rows.columns else []), "key")
            deals.add(rows.select(own.alias("id"), *names).iter_rows())
    return deals


def name_deals(file: FilePlan, deals: Deals) -> list[Remark]:
    """Put the deals' ids in place of their names; a name that says no deal refuses its rows.

    Args:
        file: a list whose section says `by_name`.
        deals: those that can be named.

    Returns:
        How many names were found.

    Raises:
        DealsUnknown: none of the deals is called so.
    """
    mapped, parsed = file.mapped, file.parsed
    if mapped is None or parsed is None or "deal_id" not in parsed.columns:
        return []
    said = pl.DataFrame([parsed.columns["deal_id"].alias("name"), _customers(mapped).alias("customer")])
    named = said.filter(pl.col("name").is_not_null()).unique(maintain_order=True)
    ids = [deals.meant(name, customer) for name, customer in named.iter_rows()]
    why = [
        None if found else AMBIGUOUS if normal(name) in deals.ids else UNKNOWN
        for found, name in zip(ids, named["name"], strict=True)
    ]
    if AMBIGUOUS not in why and named.height and not any(ids):
        shown = ", ".join(str(name) for name in named["name"].head(3))
        raise DealsUnknown(file=file.file, column=mapped.sources["deal_id"][0], names=shown)
    told = named.with_columns(pl.Series("id", ids, pl.String), pl.Series("why", why, pl.String))
    rows = said.join(told, on=["name", "customer"], how="left", nulls_equal=True, maintain_order="left")
    parsed.columns["deal_id"] = rows.select(pl.coalesce("id", "name").alias("deal_id")).to_series()
    for reason in (UNKNOWN, AMBIGUOUS):
        if (refused := (rows["why"] == reason).fill_null(value=False)).any():
            parsed.refused[reason] = refused
    params: dict[str, str | int] = {
        "column": mapped.sources["deal_id"][0], "names": named.height, "found": sum(1 for one in ids if one)
    }  # fmt: skip
    return [Remark(code="deals_by_name", params=params)]


def _customers(mapped: Mapped) -> pl.Series:
    """What the rows say of the deal's customer, where a column does."""
    names = {normal(header): at for at, header in reversed(list(enumerate(mapped.table.headers)))}
    at = next((names[normal(name)] for name in mapped.match.spec.by_name if normal(name) in names), None)
    return pl.repeat(None, mapped.height, dtype=pl.String, eager=True) if at is None else mapped.table.column(at)
