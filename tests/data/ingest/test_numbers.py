"""Numbers are proved on whole columns."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest.errors import ColumnUnreadable
from data.ingest.numbers import Numbers, currencies_of, numbers
from tests.data.ingest.test_plan import planned


def money(*texts: str | None, **wishes: object) -> Numbers:
    return numbers(pl.Series("n", texts, dtype=pl.String), money=True, **wishes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1054", "1054"),
        ("1,234.50", "1234.5"),
        ("12,34,567.00", "1234567"),
        ("¥1,234", "1234"),
        ("$22,700.00", "22700"),
        ("USD 5", "5"),
        ("1.2万", "12000"),
        ("3亿元", "300000000"),
        ("5K", "5000"),
        ("1.5M", "1500000"),
        ("(123)", "-123"),
        ("-$5", "-5"),
        ("5-", "-5"),
        ("−5", "-5"),
        ("１２３，４５６", "123456"),
        ("1 234", "1234"),
        ("1'234.5", "1234.5"),
        ("1e5", "100000"),
        ("12%", "0.12"),
        (".5", "0.5"),
        ("₫5,000,000", "5000000"),
        ("R$ 1,234.50", "1234.5"),
        ("VND 5", "5"),
    ],
)
def test_one_way_of_writing(text: str, value: str) -> None:
    assert money(text).values.to_list() == [Decimal(value)]


def test_money_keeps_every_digit() -> None:
    assert money("$12,345,678,901,234.1234").values.to_list() == [Decimal("12345678901234.1234")]


def test_the_column_decides_between_point_and_comma() -> None:
    assert money("1.234,50", "1.234").values.to_list() == [Decimal("1234.5"), Decimal(1234)]
    assert money("1,234.50", "1,234").values.to_list() == [Decimal("1234.5"), Decimal(1234)]
    assert money("12,5", "3,25").values.to_list() == [Decimal("12.5"), Decimal("3.25")]


@pytest.mark.parametrize("continental", [False, True])
def test_money_that_has_three_digits_after_each_point_is_asked_about(*, continental: bool) -> None:
    for texts in (("1.234", "2.345"), ("12.500", "950", None), ("€1.234",), ("-1.234",), ("1.234", "2,345")):
        assert money(*texts, continental=continental).is_open, texts
    told = money("1.234", "2.345", continental=continental, decimal="comma")
    assert not told.is_open
    assert told.values.to_list() == [Decimal(1234), Decimal(2345)]
    told = money("1.234", "2.345", continental=continental, decimal="point")
    assert told.values.to_list() == [Decimal("1.234"), Decimal("2.345")]


@pytest.mark.parametrize(
    "texts",
    [("1.234", "2.5"), ("1.234", "0.125"), ("1.234", "1234.567"), ("1.234万", "2.5万"), ("1.234万",), ("1234",)],
)
def test_a_point_that_can_only_divide_decimals_is_not_asked_about(texts: tuple[str, ...]) -> None:
    assert not money(*texts).is_open


def test_numbers_of_a_file_that_holds_numbers_and_what_is_no_money_are_not_asked_about() -> None:
    assert not money("1.234", exact=True).is_open
    assert not numbers(pl.Series(["1.234"]), money=False).is_open, "weights have grams"


def test_what_means_nothing_is_blank_and_what_is_no_number_is_named() -> None:
    told = money("5", "-", "N/A", "暂无", None, "abc", "12 apples")
    assert told.values.to_list() == [Decimal(5), None, None, None, None, None, None]
    assert told.unreadable.to_list() == [False, False, False, False, False, True, True]


def test_currencies_are_named() -> None:
    assert money("$5", "€4").currencies == ["EUR", "USD"]
    assert currencies_of(pl.Series(["$5", "€4", "RMB 3", "2"])).to_list() == ["USD", "EUR", "CNY", None]


@given(st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=20), st.sampled_from(["point", "comma"]))
def test_whatever_is_written_with_separators_can_be_read_back(values: list[Decimal], sign: str) -> None:
    texts = [f"{value:,.2f}" for value in values]
    if sign == "comma":
        texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
    assert money(*texts).values.to_list() == values


def test_whole_amounts_in_a_file_of_semicolons_are_thousands_when_several_say_so_and_asked_when_few() -> None:
    several = numbers(pl.Series(["$1,151", "$10,038", "$2,400", "$7"]), money=True, continental=True)
    assert (several.values.to_list()[:2], several.is_open) == ([Decimal(1151), Decimal(10038)], False)
    assert numbers(pl.Series(["1,151", "7"]), money=True, continental=True).is_open
    assert numbers(pl.Series(["1,151", "2,400", "3,125"]), money=False, continental=True).is_open, "weights have grams"


@pytest.mark.parametrize(
    "text",
    ["1e400", "-1e400", "1e14", "100000000000000000000", "12345678901234567890", "99999999999999.99999", "99999999亿"],
)
def test_money_that_cannot_be_held_is_named_and_never_another_number(text: str) -> None:
    told = money(text, "5")
    assert (told.values.to_list(), told.unreadable.to_list()) == ([None, Decimal(5)], [True, False])


@pytest.mark.parametrize(
    ("text", "value"), [("9007199254740993", None), ("9007199254740992", 2.0**53), ("1e400", None)]
)
def test_a_whole_number_that_a_double_would_change_is_named(text: str, value: float | None) -> None:
    told = numbers(pl.Series([text, "1"]), money=False)
    assert told.values.to_list() == [value, 1.0]
    assert told.unreadable.to_list() == [value is None, False]


@pytest.mark.parametrize(
    ("text", "value", "is_rounded"),
    [
        ("0.1", "0.1", False),
        ("0.30000000000000004", "0.3", False),  # what a double's own noise adds is no digit of anybody's
        ("731.9399999999999", "731.94", False),
        ("0.1000000000000000055511151231257827", "0.1", True),
        ("1.23456", "1.2346", True),
        ("1e-7", "0", True),
        ("1.23456万", "12345.6", False),
        ("12345.6789012亿", "1234567890120", False),
        ("12345678901234.56789", "12345678901234.5679", True),
    ],
)
def test_places_beyond_those_that_are_kept_are_said(text: str, value: str, *, is_rounded: bool) -> None:
    told = money(text, "2")
    assert told.rounded is not None
    assert (told.values[0], told.rounded.to_list()) == (Decimal(value), [is_rounded, False])


def test_the_unit_of_a_header_multiplies_what_was_written_not_what_was_rounded() -> None:
    assert money("1.23456", "2", power=4).values.to_list() == [Decimal("12345.6"), Decimal(20_000)]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=8))
def test_a_number_is_read_exactly_or_said_to_be_otherwise(value: Decimal) -> None:
    for is_money in (True, False):
        told = numbers(pl.Series([f"{value:f}", "1"]), money=is_money)
        assert told.rounded is not None
        read = told.values[0]
        if read is None:
            assert told.unreadable[0]
        elif not told.rounded[0]:
            assert abs(Decimal(repr(read) if not is_money else read) - value) <= abs(value) * Decimal("1e-15"), value


def test_a_cell_with_a_unit_of_its_own_goes_by_that_one_and_is_named() -> None:
    told = money("1.5", "1.2万", "12000元", "¥3", "500k", None, power=4)
    assert told.own_unit is not None
    assert told.values.to_list() == [Decimal(n) if n else None for n in (15_000, 12_000, 12_000, 30_000, 500_000, None)]
    assert told.own_unit.to_list() == [False, True, True, False, True, False]


@pytest.mark.parametrize(
    "texts",
    [
        ("1,200", "3,000", "5,500", "12,000", "1.234,56"),
        ("1,200", "3,000", "12,500", "1,250.5", "1,2", "99,5"),
        ("HK$1,200", "USD 1,200", "1.234,56 €", "¥3,000", "5000"),
        ("1.200", "3.000", "5.500", "1,234.56"),
    ],
)
def test_few_cells_decide_nothing_about_many_that_may_be_thousands(texts: tuple[str, ...]) -> None:
    told = money(*texts)
    assert told.is_open
    assert set(told.telling) <= set(texts)
    for sign in ("point", "comma"):
        assert not money(*texts, decimal=sign).is_open


def test_a_quantity_with_one_decimal_comma_is_asked_about_beside_a_thousand() -> None:
    assert numbers(pl.Series(["1,5", "2,000", "3"]), money=False).is_open
    assert not numbers(pl.Series(["1,5", "2,000", "3"]), money=False, continental=True).is_open, "weights have grams"


@pytest.mark.parametrize(
    "texts",
    [
        ("1,200", "3,000", "5,500", "12,000.50"),
        ("1.200", "3.000", "5.500", "12.000,50"),
        ("1,200.50", "1.234,56"),
        (*(f"{amount},000.50" for amount in range(1, 31)), "12,5", "3,000"),
    ],
)
def test_amounts_that_their_sign_groups_are_not_asked_about(texts: tuple[str, ...]) -> None:
    assert not money(*texts).is_open


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("10 pcs", "1 pc", "3 pcs"), [10, 1, 3]),
        (("5千克", "", "2 千克"), [5, None, 2]),
        (("10台", "1,200 台", "3台"), [10, 1200, 3]),
        (("2箱", "10个", "3个"), None),
        (("2 dozen", "1k pcs", "x"), None),
        (("10 pcs", "2 pcs", "3"), None),
        (("10 dozen", "2 dozen", "3"), None),
        (("10 mil", "2 mil", "4 mil"), None),
        (("10打", "2打", "3打"), None),
        (("10 Dozen", "1 gross", "2 pairs"), None),
        (("3万台", "2万台", "1万台"), None),
    ],
)
def test_quantities_that_name_one_unit_are_read_and_said(cells: tuple[str, ...], read: list[int] | None) -> None:
    lines = "".join(f'{at},2026-01-05,Acme,W,"{cell}",5\n' for at, cell in enumerate(cells))
    text = f"Order ID,Order Date,Customer,Product,Qty,Amount\n{lines}"
    if read is None:
        with pytest.raises(ColumnUnreadable):
            planned(text)
        return
    found = planned(text)
    assert found.checked is not None
    assert found.checked.rows["quantity"].to_list() == read
    assert "quantities_counted" in {one.code for one in found.warnings}
