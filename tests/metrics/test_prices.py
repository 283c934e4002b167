"""Price, volume and mix: published examples in both conventions, and what adds up to the cent on any lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.cuts import total
from metrics.errors import NoPeriod
from metrics.prices import CONVENTIONS, Convention, by_product, effects, prices
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

THEN, NOW = date(2026, 1, 2), date(2026, 2, 10)
FEBRUARY = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28), compare="previous")
Line = tuple[str | None, date, float | None, str | float | None]


def _put(connection: duckdb.DuckDBPyConnection, *lines: Line, is_return: bool = False, rep: int = 1) -> None:
    """Order lines: product, day, quantity, amount."""
    for number, (product, day, quantity, amount) in enumerate(lines):
        key = ord(product) if product else None
        if product and not connection.execute("from crm.products where product_key = ?", [key]).fetchone():
            connection.execute(
                "insert into crm.products (product_key, product, is_implied) values (?, ?, false)", [key, product]
            )
        connection.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, product_key, quantity, amount, is_return,"
            " customer_key, rep_key) values (?, ?, ?, ?, ?, ?, ?, 1, ?)",
            [f"{day}{is_return}{rep}", number, day, key, quantity, amount, is_return, rep],
        )


def _steps(connection: duckdb.DuckDBPyConnection, convention: Convention = "now") -> dict[str, float]:
    frame = answered(connection, prices(FEBRUARY, convention)).frame
    return {row["driver"]: float(row["amount"]) for row in frame.iter_rows(named=True) if row["amount"]}


def _accountancyindex(connection: duckdb.DuckDBPyConnection) -> None:
    """Units × price: A 10 × 1000, B 15 × 800, C 20 × 500; a year later A 11 × 1000, B 15 × 700, C 23 × 800."""
    _put(connection, ("A", THEN, 1000, 10_000), ("B", THEN, 800, 12_000), ("C", THEN, 500, 10_000))
    _put(connection, ("A", NOW, 1000, 11_000), ("B", NOW, 700, 10_500), ("C", NOW, 800, 18_400))


def test_the_published_example_at_old_quantities(empty: duckdb.DuckDBPyConnection) -> None:
    """Price 2,500, volume 4,500 product by product, and what the source calls mix, our joint term, 900."""
    _accountancyindex(empty)
    steps = _steps(empty, "then")
    assert (steps["start"], steps["end"], steps["price"], steps["joint"]) == (32_000, 39_900, 2_500, 900)
    assert steps["volume"] + steps["mix"] == pytest.approx(4_500)
    assert steps["volume"] == pytest.approx(2_782.6, abs=0.05)  # 200 pieces more at the average of 13.913
    assert steps["mix"] == pytest.approx(1_717.4, abs=0.05)
    each = answered(empty, by_product(FEBRUARY, "then")).frame.sort("product")
    assert each["volume"].to_list() == [0, -1_500, 6_000]
    assert each["price"].to_list() == [1_000, 0, 1_500]


def test_the_same_at_new_quantities_has_no_joint_term(empty: duckdb.DuckDBPyConnection) -> None:
    _accountancyindex(empty)
    steps = _steps(empty)
    assert steps["price"] == 3_400
    assert steps["volume"] + steps["mix"] == pytest.approx(4_500)
    assert "joint" not in steps


def test_one_product_in_both_conventions(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, ("A", THEN, 1000, 50_000), ("A", NOW, 1100, 57_200))
    assert _steps(empty, "then") == {"start": 50_000, "price": 2_000, "volume": 5_000, "joint": 200, "end": 57_200}
    assert _steps(empty, "now") == {"start": 50_000, "price": 2_200, "volume": 5_000, "end": 57_200}


def test_what_has_no_price_to_compare_is_a_block_of_its_own(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, ("A", THEN, 10, 100), ("A", NOW, 10, 110), ("N", NOW, 2, 50), ("D", THEN, 3, 70))
    _put(empty, ("N", date(2025, 11, 3), 2, 40), rep=3)  # sold long before: only now, which is not new
    _put(empty, ("A", NOW, -1, -11), is_return=True)
    _put(empty, (None, NOW, 5, 7), ("A", NOW, None, 8), ("A", THEN, 0, 3), rep=2)
    assert _steps(empty) == {
        "start": 173, "price": 10, "only_now": 50, "only_before": -70, "returns": -11, "unpriced": 12, "end": 164,
    }  # fmt: skip
    result = answered(empty, prices(FEBRUARY))
    assert [(said.code, said["count"]) for said in result.notes] == [("lines_unpriced", 3)]
    counts = dict(result.frame.select("driver", "products").iter_rows())
    assert (counts["start"], counts["end"]) == (2, 2), "no product is none: A and D, A and N"
    assert (counts["returns"], counts["unpriced"]) == (1, 1)
    behind = {
        step: answered(empty, result.query.rows("amount", driver=step)).frame.height for step in result.frame["driver"]
    }
    assert behind == {
        "start": 3, "price": 2, "volume": 2, "mix": 2, "only_now": 1, "only_before": 1, "returns": 1, "unpriced": 3,
        "end": 5,
    }  # fmt: skip
    own = Viewer(scope="rep", rep_keys=(2,))
    assert answered(empty, prices(FEBRUARY), own).frame.filter(pl.col("driver") == "end")["amount"].to_list() == [15]
    each = answered(empty, by_product(FEBRUARY))
    for row in each.frame.iter_rows(named=True):
        found = answered(empty, each.query.rows(product=row["product"], block=row["block"])).frame
        assert found["amount"].sum() == row["amount_then"] + row["amount_now"]


def test_returns_without_an_amount_and_lines_without_a_product_are_told(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, ("A", THEN, 1, 5), ("A", NOW, 1, 5), (None, NOW, 1, 4), (None, NOW, 2, 4))
    _put(empty, ("A", NOW, -1, None), ("A", THEN, -1, None), ("A", NOW, -1, -5), is_return=True)
    result = answered(empty, prices(FEBRUARY))
    assert [(said.code, said["count"]) for said in result.notes] == [("lines_unpriced", 2), ("returns_unpriced", 2)]
    told = {row["driver"]: (row["amount"], row["products"]) for row in result.frame.iter_rows(named=True)}
    assert (told["unpriced"], told["returns"]) == ((8, None), (-5, 1))


def test_nothing_is_said_of_days_before_the_data(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, ("A", NOW, 1, 5))
    result = answered(empty, prices(FEBRUARY))
    assert result.frame.is_empty()
    assert [said.code for said in result.notes] == ["nothing_before"]
    with pytest.raises(NoPeriod):
        prices(view())


_AMOUNT = st.decimals("-99999.99", "99999.99", places=2)
_LINES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", None]), st.booleans(),
        st.sampled_from([None, -3.0, 0.0, 0.7, 1.0, 12.5, 400.0]), _AMOUNT, st.booleans(),
    ), max_size=25,
)  # fmt: skip


@settings(max_examples=max(settings().max_examples // 4, 10))
@given(lines=_LINES, convention=st.sampled_from(CONVENTIONS))
def test_blocks_add_up_to_the_change_of_revenue_to_the_cent(
    bare: duckdb.DuckDBPyConnection,
    lines: list[tuple[str | None, bool, float | None, Decimal, bool]],
    convention: Convention,
) -> None:
    bare.begin()
    try:
        _put(bare, ("A", THEN - timedelta(days=1), 1, 0))  # the record begins with the days compared with
        for at, (product, is_now, quantity, amount, is_return) in enumerate(lines):
            _put(bare, (product, NOW if is_now else THEN, quantity, str(amount)), is_return=is_return, rep=at)
        frame = answered(bare, prices(FEBRUARY, convention)).frame
        told = total("revenue", FEBRUARY)
        row = (
            bare.sql(told.bound(Viewer(scope="all"))[0], params=told.bound(Viewer(scope="all"))[1])
            .pl()
            .row(0, named=True)
        )
    finally:
        bare.rollback()
    amounts = dict(frame.select("driver", "amount").iter_rows())
    assert (amounts.pop("start"), amounts.pop("end")) == (row["revenue_before"], row["revenue"])
    assert sum(amounts.values()) == row["revenue"] - row["revenue_before"]


def test_no_effect_without_a_change() -> None:
    same = pl.DataFrame({
        "line_kind": ["priced"], "amount_now": [Decimal("10.01")], "amount_then": [Decimal("10.01")],
        "quantity_now": [3.0], "quantity_then": [3.0], "lines_now": [1], "lines_then": [1],
    })  # fmt: skip
    for convention in CONVENTIONS:
        row = effects(same, convention).row(0, named=True)
        assert {row[name] for name in ("change", "price", "volume", "joint")} == {Decimal(0)}
