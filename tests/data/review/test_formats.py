"""Number formats that spreadsheets and charts read."""

from __future__ import annotations

import pytest

from data.review import formats


@pytest.mark.parametrize(
    ("unit", "largest", "lang", "told"),
    [
        ("share", 0.9, "en", "0.0%"),
        ("money", 9_999, "en", "#,##0"),
        ("money", -25_000, "en", '0.0,"K";-0.0,"K";0'),
        ("money", 2.5e6, "en", '0.00,,"M";-0.00,,"M";0'),
        ("money", 25_000, "zh-CN", '0\\.0,"万";-0\\.0,"万";0'),
        ("money", 2.5e8, "zh-CN", '0\\.00,,"亿";-0\\.00,,"亿";0'),
        ("days", 12, "en", "#,##0.0"),
        ("days", 120, "en", "#,##0"),
    ],
)
def test_large_numbers_are_in_the_readers_units(unit: str, largest: float, lang: str, told: str) -> None:
    assert formats.of_chart(unit, largest, lang) == told


def test_an_axis_has_fewer_digits() -> None:
    assert formats.of_axis("share", 0.4, "en") == "0%"
    assert formats.of_axis("money", 2.5e6, "en") == '0.0,,"M";-0.0,,"M";0'


def test_a_sign_of_its_own() -> None:
    assert formats.signed("#,##0", "−") == '"−"#,##0;"−"#,##0;0'
    assert formats.signed('0.0,"K";-0.0,"K";0', "+") == '"+"0.0,"K";"+"0.0,"K";0'
    assert formats.signed("#,##0", "") == "#,##0"
    assert formats.marked("#,##0;-#,##0;0", "! ") == '"! "#,##0;"! "-#,##0;"! "0'
