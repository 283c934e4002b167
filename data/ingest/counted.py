"""Quantities whose cells name what is counted: `10 pcs`, `3 台`. Read as numbers where all of them name the same.

Different units (`2 箱` beside `10 个`) cannot be added up, and what a plain number beside them counts nobody says: such
a column stays unread, with its cells as the reason.
"""

from __future__ import annotations

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parsed import Parsed
from data.ingest.remarks import Remark

_COUNTED = r"^([-+−]?\d[\d.,' ]*?)\s*(\p{L}{1,12})\.?$"
_MULTIPLIES = (
    r"^(?i:k|kpcs?|m|b|bn|mn|mm|mln|mio|mrd|hundred|thousand|million|billion|lakh|crore|tsd|tausend|mil|mille|miles"
    r"|dozen|doz|dzn?|dutzend|douzaine|docena|dozzina|d[uú]zia|gross|gro|score|pair|prs?|paar|paire|pare?|paio|couple"
    r")s?$|^[百千万亿仟萬億佰打对對双雙罗羅](?:[^克米瓦升]|$)"
)
"""Words that make another number of it are no units: `10 dozen` is 120, `3 万台` 30,000; `5 千克` are kilograms."""


def without_what_is_counted(mapped: Mapped, parsed: Parsed, ours: str) -> pl.Series | None:
    """The quantities of a column without their one unit, which is said; None where a cell names none or another."""
    texts = mapped.texts[ours]
    if ours in mapped.computed or texts.dtype != pl.String:
        return None
    said = texts.drop_nulls()
    said = said.filter(said.str.strip_chars() != "")
    unit = said.str.extract(_COUNTED, 2).str.to_lowercase()
    if said.is_empty() or unit.null_count() or unit.str.contains(_MULTIPLIES).any():
        return None
    if unit.str.replace(r"^([a-z]{2,})s$", "$1").n_unique() != 1:
        return None
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0], "rows": said.len(), "unit": str(unit[0]),
        "sample": str(said[0]),
    }  # fmt: skip
    parsed.warnings.append(Remark(code="quantities_counted", params=params))
    return texts.str.extract(_COUNTED, 1)
