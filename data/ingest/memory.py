"""What was answered for a layout before against what a file of it proves: contradicted, it is asked again."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.ingest import dates
from data.ingest.decimal_sign import Decimal
from data.ingest.map import Mapped
from data.ingest.remarks import Question

_SHOWN = 3
_LEAST = 0.5
"""An order that reads less than this share of a column is none that could be chosen."""


def contradicted_decimal(mapped: Mapped, ours: str, before: Decimal, against: tuple[str, ...]) -> Question:
    """The decimal sign of a layout, where most texts of a column that tell signs apart say the other one.

    Args:
        mapped: the file.
        ours: the field.
        before: the sign that is remembered.
        against: texts that only the other sign reads.
    """
    now = "comma" if before == "point" else "point"
    shown = list(against[:_SHOWN])
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0], "samples": "; ".join(shown), "order": before
    }  # fmt: skip
    samples = {now: shown, before: [f"{text} = ?" for text in shown]}
    return Question(
        code="ask_decimal_again", params=params, flag="--decimal", choices=("point", "comma"), samples=samples
    )


def contradicted_orders(
    mapped: Mapped, columns: Mapping[str, dates.Readings], before: str | None
) -> dict[str, Question]:
    """The order of day, month and year of a layout, where values of a column can only be read in another one.

    Args:
        mapped: the file.
        columns: field -> every reading of its column.
        before: the order that is remembered.

    Returns:
        The name of each such column -> what is asked.
    """
    found: dict[str, Question] = {}
    for ours, column in columns.items():
        orders = [name for name in column.names if name in dates.ORDERS]
        theirs = mapped.sources[ours][0]
        if before is None or not orders or before in column.names or theirs in found:
            continue
        read = pl.DataFrame([column.texts.alias("text"), column.read[orders[0]].alias("now")])
        known = column.tried.get(before)
        read = read.with_columns((known if known is not None else pl.lit(None)).alias("before"))
        proving = read.filter(pl.col("now").is_not_null() & pl.col("before").is_null())
        proving = proving.filter(~pl.col("text").str.contains(dates.YEAR_FIRST))
        if proving.is_empty():
            continue
        shown = [f"{text} = {moment:%Y-%m-%d}" for text, moment, _ in proving.head(_SHOWN).iter_rows()]
        choices = (*orders, before) if column.share_of(before) >= _LEAST else tuple(orders)
        params: dict[str, str | int] = {
            "column": theirs, "samples": "; ".join(shown), "order": before, "choices": "/".join(choices)
        }  # fmt: skip
        samples = {orders[0]: shown, before: [f"{text} = ?" for text in proving["text"].head(_SHOWN)]}
        samples = {name: samples[name] for name in choices if name in samples}
        found[theirs] = Question(
            code="ask_date_order_again", params=params, flag="--date-order", choices=choices, samples=samples
        )
    return found
