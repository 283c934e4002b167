"""The customers that offers were judged on: what each would have been offered on the earlier day, and what came of it.

The rules of that day are learned from the answer (metrics/bought_next.py), so what stands behind a hit rate is worked
out from the very same statement, and counts up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl

from metrics.errors import NoSuchColumn, nearest
from metrics.next_product import METHODS, TOPS, Past, looked_back, read_from, reason_of, reasons
from metrics.notes import Note
from metrics.query import Column, Query

_WHY = ("because", "because_too", "such_customers", "share")
BETWEEN = "; "
"""Between the products that a customer bought."""
_NAME = "next_judged"
Finish = Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The customers behind a hit rate, those that were hit first, by name.

    Columns: `customer`, `is_hit` (bought one of the offers since), `offer`, for which spoke `because`, `because_too`
    (null: the most popular product), so many `such_customers` on record then, of whom the `share` bought it; of three
    offers the same with `_2` and `_3`; `bought_anew`: which of the products looked at, not had on the earlier day, the
    customer bought since. Without `at` all methods below each other, with `method` and number of `offers`.

    Args:
        query: a look at the past. column: one of its numbers; of `hits` only those hit. at: `method` and `offers`.

    Raises:
        NoSuchColumn: there is no such number, method or number of offers.
    """
    known = [one.name for one in query.columns]
    if column is not None and column not in known:
        raise NoSuchColumn(name=column, suggestion=nearest(column, known))
    name = f"{_NAME}_{'hits' if column == 'hits' else 'all'}"
    if at:
        name += f"_{at.get('method')}_{at.get('offers')}"
    if name not in FINISHES:
        told = str(next((value for key, value in at.items() if key not in {"method", "offers"}), at.get("method")))
        raise NoSuchColumn(name=told, suggestion=nearest(told, METHODS))
    columns = (Column("customer", "by"), *(Column(f"share{end}", "value", unit="share") for end in _ends(max(TOPS))))
    return replace(query, columns=columns, by=(), finish=name)


def _finished(
    query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], *, asked: tuple[tuple[str, int], ...], hits: bool
) -> pl.DataFrame:
    """The judged of one method and number of offers, or of all of them."""
    read = read_from(query, frames[0], notes)
    if read is None:
        return pl.DataFrame(schema={"customer": pl.String, "is_hit": pl.Boolean})
    past = looked_back(query, read)
    names = read.products.get_column("product").gather(past.known).to_list()
    who = read.customers.get_column("customer").gather(past.asked)
    bought = _bought_anew(past, names)
    parts = []
    for method, top in asked:
        part = _judged(past, method, top, who, names).with_columns(bought)
        if len(asked) > 1:
            part = part.select(pl.lit(method).alias("method"), pl.lit(top).alias("offers"), pl.all())
        parts.append(part.sort("is_hit", "customer", descending=[True, False], nulls_last=True, maintain_order=True))
    frame = pl.concat(parts, how="diagonal")
    frame = frame.select(*(name for name in frame.columns if name != "bought_anew"), "bought_anew")
    return frame.filter("is_hit") if hits else frame


def _judged(past: Past, method: str, top: int, who: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """What each would have been offered, with its reason; no offer where nothing was left."""
    products, by, share = past.made[method]
    learned = past.learned if method == "rules" else past.learned._replace(rules=[])
    why = reasons(learned, names).select("offer", *_WHY)
    parts = [pl.DataFrame({"customer": who, "is_hit": past.right(method, top)})]
    for place, end in enumerate(_ends(top)):
        told = why[reason_of(learned, products[:, place], by[:, place])]
        is_any = pl.Series(share[:, place] > 0)
        parts.append(told.select(pl.when(is_any).then(pl.all()).name.suffix(end)))
    return pl.concat(parts, how="horizontal")


def _ends(top: int) -> list[str]:
    """Of the columns of the first, second… offer."""
    return ["", *(f"_{place}" for place in range(2, top + 1))]


def _bought_anew(past: Past, names: Sequence[str]) -> pl.Series:
    """Of each judged, what of the products looked at was bought since and not had before; null where nothing was."""
    who, product = np.nonzero(past.state.got & ~past.state.has)
    bought = pl.DataFrame({"who": who, "product": pl.Series(list(names), dtype=pl.String).gather(product)})
    told = bought.group_by("who").agg(bought_anew=pl.col("product").sort().str.join(BETWEEN))
    each = pl.DataFrame({"who": np.arange(past.asked.size)})
    return each.join(told, on="who", how="left", maintain_order="left").get_column("bought_anew")


_ALL = tuple((method, top) for top in TOPS for method in METHODS)
FINISHES: dict[str, Finish] = {
    f"{_NAME}_{which}{end}": partial(_finished, asked=asked, hits=which == "hits")
    for which in ("all", "hits")
    for end, asked in (("", _ALL), *((f"_{method}_{top}", ((method, top),)) for method, top in _ALL))
}
"""By the name that a question gives its finish: what is listed, of which method and number of offers."""
