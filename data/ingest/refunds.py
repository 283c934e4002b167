"""Money paid back and goods sent back that a list writes as positive amounts, with a column that says what they are.

What a row says outright (`退款`, `Partial refund`, `销售退货`) is subtracted. What may be a payment that was returned
later, or money spent (`Refunded`, `支出`), is asked with its rows and money.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.names import normal
from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.map import Mapped
    from data.ingest.parsed import Parsed

_BOTH_WAYS = frozenset(normal(name) for name in ("收支类型", "收支方向", "收支", "收付类型"))
_KINDS = {
    "payments": _BOTH_WAYS
    | {
        normal(name)
        for name in (
            *("收款类型", "回款类型", "交易类型", "款项类型", "类型"),
            *("Type", "Transaction Type", "Payment Type", "Entry Type"),
        )
    },
    "order_lines": {
        normal(name)
        for name in (
            *("单据类型", "订单类型", "业务类型", "交易类型", "类型"),
            *("Type", "Order Type", "Document Type", "Transaction Type", "Line Type"),
        )
    },
}
_OUTRIGHT = {
    "payments": re.compile(
        r"^((partial|full|payment|customer)?refunds?|chargebacks?"
        r"|(部分|全额|客户|货款|保证金|押金|定金|订金|预付款?)?(退款|退回|退还)|退货退款|退(货款|保证金|押金|定金|订金))$"
    ),
    "order_lines": re.compile(r"^((partial|sales?|customer)?(return|refund)s?(order)?|(销售)?(退货|退款)(订单|单)?)$"),
}
_DOUBTFUL = re.compile(r"refund|chargeback|revers|退款|退回|退还|退货|退换|红冲|冲红|冲销")
_SALES_BACK = re.compile(r"\breturn", re.IGNORECASE)
_SPENT = re.compile(r"支出|流出|expense|outgo|outflow")
_NOT_SO = re.compile(r"^(no|un|未|无|不|非|免)|refundable|不可退")
_WRITTEN_BACK = r"^\s*[-−–(（]|-\s*$"


def kind_columns(mapped: Mapped) -> list[int]:
    """The columns that say of a list of payments or order lines what each row is."""
    names, left = _KINDS.get(mapped.match.table, set()), mapped.match.left
    if mapped.match.table == "order_lines" and "is_return" in mapped.texts:
        return []  # it says itself what is a return
    return [at for at, header in enumerate(mapped.table.headers) if normal(header) in names and at not in left]


def unsure_kinds(mapped: Mapped, at: int) -> list[str]:
    """The words of such a column that may say that money went back or out, where the list writes it as positive.

    Args:
        mapped: a list under our names.
        at: the column.
    """
    if "amount" not in mapped.texts:
        return []
    kinds, table = mapped.table.column(at), mapped.match.table
    is_both = normal(mapped.table.headers[at]) in _BOTH_WAYS

    def may_be(word: str) -> bool:
        said = normal(word)
        if _NOT_SO.search(said) or _OUTRIGHT[table].search(said):
            return False
        is_back = _DOUBTFUL.search(said) or (table == "order_lines" and _SALES_BACK.search(word))
        return bool(is_back or (is_both and _SPENT.search(said)))

    found = [word for word in kinds.drop_nulls().unique().sort() if may_be(word)]
    amounts = mapped.texts["amount"].filter(kinds.is_in(found).fill_null(value=False))
    return [] if amounts.str.contains(_WRITTEN_BACK).any() else found


def turn_refunds(mapped: Mapped, parsed: Parsed) -> list[Remark]:
    """Turn the sign of refunds and returns, where all of them are written as positive amounts, and say it.

    Args:
        mapped: a list under our names.
        parsed: the same, typed; its amounts are changed.
    """
    amounts, places = parsed.columns.get("amount"), kind_columns(mapped)
    if amounts is None or not places or len(amounts) != mapped.table.frame.height:
        return []
    kinds = mapped.table.column(places[0])
    words = [word for word in kinds.drop_nulls().unique() if _OUTRIGHT[mapped.match.table].search(normal(word))]
    is_refund = kinds.is_in(words).fill_null(value=False)
    told = amounts.filter(is_refund).drop_nulls()
    if told.is_empty() or bool((told < 0).any()):
        return []
    frame = pl.DataFrame([amounts.alias("amount"), is_refund.alias("back")])
    turned = frame.select(pl.when("back").then(-pl.col("amount")).otherwise("amount").cast(amounts.dtype))
    parsed.columns["amount"] = turned.to_series().alias("amount")
    if mapped.match.table == "order_lines":
        parsed.columns["is_return"] = is_refund.alias("is_return")
    params: dict[str, str | int] = {
        "column": mapped.table.headers[places[0]],
        "rows": len(told),
        "words": ", ".join(sorted(words)),
        "money": f"{float(told.sum()):,.15g}",
    }
    return [Remark(code="refunds_turned", params=params)]
