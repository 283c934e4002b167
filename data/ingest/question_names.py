"""Columns of a survey that are called by their question: `2、您有多大可能推荐我们？`, `Q1. Your company name`."""

from __future__ import annotations

import re

RECOMMENDING = "How likely are you to recommend us?"
"""The name that stands for every wording of it: `recommendations` in `profiles/generic.toml` knows it."""

_NUMBERED = re.compile(r"^\s*(?:[Qq]\s*)?\d{1,3}\s*[.．、:：)）]\s*(?=[^\W\d])")
_TO_WHOM = re.compile(
    r"^(?:请问|请填写|请输入|请选择)?(?:您|你)?(?:的|所在的?|贵)?(?=公司|单位|企业|客户)"
    r"|^(?:(?:what is|please enter)\s+)?(?:the name of\s+)?your\s+(?=company|organi[sz]ation|account)",
    re.IGNORECASE,
)
_RECOMMENDS = re.compile(
    r"推荐.*(?:可能|意愿)|(?:可能|意愿|愿意|愿不愿意).*推荐|likel.*\brecommend|\brecommend.*\blikel", re.IGNORECASE
)


def names_asked(header: str) -> tuple[str, ...]:
    """What a column is called without the number of its question and whom it asks; empty where it has neither."""
    asked = _NUMBERED.sub("", header)
    if _RECOMMENDS.search(asked):
        return (RECOMMENDING,)
    plain = _TO_WHOM.sub("", asked.strip().rstrip("?？"), count=1)
    return (plain,) if plain and plain != header else ()
