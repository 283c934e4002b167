"""Equal lines of lists of sales that their shops or channels tell apart: what two sell alike on a day are two sales.

A line is known by what it says (data/ingest/sales_by_day.py); where two lists say the same of two places, the later
one is another line, with a number of its own, and whether it corrects the former is asked (data/ingest/same_days.py).
"""

from __future__ import annotations

import json
import re
import zlib

import polars as pl

from data.tables import JOINT

PLACE = "#place"
_NAMES = re.compile(
    r"(?:门店|店铺|店名|分店|网点|分公司|专柜|柜台)(?:名称|编号|编码)?"
    r"|(?:store|shop|branch|outlet)(?: (?:name|id|no\.?|number|code))?",
    re.IGNORECASE,
)
_SAME = ("order_id", "product", "product_id", "quantity", "amount", PLACE)


def with_places(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with the column `PLACE`: the shop or branch that a column beside them names, else where they came from.

    Null: no column says either.
    """
    source = pl.col("source") if "source" in lines.columns else pl.lit(None, pl.String)
    if "extra" not in lines.columns:
        return lines.with_columns(source.cast(pl.String).alias(PLACE))
    texts = lines.select("extra").unique().drop_nulls()
    named = texts.with_columns(pl.Series(PLACE, [place_of(text) for text in texts["extra"]], pl.String))
    placed = lines.join(named, on="extra", how="left", maintain_order="left")
    return placed.with_columns(pl.coalesce(PLACE, source.cast(pl.String)).alias(PLACE))


def place_of(extra: str | None) -> str | None:
    """The shop or branch that the columns beside a line name."""
    said = json.loads(extra) if extra else {}
    found = (value for name, value in said.items() if value and _NAMES.fullmatch(name.strip()))
    return str(next(found, "")).strip() or None


def tell_apart(rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The rows of a list, where a line of another place has the number of one of them: with another number.

    Args:
        rows: of the list, with `key`, `line_no`, `PLACE`. held: the lines that are here, with the same.

    Returns:
        The rows. One that is here already has the number that it has there.
    """
    if not rows[PLACE].is_not_null().any() or not held.height or not held[PLACE].is_not_null().any():
        return rows
    on = [name for name in _SAME if name in rows.columns and name in held.columns]
    nth = pl.int_range(pl.len()).over(on).alias("#nth")
    known = held.with_columns(nth).select(*on, "#nth", pl.col("key").alias("#key"), pl.col("line_no").alias("#line"))
    told = rows.with_columns(nth).join(known, on=[*on, "#nth"], how="left", nulls_equal=True, maintain_order="left")
    there = held.select("key", pl.col(PLACE).alias("#there"))
    told = told.join(there, on="key", how="left", maintain_order="left")
    is_other = pl.col(PLACE) != pl.col("#there")
    is_taken = pl.col("key").is_in(told["#key"].drop_nulls().implode())
    is_apart = pl.col("#key").is_null() & (is_other.fill_null(value=False) | is_taken)
    anew = [
        zlib.crc32(f"{line}\x1f{place}".encode()) & 0x7FFFFFFF if is_it else line
        for line, place, is_it in told.select("line_no", PLACE, is_apart.alias("#apart")).rows()
    ]
    told = told.with_columns(pl.coalesce("#line", pl.Series("line_no", anew, pl.Int32)).alias("line_no"))
    key = pl.concat_str([pl.col("order_id").fill_null(""), pl.col("line_no").cast(pl.String)], separator=JOINT)
    is_changed = pl.col("#key").is_not_null() | is_apart
    return told.with_columns(pl.when(is_changed).then(pl.coalesce("#key", key)).otherwise("key").alias("key")).select(
        rows.columns
    )
