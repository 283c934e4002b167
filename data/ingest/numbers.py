"""Numbers and money proved on a whole column: `1,234.50`, `¥1,234`, `1.2万`, `(123)`, `12%`, `1.234,50`, `１２３`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

MONEY = pl.Decimal(18, 4)
Decimal = Literal["point", "comma"]

NOTHING = (
    "-",
    "--",
    "—",
    "–",
    "/",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "#n/a",
    "#value!",
    "无",
    "暂无",
    "未填写",
    "空",
    "n.a.",
    "tbd",
    "unknown",
    "select",
    "-none-",
    "--none--",
    "(blank)",
    "(空白)",
    "未知",
    "待定",
    "未选择",
    "请选择",
    "sin_factura",
    "sin factura",
    "#ref!",
    "#div/0!",
    "#name?",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "1900-01-00",
)
"""What people write into a number or date cell that has no value."""

_SYMBOLS = {
    "US$": "USD",
    "HK$": "HKD",
    "NT$": "TWD",
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "R$": "BRL",
    "₫": "VND",
    "₩": "KRW",
    "฿": "THB",
    "₱": "PHP",
    "₺": "TRY",
    "₽": "RUB",
}
_CODES = (
    "RMB",
    "CNY",
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "HKD",
    "TWD",
    "INR",
    "SGD",
    "AUD",
    "CAD",
    "VND",
    "KRW",
    "THB",
    "IDR",
    "MYR",
    "PHP",
    "BRL",
    "MXN",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "RUB",
    "TRY",
    "ZAR",
    "NZD",
)
_CURRENCY = r"(?i)us\$|hk\$|nt\$|r\$|[¥￥$€£₹₫₩฿₱₺₽元圆]|\b(?:" + "|".join(_CODES) + r")\b"
_FACTORS = {
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "b": 1e9,
    "bn": 1e9,
}
_GROUPED = 3
_POINT = r"^\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?$|^\d*\.?\d+$|^\d+\.$"
_COMMA = r"^\d{1,3}(?:\.\d{3})+(?:,\d*)?$|^\d*,?\d+$|^\d+,$"


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers.

    `values`: one number or null per row. `unreadable`: rows with text that is no number. `reading`: how it was read.
    `decimal` is "both" where a comma and a point reading fit every value and disagree.
    """

    values: pl.Series
    unreadable: pl.Series
    reading: str
    currencies: list[str]
    is_open: bool = False
    share: float = 1.0


def numbers(
    texts: pl.Series,
    *,
    money: bool,
    decimal: Decimal | None = None,
    continental: bool = False,
    exact: bool = False,
) -> Numbers:
    """Read a column of texts as numbers.

    Args:
        texts: trimmed texts, null where blank.
        money: exact decimals with four places instead of doubles.
        decimal: the decimal sign the user named; otherwise proved.
        continental: the file separates cells with semicolons, so `1.234` may well be a thousand.
        exact: the file holds numbers, not texts, or its header counts them in 万: their points divide no thousands.
    """
    kind = MONEY if money else pl.Float64
    may_group = continental or (money and not exact)
    if decimal is None and not (may_group and texts.str.contains(r"^-?\d{1,3}\.\d{3}$").any()):
        plain = texts.cast(kind, strict=False)
        if plain.null_count() == texts.null_count() and (money or plain.is_finite().all()):
            return Numbers(plain, _none(texts), "plain", [])
    counted = texts.drop_nulls().value_counts(name="rows", sort=False)
    distinct, rows = counted[counted.columns[0]].alias("text"), counted["rows"]
    parts = _parts(distinct)
    chosen, is_open = _decimal_sign(parts, decimal, continental=continental, money=money, exact=exact)
    read = _values(parts, chosen, kind)
    nothing = parts["text"].str.to_lowercase().is_in(NOTHING)
    bad = distinct.filter(read.is_null() & ~nothing)
    values = (
        texts.replace_strict(distinct, read, default=None, return_dtype=kind) if len(distinct) else texts.cast(kind)
    )
    unreadable = texts.is_in(bad.implode()).fill_null(value=False) if len(bad) else _none(texts)
    readable = int(rows.filter(read.is_not_null() | nothing).sum())
    currencies = sorted({_code(symbol) for symbol in parts["symbol"].drop_nulls().unique()})
    reading = f"decimal {chosen}" + (f", {', '.join(currencies)}" if currencies else "")
    return Numbers(values, unreadable, reading, currencies, is_open, readable / max(int(rows.sum()), 1))


def currencies_of(texts: pl.Series) -> pl.Series:
    """The currency that each cell names by sign or code; null where it names none."""
    found = texts.str.extract("(" + _CURRENCY + ")", 1)
    return found.replace_strict(
        {symbol: _code(symbol) for symbol in found.drop_nulls().unique()}, default=None, return_dtype=pl.String
    )


def _code(symbol: str) -> str:
    upper = symbol.upper()
    return {"RMB": "CNY", "圆": "CNY"}.get(upper, _SYMBOLS.get(upper, upper))


def _none(texts: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True)


def _parts(distinct: pl.Series) -> pl.DataFrame:
    """Take each text apart: sign, digits with separators, factor (万, K…), per cent, currency."""
    clean = pl.col("text").str.normalize("NFKC").str.replace_all("[−–‒﹣]", "-").str.strip_chars()
    digits = r"[\d.,]*\d[\d.,]*"
    step = distinct.to_frame().select(
        pl.col("text"),
        clean.str.extract("(" + _CURRENCY + ")", 1).alias("symbol"),
        clean.str.replace_all(_CURRENCY, "").str.replace_all(r"[\s'’_]", "").str.to_lowercase().alias("body"),
    )
    bracketed = pl.col("body").str.contains(r"^\(.*\)$")
    unbracketed = pl.col("body").str.strip_chars("()")
    step = step.with_columns(
        (bracketed | unbracketed.str.contains(r"^-|-$")).alias("negative"),
        unbracketed.str.strip_chars("-+").alias("body"),
    )
    return step.select(
        "text",
        "symbol",
        "negative",
        pl.col("body").str.extract(rf"^({digits})(?:e[+-]?\d+)?(?:[a-z万亿千百]*|%)$", 1).alias("digits"),
        pl.col("body").str.extract(rf"^{digits}(e[+-]?\d+)$", 1).alias("power"),
        pl.col("body").str.extract(rf"^{digits}(千万|百万|[千万亿]|k|mn?|bn?|%)$", 1).alias("suffix"),
        pl.col("body").str.contains(rf"^{digits}(?:e[+-]?\d+|千万|百万|[千万亿]|k|mn?|bn?|%)?$").alias("whole"),
    )


def _decimal_sign(
    parts: pl.DataFrame, told: Decimal | None, *, continental: bool, money: bool, exact: bool
) -> tuple[Decimal, bool]:
    """Which sign separates decimals: the reading that fits more values; a tie that matters is open."""
    if told:
        return told, False
    digits = parts["digits"].drop_nulls()
    point, comma = digits.str.contains(_POINT), digits.str.contains(_COMMA)
    if point.sum() != comma.sum():
        return ("point" if point.sum() > comma.sum() else "comma"), False
    both = digits.filter(point & comma & digits.str.contains("[.,]"))
    if both.is_empty():
        return "point", False
    if continental:
        # `1,234` may be a thousand or have three decimals. Money has two, so several such amounts are thousands.
        is_grouped = money and len(both) >= _GROUPED and not both.str.contains(".", literal=True).any()
        return ("point", False) if is_grouped else ("comma", True)
    # `1,234` and no point anywhere: groups of three are thousands. Money that is `1.234` wherever it has a point may be
    # either; not so `0.234`, which is no thousand, and `1.234万`, as nobody groups before a unit.
    grouped = parts.filter(pl.col("suffix").is_null())["digits"].drop_nulls()
    is_pointed = bool(grouped.str.contains(r"^[1-9]\d{0,2}\.\d{3}$").any())
    is_decimal = bool(grouped.str.contains(r"^0\.").any())
    return "point", money and not exact and is_pointed and not is_decimal


def _values(parts: pl.DataFrame, decimal: Decimal, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    pattern, group, sign = (_POINT, ",", ".") if decimal == "point" else (_COMMA, ".", ",")
    plain = pl.col("digits").str.replace_all(group, "", literal=True).str.replace(sign, ".", literal=True)
    signed = pl.when(pl.col("negative")).then(pl.concat_str([pl.lit("-"), plain])).otherwise(plain)
    factor = pl.col("suffix").replace_strict({**_FACTORS, "%": 0.01}, default=None, return_dtype=pl.Float64)
    fits = pl.col("digits").str.contains(pattern) & pl.col("whole")
    text = pl.concat_str([signed, pl.col("power").fill_null("")])
    exact = pl.when(fits & factor.is_null()).then(text).cast(kind, strict=False)
    # A factor is a power of ten: doubles keep 15 digits, far more than "1.2万" has.
    scaled = (pl.when(fits).then(text).cast(pl.Float64, strict=False) * factor).round(6).cast(kind, strict=False)
    return parts.select(pl.coalesce(exact, scaled)).to_series()
