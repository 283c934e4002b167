"""What an answer holds as a float."""

from decimal import Decimal

from metrics.number import number


def test_decimals_counts_and_nothing() -> None:
    assert number(Decimal("2.5000")) == 2.5
    assert number(3) == 3.0
    assert number(None) is None
