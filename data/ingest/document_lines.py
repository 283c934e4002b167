"""Invoices, quotes and contracts with a row for each of their lines, as the books' lists of transactions have them.

Rows of one number that say the same but for their amounts, or for a column that fills no field, are lines of one
document, or states of it that a list has together: a person says which. As lines their amounts are added up; as that of
the whole, the last one holds and the others stay out with their reason. Two equal rows may be two lines, too. Rows that
say something else of the document (another day, another state of the same amount) are no lines of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, NamedTuple

import polars as pl

from data.ingest.fileplan import FilePlan
from data.ingest.gathered import TOTAL, gathered
from data.ingest.map import Mapped
from data.ingest.numbers import numbers
from data.ingest.parse import Parsed
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE, Aside

_IDENT = {"invoices": "invoice_id", "quotes": "quote_id", "contracts": "contract_id"}
_OWN = ("amount", "status", "currency")
"""What may differ between the lines of a document, or its states."""
_CENT = 0.01
_SHOWN = 3
_PROOFS = 3
"""So many documents must add up before that alone tells what a column is."""
_NO_MONEY = re.compile(
    r"%|％|\b(?:per ?cent(?:age)?|pct|qty|quantity|quantities|units?|pieces?|pcs|count|hours?|hrs?|days?|discount|rate"
    r"|share|split|weight|kg|points?|score|seats?|users?|licen[cs]es?|unit price)\b"
    r"|数量|數量|件数|个数|工时|小时|天数|折扣|比例|占比|百分|费率|税率|份额|重量|积分|单价|單價",
    re.IGNORECASE,
)
"""Numbers of these names add up to no amount, even where they happen to."""
_OF_LINE = re.compile(
    r"^line$|amount|\bnet\b|value|total|revenue|sales|金额|金額|小计|小計|价税|合计|合計", re.IGNORECASE
)
_OF_WHOLE = re.compile(r"^(?:grand |invoice |document |quote |contract )?total\b|总|總|合计|合計|整单", re.IGNORECASE)


class _Parts(NamedTuple):
    """A column of money that adds up to the amount which all rows of each document repeat.

    `values`: its numbers. `is_named`: both columns are called what they are, the one a total and the other money.
    """

    column: str
    values: pl.Series
    is_named: bool


def document_lines(
    planned: FilePlan, told: Literal["deal", "line"] | None, repeats: Literal["drop", "keep"] | None = None
) -> list[Question]:
    """Documents whose lines stand in a row each: their amounts are added up where that was said, and that is told.

    Args:
        planned: a typed list.
        told: whose the amounts are, as it was said now or for the layout before; `deal` is the whole document.
        repeats: whether two rows that are the same in every column are two lines, as it was said now or before.

    Returns:
        What must be asked before.
    """
    mapped, parsed = planned.mapped, planned.parsed
    if mapped is None or parsed is None:
        return []
    ident = _IDENT.get(mapped.match.table, "")
    if not {ident, "amount"} <= mapped.texts.keys() or "amount" not in parsed.columns:
        return []
    rows = _rows(mapped, parsed, ident)
    several = _of_several_lines(rows)
    lines = several.filter("are_lines")
    column = mapped.sources["amount"][0]
    parts = _parts(mapped, rows, lines)
    is_sure = parts is not None and (parts.is_named or (lines.height >= _PROOFS and told != "line"))
    if parts is not None and (is_sure or told == "deal"):
        said: dict[str, str | int] = {"column": column, "documents": lines.height, "lines": parts.column}
        planned.warnings.append(Remark(code="document_total", params=said))
        planned.mapped, planned.parsed = gathered(mapped, parsed, ident, {}, only=lines["id"])
        return []
    if told == "deal":
        return []
    if told is None:
        return [_question(column, lines, rows, parts)] if lines.height else []
    if several.is_empty():
        return []
    if repeats is None and several["has_again"].any():
        return [_repeats_question(several.filter("has_again"), rows)]
    if lines.height:
        params: dict[str, str | int] = {"column": column, "documents": lines.height}
        planned.warnings.append(Remark(code="document_lines", params=params))
    again = rows["again"] & rows["id"].is_in(several["id"].implode()) & (repeats == "drop")
    both = pl.DataFrame([parsed.columns["amount"], again.alias("again").fill_null(value=False)])
    parsed.columns["amount"] = both.select(pl.when(~pl.col("again")).then("amount").alias("amount")).to_series()
    aside = [Aside(int(mapped.table.frame[LINE][row]), mapped.table.original(row), "row_repeated")
             for row in again.arg_true()]  # fmt: skip
    planned.mapped, planned.parsed = gathered(mapped, parsed, ident, {"amount": TOTAL}, only=several["id"])
    planned.mapped.table = replace(planned.mapped.table, aside=[*planned.mapped.table.aside, *aside])
    return []


def _rows(mapped: Mapped, parsed: Parsed, ident: str) -> pl.DataFrame:
    """Each row's document and amount, what it says of the document (`says`), of its state, and beside that (`more`).

    `again`: it is the same in every column as one before.
    """
    others = [ours for ours in mapped.texts if ours not in (ident, *_OWN)]
    states = [mapped.texts[ours].alias(f"state {ours}") for ours in _OWN[1:] if ours in mapped.texts]
    more = [mapped.table.column(at).alias(f"more {at}") for at in mapped.unknown]
    told = pl.DataFrame([mapped.texts[ident].alias("id"), parsed.columns["amount"].alias("amount"), *states, *more,
                         *(mapped.texts[ours].alias(f"says {ours}") for ours in others)])  # fmt: skip
    if not told["id"].drop_nulls().is_duplicated().any():
        return told.clear().with_columns(again=pl.lit(value=False))
    cells = mapped.table.frame.drop(LINE)
    again = ~cells.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    return told.with_columns(again.alias("again"))


def _of_several_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Documents whose rows agree in all that fills a field, and are lines or repeats; their amounts as a list."""

    def one(start: str) -> pl.Expr:
        names = [name for name in rows.columns if name.startswith(start)]
        return pl.all_horizontal(pl.lit(value=True), *(pl.col(name).n_unique() <= 1 for name in names))

    told = rows.filter(pl.col("id").is_not_null() & pl.col("id").is_duplicated() & pl.col("amount").is_not_null())
    found = told.group_by("id", maintain_order=True).agg(
        "amount", one("says ").alias("agree"), pl.col("again").any().alias("has_again"), pl.len().alias("rows"),
        ((pl.col("amount").n_unique() > 1) | (~one("more ") & one("state "))).alias("are_lines"),
    )  # fmt: skip
    return found.filter("agree", pl.col("rows") > 1, pl.col("are_lines") | pl.col("has_again"))


def _parts(mapped: Mapped, rows: pl.DataFrame, lines: pl.DataFrame) -> _Parts | None:
    """The column of money whose numbers, which differ, add up to the amount that each document repeats; else None."""
    if lines.is_empty() or lines.select((pl.col("amount").list.n_unique() > 1).any()).item():
        return None
    for at in mapped.unknown:
        header, texts = mapped.table.headers[at], mapped.table.column(at)
        if _NO_MONEY.search(header) or texts.str.contains("[%％]").any():
            continue
        values = numbers(texts, money=True, continental=mapped.table.delimiter == ";").values
        told = rows.select("id", "amount").with_columns(values.alias("part"))
        of = told.filter(pl.col("id").is_in(lines["id"].implode())).group_by("id").agg(
            ((pl.col("part").sum() - pl.col("amount").first()).abs() <= _CENT).alias("adds_up"),
            (pl.col("part").n_unique() > 1).alias("differ"), (pl.col("amount").first() != 0).alias("is_any"),
        )  # fmt: skip
        if of.select((pl.col("adds_up") & pl.col("is_any")).all() & pl.col("differ").any()).item():
            is_whole = bool(_OF_WHOLE.search(mapped.sources["amount"][0]))
            return _Parts(header, values, is_whole and bool(_OF_LINE.search(header)))
    return None


def _question(column: str, several: pl.DataFrame, rows: pl.DataFrame, parts: _Parts | None) -> Question:
    shown = [(name, [f"{amount:,.2f}" for amount in amounts], sum(amounts))
             for name, amounts in several.select("id", "amount").head(_SHOWN).iter_rows()]  # fmt: skip
    samples = {
        "line": [f"{name} = {' + '.join(amounts)} = {total:,.2f}" for name, amounts, total in shown],
        "deal": [f"{name} = {amounts[-1]}" for name, amounts, _ in shown],
    }
    if parts is not None:
        told = rows.with_columns(parts.values.alias("part")).filter(pl.col("part").is_not_null())
        of = {name: told.filter(pl.col("id") == name)["part"] for name, _, _ in shown}
        samples["deal"] = [
            f"{name} = {amounts[-1]} = {' + '.join(f'{part:,.2f}' for part in of[name])} ({parts.column})"
            for name, amounts, _ in shown
        ]
    params: dict[str, str | int] = {"column": column, "documents": several.height,
                                    **{name: "; ".join(texts) for name, texts in samples.items()}}  # fmt: skip
    return Question(code="ask_document_lines", params=params, flag="--lines", choices=("line", "deal"), samples=samples)


def _repeats_question(several: pl.DataFrame, rows: pl.DataFrame) -> Question:
    """Whether equal rows of one document are lines of their own, with what it comes to either way."""
    samples: dict[str, list[str]] = {"keep": [], "drop": []}
    for name in several["id"].head(_SHOWN):
        of_it = rows.filter(pl.col("id") == name, pl.col("amount").is_not_null())
        for choice, told in (("keep", of_it), ("drop", of_it.filter(~pl.col("again")))):
            amounts = [f"{amount:,.2f}" for amount in told["amount"]]
            total = [f"{told['amount'].sum():,.2f}"] if len(amounts) > 1 else []
            samples[choice].append(" = ".join([name, " + ".join(amounts), *total]))
    again = rows.filter(pl.col("again"), pl.col("id").is_in(several["id"].implode())).height
    params: dict[str, str | int] = {"rows": again, **{name: "; ".join(texts) for name, texts in samples.items()}}
    return Question(code="ask_line_repeats", params=params, flag="--repeats", choices=("keep", "drop"), samples=samples)
