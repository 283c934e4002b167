"""Invoices, quotes and contracts with a row for each of their lines, as the books' lists of transactions have them.

Rows of one number that say the same but for their amounts are lines of one document, or states of it that a list has
together: a person says which. As lines their amounts are added up; as that of the whole, the last one holds and the
others stay out with their reason.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from data.ingest.fileplan import FilePlan
from data.ingest.gathered import TOTAL, gathered
from data.ingest.map import Mapped
from data.ingest.parse import Parsed
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE

_IDENT = {"invoices": "invoice_id", "quotes": "quote_id", "contracts": "contract_id"}
_SHOWN = 3


def document_lines(planned: FilePlan, told: Literal["deal", "line"] | None) -> list[Question]:
    """Documents whose lines stand in a row each: their amounts are added up where that was said, and that is told.

    Args:
        planned: a typed list.
        told: whose the amounts are, as it was said now or for the layout before; `deal` is the whole document.

    Returns:
        What must be asked before.
    """
    mapped, parsed = planned.mapped, planned.parsed
    if mapped is None or parsed is None or told == "deal":
        return []
    ident = _IDENT.get(mapped.match.table, "")
    if not {ident, "amount"} <= mapped.texts.keys() or "amount" not in parsed.columns:
        return []
    several = _of_several_lines(mapped, parsed, ident)
    if several.is_empty():
        return []
    column = mapped.sources["amount"][0]
    if told is None:
        return [_question(column, several)]
    planned.warnings.append(Remark(code="document_lines", params={"column": column, "documents": several.height}))
    _drop_repeats(mapped, parsed)
    planned.mapped, planned.parsed = gathered(mapped, parsed, ident, {"amount": TOTAL})
    return []


def _of_several_lines(mapped: Mapped, parsed: Parsed, ident: str) -> pl.DataFrame:
    """Documents of several rows that differ in their amounts and agree in all else that fills a field."""
    others = [ours for ours in mapped.texts if ours not in (ident, "amount", "paid", "status", "currency")]
    told = pl.DataFrame([mapped.texts[ident].alias("id"), parsed.columns["amount"].alias("amount"),
                         *(mapped.texts[ours].alias(f"{ours} ") for ours in others)])  # fmt: skip
    if not told["id"].is_duplicated().any():
        return told.clear()
    rows = told.filter(pl.col("id").is_not_null() & pl.col("id").is_duplicated() & pl.col("amount").is_not_null())
    found = rows.group_by("id", maintain_order=True).agg(
        "amount", pl.all_horizontal(*(pl.col(f"{ours} ").n_unique() <= 1 for ours in others)).alias("agree"),
        (pl.col("amount").n_unique() > 1).alias("differ"),
    )  # fmt: skip
    return found.filter("differ", "agree")


def _drop_repeats(mapped: Mapped, parsed: Parsed) -> None:
    """Of rows that are the same in every column of the file, only the first one has an amount."""
    cells = mapped.table.frame.drop(LINE)
    again = ~cells.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    both = pl.DataFrame([parsed.columns["amount"].alias("amount"), again.alias("again")])
    parsed.columns["amount"] = both.select(pl.when(~pl.col("again")).then("amount").alias("amount")).to_series()


def _question(column: str, several: pl.DataFrame) -> Question:
    shown = [(name, [f"{amount:,.2f}" for amount in amounts], sum(amounts))
             for name, amounts in several.select("id", "amount").head(_SHOWN).iter_rows()]  # fmt: skip
    samples = {
        "line": [f"{name} = {' + '.join(amounts)} = {total:,.2f}" for name, amounts, total in shown],
        "deal": [f"{name} = {amounts[-1]}" for name, amounts, _ in shown],
    }
    params: dict[str, str | int] = {"column": column, "documents": several.height,
                                    **{name: "; ".join(texts) for name, texts in samples.items()}}  # fmt: skip
    return Question(code="ask_document_lines", params=params, flag="--lines", choices=("line", "deal"), samples=samples)
