"""Columns of numbers: exact money, whole numbers, shares; what is cut or multiplied is said."""

from __future__ import annotations

from typing import get_args

import polars as pl

from data.ingest import numbers
from data.ingest.counted import without_what_is_counted
from data.ingest.decimal_sign import Decimal
from data.ingest.header_units import row_units, unclear_unit, unit_beside
from data.ingest.map import Mapped
from data.ingest.memory import contradicted_decimal
from data.ingest.names import Factor, says_unit, strange_unit, unit_of_title, units_said, without_unit
from data.ingest.parsed import Hints, Parsed, note_unread
from data.ingest.recurring import without_periods
from data.ingest.remarks import Question, Remark
from data.ingest.shares import share, shares_among
from data.ingest.texttable import TextTable
from data.tables import FieldType

_WORDS_BEFORE = r"^\p{L}[\p{L}\s']*\s*[-–—:=(（]\s*(\d{1,3})\s*[)）]?$"
_WORDS_BEHIND = r"^(\d{1,3})\s*[-–—:=(（]\s*\p{L}[\p{L}\s']*[)）]?$"
"""The words of an end of a scale, beside its number."""


def _numbers(
    mapped: Mapped, ours: str, kind: FieldType, decimal: Decimal | None, texts: pl.Series | None = None
) -> numbers.Numbers:
    return numbers.numbers(
        mapped.texts[ours] if texts is None else texts,
        money=kind == "money",
        decimal=decimal,
        continental=mapped.table.delimiter == ";",
        exact=mapped.table.is_typed or ours in mapped.factors or ours in mapped.computed | mapped.by_row,
        power=len(str(mapped.factors.get(ours, 1))) - 1,
        is_count=kind in ("number", "integer") and mapped.match.table != "targets",
    )


def _without_words(
    mapped: Mapped, parsed: Parsed, ours: str, told: numbers.Numbers, kind: FieldType, decimal: Decimal | None
) -> numbers.Numbers:
    """Numbers as they were read; where some cannot be, without the periods that amounts are for or what is counted."""
    if not told.unreadable.any() or not (kind == "money" or ours == "quantity"):
        return told
    texts = (without_periods if kind == "money" else without_what_is_counted)(mapped, parsed, ours)
    return told if texts is None else _numbers(mapped, ours, kind, decimal, texts)


def read_number(mapped: Mapped, parsed: Parsed, ours: str, kind: FieldType, hints: Hints) -> None:
    """Type one column of numbers.

    Raises:
        ColumnUnreadable: most of it is no number.
    """
    if kind == "money":
        _settle_unit(mapped, parsed, ours, hints.unit)
    if (mapped.match.table, ours) == ("surveys", "score"):  # `Extremely likely - 10`, `0 = Not at all likely`
        mapped.texts[ours] = mapped.texts[ours].str.replace(_WORDS_BEFORE, "$1").str.replace(_WORDS_BEHIND, "$1")
    sign = "point" if ours in mapped.computed else hints.decimal
    told = _without_words(mapped, parsed, ours, _numbers(mapped, ours, kind, sign), kind, sign)
    if told.against and hints.decimal and not hints.is_decimal_said and ours not in mapped.computed:
        parsed.questions.append(contradicted_decimal(mapped, ours, hints.decimal, told.against))
        told = _numbers(mapped, ours, kind, None)  # what the file itself says, until a person has answered
    elif told.is_open:
        parsed.questions.append(_decimal_question(mapped, ours, kind, told))
    if told.other_sign is not None:
        _note_other_sign(mapped, parsed, ours, told.other_sign)
    values, reading, unreadable = told.values, told.reading, told.unreadable
    if ours in mapped.factors:
        reading += f", x {mapped.factors[ours]:,}"
        if told.own_unit is not None and told.own_unit.any():
            _note_own_unit(mapped, parsed, ours, told.own_unit)
    if kind == "share":
        values, reading = share(mapped, parsed, ours, told, hints)
    if mapped.match.table == "targets" and ours == "value" and "measure" in mapped.texts:
        values = shares_among(mapped, parsed, ours, told, hints)
    if kind == "integer":
        whole = values.cast(pl.Int32, strict=False)
        is_whole = (whole.cast(pl.Float64) == values).fill_null(value=False)
        unreadable = unreadable | (values.is_not_null() & ~is_whole)
        values = pl.DataFrame([whole.alias("n"), is_whole.alias("w")]).select(pl.when("w").then("n")).to_series()
    note_unread(mapped, parsed, ours, unreadable)
    if told.rounded is not None and told.rounded.any() and ours not in mapped.computed:
        _note_rounded(mapped, parsed, ours, told.rounded)
    parsed.columns[ours] = values.alias(ours)
    parsed.formats[ours] = reading


def _settle_unit(mapped: Mapped, parsed: Parsed, ours: str, told: str | None) -> None:
    """A unit in the name of an amount that nobody knows multiplies by what a person says, and is asked about."""
    column = mapped.sources[ours][0]
    strange = strange_unit(column) if ours not in mapped.computed else None
    others = _units_at_odds(mapped, ours) if strange is None else ""
    if strange is None and not others:
        return
    if others:  # what multiplied so far is what is asked
        mapped.warnings[:] = [remark for remark in mapped.warnings if remark.code != "unit_of_title"]
    unit = strange[1] if strange else others
    if told is not None:
        mapped.factors[ours] = int(told)
    elif others or ours in mapped.match.guessed:
        sample = next(iter(mapped.texts[ours].drop_nulls()), "")
        params: dict[str, str | int] = {"column": column, "unit": unit, "sample": sample}
        parsed.questions.append(Question(code="ask_unit", params=params, flag="--unit", choices=get_args(Factor)))


def _units_at_odds(mapped: Mapped, ours: str) -> str:
    """The units of amounts that title, notes, sheet and unit column say, where they differ and the name says none."""
    column = mapped.sources[ours][0]
    if ours in mapped.computed:
        return ""
    if says_unit(column):
        return _unit_against(mapped.table, column)
    if unclear := unclear_unit(mapped.table.headers, mapped.table.frame):
        return unclear
    said = {unit.factor: unit.base or unit.currency or "1" for unit in units_said(mapped.table.unit_lines)}
    return " / ".join(said.values()) if len(said) > 1 else ""


def _unit_against(table: TextTable, column: str) -> str:
    """The units that a column of units says of the rows, where they are not the one in the name of the amount."""
    of_rows, own = row_units(table.headers, table.frame), without_unit(column)[1]
    of_all = unit_of_title(unit_beside("", table.headers, table.frame))
    said = of_rows.units if of_rows else [of_all.base] if of_all.factor != own and of_all.is_said else []
    return f"{column} / {', '.join(said)}" if said else ""


def _note_own_unit(mapped: Mapped, parsed: Parsed, ours: str, rows: pl.Series) -> None:
    """A cell that names its unit means that one, whatever the column's name says; and that is said."""
    params: dict[str, str | int] = {
        "rows": int(rows.sum()),
        "column": mapped.sources[ours][0],
        "sample": str(mapped.texts[ours].filter(rows)[0]),
        "factor": f"{mapped.factors[ours]:,}",
    }
    parsed.warnings.append(Remark(code="unit_of_cells", params=params))


def _note_other_sign(mapped: Mapped, parsed: Parsed, ours: str, rows: pl.Series) -> None:
    """Cells that only the other decimal sign reads are read with it, as they mean nothing else; and that is said."""
    column, sample = mapped.sources[ours][0], str(mapped.texts[ours].filter(rows)[0])
    params: dict[str, str | int] = {"rows": int(rows.sum()), "column": column, "sample": sample}
    parsed.warnings.append(Remark(code="decimal_mixed", params=params))


def _note_rounded(mapped: Mapped, parsed: Parsed, ours: str, rounded: pl.Series) -> None:
    """More places than can be kept are cut; that is said, and what was written stays with the row."""
    parsed.keep_written(ours, rounded)
    column, sample = mapped.sources[ours][0], str(mapped.texts[ours].filter(rounded)[0])
    params: dict[str, str | int] = {"rows": int(rounded.sum()), "column": column, "sample": sample}
    parsed.warnings.append(Remark(code="rounded", params=params))


def _decimal_question(mapped: Mapped, ours: str, kind: FieldType, told: numbers.Numbers) -> Question:
    """Texts that tell the readings apart, each as either sign reads it; `?` where it cannot."""
    shown = pl.Series(told.telling, dtype=pl.String)
    meant = {}
    for sign in get_args(Decimal):
        values = numbers.numbers(shown, money=kind == "money", decimal=sign).values
        meant[sign] = [
            f"{text} = {'?' if value is None else f'{float(value):.15g}'}"
            for text, value in zip(shown, values, strict=True)
        ]
    return Question(
        code="ask_decimal",
        params={"column": mapped.sources[ours][0], **{sign: "; ".join(texts) for sign, texts in meant.items()}},
        flag="--decimal",
        choices=tuple(meant),
        samples=meant,
    )
