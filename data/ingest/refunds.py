"""Money paid back and goods sent back that a list writes as positive amounts, with a column that says what they are.

What a row says outright (`退款`, `Partial refund`, `销售退货`) is subtracted, in whichever column it says so. What may
be a payment that was returned later, or money spent (`Refunded`, `支出`), is asked with its rows and money.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.names import normal
from data.ingest.remarks import Remark
from data.ingest.words import FLAGS

if TYPE_CHECKING:
    from data.ingest.map import Mapped
    from data.ingest.parsed import Parsed

_BOTH_WAYS = frozenset(
    normal(name)
    for name in (
        *("收支类型", "收支方向", "收支", "收付类型", "收付标志", "收付方向"),
        *("借贷", "借贷方向", "借贷标志", "借贷标识"),
    )
)
_DOCUMENTS = frozenset(
    normal(name)
    for name in (
        *("Type", "Document Type", "Doc Type", "Doc. Type", "Transaction Type", "Transaction", "Txn Type", "Kind"),
        *("Voucher Type", "Vch Type", "Record Type", "Entry Type"),
        *("单据类型", "单据种类", "业务类型", "交易类型", "凭证类型", "类型"),
    )
)
_KINDS = {
    "payments": _BOTH_WAYS
    | {
        normal(name)
        for name in (
            *("收款类型", "回款类型", "交易类型", "款项类型", "单据类型", "业务类型", "类型"),
            *("Type", "Transaction Type", "Payment Type", "Entry Type"),
        )
    },
    "order_lines": _DOCUMENTS | {normal(name) for name in ("订单类型", "Order Type", "Line Type")},
    "invoices": _DOCUMENTS
    | {
        normal(name)
        for name in ("发票类型", "发票种类", "票据类型", "票种", "开票类型", "Invoice Type", "Invoice Kind")
    },
}
_NOTE = (
    r"(tax|vat|sales?|customer|partial|full|ar)*credit(tax)?(note|memo|memorandum|invoice)s?(partial|full)?|accreccredit"
    r"|gutschrift(en)?|rechnungskorrektur|stornorechnung|avoir|factured?avoir|not[ae]de?cr[eéè]dito"
)
_RED = (
    r".*红字.*发票.*|.*发票.*红字|红字(专票|普票)?|红票|负数(发票|专票|普票)|.*发票.*负数|冲红发票|红冲发票"
    r"|贷项(通知单|凭证|发票)?"
)
"""What a document is called that takes money back, whichever column says so."""
_NO_KIND = re.compile(
    r"method|terms?\b|paid|payment|bank|item|product|description|memo|notes?\b|remark|reason|comment|customer|client"
    r"|number|\bno\b|方式|条款|银行|产品|商品|品名|项目|说明|摘要|备注|原因|客户|编号|号码",
    re.IGNORECASE,
)
"""Columns that name what was sold, how it was paid or another document: no word of theirs tells what a row is."""
_FEW = 20
_LOOKED_AT = 5_000
_CREDIT, _CASH = re.compile(r"^(credits?|cr)$"), re.compile(r"cash|现")
_BILL = re.compile(r"invoice|bill|发票|^(debits?|dr)$")
"""`Credit` is a credit note beside invoices; it and `Credit Invoice` are a sale on credit beside one in cash."""
_ADJUSTED = re.compile(r"adjustmentnote|^adjustments?$")
_IS_BACK = frozenset(normal(name) for name in ("Is Return", "Is Refund", "Is Credit Note", "Is Credit", "Return Flag"))
_CAME_BACK = frozenset(
    normal(name)
    for name in (
        *("Return", "Returned", "Is Returned", "Refund", "Refunded", "Is Refunded"),
        *("是否退货", "是否退款", "是否红字", "是否红冲", "退货", "退款", "已退货", "退货标志", "退货标识", "红字标志"),
    )
)
"""Whether a row is the return or a sale that was returned later, such a column leaves open."""
_YES = frozenset(normal(word) for word in FLAGS["true"])
_YES_OR_NO = _YES | {normal(word) for word in FLAGS["false"]}
_OUTRIGHT = {
    "payments": re.compile(
        r"^((partial|full|payment|customer)?refunds?|chargebacks?"
        r"|(部分|全额|客户|货款|保证金|押金|定金|订金|预付款?)?(退款|退回|退还)|(销售|收款)?(业务)?退款单|退货退款|退(货款|保证金|押金|定金|订金))$"
    ),
    "invoices": re.compile(rf"^({_NOTE}|{_RED}|(sales?|ar)credits?|红冲)$"),
    "order_lines": re.compile(
        rf"^((partial|sales?|customer)?(return|refund)s?(order)?|{_NOTE}|(销售)?(退货|退款)(订单|单)?)$"
    ),
}
_DOUBTFUL = re.compile(r"refund|chargeback|revers|负数|退款|退回|退还|退货|退换|红冲|冲红|冲销|红字|贷项")
_IS_NOTE = {
    "invoices": re.compile(rf"^({_NOTE}|{_RED})$"), "order_lines": re.compile(rf"^({_NOTE})$"),
}  # fmt: skip
_SALES_BACK = re.compile(r"\breturn", re.IGNORECASE)
_SPENT = re.compile(r"支出|流出|expense|outgo|outflow")
_PAID_OUT = re.compile(r"^(付款?|支付|支|出|服务费|手续费|fees?|debit|out)$")
_RECEIVED = re.compile(
    r"收入|流入|收款单?$|^(收|交易支付|receipts?|income|inflow|credit|in|charges?|payments?|sales?)$"
)
"""Beside such a word, one of money that is paid means the other way."""
_NEVER_RECEIVED = re.compile(r"付款(退款)?单$|^(提现|转出|payouts?|withdrawals?)$|dispute")
_SIDE, _DEBIT = re.compile(r"^[借贷](方|记)?$"), re.compile(r"^借(方|记)?$")
"""Which side is money received depends on whose book it is, the bank's or one's own."""
_NOT_SO = re.compile(r"^(no|un|未|无|不|非|免)|refundable|不可退")
_NEGATED = re.compile(r"^[未无不非]")
_WRITTEN_BACK = r"^\s*[-−–(（]|-\s*$"


def may_subtract(mapped: Mapped) -> bool:
    """Whether a person may say that rows of a list are money or goods that went back.

    Of invoices only where the list has such words: most credit notes say it outright.
    """
    if mapped.match.table != "invoices":
        return mapped.match.table in _KINDS
    return any(unsure_kinds(mapped, at) or mixed_kinds(mapped, at, {}) for at in kind_columns(mapped))


def kind_columns(mapped: Mapped) -> list[int]:
    """The columns that say of a list of payments, invoices or order lines what each row is.

    Beside those of such a name it is any column of few words, its status too, of which one is that of a credit note.
    """
    names: Collection[str] = _KINDS.get(mapped.match.table, frozenset())
    left = mapped.match.left
    if mapped.match.table == "order_lines" and "is_return" in mapped.texts:
        return []  # it says itself what is a return
    filled = {at for ours, at in mapped.match.columns.items() if ours != "status"}

    def is_one(at: int, header: str) -> bool:
        if normal(header) in names:
            return True
        if mapped.match.table not in _IS_NOTE or at in filled:
            return False
        if normal(header) in _IS_BACK | _CAME_BACK:
            return _is_flag(mapped, at)
        return not _NO_KIND.search(header) and any(
            _IS_NOTE[mapped.match.table].search(normal(word)) for word in _words(mapped, at)
        )

    return [at for at, header in enumerate(mapped.table.headers) if at not in left and is_one(at, header)]


def _words(mapped: Mapped, at: int) -> list[str]:
    """The words of a column that has few; none of any other."""
    texts = mapped.table.column(at)
    if texts.head(_LOOKED_AT).n_unique() > _FEW:
        return []
    said = texts.drop_nulls().unique()
    return said.to_list() if len(said) <= _FEW else []


def _is_flag(mapped: Mapped, at: int) -> bool:
    header, said = normal(mapped.table.headers[at]), {normal(word) for word in _words(mapped, at)}
    is_number = header in _CAME_BACK and not header.startswith(("is", "是否")) and any(map(str.isdigit, said))
    return bool(said & _YES) and said <= _YES_OR_NO and not is_number


def _is_outright(mapped: Mapped, at: int, word: str) -> bool:
    """Whether a word of such a column says outright that its rows are money or goods that went back."""
    header, said = normal(mapped.table.headers[at]), normal(word)
    if _NEGATED.search(said) or ("invoice" in said and any(_CASH.search(normal(text)) for text in _words(mapped, at))):
        return False
    if header in _KINDS[mapped.match.table]:
        return _OUTRIGHT[mapped.match.table].search(said) is not None
    return said in _YES if header in _IS_BACK else _IS_NOTE[mapped.match.table].search(said) is not None


def unsure_kinds(mapped: Mapped, at: int) -> list[str]:
    """The words of such a column that may say that money went back or out, where the list writes it as positive.

    Args:
        mapped: a list under our names.
        at: the column.
    """
    if "amount" not in mapped.texts:
        return []
    kinds, table, header = mapped.table.column(at), mapped.match.table, normal(mapped.table.headers[at])
    said_so = [normal(word) for word in kinds.drop_nulls().unique()]
    is_both = header in _BOTH_WAYS or any(_RECEIVED.search(word) for word in said_so)
    is_billed = any(_BILL.search(word) for word in said_so) and not any(_CASH.search(word) for word in said_so)
    has_debit = any(_DEBIT.search(word) for word in said_so)

    def may_be(word: str) -> bool:
        said = normal(word)
        if header in _CAME_BACK:
            return said in _YES
        if header not in _KINDS[table] or _NOT_SO.search(said) or _is_outright(mapped, at, word):
            return False
        if table != "payments":
            is_credit = is_billed and _CREDIT.search(said)
            is_back = _DOUBTFUL.search(said) or _SALES_BACK.search(word) or _ADJUSTED.search(said)
            return bool(is_back or is_credit or "creditnote" in said or "creditmemo" in said)
        is_spent = is_both and (_SPENT.search(said) or _PAID_OUT.search(said))
        is_side = has_debit and _SIDE.search(said)
        return bool(_DOUBTFUL.search(said) or _NEVER_RECEIVED.search(said) or is_spent or is_side)

    found = [word for word in kinds.drop_nulls().unique().sort() if may_be(word)]
    return [word for word in found if _is_plus(mapped, kinds == word)]


def mixed_kinds(mapped: Mapped, at: int, counts: Mapping[str, str]) -> list[str]:
    """The words of such a column that say outright that money went back, partly with a sign and partly without one.

    Args:
        mapped: a list under our names.
        at: the column.
        counts: what was said of words, normalised: those are not asked again.
    """
    sure = {word: rows for word, rows in outright(mapped, counts).items() if normal(word) not in counts}
    if "amount" not in mapped.texts or not any(_is_minus(mapped, rows) for rows in sure.values()):
        return []
    said = set(mapped.table.column(at).drop_nulls().unique())
    return [word for word, rows in sorted(sure.items()) if word in said and _is_plus(mapped, rows)]


def _is_minus(mapped: Mapped, rows: pl.Series) -> bool:
    """Whether rows have an amount that is written with a sign."""
    return bool(mapped.texts["amount"].filter(rows.fill_null(value=False)).str.contains(_WRITTEN_BACK).any())


def _is_plus(mapped: Mapped, rows: pl.Series) -> bool:
    """Whether rows have an amount other than 0 that is written without a sign."""
    amounts = mapped.texts["amount"].filter(rows.fill_null(value=False)).drop_nulls()
    return bool((~amounts.str.contains(_WRITTEN_BACK) & amounts.str.contains("[1-9]")).any())


def outright(mapped: Mapped, counts: Mapping[str, str]) -> dict[str, pl.Series]:
    """Words that say outright that money or goods went back -> their rows, but for those of which a person said else.

    Args:
        mapped: a list under our names.
        counts: what was said of words, normalised: yes, no or subtract.
    """
    found: dict[str, pl.Series] = {}
    for at in kind_columns(mapped):
        kinds = mapped.table.column(at)
        for word in kinds.drop_nulls().unique():
            said = counts.get(normal(word), "subtract")
            if said == "subtract" and _is_outright(mapped, at, word):
                rows = (kinds == word).fill_null(value=False)
                found[word] = found[word] | rows if word in found else rows
    return found


def turn_refunds(mapped: Mapped, parsed: Parsed, counts: Mapping[str, str]) -> list[Remark]:
    """Turn the sign of refunds and returns that are written as positive amounts, and say it.

    What says so outright is turned where the list writes none of it as negative; what a person said is to be
    subtracted, is, whichever sign it has.

    Args:
        mapped: a list under our names.
        parsed: the same, typed; its amounts are changed.
        counts: what was said of words: yes, no or subtract.
    """
    amounts = parsed.columns.get("amount")
    if amounts is None or mapped.match.table not in _KINDS or len(amounts) != mapped.table.frame.height:
        return []
    back = outright(mapped, {normal(word): said for word, said in counts.items()})
    if any((amounts.filter(rows).drop_nulls() < 0).any() for rows in back.values()):
        back = {}
    back |= mapped.subtracted
    is_back = pl.Series("back", [False]).new_from_index(0, len(amounts)).rename("back")
    for rows in back.values():
        is_back = is_back | rows
    told = amounts.filter(is_back).drop_nulls()
    if told.is_empty():
        return []
    frame = pl.DataFrame([amounts.alias("amount"), is_back.alias("back")])
    turned = frame.select(pl.when("back").then(-pl.col("amount").abs()).otherwise("amount").cast(amounts.dtype))
    parsed.columns["amount"] = turned.to_series().alias("amount")
    if mapped.match.table == "order_lines":
        parsed.columns["is_return"] = is_back.alias("is_return")
    columns = [at for at in range(len(mapped.table.headers)) if _holds(mapped.table.column(at), back)]
    params: dict[str, str | int] = {
        "column": ", ".join(mapped.table.headers[at] for at in columns),
        "rows": len(told),
        "words": ", ".join(sorted(back)),
        "money": f"{float(told.abs().sum()):,.15g}",
    }
    return [Remark(code="refunds_turned", params=params)]


def _holds(texts: pl.Series, words: Mapping[str, pl.Series]) -> bool:
    return any(bool((texts.filter(rows) == word).any()) for word, rows in words.items())
