"""One amount of money as somebody types it: `1.2M`, `120万`, `1,200,000`; what may be either is asked back."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

import polars as pl

from data.ingest.numbers import numbers
from data.review.errors import AmountAbsurd, AmountAmbiguous, AmountNegative, AmountOtherCurrency, AmountUnreadable

Amount = str | float | Decimal
MOST = Decimal(10) ** 13
"""More is a slip of the hand: no company sells as much in a period, in any currency."""


def amount_of(given: Amount, currency: str | None = None) -> Decimal:
    """The amount that was typed, to the fourth place.

    Args:
        given: a text or a number. currency: of the store; a text that names another one is refused.

    Raises:
        AmountUnreadable: it is no number, or a share. AmountAmbiguous: a point that may divide thousands or decimals.
        AmountNegative, AmountAbsurd, AmountOtherCurrency.
    """
    if isinstance(given, float | int | Decimal):
        if not isfinite(given):
            raise AmountUnreadable(given=str(given))
        exact = Decimal(str(given))
        return _possible(exact if abs(exact) > MOST else exact.quantize(Decimal("0.0001")))
    text = given.strip()
    if not text or "%" in text or "％" in text:
        raise AmountUnreadable(given=text)
    read = numbers(pl.Series([text]), money=True)
    if read.is_open:
        raise AmountAmbiguous(given=text, thousands=text.replace(".", ""), decimals=text.rstrip("0"))
    value = read.values[0]
    if value is None:
        raise AmountAbsurd(given=text, most=f"{MOST:,}") if _is_number(text) else AmountUnreadable(given=text)
    if currency and read.currencies and read.currencies != [currency]:
        raise AmountOtherCurrency(given=text, theirs=", ".join(read.currencies), ours=currency)
    return _possible(Decimal(str(value)))


def _is_number(text: str) -> bool:
    """Whether a text is a number, though one that no money is: a float holds it, or it is digits without end."""
    return numbers(pl.Series([text]), money=False).values[0] is not None or re.fullmatch(r"[\d.,\s]+", text) is not None


def _possible(amount: Decimal) -> Decimal:
    if amount < 0:
        raise AmountNegative(given=f"{amount:,f}")
    if amount > MOST:
        raise AmountAbsurd(given=f"{amount:,.0f}", most=f"{MOST:,}")
    return amount
