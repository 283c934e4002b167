"""Deals with a row for each product on them: each deal counts once, and its rows become the lines of the deal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from data.distinct import are_distinct
from data.ingest.gathered import SAID, TOTAL, gathered
from data.ingest.map import Mapped
from data.ingest.match import Match, match
from data.ingest.names import normal, unit_written, without_unit
from data.ingest.parse import Parsed
from data.ingest.profile import profiles
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE, TextTable

AmountOf = Literal["deal", "line"]
_PRODUCT = ("product", "product_id")
_QUANTITY = {normal(name) for name in ("Quantity", "Qty", "Product Quantity", "数量", "产品数量")}
_LINE_AMOUNT = {
    normal(name)
    for name in (
        *("Total Price", "Line Total", "Line Amount", "Product Amount", "Subtotal", "Product Total"),
        *("小计", "产品金额", "产品小计", "明细金额", "行金额"),
    )
}
_AGREE = 0.9
"""So many of the deals with several rows must say one thing of all but their products; else the rows are no lines."""
_SHOWN = 3


@dataclass(frozen=True)
class ProductLines:
    """A list of deals that has a row for each product.

    `deals`: the list, with the deal's id in each of its rows. `amount_of`: whose the amount column is; None: that must
    be asked. `lines`: the products, and how their profile reads them.
    """

    deals: TextTable
    amount_of: AmountOf | None
    lines: tuple[TextTable, Match]
    question: Question | None = None

    def once(self, mapped: Mapped, parsed: Parsed) -> tuple[Mapped, Parsed]:
        """The deals, each in its first row: what is blank there is taken from the next, amounts of lines are added up.

        Args:
            mapped: the rows under our names.
            parsed: the same, typed. Both are left as they are.
        """
        only = pl.col("v").drop_nulls()
        one = pl.when(only.n_unique() <= 1).then(SAID)
        how = {"amount": TOTAL if self.amount_of == "line" else SAID, **dict.fromkeys(_PRODUCT, one)}
        return gathered(mapped, parsed, "deal_id", how, self._columns(mapped))

    def _columns(self, mapped: Mapped) -> list[int]:
        return [at for at, header in enumerate(mapped.table.headers) if _is_of_lines(header)]


def product_lines(table: TextTable, found: Match, told: AmountOf | None) -> ProductLines | None:
    """Whether a list of deals has a row for each product, and what its lines are.

    Rows of one id are lines where they say one thing of the deal and differ in the product; a row that says nothing of
    a deal (its cells were merged, or left blank) belongs to the one above.

    Args:
        table: the list.
        found: what it was recognised as.
        told: whose the amounts are, as it was said now or for the layout before.

    Returns:
        None where it is no such list.
    """
    product = next((found.columns[ours] for ours in _PRODUCT if ours in found.columns), None)
    if found.table != "deals" or "deal_id" not in found.columns or product is None:
        return None
    own = {ours: at for ours, at in found.columns.items() if ours not in (*_PRODUCT, "amount")}
    filled = _filled(table, own, product)
    if not _has_lines(filled, own, product):
        return None
    amount = found.columns.get("amount")
    own_amount = _called(table, _LINE_AMOUNT, {*found.columns.values()})
    whose = told or ("deal" if amount is None or own_amount is not None else _whose(filled, own["deal_id"], amount))
    question = None if whose else _question(filled, own["deal_id"], amount or 0)
    line_amount = own_amount if own_amount is not None else amount if whose == "line" else None
    return ProductLines(filled, whose, _lines(filled, found, product, line_amount), question)


def _filled(table: TextTable, own: dict[str, int], product: int) -> TextTable:
    """Rows that name a product and nothing of a deal get the id of the deal above."""
    is_line = pl.all_horizontal(pl.col(str(at)).is_null() for at in own.values()) & pl.col(str(product)).is_not_null()
    name = str(own["deal_id"])
    filled = pl.when(is_line).then(pl.col(name).forward_fill()).otherwise(pl.col(name))
    return replace(table, frame=table.frame.with_columns(filled.alias(name)))


def _has_lines(table: TextTable, own: dict[str, int], product: int) -> bool:
    """Whether nearly all ids with several rows say one thing of their deal and several products."""
    ids = str(own["deal_id"])
    if are_distinct(table.frame[ids].drop_nulls()):
        return False
    held = table.frame.filter(pl.col(ids).is_not_null())
    names = dict.fromkeys(str(at) for at in own.values() if str(at) != ids)
    told = held.group_by(ids).agg(
        pl.len().alias("rows"),
        *(pl.col(name).drop_nulls().n_unique().alias(name) for name in names),
        pl.col(str(product)).drop_nulls().n_unique().alias("#products"),
    )
    several = told.filter(pl.col("rows") > 1)
    agree = several.filter(pl.all_horizontal(pl.col("#products") > 1, *(pl.col(name) <= 1 for name in names)))
    return agree.height >= max(1, _AGREE * several.height)


def _called(table: TextTable, names: set[str], taken: set[int]) -> int | None:
    called = [normal(without_unit(header)[0]) for header in table.headers]
    return next((at for at, name in enumerate(called) if name in names and at not in taken), None)


def _is_of_lines(header: str) -> bool:
    return normal(without_unit(header)[0]) in _QUANTITY | _LINE_AMOUNT


def _amounts(table: TextTable, ids: int, amount: int) -> pl.DataFrame:
    """Of each id with several rows: how many say an amount, how many different ones, and the first two."""
    name = str(amount)
    return (
        table.frame.filter(pl.col(str(ids)).is_not_null())
        .group_by(pl.col(str(ids)).alias("id"), maintain_order=True)
        .agg(
            pl.len().alias("rows"),
            pl.col(name).drop_nulls().len().alias("filled"),
            pl.col(name).drop_nulls().n_unique().alias("different"),
            pl.col(name).drop_nulls().first().alias("first"),
        )
        .filter((pl.col("rows") > 1) & (pl.col("filled") > 0))
    )


def _whose(table: TextTable, ids: int, amount: int) -> AmountOf | None:
    """Different amounts under one deal are of its lines, one alone is the deal's; the same in each may be either."""
    told = _amounts(table, ids, amount)
    if (told["different"] > 1).any():
        return "line"
    return "deal" if (told["filled"] == 1).all() else None


def _question(table: TextTable, ids: int, amount: int) -> Question:
    shown = _amounts(table, ids, amount).filter(pl.col("filled") > 1).head(_SHOWN)
    samples = {
        "deal": [f"{one['id']} = {one['first']}" for one in shown.iter_rows(named=True)],
        "line": [f"{one['id']} = {one['filled']} × {one['first']}" for one in shown.iter_rows(named=True)],
    }
    params: dict[str, str | int] = {
        "column": table.headers[amount], "deal": "; ".join(samples["deal"]), "line": "; ".join(samples["line"])
    }  # fmt: skip
    return Question(code="ask_lines", params=params, flag="--lines", choices=("deal", "line"), samples=samples)


def _lines(table: TextTable, found: Match, product: int, amount: int | None) -> tuple[TextTable, Match]:
    """The rows that name a product, under our own names, read as those of the deals' CRM."""
    taken = {"deal_id": found.columns["deal_id"]}
    taken["product" if "product" in found.columns else "product_id"] = product
    quantity = _called(table, _QUANTITY, {*found.columns.values()})
    headers = {**taken, **({"quantity": quantity} if quantity is not None else {})}
    names = [*headers]
    columns = [pl.col(str(at)).alias(str(place)) for place, at in enumerate(headers.values())]
    if amount is not None:  # with the unit that the file's own name says
        names.append(f"amount{unit_written(table.headers[amount])}")
        columns.append(pl.col(str(amount)).alias(str(len(columns))))
    rows = table.frame.filter(pl.col(str(product)).is_not_null() & pl.col(str(taken["deal_id"])).is_not_null())
    lines = replace(
        table, headers=names, frame=rows.select(*columns, LINE), aside=[], broken=[], remarks=[], unlisted=0, text=b""
    )
    told = profiles()["sales-compass"].tables["deal_lines"]
    needs: list[str | list[str]] = [["deal_id"], [*_PRODUCT]]
    section = told.model_copy(update={"beside": found.section, "needs": needs})
    # What is remembered of the deals says nothing of their lines.
    crm = profiles().get(found.profile.origin, found.profile)
    profile = crm.model_copy(update={"tables": {**crm.tables, "deal_lines": section}})
    return lines, match(lines, profile, "deal_lines", {})


def lines_remark(found: ProductLines, deals: int) -> Remark:
    """That each deal counts once, and where its amount comes from."""
    params: dict[str, str | int] = {"deals": deals, "lines": found.lines[0].frame.height}
    return Remark(code=f"product_lines_{found.amount_of or 'deal'}", params=params)
