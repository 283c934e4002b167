"""Texts -> typed columns, each proved as a whole. What one cell of a proved column leaves unread refuses its row."""

from __future__ import annotations

import math

import polars as pl

from data.ingest import dates, numbers
from data.ingest.currencies import codes, fill_currency, in_header
from data.ingest.map import Mapped
from data.ingest.parse_dates import read_date, settle_dates
from data.ingest.parse_numbers import read_number
from data.ingest.parsed import Hints, Parsed, note_unread
from data.ingest.price_currency import note_prices
from data.ingest.remarks import Remark
from data.progress import tell
from data.tables import tables

__all__ = ["Hints", "Parsed", "parse"]

_SHORTENED = r"^\d(?:[.,]\d+)?[Ee]\+\d{2}$"
_LONG = r"^[1-9]\d{15,22}(?:\.0)?$"
_DASH = r"^[-–—/]+$"
_KEPT_DIGITS = 15
_LOOKED_AT = 1000
_PROOF = 6
"""So many digits that chance would have to get right: once in a million lists of ids that are whole."""


def parse(mapped: Mapped, hints: Hints) -> Parsed:
    """Type every column of a file.

    Raises:
        ColumnUnreadable: most of a column is not what its field must be.
    """
    parsed = Parsed(columns={})
    kinds = tables()[mapped.match.table].fields
    waiting: dict[str, dates.Readings] = {}
    columns, rows = len(mapped.texts), mapped.height
    for place, (ours, texts) in enumerate(mapped.texts.items()):
        tell("typing", place / columns, file=mapped.table.file, done=place + 1, of=columns, rows=rows)
        kind = kinds[ours]
        if kind in ("date", "timestamp"):
            read_date(mapped, parsed, ours, hints, waiting)
        elif kind == "text":
            parsed.columns[ours] = _identifier(texts) if ours.endswith("_id") else texts
            if ours.endswith("_id") and (lost := _lost_digits(mapped, ours, texts)):
                parsed.warnings.append(lost)
        elif kind == "flag":
            parsed.columns[ours] = texts.replace_strict(
                {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
            )
            note_unread(mapped, parsed, ours, parsed.columns[ours].is_null() & texts.is_not_null())
        else:
            read_number(mapped, parsed, ours, kind, hints)
    settle_dates(mapped, parsed, waiting, hints)
    _say_placeholders(mapped, parsed)
    _say_undiscounted(mapped, parsed)
    _read_currency(mapped, parsed)
    note_prices(mapped, parsed)
    parsed.columns = {ours: parsed.columns[ours] for ours in mapped.texts if ours in parsed.columns} | parsed.columns
    return parsed


def _say_placeholders(mapped: Mapped, parsed: Parsed) -> None:
    """`N/A`, `#REF!`, `待定` as a number or a day are blanks, and said, as in columns of texts; dashes are not."""
    for ours, texts in mapped.texts.items():
        read = parsed.columns.get(ours)
        if read is None or read.dtype in (pl.String, pl.Boolean) or read.null_count() == texts.null_count():
            continue
        rows = read.is_null() & texts.is_not_null() & ~texts.str.contains(_DASH).fill_null(value=True)
        if ours in parsed.unread:
            rows &= ~parsed.unread[ours]
        words = texts.filter(rows).unique().sort()
        if len(words) and ours not in parsed.yearless and words.str.to_lowercase().is_in(numbers.NOTHING).all():
            params: dict[str, str | int] = {"field": ours, "words": ", ".join(words.head(3)), "rows": int(rows.sum())}
            parsed.warnings.append(Remark(code="placeholders", params=params))


def _say_undiscounted(mapped: Mapped, parsed: Parsed) -> None:
    """Quantity × price is what the line costs only where the price is after its discount: nobody says so."""
    discount = parsed.columns.get("discount")
    if (
        discount is None
        or "amount" not in mapped.computed
        or not (rows := (discount != 0).fill_null(value=False)).any()
    ):
        return
    params: dict[str, str | int] = {
        "columns": " × ".join(mapped.sources["amount"]), "discount": mapped.sources["discount"][0],
        "rows": int(rows.sum()),
    }  # fmt: skip
    parsed.warnings.append(Remark(code="amount_undiscounted", params=params))


def _identifier(texts: pl.Series) -> pl.Series:
    """Ids that went through a spreadsheet come back as `17850.0`."""
    filled = texts.drop_nulls()
    if filled.len() and filled.head(50).str.contains(r"^\d+\.0$").all() and filled.str.contains(r"^\d+\.0$").all():
        return texts.str.strip_suffix(".0")
    return texts


def _lost_digits(mapped: Mapped, ours: str, texts: pl.Series) -> Remark | None:
    """Long ids that a spreadsheet shortened (`2.02601E+14`): what differed in the lost digits looks the same now."""
    lost = texts.filter(texts.str.contains(_SHORTENED).fill_null(value=False))
    code = "ids_shortened"
    if lost.is_empty():
        code, lost = _of_few_digits(texts)
    if lost.is_empty():
        return None
    params: dict[str, str | int] = {"column": mapped.sources[ours][0], "rows": len(lost), "sample": lost[0]}
    return Remark(code=code, params=params)


def _of_few_digits(texts: pl.Series) -> tuple[str, pl.Series]:
    """Ids of 16 digits and more that all went through a number of 15: `202601010000000000`, `202601010000000992`.

    A spreadsheet keeps 15 digits and writes zeros for the rest; a program may write what the double nearest to the id
    says in full. Either happens to an id that was kept whole so seldom that few of them prove it together: unless the
    digit before the lost ones is 0 in all of them, too, as in ids that go by hundreds. Then it only may be so.

    Returns:
        What is to be said, and the ids; none of either kind: no ids.
    """
    near = texts.filter((texts.str.len_bytes() > _KEPT_DIGITS).fill_null(value=False))  # of a million short ids none
    long = near.filter(near.str.contains(_LONG)).unique(maintain_order=True)
    if long.is_empty():
        return "", long
    ids = [int(text.removesuffix(".0")) for text in long.head(_LOOKED_AT)]
    zeros = sum(len(str(number)) - _KEPT_DIGITS for number in ids)
    halves = sum(math.log10(math.ulp(number)) for number in ids)
    is_cut = all(not number % 10 ** (len(str(number)) - _KEPT_DIGITS) for number in ids) and zeros >= _PROOF
    is_double = all(int(float(number)) == number for number in ids) and halves >= _PROOF
    by_steps = is_cut and all(not number % 10 ** (len(str(number)) - _KEPT_DIGITS + 1) for number in ids)
    found = near.filter(near.is_in(long.implode())) if is_cut or is_double else long.clear()
    return "ids_perhaps_shortened" if by_steps else "ids_shortened", found


def _read_currency(mapped: Mapped, parsed: Parsed) -> None:
    """Currencies by their codes; what amounts and their header name fills the currency that no column names."""
    kinds = tables()[mapped.match.table].fields
    column = parsed.columns.get("currency")
    if column is not None:
        parsed.columns["currency"] = column = codes(column).alias("currency")
    if "currency" not in kinds or "amount" not in mapped.texts:
        return
    named = parsed.formats.get("amount", "").split(", ")[1:]
    has_signs = any(len(code) == len("CNY") and code.isupper() for code in named)
    amounts = mapped.texts["amount"] if has_signs else None
    header = mapped.sources.get("amount", [""])[0]
    filled, remarks = fill_currency(header, in_header(header, mapped.table.unit_lines), column, amounts, mapped.height)
    if filled is not None:
        parsed.columns["currency"] = filled.alias("currency")
    parsed.warnings += remarks
    if "currency" in parsed.columns:
        for ours in [ours for ours, kind in kinds.items() if kind == "money" and ours in mapped.texts]:
            _leave_other_currency(mapped, parsed, ours)


def _leave_other_currency(mapped: Mapped, parsed: Parsed, ours: str) -> None:
    """A cost in EUR beside amounts in USD is none of the row's currency: left blank, kept as written, and said."""
    column = mapped.sources.get(ours, [""])[0]
    said = in_header(column)
    if ours == "amount" or said is None or ours in mapped.computed:
        return
    both = pl.DataFrame([parsed.columns["currency"].alias("currency"), parsed.columns[ours].alias("v")])
    other = both.select((pl.col("currency") != said) & pl.col("v").is_not_null()).to_series().fill_null(value=False)
    if other.any():
        parsed.columns[ours] = both.select(pl.when(~other).then("v").alias(ours)).to_series()
        parsed.keep_written(ours, other)
        params: dict[str, str | int] = {"column": column, "currency": said, "rows": int(other.sum())}
        parsed.warnings.append(Remark(code="currency_other", params=params))
