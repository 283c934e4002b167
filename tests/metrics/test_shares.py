"""Money shared out among products and people, by hand; deals, rates and averages stay whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from data.shares import write_shares
from metrics.cuts import breakdown, breakdowns, pivot, total
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import Ask, answered, view

NORTH = Viewer(scope="teams", teams=("North",), above=("Sales",), rep_keys=(1, 2))
SOUTH = Viewer(scope="teams", teams=("South",), above=("Sales",), rep_keys=(3,))

# d01 (100, Ann, Saw): 60 of Saw, 25 of Oil, so 15 of no product.   d04 (40, Bob, Saw): lines of 60, cut to 20 and 20.
# d08 (70 now, 50 until March, Cem, open): 35 of Saw and 35 of Oil.  d02 and d06 have no lines: Oil.
# d06 (500, Cem): Ann has 0.3, Bob 0.2; what the file gives Cem does not matter, the owner keeps the rest.
LINES = """
insert into crm.deal_lines (deal_id, line_no, product_key, amount) values
    ('d01', 1, 21, 40), ('d01', 2, 22, 25), ('d01', 3, 21, 20), ('d04', 1, 21, 30), ('d04', 2, 22, 30),
    ('d08', 1, 21, 35), ('d08', 2, 22, 35), ('d05', 1, 22, null);
insert into crm.deal_owners values ('d06', 1, 0.3, null), ('d06', 2, 0.2, 'support'), ('d06', 3, 0.1, 'owner');
"""


@pytest.fixture(autouse=True)
def shared(company: duckdb.DuckDBPyConnection) -> None:
    """Give some of the ten deals lines and shares."""
    company.execute(LINES)
    write_shares(company)


def _by(ask: Ask, name: str, dim: str, viewer: Viewer = EVERYTHING, **chosen: str) -> dict[object, float]:
    seen = view()
    for filtered, value in chosen.items():
        seen = seen.with_filter(filtered, value)
    return dict(ask(breakdown(name, dim, seen), viewer).frame.select(dim, name).iter_rows())


def test_won_amount_by_product_follows_the_lines(ask: Ask) -> None:
    assert _by(ask, "won_amount", "product") == {"Oil": 795.55, "Saw": 80, None: 15}
    assert _by(ask, "won_amount", "category") == {"goods": 795.55, "tools": 80, None: 15}
    assert ask(total("won_amount", view())).frame["won_amount"].item() == 890.55


def test_lines_of_a_deal_in_foreign_money_are_in_that_money(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    # d02: 100 dollars, counted as 250.55; 60 dollars of it are Saw, for the rest nobody said a product
    company.execute("update crm.deals set amount_original = 100, currency = 'USD' where deal_id = 'd02'")
    company.execute("insert into crm.deal_lines (deal_id, line_no, product_key, amount) values ('d02', 1, 21, 60)")
    write_shares(company)
    found = _by(ask, "won_amount", "product")
    assert found == {"Oil": 545, "Saw": pytest.approx(80 + 150.33), None: pytest.approx(15 + 100.22)}


def test_deals_rates_and_averages_count_whole_deals_at_their_main_product(ask: Ask) -> None:
    assert _by(ask, "won_deals", "product") == {"Saw": 2, "Oil": 2}
    assert _by(ask, "win_rate", "product") == {"Saw": 2 / 3, "Oil": 2 / 3, None: 0}
    average = _by(ask, "average_won_amount", "product")
    assert average == {"Oil": pytest.approx((250.55 + 500) / 2), "Saw": (100 + 40) / 2}


def test_credit_follows_owner_shares(ask: Ask) -> None:
    assert _by(ask, "won_amount", "rep") == {"Ann": 500.55, "Bob": 140, "Cem": 250}
    assert _by(ask, "won_amount", "team") == {"North": 640.55, "South": 250}
    assert _by(ask, "won_amount", "manager") == {"Max": 640.55, "Mia": 250}
    assert _by(ask, "won_deals", "rep") == {"Ann": 2, "Bob": 1, "Cem": 1}
    assert _by(ask, "won_amount", "region") == {"N": 390.55, "S": 500}


def test_a_filter_counts_the_parts_it_names(ask: Ask) -> None:
    assert _by(ask, "won_amount", "rep", product="Oil") == {"Ann": 25 + 250.55 + 150, "Bob": 20 + 100, "Cem": 250}
    frame = ask(total(("won_amount", "won_deals"), view().with_filter("rep", "Ann"))).frame
    assert frame.row(0) == (500.55, 2)


def test_both_at_once_and_several_breakdowns(ask: Ask) -> None:
    both = ask(pivot("won_amount", ("product", "rep"), view())).frame
    assert sum(both["won_amount"]) == pytest.approx(890.55)
    assert {(row[0], row[1]): row[2] for row in both.iter_rows()}["Oil", "Bob"] == 120
    several = ask(breakdowns(("won_amount", "won_deals"), ("product", "rep", "region"), view())).frame
    found = {(dim, value): (won, deals) for dim, value, won, deals in several.iter_rows()}
    assert found["product", None] == (15, 0)
    assert found["rep", "Ann"] == (500.55, 2)
    assert found["region", "S"] == (500, 1)


def test_earlier_days_are_shared_out_in_todays_proportions(ask: Ask) -> None:
    seen = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 25))
    frame = ask(breakdown(("open_amount", "weighted_amount", "open_deals"), "product", seen)).frame
    assert {row[0]: row[1:] for row in frame.iter_rows()} == {
        "Saw": (25 + 30 + 20, 0.2 * 25 + 0.9 * 20, 3), "Oil": (25 + 20, 0.2 * 25 + 0.9 * 20, 0)
    }  # fmt: skip


def test_rows_say_which_part_of_which_deal(ask: Ask) -> None:
    query = breakdown(("won_amount", "won_deals"), "product", view())
    rows = ask(query.rows("won_amount", product="Oil")).frame
    assert {row[0]: row[1:] for row in rows.select("deal_id", "amount", "deal_amount", "share").iter_rows()} == {
        "d01": (25, 100, 0.25), "d02": (Decimal("250.55"), Decimal("250.55"), 1), "d04": (20, 40, 0.5),
        "d06": (500, 500, 1),
    }  # fmt: skip
    assert set(ask(query.rows("won_deals", product="Saw")).frame["deal_id"]) == {"d01", "d04"}
    assert ask(query.rows("won_amount", product=None)).frame["deal_id"].to_list() == ["d01"]


def test_a_share_opens_its_part_and_nothing_of_the_others(ask: Ask) -> None:
    """Everybody gets the same number for a person or a team, whoever looks (decision 0023)."""
    assert _by(ask, "won_amount", "rep", NORTH) == {"Ann": 500.55, "Bob": 140}
    assert _by(ask, "won_amount", "rep", SOUTH) == {"Cem": 250}
    assert _by(ask, "won_amount", "team", SOUTH) == {"South": 250}
    for viewer, won, deals in ((NORTH, 640.55, 3), (SOUTH, 250, 1)):
        whole = ask(total(("won_amount", "won_deals"), view()), viewer)
        assert whole.frame.row(0) == (pytest.approx(won), deals)
        assert [remark.code for remark in whole.notes] == ["shared_among_owners"]
    rows = ask(total("won_amount", view()).rows(), NORTH).frame
    assert set(rows["rep_key"]) == {1, 2}
    assert set(rows["team"]) == {"North"}
    shared = rows.filter(pl.col("deal_id") == "d06").sort("rep").select("rep", "amount", "deal_amount").rows()
    assert shared == [("Ann", 150, 500), ("Bob", 100, 500)]
    assert _by(ask, "won_amount", "product", NORTH, rep="Cem") == {}


def test_a_share_opens_no_deal_that_is_counted_whole(ask: Ask) -> None:
    assert set(ask(total("won_deals", view()).rows(), NORTH).frame["deal_id"]) == {"d01", "d02", "d04"}
    assert ask(total("created_deals", view()), SOUTH).frame.item() == 3


def test_the_answer_says_that_it_is_shared_out(ask: Ask) -> None:
    codes = {
        dim: [remark.code for remark in ask(breakdown("won_amount", dim, view())).notes]
        for dim in ("product", "rep", "region")
    }
    assert codes == {"product": ["shared_among_products"], "rep": ["shared_among_owners"], "region": []}
    without = ask(breakdown("won_amount", "rep", view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))))
    assert without.notes == ()


def test_shares_of_more_than_the_whole_are_parts_of_their_sum(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("insert into crm.deal_owners values ('d02', 2, 0.9, null), ('d02', 3, 0.9, null)")
    write_shares(company)
    frame = answered(company, breakdown("won_amount", "rep", view())).frame
    found = dict(frame.select("rep", "won_amount").iter_rows())
    assert found["Ann"] == pytest.approx(100 + 150)
    assert found["Bob"] == pytest.approx(140 + 125.275)
    assert sum(found.values()) == pytest.approx(890.55)


def test_an_earlier_day_says_that_deals_are_as_known_now(ask: Ask) -> None:
    past = ask(total(("won_amount", "open_deals"), view().seen_on(date(2026, 2, 1))))
    assert past.frame["won_amount"].item() == 600  # d01 and d06; d02 and d04 closed later
    assert "as_known_now" in [remark.code for remark in past.notes]
    assert "as_known_now" not in [remark.code for remark in ask(total("won_amount", view())).notes]
