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
