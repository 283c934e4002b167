"""Stages as companies vary them: `6. Closed - Won`, `Closed Won - Expansion`, `赢单 Won`.

What stands in front (a number) and behind (which kind of win) changes nothing of what a known word says. Where a part
of the rest says otherwise (`Proposal - lost`), nobody knows, and it is asked.
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
_DENIED = re.compile(
    r"\b(won|lost|win|loss|cancel\w*|void|not|no|un\w+|maybe|pending)\b|[赢输丢未无待拟疑]|流失|失败|成交|取消",
    re.IGNORECASE,
)
_WON = re.compile(r"\b(won|win|open|re-?opened|maybe|pending)\b|[赢待拟疑]|成交|重启", re.IGNORECASE)
"""Behind what is lost stands why: `No budget`, `无预算`."""


def variant(text: str, words: Mapping[str, str]) -> str | None:
    """What a stage says that is a known one with a number before or a further word behind; None where that is unsure.

    Args:
        text: the stage.
        words: known stages, normalised -> open, won or lost.
    """
    plain = _NUMBERED.sub("", text).strip()
    if (whole := words.get(normal(plain))) is not None:
        return whole
    if closed := _CLOSED.match(plain):
        said, rest = words.get(normal(closed[0])) or closed[1].lower(), plain[closed.end() :]
        return said if not _against(said).search(rest) else None
    first, *others = (part.strip(" )）") for part in _PARTS.split(plain))
    if not others:
        return None
    known = words.get(normal(first))
    meant = {words.get(normal(part)) for part in others} - {None}
    if known is None or meant - {known}:
        return None
    unsure = [part for part in others if words.get(normal(part)) is None and _against(known).search(part)]
    return known if not unsure else None


def _against(status: str) -> re.Pattern[str]:
    return _WON if status == "lost" else _DENIED
