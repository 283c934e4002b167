"""What gives a list of documents away where no column name does: their status, their numbers and the order of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from data.ingest import dates
from data.ingest.match import Match
from data.ingest.names import normal
from data.ingest.texttable import TextTable
from data.tables import tables

_SAMPLE = 2_000
_SURE = 0.9  # of the cells
_STATES: Mapping[str, str] = {
    "leads": (
        "new open working contacted attempted qualified unqualified disqualified converted nurturing junk recycled"
        " 新建 未处理 待处理 待分配 已分配 跟进中 已联系 已转换 已转化 已转商机 无效 合格 不合格 垃圾线索"
    ),
    "invoices": (
        "paid unpaid overdue due partially_paid partial sent issued outstanding open closed draft"
        " void voided cancelled canceled"
        " 已付 未付 已付款 未付款 待付款 部分付款 部分支付 已支付 未支付 已逾期 逾期"
        " 已开票 未开票 待开票 部分开票 已开 未开 已寄出"
        " 已结清 未结清 已核销 未核销 部分核销 已作废 作废 已红冲 红冲 草稿 已取消"
    ),
    "contracts": (
        "signed active executed in_force expired terminated renewed in_approval activated draft cancelled canceled"
        " 已签 已签订 已签署 已签约 待签署 待签 未签署 执行中 履行中 进行中 生效 已生效 未生效"
        " 已到期 到期 已终止 终止 已完成 已归档"
        " 已解除 变更中 已续签 审批中 草稿 已作废 作废 已取消"
    ),
    "quotes": (
        "sent accepted rejected declined expired presented approved denied needs_review in_review draft won lost"
        " confirmed delivered"
        " 已发送 已报价 待报价 已接受 已拒绝 已确认 客户确认 已过期 已失效 审批中 审批通过 已批准 已驳回"
        " 草稿 已作废 作废 已取消"
    ),
}
"""What a status says in lists that no other word of ours gives away."""
_PREFIXES: Mapping[str, str] = {
    "invoices": r"(?i)^(inv|invoice|fp|发票|bill)[-_#/ ]?[a-z]{0,3}[-_]?\d",
    "contracts": r"(?i)^(ht|xsht|con|contract|ctr|合同|xyh?|agr)[-_#/ ]?[a-z]{0,3}[-_]?\d",
    "quotes": r"(?i)^(qt|quo|quote|bj|bjd|报价|qu)[-_#/ ]?[a-z]{0,3}[-_]?\d",
}
"""How companies number such documents."""
AGREEMENT = r"(?i)合同|协议|补充条款|agreement|contract|\b(msa|sow|nda)\b"
"""What contracts are called."""
_YEARLY = 80  # days: a contract runs longer than an invoice is due after


def states(table: str) -> frozenset[str]:
    """What the status of one of our tables says, normalised; nothing of a table whose words others share."""
    return frozenset(normal(word) for word in _STATES.get(table, "").split())


def is_numbered(table: TextTable, match: Match, at: Mapping[str, int]) -> bool:
    """Whether the column of ids numbers its records as companies number such documents: `INV-001`, `HT2026-01`.

    Args:
        table: the file.
        match: the table it may be.
        at: our field -> the column that could fill it.
    """
    prefix, key = _PREFIXES.get(match.table), tables()[match.table].key[0]
    if prefix is None or key not in at:
        return False
    found = table.column(at[key]).drop_nulls().head(_SAMPLE).str.contains(prefix)
    return len(found) > 0 and int(found.sum()) >= _SURE * len(found)


def in_time(
    table: TextTable, match: Match, found: dict[int, tuple[str, int]], today: date
) -> dict[int, tuple[str, int]]:
    """Days of documents in their order: an invoice is due after it was issued, a contract ends long after it begins.

    A second day that does not follow the first is not taken for anything.
    """
    names = {"invoices": ("issued_on", "due_on"), "contracts": ("signed_on", "starts_on", "ends_on")}.get(match.table)
    if names is None:
        return found
    days = {index: _days(table, index, today) for index, (ours, _) in found.items() if ours in names}
    order = sorted(days, key=lambda index: days[index].drop_nulls().mean() or 0.0)
    kept = {index: said for index, said in found.items() if index not in days}
    free = [name for name in names if name not in match.columns]
    if match.table == "contracts" and len(order) == 2 and _apart(days[order[0]], days[order[1]]) >= _YEARLY:
        free = [name for name in free if name != "signed_on"]
    for place, index in enumerate(order[: len(free)]):
        if place and _apart(days[order[place - 1]], days[index]) < 0:
            break
        kept[index] = (free[place], found[index][1])
    return kept


def _days(table: TextTable, index: int, today: date) -> pl.Series:
    """A column of dates as numbers of days, as it is most plausibly read."""
    texts = table.column(index).head(_SAMPLE)
    read = dates.readings(texts, today, "UTC")
    if not read.names:
        return pl.repeat(None, len(texts), dtype=pl.Int32, eager=True)
    return read.apply(texts, read.names[0]).cast(pl.Date).cast(pl.Int32)


def _apart(before: pl.Series, after: pl.Series) -> float:
    """The usual number of days between; negative where the later one comes first in more than a few rows."""
    gaps = (after - before).drop_nulls()
    if gaps.is_empty() or int((gaps >= 0).sum()) < _SURE * len(gaps):
        return -1.0
    middle = gaps.median()
    return float(middle) if isinstance(middle, int | float) else -1.0
