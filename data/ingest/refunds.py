"""Money paid back that a list of payments writes as a positive amount, with a column that says what it is."""

from __future__ import annotations

import polars as pl

from data.ingest.map import Mapped
from data.ingest.names import normal
from data.ingest.parsed import Parsed
from data.ingest.remarks import Remark

_KIND = frozenset(
    normal(name)
    for name in (
        *("收款类型", "回款类型", "收支类型", "交易类型", "款项类型", "类型"),
        *("Type", "Transaction Type", "Payment Type", "Entry Type"),
    )
)
_REFUND = frozenset(
    normal(word) for word in ("退款", "退回", "退货退款", "Refund", "Refunds", "Chargeback", "Payment Refund")
)


def turn_refunds(mapped: Mapped, parsed: Parsed) -> list[Remark]:
    """Turn the sign of refunds, where all of them are written as positive amounts, and say it.

    Args:
        mapped: a list under our names.
        parsed: the same, typed; its amounts are changed.
    """
    amounts = parsed.columns.get("amount")
    places = [at for at, header in enumerate(mapped.table.headers) if normal(header) in _KIND]
    if mapped.match.table != "payments" or amounts is None or not places or len(amounts) != mapped.table.frame.height:
        return []
    kinds = mapped.table.column(places[0])
    words = [word for word in kinds.drop_nulls().unique() if normal(word) in _REFUND]
    is_refund = kinds.is_in(words).fill_null(value=False)
    told = amounts.filter(is_refund).drop_nulls()
    if told.is_empty() or is_refund.all() or bool((told < 0).any()):
        return []
    frame = pl.DataFrame([amounts.alias("amount"), is_refund.alias("back")])
    turned = frame.select(pl.when("back").then(-pl.col("amount")).otherwise("amount").cast(amounts.dtype))
    parsed.columns["amount"] = turned.to_series().alias("amount")
    column = mapped.table.headers[places[0]]
    return [
        Remark(code="refunds_turned", params={"column": column, "rows": len(told), "words": ", ".join(sorted(words))})
    ]
