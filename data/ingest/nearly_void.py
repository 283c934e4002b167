"""Words of a status that say that a record is void, and words that nearly do: a person says whether those count.

The rule: a word that is void, cancelled or deleted outright (`已作废`, `Cancelled by customer`) takes its rows out of
every number. What is only in part, under way, a draft, reversed, refunded or refused, and an order that was closed or
is not paid yet, may be either, and is asked with its rows and money. What is said to be not so (`未作废`) counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from data.ingest.names import normal

_OUTRIGHT = re.compile(
    r"^(void(ed)?|cancel(l?ed|lation)?|annull?ed|deleted|storniert|annulée?)\b(?!.*(pending|request|in progress))"
    r"|^已?(作废|取消|撤销|删除|废弃)(?!.*(中|待|申请|审批|部分))",
    re.IGNORECASE,
)
_ENDED = r"void|cancel|annul|delet|storn|作废|取消|撤销|删除|废弃|注销"
_DOUBTFUL = re.compile(
    rf"{_ENDED}|revers|refund|chargeback|红冲|冲红|冲销|退款|退票|退回|\bfail|失败|bounced|\binvalid|无效",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"\bdraft|\buncaptured|\brejected|\bdeclined|草稿|暂存|驳回|审批不通过|审核不通过|未通过", re.IGNORECASE
)
_NOT_CONCLUDED = re.compile(
    r"(交易|订单|已)关闭|^关闭$|(待|等待)\S{0,4}(付款|支付)|过期"
    r"|\b(pending|awaiting) payment|\bpayment pending|\bexpired\b",
    re.IGNORECASE,
)
"""Of orders: a shop closes those that nobody paid, and other systems those that were delivered."""
_NOT_SO = re.compile(r"^(not?[\s_-]|non|un|未|无(?!效)|不|非)", re.IGNORECASE)
_OWN_STATES = ("quotes",)
"""A quote may be a draft or declined: that is how it ended, and measures of quotes ask for it."""


def is_void(text: str, void: Collection[str]) -> bool:
    """Whether a word of a status says outright that the record is void.

    Args:
        text: the word.
        void: such words, normalised.
    """
    return normal(text) in void or (_OUTRIGHT.search(text.strip()) is not None and "part" not in text.casefold())


def is_doubtful(text: str, table: str, *, has_status: bool) -> bool:
    """Whether a word that is not void outright may mean that the record counts no more.

    Args:
        text: the word.
        table: ours.
        has_status: the status is the document's own; else it is that of the record, whatever becomes of the deal.
    """
    said = text.strip()
    if _NOT_SO.search(said) and not _UNFINISHED.search(said):
        return False
    if not has_status:
        return re.search(_ENDED, said, re.IGNORECASE) is not None
    is_unfinished = table not in _OWN_STATES and _UNFINISHED.search(said) is not None
    is_open = table == "order_lines" and _NOT_CONCLUDED.search(said) is not None
    return is_unfinished or is_open or _DOUBTFUL.search(said) is not None
