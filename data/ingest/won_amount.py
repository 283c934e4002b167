"""What won deals really brought, where the CRM keeps it beside what was hoped for (`Actual Revenue`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.names import normal
from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.map import Mapped


def take_won_amount(mapped: Mapped) -> None:
    """The amount of won deals from the column of their actual one, where that is filled; said with the rows it changes.

    Args:
        mapped: a file whose statuses are ours already.
    """
    named = {normal(name) for name in mapped.match.spec.won_amount}
    headers = mapped.table.headers
    at = next((at for at, header in enumerate(headers) if normal(header) in named), None)
    is_free = at is not None and at not in mapped.match.left and at not in mapped.match.columns.values()
    if at is None or not is_free or not {"amount", "status"} <= mapped.texts.keys():
        return
    frame = pl.DataFrame(
        [
            mapped.texts["amount"].alias("hoped"),
            mapped.texts["status"].alias("status"),
            mapped.table.column(at).alias("actual"),
        ]
    )
    is_won = (pl.col("status") == "won") & (pl.col("actual").str.strip_chars() != "")
    is_other = is_won & pl.col("actual").ne_missing(pl.col("hoped"))
    amounts = frame.select(pl.when(is_won.fill_null(value=False)).then("actual").otherwise("hoped").alias("amount"))
    params: dict[str, str | int] = {
        "column": headers[at], "hoped": mapped.sources["amount"][0],
        "rows": frame.select(is_other.fill_null(value=False).sum()).item(),
    }  # fmt: skip
    mapped.texts["amount"] = amounts.to_series()
    mapped.sources["amount"] = [*mapped.sources["amount"], headers[at]]
    mapped.warnings.append(Remark(code="won_amount", params=params))
