"""Lists of sales whose orders nothing numbers: what makes an order of them, and what tells their lines apart.

Such lists come week after week, with the weeks before or without them. An order is what a customer bought from a
salesperson on a day, however the day is written; a line is known by what it says, and an exact repeat by its place
among its equals. So a line that comes again is the same one, and no new line takes the place of another. A line that
was corrected cannot be told from one that was added: that is asked before it is loaded.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Offer, Question

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.ingest.match import Match
    from data.store import Snapshot

_ORDER = ("ordered_on", "customer", "customer_id", "rep")
_LINE = ("product", "product_id", "quantity", "amount")
_SAME_LIST = 0.5
"""A list that holds so many of the lines of its days is another state of the same list."""
_SHOWN = 5


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
    if not again:
        return []
    return [
        Offer(
            code=f"repeats_{repeats}", params={"rows": again}, flag="--repeats", choices=("drop", "keep"), taken=repeats
        )
    ]


def sales_held(file: FilePlan, seen: Snapshot) -> Question | None:
    """Lines that are here of the days of such a list and that it lacks, where it may say them otherwise.

    It does where it has other lines of the same orders, or most of the lines of its days and nobody says that it is a
    part. What a person answered of an earlier list says nothing of this one.
    """
    if file.match is None or file.checked is None or not is_by_day(file.match) or file.options.orders == "both":
        return None
    rows = file.checked.rows
    if rows.is_empty():
        return None
    held = seen.frame(
        """
        select rows.key, rows.order_id, rows.amount, uploads.id, uploads.file
        from ops.order_lines_rows as rows join ops.order_lines_seen using (row_no)
            join ops.uploads on uploads.id = upload_id
        where profile = $profile and not is_undone and mapping->>'$.section' = $section
            and rows.ordered_on between $first and $last and not coalesce(rows.is_deleted, false)
        """,
        {
            "profile": file.profile, "section": file.match.section,
            "first": rows["ordered_on"].min(), "last": rows["ordered_on"].max(),
        },
    )  # fmt: skip
    missing = held.join(rows.select("key"), on="key", how="anti")
    if missing.is_empty():
        return None
    new = rows.join(held.select("key"), on="key", how="anti")
    lines, left = held.unique("key"), missing.unique("key", maintain_order=True)
    is_other = not new["order_id"].is_in(left["order_id"].implode()).any()
    is_part = file.options.is_full is False  # said of this very list: what it lacks has not ended
    if is_other and (is_part or left.height > (1 - _SAME_LIST) * lines.height):
        return None
    uploads = missing.select("id", "file").unique().sort("id")
    shown = ", ".join(f'{at} "{name}"' for at, name in uploads.head(_SHOWN).rows())
    params: dict[str, str | int] = {
        "file": file.file, "rows": left.height, "money": f"{left['amount'].cast(pl.Float64).sum():,.2f}",
        "uploads": shown + ("…" if uploads.height > _SHOWN else ""),
    }  # fmt: skip
    return Question(code="ask_sales_held", params=params, flag="--orders", choices=("both",))
