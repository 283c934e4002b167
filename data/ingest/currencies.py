"""Currencies as people write them -> their three-letter codes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from data.ingest.currency_names import NAMES, code_named
from data.ingest.errors import UnknownCurrency
from data.ingest.names import normal, unit_in, unit_of_title
from data.ingest.numbers import currencies_of, signs_of
from data.ingest.remarks import Remark
from data.iso_4217 import ISO_4217
from metrics.errors import nearest

_WORDS = {normal(name): code for code, names in NAMES.items() for name in names if normal(name)}
_CODE = re.compile(r"(?<![A-Za-z])([A-Za-z]{3})(?![A-Za-z])")


def code_of(text: str) -> str:
    """`人民币`, `rmb`, `USD - U.S. Dollar`, `美元 (USD)` -> the code; what is none stays as it is."""
    said = text.strip()
    known = code_named(said) or _WORDS.get(normal(said))
    if known:
        return known
    codes: list[str] = [found.upper() for found in _CODE.findall(said)]
    if len(said) == len("CNY") and codes:
        return codes[0]
    return next((code for code in codes if code in NAMES), said)


def is_currency(code: str) -> bool:
    """Whether a code is one of a currency that is known here."""
    return code in NAMES


def known_currency(text: str) -> str:
    """The code of a currency that a person named.

    Raises:
        UnknownCurrency: there is none of that code.
    """
    code = code_of(text)
    if code not in ISO_4217:
        like = nearest(code, [one.lower() for one in ISO_4217]) or nearest(code, _WORDS)
        suggestion = code_of(like).upper() if like else None
        raise UnknownCurrency(currency=text, suggestion=suggestion)
    return code


def in_header(header: str, title: Iterable[str] = ()) -> str | None:
    """The currency that a column's name says (`Amount (USD)`, `金额（万美元）`, `Amount HKD`), else a line above it.

    元 alone is no currency.
    """
    said = unit_in(header).currency or unit_of_title(title).currency
    return None if said is None or said == "元" else code_of(said)


def codes(texts: pl.Series) -> pl.Series:
    """The code of each cell; blanks stay blank."""
    said = {text: code_of(text) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(said, default=None, return_dtype=pl.String) if said else texts


_SHARED = {
    "¥": ("JPY",),
    "￥": ("JPY",),
    "元": ("USD", "EUR", "JPY", "HKD", "TWD", "SGD", "KRW", "AUD", "CAD"),
    "$": ("HKD", "TWD", "SGD", "AUD", "CAD", "MXN", "NZD"),
}
"""Signs that are written for other currencies, too, than the one they are read as: those contradict none of these."""


def may_mean(sign: str, code: str) -> bool:
    """Whether a sign or code that is written with an amount may stand for a currency."""
    return (code_named(sign) or sign) == code or code in _SHARED.get(sign, ())


def fill_currency(
    header: str, named: str | None, column: pl.Series | None, amounts: pl.Series | None, height: int
) -> tuple[pl.Series | None, list[Remark]]:
    """The currency of each row: what a column says, else what the amount's cell names, else what its header does.

    Args:
        header: the name of the amount's column.
        named: the currency that it says, or a line above it.
        column: the codes that a column of currencies says.
        amounts: the texts of the amounts; None where none of them names a currency.
        height: rows.

    Returns:
        The codes, or None where nothing names one; and what is to be said: nothing is overruled in silence.
    """
    told = named if column is None else None
    signs = currencies_of(amounts) if amounts is not None else None
    if column is None and told is None:
        return signs, _one_sign(header, signs)
    base = column if column is not None else pl.repeat(told, height, dtype=pl.String, eager=True)
    remarks = [Remark(code="currency_sign", params={"currency": str(told), "column": header})] if told else []
    if amounts is None or signs is None:
        return base, remarks
    pair = pl.DataFrame([base.alias("base"), signs.alias("sign"), signs_of(amounts).alias("written")])
    shared = pl.any_horizontal(
        *((pl.col("written") == sign) & pl.col("base").is_in(others) for sign, others in _SHARED.items())
    )
    differs = pair.select(((pl.col("sign") != pl.col("base")) & ~shared).fill_null(value=False)).to_series()
    # A column that says nothing of a row leaves it to the amount; a header speaks for those that say nothing.
    chosen = pl.coalesce("base", "sign") if told is None else pl.when(differs).then("sign").otherwise("base")
    filled = pair.select(chosen).to_series()
    if differs.any():
        code = "currency_of_cells" if told else "currency_of_column"
        params: dict[str, str | int] = {
            "rows": int(differs.sum()), "column": header, "currency": told or "",
            "currencies": ", ".join(signs.filter(differs).unique().sort()),
        }  # fmt: skip
        remarks.append(Remark(code=code, params=params))
    return filled, remarks


def _one_sign(header: str, signs: pl.Series | None) -> list[Remark]:
    named = signs.drop_nulls().unique().to_list() if signs is not None else []
    return [Remark(code="currency_sign", params={"currency": named[0], "column": header})] if len(named) == 1 else []
