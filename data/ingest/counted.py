"""Quantities whose cells name what is counted: `10 pcs`, `3 台`. Read as numbers where all of them name the same.

Different units (`2 箱` beside `10 个`) cannot be added up: such a column stays unread, with its cells as the reason.
"""

from __future__ import annotations

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parsed import Parsed
from data.ingest.remarks import Remark

_COUNTED = r"^([-+−]?\d[\d.,' ]*?)\s*(\p{L}{1,12})\.?$"
_MULTIPLIES = r"^(?i:k|m|b|bn|mn|mm|thousand|million|billion|[百千万亿仟萬億]+)$"
"""Words that make another number of it are no units."""


def without_what_is_counted(mapped: Mapped, parsed: Parsed, ours: str) -> pl.Series | None:
    """The quantities of a column without their one unit, which is said; None where they name none, or several."""
    texts = mapped.texts[ours]
    if ours in mapped.computed or texts.dtype != pl.String:
        return None
    unit = texts.str.extract(_COUNTED, 2).str.to_lowercase()
    unit = unit.set(unit.str.contains(_MULTIPLIES).fill_null(value=False), None)
    singular = unit.str.replace(r"^([a-z]{2,})s$", "$1").drop_nulls()
    if singular.n_unique() != 1:
        return None
    rows = unit.is_not_null()
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0], "rows": int(rows.sum()), "unit": str(unit.drop_nulls()[0]),
        "sample": str(texts.filter(rows)[0]),
    }  # fmt: skip
    parsed.warnings.append(Remark(code="quantities_counted", params=params))
    told = pl.DataFrame([texts.alias("text"), rows.alias("has")])
    bare = pl.when("has").then(pl.col("text").str.extract(_COUNTED, 1)).otherwise("text")
    return told.select(bare).to_series()
