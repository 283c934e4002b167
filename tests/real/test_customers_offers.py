"""Sets of products and what is bought next of a real shop, against the same counts made of its lines in another way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.store import open_store
from tests.command_line import Company
from tests.real.test_orders import files

pytestmark = pytest.mark.real

LINES = (
    "select order_id, customer, product, ordered_on from crm.order_lines join crm.products using (product_key)"
    " left join crm.customers using (customer_key) where not is_return"
)


def test_uci(company: Company, real: Path) -> None:
    company.hold(*files(real, "uci_online_retail", "*.zip"))
    with open_store(company.path, create=False).snapshot() as seen:
        lines = seen.frame(LINES).rows()
    orders, customers = defaultdict(set), defaultdict(list)
    for order, customer, product, day in lines:
        orders[order].add(product)
        if customer is not None:
            customers[customer].append((product, day))
    told = company("offers", "--about", "sets", "--from", "2010-12-01", "--to", "2011-12-09").json["rows"]
    assert any(row["is_beyond_chance"] and row["products"] == 3 for row in told)
    for row in told[:40]:
        names = {row[f"{place}product"] for place in ("", "other_", "third_", "fourth_")} - {None}
        assert sum(names <= held for held in orders.values()) == row["held_by"]
        assert row["held_all"] == len(orders)
    rule = company("offers", "--about", "rules", "--within", "90").json["rows"][0]
    then = date(2011, 12, 9) - timedelta(days=90)
    had = {rule["because"], rule["because_too"]} - {None}
    such = bought = 0
    for sales in customers.values():
        before = {product for product, day in sales if day <= then}
        if had <= before and rule["offer"] not in before:
            such += 1
            bought += any(product == rule["offer"] and day > then for product, day in sales)
    assert (rule["such_customers"], rule["bought"], rule["is_beyond_chance"]) == (such, bought, True)
    past = company("offers", "--about", "past", "--within", "90").json["rows"]
    best = {row["method"]: row for row in past if row["offers"] == 1}
    assert best["rules"]["is_beyond_chance"]
    assert best["rules"]["hits"] > best["popular"]["hits"]
    judged = company("offers", "--about", "past", "--within", "90", "--rows").json["rows"]
    by_rules = [row for row in judged if (row["method"], row["offers"]) == ("rules", 1)]
    assert (len(by_rules), sum(row["is_hit"] for row in by_rules)) == (
        best["rules"]["customers"],
        best["rules"]["hits"],
    )
    for row in by_rules:
        since = {product for product, day in customers[row["customer"]] if day > then}
        assert row["is_hit"] == (row["offer"] in since)
    held = company("offers", "--about", "held-out").json["rows"][0]
    assert held["lift.low"] > 1  # Germany and France, of customers that were not learned from
    assert company("offers").json["notes"]  # 180 days ahead: the record is too short, and it says so
