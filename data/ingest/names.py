"""Column names as people vary them: case, spaces, underscores, full width, brackets, a trailing colon or asterisk."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_NOT_WORD = re.compile(r"[\W_]+")
_UNIT = re.compile(r"[(（\[【]?\s*(万元|万|千元|百万|亿元|亿)\s*[)）\]】]?\s*$")
_PLAIN_UNIT = re.compile(r"[(（\[【]\s*(元|人民币|rmb|cny|usd|eur|¥|￥|\$|€|%)\s*[)）\]】]\s*$", re.IGNORECASE)
_FACTORS = {"千元": 1_000, "万": 10_000, "万元": 10_000, "百万": 1_000_000, "亿": 100_000_000, "亿元": 100_000_000}


@cache
def normal(header: str) -> str:
    """The name without what people vary: `Deal - Value *`, `deal_value` and `DEAL VALUE` are one name."""
    text = _PLAIN_UNIT.sub("", unicodedata.normalize("NFKC", header).strip().rstrip("*:："))
    return _NOT_WORD.sub("", text).casefold()


@cache
def without_unit(header: str) -> tuple[str, int]:
    """A header's name and the factor its unit stands for: `金额(万元)` -> (`金额`, 10,000)."""
    text = unicodedata.normalize("NFKC", header).strip()
    found = _UNIT.search(text)
    return (text[: found.start()], _FACTORS[found[1]]) if found and found.start() else (header, 1)
