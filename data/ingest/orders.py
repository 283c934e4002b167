"""The same orders as one row each and as lines: both together would count their money twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Question, Remark

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan, Plan
    from data.store import Snapshot

_SAME = 0.5  # of the orders of the smaller side
_FLAG = "--orders"


def count_once(made: Plan, seen: Snapshot | None) -> list[FilePlan]:
    """The files without those that repeat as one row per order what lines say; asks before it leaves one out.

    Args:
        made: the import. What is said of its files is said of it as a whole where none of them stays.
        seen: the store, whose orders count as a file, too.

    Returns:
        The files that stay; none where the store has the lines of all.
    """
    files = made.files
    mine = [file for file in files if _orders(file) is not None]
    if all(_told(file) == "both" for file in mine):
        return files
    heads = [file for file in mine if _is_head(file)]
    lines = [(file.file, _orders(file)) for file in mine if not _is_head(file)]
    held = _held(seen)
    repeated: dict[int, str] = {}
    for head in heads:
        others = [*lines, ("", held.filter("is_line")["order_id"])]
        found = next((name for name, other in others if _overlap(_orders(head), other)), None)
        if found is not None:
            repeated[id(head)] = found
    for head in heads:
        if id(head) in repeated and _told(head) is None:
            head.questions.append(_question(head, repeated[id(head)]))
    for file in mine:
        is_held = not _is_head(file) and _overlap(_orders(file), held.filter(~pl.col("is_line"))["order_id"])
        if is_held and _told(file) != "both":
            params: dict[str, str | int] = {"file": file.file}
            file.questions.append(Question(code="ask_orders_held", params=params, flag=_FLAG, choices=("both",)))
    made.dropped = [head for head in heads if id(head) in repeated and _told(head) == "lines"]
    return _without_dropped(made)


def _told(file: FilePlan) -> str | None:
    """What was said of such a file: now, else before; that it replaces sales of its days is no answer to this."""
    now = file.options.orders if file.options.orders != "replace" else None
    return now or (file.match.profile.orders if file.match else None)


def _without_dropped(made: Plan) -> list[FilePlan]:
    """The files that stay, and what is said of those that do not."""
    dropped = {id(file) for file in made.dropped}
    kept = [file for file in made.files if id(file) not in dropped]
    left = [Remark(code="orders_left", params={"file": file.file}) for file in made.dropped]
    if kept:
        kept[0].warnings += left
    elif left:
        made.remarks += [*left, Remark(code="nothing_left", params={})]
    return kept


def _question(head: FilePlan, other: str) -> Question:
    params: dict[str, str | int] = {"file": head.file, "other": other or "…"}
    return Question(code="ask_orders", params=params, flag=_FLAG, choices=("lines", "both"))


def _orders(file: FilePlan) -> pl.Series | None:
    """The order of each row; None of other lists, and of sections whose profile knows what they are beside others."""
    if file.match is None or file.checked is None or file.table != "order_lines":
        return None
    rows, spec = file.checked.rows, file.match.spec
    if spec.beside or spec.lookup or "is_return" in spec.constants or "order_id" not in rows.columns:
        return None
    return rows["order_id"]


def _is_head(file: FilePlan) -> bool:
    """Whether each order is one row, and no row says a product or how many."""
    orders = _orders(file)
    if orders is None or file.checked is None or orders.is_duplicated().any():
        return False
    return not {"product", "product_id", "quantity"} & set(file.checked.rows.columns)


def _held(seen: Snapshot | None) -> pl.DataFrame:
    """`order_id` and `is_line`: whether the store has lines of it, with products."""
    if seen is None:
        return pl.DataFrame(schema={"order_id": pl.String, "is_line": pl.Boolean})
    return seen.frame(
        """
        select order_id, bool_or(product_key is not null or quantity is not null) as is_line
        from crm.order_lines where not is_return group by order_id
        """
    )


def _overlap(mine: pl.Series | None, other: pl.Series | None) -> bool:
    if mine is None or other is None or mine.is_empty() or other.is_empty():
        return False
    one, two = mine.unique(), other.unique()
    return int(one.is_in(two.implode()).sum()) > _SAME * min(len(one), len(two))
