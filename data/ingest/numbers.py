"""Numbers and money proved on a whole column: `1,234.50`, `¥1,234`, `1.2万`, `(123)`, `12%`, `1.234,50`, `１２３`."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data.ingest.currency_names import IN_CELLS, code_named
from data.ingest.decimal_sign import COMMA, POINT, Decimal, against, decimal_sign, telling

MONEY = pl.Decimal(18, 4)
_WIDE = pl.Decimal(38, 18)
_EXACT_DIGITS = 15  # a double keeps that many digits of any number

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

_CURRENCY = "(?i)" + IN_CELLS
_POWERS = {
    "百": 2, "千": 3, "万": 4, "w": 4, "十万": 5, "百万": 6, "千万": 7,
    "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
    "k": 3, "tsd": 3, "thousand": 3, "m": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "mrd": 9, "billion": 9, "billions": 9, "lakh": 5, "crore": 7, "%": -2,
}  # fmt: skip
"""What stands behind a number -> the power of ten that it multiplies by. `mil` is none: a thousand or a million."""
_UNITS = rf"(?:{'|'.join(sorted(_POWERS, key=len, reverse=True))})"
_MEASURES = ("m", "b", "w")
"""Behind a quantity these may be metres, boxes or watts."""
_TRADITIONAL = {"萬": "万", "億": "亿", "圓": "元", "元整": "元", "圆整": "圆"}


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers.

    `values`: one number or null per row. `unreadable`: rows with text that is no number, or one that cannot be held:
    beyond any money, or a whole number of more digits than a double has. `rounded`: rows whose places beyond what can
    be held are cut. `reading`: how it was read. `is_open`: a comma and a point reading both fit and disagree.
    `own_unit`: rows whose cell names a unit (`1.2万`), so that the header's does not multiply them.
    `against`: texts that only the other decimal sign reads, where they are more than the named sign alone reads.
    `telling`: some texts to ask with, where the reading is open. `other_sign`: rows that only the decimal sign reads
    which the column is not read with.
    """

    values: pl.Series
    unreadable: pl.Series
    reading: str
    currencies: list[str]
    is_open: bool = False
    share: float = 1.0
    rounded: pl.Series | None = None
    own_unit: pl.Series | None = None
    against: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    other_sign: pl.Series | None = None


def numbers(
    texts: pl.Series,
    *,
    money: bool,
    decimal: Decimal | None = None,
    continental: bool = False,
    exact: bool = False,
    power: int = 0,
    is_count: bool = False,
) -> Numbers:
    """Read a column of texts as numbers.

    Args:
        texts: trimmed texts, null where blank.
        money: exact decimals with four places instead of doubles.
        decimal: the decimal sign the user named; otherwise proved.
        continental: the file separates cells with semicolons, so `1.234` may well be a thousand.
        exact: the file holds numbers, not texts, or its header counts them in 万: their points divide no thousands.
        power: of ten, that the column's name multiplies by: 4 for 万元. A cell with a unit of its own goes by that one.
        is_count: it counts things, so that `3m` is no three million.
    """
    kind = MONEY if money else pl.Float64
    may_group = continental or (money and not exact)
    if decimal is None and not power and not (may_group and texts.str.contains(r"^-?\d{1,3}\.\d{3}$").any()):
        plain = texts.cast(kind, strict=False)
        if plain.null_count() == texts.null_count() and (money or plain.is_finite().all()):
            rounded = _is_rounded(texts, plain)
            if not (rounded.any() and not money):  # of whole numbers too long for a double each is looked at
                return Numbers(plain, _none(texts), "plain", [], rounded=rounded)
    counted = texts.drop_nulls().value_counts(name="rows", sort=False)
    distinct, rows = counted[counted.columns[0]].alias("text"), counted["rows"]
    parts = _parts(distinct, is_count=is_count)
    chosen, is_open = decimal_sign(parts, decimal, continental=continental, money=money, exact=exact)
    contradicting = against(parts, decimal) if decimal else ()
    written, by_other = _written(parts, chosen, power)
    read, is_rounded = _values(written, kind)
    nothing = parts["text"].str.to_lowercase().is_in(NOTHING)
    bad = distinct.filter(read.is_null() & ~nothing)
    values = (
        texts.replace_strict(distinct, read, default=None, return_dtype=kind) if len(distinct) else texts.cast(kind)
    )
    unreadable = _rows_of(texts, bad)
    readable = int(rows.filter(read.is_not_null() | nothing).sum())
    currencies = sorted({code for symbol in parts["symbol"].unique() if symbol and (code := code_named(symbol))})
    reading = f"decimal {chosen}" + (f", {', '.join(currencies)}" if currencies else "")
    share = readable / max(int(rows.sum()), 1)
    own = _rows_of(texts, distinct.filter(parts["has_unit"] & read.is_not_null())) if power else None
    return Numbers(
        values,
        unreadable,
        reading,
        currencies,
        is_open,
        share,
        _rows_of(texts, distinct.filter(is_rounded)),
        own,
        contradicting,
        tuple(telling(parts)) if is_open else (),
        _rows_of(texts, distinct.filter(by_other & read.is_not_null())) if by_other.any() else None,
    )


def currencies_of(texts: pl.Series) -> pl.Series:
    """The currency that each cell names by sign or code; null where it names none."""
    found = signs_of(texts)
    return found.replace_strict(
        {symbol: code_named(symbol) for symbol in found.drop_nulls().unique()}, default=None, return_dtype=pl.String
    )


def signs_of(texts: pl.Series) -> pl.Series:
    """The sign or code of a currency as each cell writes it."""
    return _without_currencies(pl.DataFrame([texts.alias("text"), texts.alias("body")]))["symbol"].alias(texts.name)


def _rows_of(texts: pl.Series, some: pl.Series) -> pl.Series:
    """The rows whose text is one of some."""
    return texts.is_in(some.implode()).fill_null(value=False) if len(some) else _none(texts)


def _none(texts: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True)


def _parts(distinct: pl.Series, *, is_count: bool) -> pl.DataFrame:
    """Take each text apart: sign, digits with separators, factor (万, K…), per cent, currency."""
    clean = pl.col("text").str.normalize("NFKC").str.replace_all("[−–‒﹣]", "-").str.strip_chars()
    for theirs, ours in _TRADITIONAL.items():
        clean = clean.str.replace(theirs, ours, literal=True)
    digits = r"[\d.,]*\d[\d.,]*"
    clean = clean.str.replace(r"(\d)[.,]-{1,2}(\D*)$", "$1$2")  # `5'000.-` has no cents, and is no less than nothing
    step = _without_currencies(distinct.to_frame().select("text", clean.alias("body")))
    step = step.with_columns(pl.col("body").str.replace_all(r"[\s'’_]", "").str.to_lowercase())
    bracketed = pl.col("body").str.contains(r"^\(.*\)$")
    unbracketed = pl.col("body").str.strip_chars("()")
    step = step.with_columns(
        (bracketed | unbracketed.str.contains(r"^-|-$")).alias("negative"),
        unbracketed.str.strip_chars("-").str.strip_prefix("+").str.replace(r"([a-z])\.$", "$1").alias("body"),
    )
    parts = step.select(
        "text",
        "symbol",
        "negative",
        pl.col("body").str.extract(rf"^({digits})(?:e[+-]?\d+|{_UNITS})?$", 1).alias("digits"),
        pl.col("body").str.extract(rf"^{digits}(e[+-]?\d+)$", 1).alias("power"),
        pl.col("body").str.extract(rf"^{digits}({_UNITS})$", 1).alias("suffix"),
        pl.col("body").str.contains(rf"^{digits}(?:e[+-]?\d+|{_UNITS})?$").alias("whole"),
    ).with_columns(_has_unit().alias("has_unit"))
    return (
        parts.with_columns(pl.col("whole") & ~pl.col("suffix").is_in(_MEASURES).fill_null(value=False))
        if is_count
        else parts
    )


def _without_currencies(texts: pl.DataFrame) -> pl.DataFrame:
    """Take what names a currency out of `body`; `symbol` is the first that a text names.

    Looked for in what texts have beside their digits, which a million amounts share: the search itself is slow.
    """
    texts = texts.with_columns(pl.col("body").str.replace_all(r"[0-9.,\s]+", " ").alias("beside"))
    beside = texts["beside"].unique()
    found = beside.str.extract_all(_CURRENCY)
    first = dict(zip(beside, found.list.first(), strict=True))
    body = pl.col("body")
    for symbol in sorted({*found.explode().drop_nulls()}, key=len, reverse=True):
        body = body.str.replace_all(symbol, "", literal=True)
    symbol = pl.col("beside").replace_strict(first, default=None, return_dtype=pl.String)
    return texts.select("text", body, symbol.alias("symbol"))


def _has_unit() -> pl.Expr:
    """Whether a cell says what it counts in: `1.2万`, `12000元`. A sign (`¥12`) names a currency, a % a share."""
    is_unit = (pl.col("suffix") != "%").fill_null(value=False)
    return is_unit | pl.col("text").str.contains(r"[元圆]\s*$").fill_null(value=False)


def _written(parts: pl.DataFrame, decimal: Decimal, power: int) -> tuple[pl.Series, pl.Series]:
    """Each number as a program writes it, units and per cent as powers of ten, so that no digit is calculated with.

    A number that the decimal sign of the column cannot read is read with the other one: it can mean nothing else.

    Returns:
        The numbers, and which of them are read with the other sign.
    """
    signs = {"point": (POINT, ",", "."), "comma": (COMMA, ".", ",")}
    pattern, group, sign = signs.pop(decimal)
    ((other, other_group, other_sign),) = signs.values()
    digits = pl.col("digits")
    fits, fits_other = digits.str.contains(pattern), digits.str.contains(other)
    own = digits.str.replace_all(group, "", literal=True).str.replace(sign, ".", literal=True)
    others = digits.str.replace_all(other_group, "", literal=True).str.replace(other_sign, ".", literal=True)
    plain = pl.when(fits).then(own).otherwise(others)
    signed = pl.when(pl.col("negative")).then(pl.concat_str([pl.lit("-"), plain])).otherwise(plain)
    exponent = pl.col("power").str.strip_prefix("e").cast(pl.Int64, strict=False).fill_null(0)
    unit = pl.col("suffix").replace_strict(_POWERS, default=0, return_dtype=pl.Int64).fill_null(0)
    of_header = pl.when("has_unit").then(0).otherwise(power)  # 1.2万 in a column 金额(万元) is 12,000
    total = exponent + unit + of_header
    number = pl.when(total == 0).then(signed).otherwise(pl.format("{}e{}", signed, total))
    read = parts.select(
        pl.when((fits | fits_other) & pl.col("whole")).then(number).alias("number"),
        (fits_other & ~fits).fill_null(value=False).alias("by_other"),
    )
    return read["number"], read["by_other"]


def _values(written: pl.Series, kind: pl.DataType | type[pl.DataType]) -> tuple[pl.Series, pl.Series]:
    """The values, null where one cannot be held, and which of them are rounded."""
    values = written.cast(kind, strict=False)
    if kind == pl.Float64:
        values = values.to_frame("v").select(pl.when(pl.col("v").is_finite()).then("v")).to_series()
    rounded = _is_rounded(written, values)
    if kind == pl.Float64 and rounded.any():  # a whole number that lost digits is another number
        both = pl.DataFrame([values.alias("v"), (rounded & ~written.str.contains(r"\.|e-")).alias("is_lost")])
        values = both.select(pl.when(~pl.col("is_lost")).then("v")).to_series()
    return values, (rounded & values.is_not_null()).fill_null(value=False)


def _is_rounded(written: pl.Series, values: pl.Series) -> pl.Series:
    """Which values are not what was written; the noise that only a double adds (`731.9399999999999`) is left out."""
    is_money = values.dtype != pl.Float64
    digits = pl.col("text").str.replace(r"(?i)e.*$", "").str.replace_all(r"[^\d]", "").str.strip_chars_start("0")
    may_be = r"\.\d{5}|[eE]" if is_money else rf"[\d.]{{{_EXACT_DIGITS + 1}}}|[eE]"
    found = written.str.contains(may_be).fill_null(value=False)
    if not found.any():
        return found
    frame = pl.DataFrame([written.alias("text"), values.alias("value")])
    double = pl.col("text").cast(pl.Float64, strict=False)
    is_zero = (pl.col("value") == 0) & (digits != "")
    is_own_text = double.cast(pl.String).str.strip_suffix(".0") == pl.col("text").str.strip_suffix(".0")
    if is_money:
        is_other = pl.col("text").cast(_WIDE, strict=False) != pl.col("value").cast(_WIDE)
        is_noise = double.round_sig_figs(_EXACT_DIGITS) == pl.col("value").cast(pl.Float64)
        rule = (is_other & ~(is_own_text & is_noise)) | is_zero
    else:
        is_long = digits.str.strip_chars_end("0").str.len_chars() > _EXACT_DIGITS
        rule = (is_long & ~is_own_text) | is_zero
    return frame.select(rule.fill_null(value=False)).to_series() & values.is_not_null()
