"""Fields that a file has only as two columns: quantity times price, sales less profit; and signs turned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import polars as pl

from data.ingest.decimal_sign import Decimal
from data.ingest.header_units import row_units
from data.ingest.names import normal, says_unit, unit_of_title, without_unit
from data.ingest.numbers import MONEY, Numbers, numbers
from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.map import Mapped

Sign = Literal["*", "-"]
_WITHOUT_CENTS = (
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
)
_THREE_PLACES = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_FRACTION = r"\.\d*[1-9]"
"""In what is computed: always with a point."""
_ONCE = r"(?i)^(one[ _-]?time|once|fixed)"
_EXACT = 2.0**39
"""Below it a double tells four places after the point apart; above it only whole numbers are exact."""


def compute(mapped: Mapped, decimal: Decimal | None = None, *, is_said: bool = True) -> None:
    """Fill what the section computes, as text like every other cell. A row in which a column is blank stays blank.

    Args:
        mapped: the file.
        decimal: the decimal sign that was named, now (`is_said`) or for the layout before: then the file may prove
            another one.
        is_said: see `decimal`.
    """
    spec = mapped.match.spec
    _say_spans(mapped)
    of_title = unit_of_title(mapped.table.unit_lines).factor
    of_rows = row_units(mapped.table.headers, mapped.table.frame)
    signs: tuple[tuple[dict[str, list[str]], Sign], ...] = ((spec.times, "*"), (spec.minus, "-"))
    for words, sign in signs:
        for ours, columns in words.items():
            found = [index for column in columns if (index := _index(mapped, column)) is not None]
            if ours in mapped.texts or len(found) < len(columns):
                continue
            headers = [mapped.table.headers[index] for index in found]
            first, second = (mapped.table.column(index) for index in found)
            if of_rows:
                first, second = (
                    texts if (sign == "*" and at == 0) or says_unit(header) else of_rows.written(texts)
                    for at, (texts, header) in enumerate(zip((first, second), headers, strict=True))
                )
                mapped.warnings += [of_rows.remark] if not mapped.by_row else []
                mapped.by_row.add(ours)
            counts = (sign == "*", False)  # how many there are of something, which no unit of money multiplies
            factors = [
                _factor(header, 1 if is_count else of_title) for header, is_count in zip(headers, counts, strict=True)
            ]
            one, other = (
                _numbers(mapped, texts, decimal, factor, is_said=is_said)
                for texts, factor in zip((first, second), factors, strict=True)
            )
            if (sign, ours) == ("-", "amount"):  # of an amount nothing was paid back; without a profit there is no cost
                other = replace(other, values=other.values.fill_null(0))
            mapped.texts[ours] = _computed(one, other, first, second, sign).alias(ours)
            mapped.computed.add(ours)
            mapped.sources[ours] = headers
            _say_units(mapped, headers, factors, of_title)
    for ours in spec.cents:
        if ours in mapped.texts:
            is_whole = not mapped.texts[ours].str.contains(_FRACTION).any()
            if is_whole:
                mapped.texts[ours] = _of_cents(mapped, ours)
                mapped.by_row.add(ours)
            code = "amounts_in_cents" if is_whole else "amounts_not_in_cents"
            mapped.warnings.append(Remark(code=code, params={"column": mapped.sources[ours][0]}))
    for ours in spec.negate:
        if ours in mapped.texts:
            factor = mapped.factors.pop(ours, 1)
            told = _numbers(mapped, mapped.texts[ours], decimal, factor, is_said=is_said)
            mapped.texts[ours] = _written(-told.values.abs(), told.unreadable, mapped.texts[ours]).alias(ours)
            mapped.computed.add(ours)


def _say_spans(mapped: Mapped) -> None:
    """Amounts per month or year are taken as they are written, beside others; a person must know what totals add."""
    for amounts, spans in mapped.match.spec.spans.items():
        at = _index(mapped, spans)
        if at is None or [normal(header) for header in mapped.sources.get("amount", [])] != [normal(amounts)]:
            continue
        said = mapped.table.column(at).filter(mapped.texts["amount"].is_not_null()).drop_nulls()
        if said.str.contains(_ONCE).all():
            continue
        rows = said.value_counts(name="rows").sort(["rows", said.name], descending=[True, False])
        params: dict[str, str | int] = {
            "column": mapped.sources["amount"][0],
            "spans": mapped.table.headers[at],
            "words": ", ".join(f"{word} × {count:,}" for word, count in rows.head(5).iter_rows()),
        }
        mapped.warnings.append(Remark(code="amounts_of_spans", params=params))


def _of_cents(mapped: Mapped, ours: str) -> pl.Series:
    """Amounts in cents as amounts; of currencies without any (yen, dong), they are amounts; dinars have 1,000."""
    none = pl.repeat(None, mapped.height, dtype=pl.String, eager=True)
    said = pl.DataFrame([mapped.texts[ours].alias("text"), mapped.texts.get("currency", none).alias("currency")])
    code, text = pl.col("currency").str.to_uppercase(), pl.col("text")
    is_whole, is_fine = (code.is_in(some).fill_null(value=False) for some in (_WITHOUT_CENTS, _THREE_PLACES))
    moved = pl.when(is_whole).then("text").when(is_fine).then(text + "e-3").otherwise(text + "e-2")
    return said.select(moved.alias(ours)).to_series()


def _index(mapped: Mapped, name: str) -> int | None:
    """The column that fills a field of ours, or that is called so, with or without a unit in its name."""
    if name in mapped.match.columns:
        return mapped.match.columns[name]
    called = [(normal(header), normal(without_unit(header)[0])) for header in mapped.table.headers]
    exact = [index for index, (whole, _) in enumerate(called) if whole == normal(name)]
    return next(iter(exact or [index for index, (_, base) in enumerate(called) if base == normal(name)]), None)


def _factor(header: str, of_title: int) -> int:
    return without_unit(header)[1] if says_unit(header) else of_title


def _say_units(mapped: Mapped, headers: list[str], factors: list[int], of_title: int) -> None:
    """What multiplies a part of what is computed is said, as of every other column."""
    told = {remark.params.get("column") for remark in mapped.warnings if remark.code == "unit_of_header"}
    for header, factor in zip(headers, factors, strict=True):
        if factor > 1 and says_unit(header) and header not in told:
            params: dict[str, str | int] = {"column": header, "factor": f"{factor:,}"}
            mapped.warnings.append(Remark(code="unit_of_header", params=params))
    is_said = any(remark.code == "unit_of_title" for remark in mapped.warnings)
    if of_title > 1 and not is_said and any(not says_unit(header) for header in headers):
        unit = unit_of_title(mapped.table.unit_lines).base
        mapped.warnings.append(Remark(code="unit_of_title", params={"unit": unit, "factor": f"{of_title:,}"}))


def _numbers(mapped: Mapped, texts: pl.Series, decimal: Decimal | None, factor: int, *, is_said: bool) -> Numbers:
    def read(sign: Decimal | None) -> Numbers:
        is_continental = mapped.table.delimiter == ";"
        return numbers(
            texts, money=False, decimal=sign, continental=is_continental, exact=mapped.table.is_typed or factor > 1,
            power=len(str(factor)) - 1,
        )  # fmt: skip

    told = read(decimal)
    return told if is_said or not told.against else read(None)


def _computed(one: Numbers, other: Numbers, first: pl.Series, second: pl.Series, sign: Sign) -> pl.Series:
    values = one.values * other.values if sign == "*" else one.values - other.values
    texts = pl.DataFrame([first.alias("first"), second.alias("second")])
    asked = texts.select(pl.concat_str("first", pl.lit(f" {sign} "), "second")).to_series()
    return _written(values, one.unreadable | other.unreadable, asked)


def _written(values: pl.Series, unreadable: pl.Series, asked: pl.Series) -> pl.Series:
    """As text, with four places. What no double can hold to the last of them says what was asked of it instead.

    Such a text is no number, so its row is refused by it: half of what a sum is made of is never taken for blank.
    """
    written = values.round(4).cast(MONEY, strict=False).cast(pl.String)
    is_exact = (values.abs() < _EXACT) | (values.round() == values)
    frame = pl.DataFrame(
        [written.alias("written"), asked.alias("asked"), unreadable.alias("is_bad"), is_exact.alias("is_exact")]
    ).with_columns(values.is_not_null().alias("has_value"))
    is_lost = pl.col("is_bad") | (pl.col("has_value") & (pl.col("written").is_null() | ~pl.col("is_exact")))
    return frame.select(pl.when(is_lost).then("asked").otherwise("written")).to_series()
