"""Column names as people vary them: case, spaces, underscores, full width, brackets, a trailing colon or asterisk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_REQUIRED = re.compile(r"[(（\[【]\s*(必填|选填|只读|required|optional)\s*[)）\]】]\s*$", re.IGNORECASE)
_NOT_WORD = re.compile(r"[\W_]+")
_UNIT = re.compile(r"[(（\[【]?\s*(万元|万|千元|百万|亿元|亿)\s*[)）\]】]?\s*$")
_PLAIN_UNIT = re.compile(r"[(（\[【]\s*(元|人民币|rmb|cny|usd|eur|¥|￥|\$|€|%)\s*[)）\]】]\s*$", re.IGNORECASE)
_WESTERN = re.compile(
    r"[(\[]\s*(?:in\s+)?(?:(?P<before>[$€£¥]|usd|eur|gbp|cny|rmb)\s*)?(?P<unit>k|'?000s?|thousands?|tsd|m|mn|mio|millions?)"
    r"\.?\s*(?P<after>[$€£¥]|usd|eur|gbp|cny|rmb)?\s*[)\]]\s*$",
    re.IGNORECASE,
)
"""`Value (k€)`, `Amount (in thousands)`; a bare m may be metres or months."""
_FACTORS = {"千元": 1_000, "万": 10_000, "万元": 10_000, "百万": 1_000_000, "亿": 100_000_000, "亿元": 100_000_000}


@cache
def normal(header: str) -> str:
    """The name without what people vary: `Deal - Value *`, `deal_value` and `DEAL VALUE` are one name."""
    text = _REQUIRED.sub("", unicodedata.normalize("NFKC", header).strip().rstrip("*:："))
    text = _PLAIN_UNIT.sub("", text.strip())
    return _NOT_WORD.sub("", text).casefold()


@cache
def without_unit(header: str) -> tuple[str, int]:
    """A header's name and the factor its unit stands for: `金额(万元)` -> (`金额`, 10,000)."""
    text = unicodedata.normalize("NFKC", header).strip()
    found = _UNIT.search(text)
    if found and found.start():
        return text[: found.start()], _FACTORS[found[1]]
    western = _WESTERN.search(text)
    if western is None or not western.start():
        return header, 1
    unit = western["unit"].lower()
    if unit == "m" and not (western["before"] or western["after"]):
        return header, 1
    return text[: western.start()], 1_000_000 if unit.startswith("m") else 1_000


def says_unit(header: str) -> bool:
    """Whether a header says its own unit, also the plain one: `金额(元)`."""
    text = unicodedata.normalize("NFKC", header).strip()
    return without_unit(header)[1] > 1 or bool(_PLAIN_UNIT.search(text))


_TITLE_UNIT = re.compile(r"(?:单位|金额单位)\s*[:：]\s*(?:人民币)?\s*(千元|万元|百万元?|亿元)")


def unit_of_title(lines: Iterable[str]) -> tuple[str, int]:
    """The unit that a line above the column names gives all amounts, and its factor; nothing, 1 where none does."""
    for line in lines:
        if found := _TITLE_UNIT.search(unicodedata.normalize("NFKC", line)):
            return found[1], _FACTORS[found[1].removesuffix("元")] if found[1] == "百万元" else _FACTORS[found[1]]
    return "", 1
