"""Words: a language for every browser, and names that cannot act as Markdown."""

from __future__ import annotations

import pytest

from ui.text import known, plain, t


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-CN", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("zh_Hans", "zh-CN"),
        ("en-GB", "en"),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_what_a_browser_speaks(tag: str | None, language: str | None) -> None:
    assert known(tag) == language


def test_names_are_no_markdown() -> None:
    joiner = "\u2060"  # no backslash keeps an address from being read once more as one
    assert plain("![x](http://example.org/x.png)") == rf"\!\[x\]\(http\:{joiner}//example\.org/x\.png\)"
    assert plain(":red[x] $a$ **b**").count("\\") == 9
    assert plain("-¥12") == f"\\-{joiner}¥12"  # a line that ends with the minus makes a loss a gain


def test_places_are_filled() -> None:
    assert t("freshness.uploads", count=3) == "3 uploads"
