"""Stages as companies vary them: `6. Closed - Won`, `Closed Won - Expansion`, `赢单 Won`.

A number in front changes nothing of what a known word says, nor does a part behind it that means the same, or that is
listed here as a kind of win, a reason of a loss or a time. Whatever else stands there (`Closed Won - refunded`,
`Lost: No`, `Proposal - rejected`) may say otherwise, and is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.ingest.names import normal

_NUMBERED = re.compile(
    r"^\s*(?:(?:stage|阶段)\s*)?[(（]?(?:\d{1,2}|[A-Z](?=[.):、]))\s*[.):：、）-]?\s*", re.IGNORECASE
)
_HAN = r"(?<=[\u4e00-\u9fff])"
_PARTS = re.compile(rf"\s+[-–—|/:]\s+|\s*[:：|（(]\s*|{_HAN}\s*[-–—/]\s*|{_HAN}\s+(?=[A-Za-z])")
_CLOSED = re.compile(r"^closed?\s*[-–—:/]?\s*(won|lost)\b", re.IGNORECASE)
_ASKING = re.compile("[?？]")
_ANSWERS = frozenset("否 是 不 无 false true no yes n y f t 0 1".split())
_TIME = re.compile(
    r"^(fy)?20\d\d(年|财年)?$|^(20\d\d年?)?(q[1-4]|h[12]|第?[一二三四]季度)(20\d\d)?$|^(20\d\d年)?\d\d?月$"
)
_BEHIND = {
    "won": (
        *("new", "new business", "new logo", "new customer", "new client", "existing", "existing business"),
        *("existing customer", "expansion", "renewal", "upsell", "cross sell", "add on", "repeat", "repeat business"),
        *("新签", "新购", "新客户", "新客", "老客户", "老客", "续约", "续签", "续费", "增购", "加购", "扩容", "复购"),
        *("升级", "交叉销售"),
    ),
    "lost": (
        *("price", "pricing", "too expensive", "budget", "no budget", "competitor", "competition", "timing"),
        *("no decision", "no response", "no need", "not interested", "missing feature", "missing features"),
        *("价格", "价格高", "价格太高", "预算", "无预算", "预算不足", "没有预算", "竞品", "竞争对手", "竞争", "时机"),
        *("无需求", "无响应", "功能", "功能不足"),
    ),
    "open": (),
}
_ALLOWED = {status: frozenset(normal(word) for word in words) for status, words in _BEHIND.items()}


def is_asking(text: str) -> bool:
    """Whether a stage is itself a question (`Won?`): its words are no answer."""
    return _ASKING.search(text) is not None


def variant(text: str, words: Mapping[str, str]) -> str | None:
    """What a stage says that is a known one with a number before or a known part behind; None where that is unsure.

    Args:
        text: the stage.
        words: known stages, normalised -> open, won or lost.
    """
    if is_asking(text):
        return None
    plain = _NUMBERED.sub("", text).strip()
    if (whole := words.get(normal(plain))) is not None:
        return whole
    if closed := _CLOSED.match(plain):
        first, *others = _parts(plain[closed.end() :])
        known = None if first else closed[1].lower()
    else:
        first, *others = _parts(plain)
        known = words.get(normal(first)) if others else None
    if known is None:
        return None
    return known if all(_agrees(normal(part), known, words) for part in others) else None


def _parts(text: str) -> list[str]:
    return [part.strip(" )）") for part in _PARTS.split(text)]


def _agrees(part: str, known: str, words: Mapping[str, str]) -> bool:
    """Whether a part behind a known stage leaves its meaning as it is."""
    if part in _ANSWERS:
        return False
    is_time = known != "open" and _TIME.search(part) is not None
    return words.get(part) == known or is_time or part in _ALLOWED.get(known, ())
