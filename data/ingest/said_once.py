"""What a list says once for several rows: an order's customer in its first line, a salesperson above their deals.

Lists that ERP systems print and people keep by hand leave the cell blank where it is as above. Of an order its own id
proves that; of salespeople, customers and stages the subtotal below each group does, and then rows below a subtotal
that name nobody are nobody's. What nothing proves is asked.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from data.ingest.ended import FIELD as ENDED
from data.ingest.match import Match
from data.ingest.names import normal
from data.ingest.numbers import numbers
from data.ingest.remarks import Question, Remark
from data.ingest.sales_by_day import is_by_day
from data.ingest.texttable import LINE, TextTable

Blanks = Literal["above", "blank"]
_OF_ORDER = ("ordered_on", "customer", "customer_id", "rep", "rep_id", "source", "currency", ENDED)
_OF_LINE = ("product", "product_id", "quantity", "amount", "unit_price")
_OF_GROUP = (
    *("rep", "rep_id", "customer", "customer_id", "team", "region", "pipeline", "stage", "status", "product"),
    *("product_id", "deal_id"),
)
_OWN = {"customers": "customer", "reps": "rep", "products": "product", "deals": "deal"}
"""What a list of these calls its own records is never that of the row above."""
_LEAST = 6
"""In a list of fewer rows blanks say too little, unless a person has said what they are."""
_MOSTLY = 0.9
_SHOWN = 3


@dataclass(frozen=True)
class SaidOnce:
    """`table`: the list with what blanks stand for. `question`: what must be asked before they are filled."""

    table: TextTable
    remarks: list[Remark] = field(default_factory=list)
    question: Question | None = None


def said_once(table: TextTable, found: Match, told: Blanks | None, *, is_now: bool = True) -> SaidOnce:
    """What the blank cells of a list stand for.

    Args:
        table: the list.
        found: what it was recognised as.
        told: what blanks below a value are, as it was said now or for the layout before.
        is_now: it was said of this very file: then it holds for columns with few blanks, too.
    """
    made = SaidOnce(table)
    if found.table == "order_lines" and "order_id" in found.columns:
        made = _of_orders(table, found)
    return _of_groups(made, found, told, is_now=is_now) if told != "blank" else made


def _of_orders(table: TextTable, found: Match) -> SaidOnce:
    """Lines without a number belong to the order above; what stands in the first line of an order is of all of them."""
    order = str(found.columns["order_id"])
    heads = list(dict.fromkeys(str(found.columns[ours]) for ours in _OF_ORDER if ours in found.columns))
    tested = {normal(name) for choice in found.spec.choose.get(ENDED, []) for name in choice.where}
    heads += [str(at) for at, header in enumerate(table.headers) if normal(header) in tested]
    heads = [name for name in dict.fromkeys(heads) if name != order]
    lines = [str(found.columns[ours]) for ours in _OF_LINE if ours in found.columns]
    if table.frame.is_empty() or not any(table.frame[name].null_count() for name in heads):
        return SaidOnce(table)
    frame, remarks = table.frame, []
    if frame[order].null_count() and frame[order][0] is not None:
        is_line = (
            pl.col(order).is_null()
            & pl.all_horizontal(pl.col(heads).is_null())
            & pl.any_horizontal(pl.col(lines).is_not_null())
        )
        rows = int(frame.select(is_line.sum()).item())
        whole = pl.when(is_line).then(pl.col(order).forward_fill()).otherwise(pl.col(order))
        frame = frame.with_columns(whole.alias(order))
        if rows:
            params: dict[str, str | int] = {"column": table.headers[int(order)], "rows": rows}
            remarks.append(Remark(code="lines_below_order", params=params))
    gaps = [name for name in heads if frame[name].null_count()]
    filled = {name: cells for name in gaps if (cells := _from_first_line(frame, order, name)) is not None}
    rows = sum(frame[name].null_count() - cells.null_count() for name, cells in filled.items())
    if filled:
        frame = frame.with_columns(cells.alias(name) for name, cells in filled.items())
        columns = ", ".join(table.headers[int(name)] for name in filled)
        remarks.append(Remark(code="said_in_first_line", params={"columns": columns, "cells": rows}))
    return SaidOnce(replace(table, frame=frame), remarks)


def _from_first_line(frame: pl.DataFrame, order: str, name: str) -> pl.Series | None:
    """A column that nearly all orders fill in their first line alone, filled in the others; None where it is none."""
    named = frame.select(pl.col(order).alias("order"), pl.col(name).alias("said")).with_row_index("row")
    gaps = named.filter(pl.col("said").is_null() & pl.col("order").is_not_null()).select("order").unique()
    told = (
        named.join(gaps, on="order", how="semi")
        .group_by("order")
        .agg(
            pl.col("row").min().alias("first"),
            pl.col("row").filter(pl.col("said").is_not_null()).max().alias("last_said"),
            pl.col("said").filter(pl.col("said").is_not_null()).first(),
        )
        .filter(pl.col("said").is_not_null())
    )
    once = told.filter(pl.col("first") == pl.col("last_said"))
    if once.is_empty() or once.height < _MOSTLY * told.height:
        return None
    whole = named.join(once.select("order", whole="said"), on="order", how="left", maintain_order="left")
    return whole.select(pl.coalesce("said", "whole")).to_series()


def _of_groups(made: SaidOnce, found: Match, told: Blanks | None, *, is_now: bool) -> SaidOnce:
    """Columns whose values stand in the first row of a group each: filled where that is sure or said, else asked."""
    table, places = made.table, _places(found)
    below = _below_totals(table)
    once = {name for name in places if table.frame.height - table.frame[name].null_count() == 1}
    ending = {name for name in places if below.any() and name not in once and _ends_with_totals(table, name)}
    is_report = any(aside.reason == "total" for aside in table.aside)
    least = 1 if told or is_report or is_by_day(found) else _LEAST  # a sale without a day would be refused
    groups = _groups(
        table.frame,
        places,
        least=least,
        are_inner_sparse=not is_by_day(found),
        ending=ending | (once if is_report else set()),
    )
    outer = [] if groups or not is_report else _outer(table.frame, found, places)
    if outer:  # a report by a column that no field of ours takes, and within it by one
        groups = _groups(table.frame, [*outer, *places], least=1, ending={*places})
        groups = [] if set(groups) <= {*outer} else groups
    if not groups and told:
        groups = _groups(table.frame, places, least=1, is_sparse=False)
        told = told if is_now else None  # what was said before may have been of another column: it is asked again
    if not groups:
        return _not_filled(made, places) if told and is_now else made
    ours = [name for name in groups if name in places]
    by = ours if set(outer) & {*groups} else ours[:1]
    proved = all(name not in once and _ends_with_totals(table, name) for name in by) and not _is_anothers(table, found)
    if set(outer) & {*groups}:
        proved = proved and not (below & table.frame[ours[0]].is_null()).any()
    unnamed = below & table.frame[groups[0]].is_null() & ~_below_inner_totals(table, groups[0])
    inner = unnamed & table.frame.select(pl.any_horizontal(pl.col(groups).is_not_null())).to_series()
    ended = unnamed & ~inner if proved else None
    frame = _taken_down(table.frame, groups, ended)
    rows = sum(table.frame[name].null_count() - frame[name].null_count() for name in groups)
    columns = ", ".join(table.headers[int(name)] for name in groups)
    if told == "above" or (proved and not inner.any()):
        remarks = [*made.remarks, Remark(code="said_above", params={"columns": columns, "cells": rows})]
        if ended is not None and ended.any():
            remarks.append(_nobody(table, found, frame[groups[0]].is_null(), groups[0]))
        return SaidOnce(replace(table, frame=frame), remarks)
    return replace(made, question=_question(table, frame, groups, rows))


def _outer(frame: pl.DataFrame, found: Match, places: list[str]) -> list[str]:
    """Columns left of those places that no field takes, and that are blank in most rows: they may be groups, too."""
    taken = {str(index) for index in found.columns.values()}
    before = [str(index) for index in range(int(places[0]))] if places else []
    return [name for name in before if name not in taken and 0 < 2 * frame[name].null_count() >= frame.height]


def _is_anothers(table: TextTable, found: Match) -> bool:
    """Whether a column that is filled in every row changes just where totals stand: then they are of its groups."""
    totals = _below_totals(table).cast(pl.Int64).cum_sum().alias("part")
    fields = {str(index) for ours, index in found.columns.items() if ours not in _OF_GROUP}
    for name in table.frame.columns:
        cells = table.frame[name]
        if name == LINE or name in fields or cells.null_count():
            continue
        parts = table.frame.select(totals, pl.col(name).alias("cell")).unique(maintain_order=True)
        if (
            1 < parts["part"].n_unique() == parts.height
            and (parts["cell"] != parts["cell"].shift()).fill_null(value=True).all()
        ):
            return True
    return False


def _places(found: Match) -> list[str]:
    """The columns that groups of rows may share, from the left."""
    own = _OWN.get(found.table, "\0")
    places = {
        index
        for ours, index in found.columns.items()
        if (ours in _OF_GROUP or (ours == "ordered_on" and is_by_day(found)))
        and ours not in (own, f"{own}_id")
        and (ours != "deal_id" or found.table == "deal_stages")
    }
    return [str(place) for place in sorted(places)]


def _groups(
    frame: pl.DataFrame,
    places: list[str],
    least: int,
    *,
    is_sparse: bool = True,
    are_inner_sparse: bool = True,
    ending: AbstractSet[str] = frozenset(),
) -> list[str]:
    """Those of the columns whose values stand in the first row of a group each, the outer ones first.

    Args:
        frame: the rows.
        places: the columns that groups may share.
        least: the list has so many rows.
        is_sparse: every one is blank in at least half of the rows; else one of them may be blank in fewer.
        are_inner_sparse: so are those within another one; else they may be blank in fewer, too.
        ending: those whose groups end with a total each, which proves more than how many cells are blank.
    """
    groups: list[str] = []
    for name in places:
        sparse = name not in ending and (are_inner_sparse if groups else is_sparse)
        if _is_said_once(frame, name, groups, least, is_sparse=sparse):
            groups.append(name)
    return groups


def _not_filled(made: SaidOnce, places: list[str]) -> SaidOnce:
    """Says that nothing was taken from above, where that was said and cells are blank."""
    frame = made.table.frame
    gaps = [name for name in places if 0 < frame[name].null_count() < frame.height]
    if not gaps:
        return made
    columns = ", ".join(made.table.headers[int(name)] for name in gaps)
    cells = sum(frame[name].null_count() for name in gaps)
    return replace(
        made, remarks=[*made.remarks, Remark(code="blanks_stay", params={"columns": columns, "cells": cells})]
    )


def _nobody(table: TextTable, found: Match, rows: pl.Series, name: str) -> Remark:
    """Rows below a subtotal that name nobody, with their money."""
    money = "—"
    if "amount" in found.columns:
        values = numbers(table.column(found.columns["amount"]).filter(rows), money=True).values
        money = f"{float(values.sum()):,.15g}"
    params: dict[str, str | int] = {
        "column": table.headers[int(name)],
        "rows": int(rows.sum()),
        "line": table.place(int(table.frame[LINE].filter(rows)[0])),
        "money": money,
    }
    return Remark(code="nobody_below_total", params=params)


def _is_said_once(frame: pl.DataFrame, name: str, outer: list[str], least: int, *, is_sparse: bool) -> bool:
    """Whether a column is filled in the first row and blank in others, and no value begins twice in its outer group.

    `least`: the list has so many rows. `is_sparse`: it is blank in at least half of them, and has several values.
    """
    cells = frame[name]
    filled = cells.len() - cells.null_count()
    if frame.height < least or not cells.null_count() or cells[0] is None:
        return False
    if is_sparse and (filled < 2 or 2 * filled > frame.height):
        return False
    begun = _taken_down(frame, outer).filter(pl.col(name).is_not_null()).select(*outer, name)
    return begun.n_unique() == begun.height


def _taken_down(frame: pl.DataFrame, groups: list[str], ended: pl.Series | None = None) -> pl.DataFrame:
    """The values of each group in all of its rows; an inner group ends where an outer one begins, all where `ended`."""
    found = frame
    over = pl.lit(value=False) if ended is None else pl.lit(ended)
    for place, name in enumerate(groups):
        begins = (
            pl.any_horizontal(pl.col(outer).is_not_null() for outer in groups[:place]) if place else pl.lit(value=False)
        )
        kept = pl.when((begins | over) & pl.col(name).is_null()).then(pl.lit("")).otherwise(pl.col(name)).forward_fill()
        found = found.with_columns(frame.select(pl.when(kept != "").then(kept).alias(name)).to_series())
    return found


def _ends_with_totals(table: TextTable, name: str) -> bool:
    """Whether each group but the first begins right below a subtotal."""
    totals = {aside.line for aside in table.aside if aside.reason == "total"}
    blank = {aside.line for aside in table.aside if aside.reason == "blank_line"}
    for line in table.frame.filter(pl.col(name).is_not_null())[LINE].to_list()[1:]:
        above = line - 1
        while above in blank:
            above -= 1
        if above not in totals:
            return False
    return True


def _below_totals(table: TextTable) -> pl.Series:
    """Whether each row is the first one below a total."""
    totals = pl.Series([aside.line for aside in table.aside if aside.reason == "total"], dtype=pl.Int64).sort()
    above = totals.search_sorted(table.frame[LINE].cast(pl.Int64)).cast(pl.Int64)
    return (above.diff() > 0).fill_null(value=False)


def _below_inner_totals(table: TextTable, outer: str) -> pl.Series:
    """Whether all totals right above each row are called so behind the outer column: those of groups within its own."""
    at = {aside.line: aside.text for aside in table.aside if aside.reason == "total"}
    inner = {line for line, text in at.items() if not _first_words(text, table.delimiter, int(outer))}
    found = [False] * table.frame.height
    for row, line in enumerate(table.frame[LINE].to_list()):
        above = line - 1
        while above in inner:
            above -= 1
        found[row] = above != line - 1 and above not in at
    return pl.Series(found)


def _first_words(text: str, delimiter: str, last: int) -> list[str]:
    """What the first cells of a row say, up to a column."""
    return [cell for cell in text.split(delimiter)[: last + 1] if cell.strip(' "')]


def _question(table: TextTable, frame: pl.DataFrame, groups: list[str], rows: int) -> Question:
    """Are blanks below a value as above? With what either reading makes of the first of them."""
    name = groups[0]
    others = [pl.col(other) for other in table.frame.columns if other not in (*groups, LINE)]
    rows_of = table.frame.select(pl.col(LINE), pl.coalesce(*others).alias("row"), pl.col(name).alias("said"))
    shown = rows_of.with_columns(frame[name].alias("above"))
    shown = shown.filter(pl.col("said").is_null() & pl.col("above").is_not_null()).head(_SHOWN)
    samples = {
        "above": [f"{row} → {above}" for _, row, _, above in shown.iter_rows()],
        "blank": [f"{row} → —" for _, row, _, _ in shown.iter_rows()],
    }
    columns = ", ".join(table.headers[int(name)] for name in groups)
    line, _, _, value = shown.row(0)
    params: dict[str, str | int] = {"column": columns, "rows": rows, "line": table.place(int(line)), "value": value}
    return Question(code="ask_blanks", params=params, flag="--blanks", choices=("above", "blank"), samples=samples)
