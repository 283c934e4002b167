"""Lists of sales whose orders nothing numbers: what makes an order of them, and what tells their lines apart.

Such lists come week after week, with the weeks before or without them. An order is what a customer bought from a
salesperson on a day, however the day is written; a line is known by what it says, and an exact repeat by its place
among its equals. So a line that comes again is the same one, and no new line takes the place of another. A line that
was corrected cannot be told from one that was added: that is asked before it is loaded (data/ingest/same_days.py).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Offer

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.ingest.match import Match

_ORDER = ("ordered_on", "customer", "customer_id", "rep")
_LINE = ("product", "product_id", "quantity", "amount")


def is_by_day(found: Match) -> bool:
    """Whether a list numbers no orders, so that a day and people make them; formats with names of their own do."""
    return "order_id" in found.joined and not found.spec.marks


def number_sales(planned: FilePlan) -> list[Offer]:
    """Give the rows of such a list the number of their order and of their line.

    Exact repeats are sales of their own unless a person says that they count once.

    Returns:
        That repeats are there, and count.
    """
    if planned.match is None or planned.mapped is None or planned.parsed is None or not is_by_day(planned.match):
        return []
    columns, repeats = planned.parsed.columns, planned.options.repeats or planned.match.profile.repeats or "keep"
    if "ordered_on" not in columns:  # its days are asked about
        return []
    rows = pl.DataFrame([columns[name].cast(pl.String).alias(name) for name in (*_ORDER, *_LINE) if name in columns])
    order = pl.concat_str([name for name in _ORDER if name in columns], separator=" ", ignore_nulls=True)
    rows = rows.with_columns(pl.when(pl.col("ordered_on").is_not_null()).then(order).alias("order_id"))
    said = pl.concat_str([pl.col(name).fill_null("") for name in _LINE if name in columns], separator="\x1f")
    nth = pl.int_range(pl.len()).over("order_id", "said")
    rows = rows.with_columns(said.alias("said")).with_columns(nth.alias("nth"))
    again = int((rows["nth"] > 0).sum())
    if repeats == "drop":
        rows = rows.with_columns(nth=0)
    columns["order_id"] = rows["order_id"]
    numbers = [zlib.crc32(f"{text}\x1f{at}".encode()) & 0x7FFFFFFF for text, at in rows.select("said", "nth").rows()]
    columns["line_no"] = pl.Series("line_no", numbers, dtype=pl.Int32)
    if "is_deleted" not in columns:  # a line that a list took the place of is here again where a later one has it
        columns["is_deleted"] = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    if not again:
        return []
    return [
        Offer(
            code=f"repeats_{repeats}", params={"rows": again}, flag="--repeats", choices=("drop", "keep"), taken=repeats
        )
    ]
