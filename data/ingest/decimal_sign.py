"""Whether a point or a comma separates the decimals of a column of numbers, and whether that is proved."""

from __future__ import annotations

from typing import Literal

import polars as pl

Decimal = Literal["point", "comma"]

POINT = r"^\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?$|^\d*\.?\d+$|^\d+\.$"
COMMA = r"^\d{1,3}(?:\.\d{3})+(?:,\d*)?$|^\d*,?\d+$|^\d+,$"
_GROUPED = 3
_DECISIVE = 20
"""One sign proved so many times as often as the other one makes those of the other slips of a hand."""


def decimal_sign(
    parts: pl.DataFrame, told: Decimal | None, *, continental: bool, money: bool, exact: bool
) -> tuple[Decimal, bool]:
    """Which sign separates decimals: the reading that fits more values; what is not proved and matters is open.

    Args:
        parts: the distinct texts taken apart: `digits` with their signs, `suffix`.
        told: the sign the user named.
        continental, money, exact: as of `numbers`.
    """
    if told:
        return told, False
    digits = parts["digits"].drop_nulls()
    point, comma = digits.str.contains(POINT), digits.str.contains(COMMA)
    only = {"point": int((point & ~comma).sum()), "comma": int((comma & ~point).sum())}
    if any(only.values()):
        sign: Decimal = "point" if only["point"] >= only["comma"] else "comma"
        return sign, _is_doubted(parts, only, sign, continental=continental, money=money, exact=exact)
    both = digits.filter(point & comma & digits.str.contains("[.,]"))
    if both.is_empty():
        return "point", False
    if continental:
        # `1,234` may be a thousand or have three decimals. Money has two, so several such amounts are thousands.
        is_grouped = money and len(both) >= _GROUPED and not both.str.contains(".", literal=True).any()
        return ("point", False) if is_grouped else ("comma", True)
    # `1,234` and no point anywhere: groups of three are thousands. Money that is `1.234` wherever it has a point may be
    # either; not so `0.234`, which is no thousand, and `1.234万`, as nobody groups before a unit.
    grouped = _grouped(parts)
    is_pointed = bool(grouped.str.contains(".", literal=True).any())
    is_decimal = bool(parts.filter(pl.col("suffix").is_null())["digits"].str.contains(r"^0\.").any())
    return "point", money and not exact and is_pointed and not is_decimal


def _grouped(parts: pl.DataFrame) -> pl.Series:
    """The digits that either sign reads, a thousand times apart: `1,200`, `1.200`."""
    return parts.filter(pl.col("suffix").is_null())["digits"].drop_nulls().str.extract(r"^([1-9]\d{0,2}[.,]\d{3})$")


def _is_doubted(
    parts: pl.DataFrame, only: dict[str, int], sign: Decimal, *, continental: bool, money: bool, exact: bool
) -> bool:
    """Whether the cells that tell the signs apart leave open what those mean that either sign reads.

    They do where both signs are proved, and where those that the sign gives three decimals (`1,200` read as 1.2) are
    many beside those that prove it: one `1.234,56` must not divide all other amounts by a thousand.
    """
    grouped = _grouped(parts).drop_nulls()
    if grouped.is_empty():
        return False
    if 0 < max(only.values()) < _DECISIVE * min(only.values()):
        return True
    mark = "." if sign == "point" else ","
    small = int(grouped.str.contains(mark, literal=True).sum())
    has_decimals = exact or not money if sign == "point" else continental and not money  # weights have grams
    least = only[sign] + (sign == "point")  # 1.234 beside 2.5 is what a program writes without closing noughts
    return not has_decimals and small > 0 and small >= least


def against(parts: pl.DataFrame, told: Decimal) -> tuple[str, ...]:
    """Texts that a named decimal sign cannot read and the other one can; none where it reads as many as the other."""
    fits = {"point": pl.col("digits").str.contains(POINT), "comma": pl.col("digits").str.contains(COMMA)}
    named, other = fits[told], fits["comma" if told == "point" else "point"]
    only = [parts.filter(rule)["text"] for rule in (other & ~named, named & ~other)]
    return tuple(only[0]) if len(only[0]) > len(only[1]) else ()


def telling(parts: pl.DataFrame) -> list[str]:
    """Texts to show where the sign is open: some that either sign reads, and one that only each of them does."""
    point, comma = pl.col("digits").str.contains(POINT), pl.col("digits").str.contains(COMMA)
    parts, has_sign = parts.sort("text"), pl.col("digits").str.contains("[.,]")
    either = parts.filter(point & comma & has_sign)["text"].head(_GROUPED)
    return [*either, *parts.filter(point & ~comma)["text"].head(1), *parts.filter(comma & ~point)["text"].head(1)]
