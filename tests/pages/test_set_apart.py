"""Rows that a profile sets apart are said on the pages of their table, and named in the history of uploads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.apart import set_apart
from data.ingest import Source, plan, run
from data.store import Store
from tests.pages.conftest import Open
from tests.small import empty_at
from ui import session
from ui.text import LANGUAGES

SHOP = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,10,Cup,6,2026-01-05 08:26:00,2.5,17850.0,France
A2,B,Adjust bad debt,1,2026-01-06 10:00:00,-100,,France
3,10,broken,-4,2026-01-07 10:00:00,0,,France
C4,10,Cup,-1,2026-01-08 10:00:00,2.5,17850.0,France
"""


@pytest.fixture
def shop(shown: Callable[[Path], Store], tmp_path: Path) -> Store:
    store = shown(empty_at(tmp_path / "shop.duckdb"))
    run(store, plan([Source("shop.csv", SHOP.encode())]))
    return store


@pytest.mark.parametrize("lang", LANGUAGES)
def test_adjustments_are_in_no_number_and_the_pages_say_so(lang: str, shop: Store, open_page: Open) -> None:
    with shop.snapshot() as seen:
        assert set_apart(seen) == {"order_lines": [("adjustment", 2)]}
        assert (
            float(seen.frame("select sum(amount) from crm.order_lines").item()) == 12.5
        )  # 6 cups less the one returned
    why = {"en": "an adjustment of stock or books, not a sale", "zh-CN": "库存或账目调整，不是销售"}[lang]
    for page in (open_page("trends", lang=lang, measure="revenue"), open_page("products", lang=lang)):
        assert not page.exception
        assert any(f"2 × {why}" in caption.value.replace("\\", "") for caption in page.caption)
    assert not open_page("history", lang=lang).exception


def test_where_nothing_was_set_apart_nothing_is_said(demo: Store, open_page: Open) -> None:
    assert not any(" × " in caption.value for caption in open_page("trends", lang="en").caption)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_returns_that_say_no_amount_are_told_where_revenue_is(lang: str, shop: Store, open_page: Open) -> None:
    why = {"en": "1 returned order lines have no amount", "zh-CN": "有 1 条退货明细缺少金额"}[lang]
    before = open_page("trends", lang=lang, measure="revenue")
    assert not before.exception
    assert not before.error, "a company of three days has no usual week, and no mistake either"
    assert not any(why in caption.value for caption in before.caption)
    shop._database.execute("update crm.order_lines set amount = null where is_return")
    session._known.pop(shop)  # what stays as long as the version does
    for page in (open_page("trends", lang=lang, measure="revenue"), open_page("products", lang=lang)):
        assert not page.exception
        assert sum(why in caption.value for caption in page.caption) == 1
