"""Prices of a product list in another currency than the company's own: never taken for it without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

SALES = "Order ID,Date,Customer,Product,Qty,Amount\nO1,2026-01-05,Acme,Pen,2,$20.00\nO2,2026-01-06,Acme,Ink,3,$60.00\n"
HEAD = "Product ID,Product Name,Price,Unit Cost\n"


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        (HEAD + "P1,Pen,€10.00,€4.00\nP2,Ink,$20.00,9.00\n", [None, 20]),
        (HEAD.replace("Price", "Price (EUR)") + "P1,Pen,10.00,4.00\nP2,Ink,20.00,9.00\n", [None, None]),
        (HEAD.replace("Unit Cost", "Unit Cost,Currency") + "P1,Pen,10,4,USD\nP2,Ink,20,9,EUR\n", [10, None]),
        (HEAD + "P1,Pen,10.00,4.00\nP2,Ink,20.00,9.00\n", [10, 20]),
    ],
)
@pytest.mark.parametrize("is_together", [True, False])
def test_prices_in_another_currency_are_left_blank_and_said(
    company: Company, tmp_path: Path, text: str, prices: list[float | None], is_together: bool
) -> None:
    sales, products = tmp_path / "sales.csv", tmp_path / "products.csv"
    sales.write_text(SALES, "utf-8")
    products.write_text(text, "utf-8")
    if is_together:
        said = company.load(products, sales)[0]["warnings"]
    else:
        company.load(sales)
        said = company.load(products)[0]["warnings"]
    rows = company.facts()["products"]
    found = sorted((row for row in rows if {"P1", "P2"} & {*map(str, row)}), key=repr)
    held = [next((float(cell) for cell in row if str(cell) in ("10.0000", "20.0000")), None) for row in found]
    assert sorted(held, key=repr) == sorted(prices, key=repr)
    assert any("EUR" in text for text in said) == (None in prices)


def test_a_list_in_another_currency_leaves_known_prices_and_its_bare_cost_is_no_other_one(
    company: Company, tmp_path: Path
) -> None:
    sales, own, other = (tmp_path / name for name in ("sales.csv", "own.csv", "other.csv"))
    sales.write_text(SALES, "utf-8")
    own.write_text(HEAD + "P1,Pen,80.00,30.00\n", "utf-8")
    other.write_text(HEAD.replace("Price", "Price (EUR)") + "P1,Pen,10.00,4.00\n", "utf-8")
    company.load(sales, own)
    said = company.load(other)[0]["warnings"]
    assert sum("EUR" in text and "already stay" in text for text in said) == 2, "price and cost"
    (pen,) = (row for row in company.facts()["products"] if "P1" in map(str, row))
    assert {"80.0000", "30.0000"} <= {*map(str, pen)}


def test_one_price_in_another_currency_leaves_the_one_that_is_known(company: Company, tmp_path: Path) -> None:
    """A blank cell clears what was known, a price of another currency does not; undoing it takes nothing else along."""
    files = [tmp_path / name for name in ("sales.csv", "own.csv", "mixed.csv")]
    files[0].write_text(SALES, "utf-8")
    files[1].write_text(HEAD + "P1,Pen,80.00,30.00\nP2,Ink,70.00,20.00\n", "utf-8")
    files[2].write_text(HEAD + "P1,Pen,€10.00,33.00\nP2,Ink,$75.00,\n", "utf-8")
    company.load(*files[:2])
    before = company.facts()
    first, second = company.load(files[2])
    assert (first["read"], second["read"]) == (1, 1)
    assert any("already stay" in said for said in first["warnings"])
    rows = {row: {*map(str, row)} for row in company.facts()["products"]}
    (pen,) = (cells for cells in rows.values() if "P1" in cells)
    (ink,) = (cells for cells in rows.values() if "P2" in cells)
    assert {"80.0000", "33.0000"} <= pen
    assert "75.0000" in ink
    assert "20.0000" not in ink
    company("undo", 4)
    company("undo", 3)
    assert company.facts() == before
