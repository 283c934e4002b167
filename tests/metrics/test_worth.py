"""Who is worth it: by hand, refusals with their reasons, and rows that are what the model says they are."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics import worth
from metrics.errors import NoSuchColumn
from metrics.view import View
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

TODAY = view().as_of


def shop(connection: duckdb.DuckDBPyConnection, customers: int = 700, weeks: int = 100, seed: int = 2) -> None:
    """A shop whose customers buy as the model says: gamma rates, geometric ends, gamma amounts."""
    connection.register("drawn", bought(customers, weeks, seed))
    connection.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, amount, is_return)"
        " select order_id, 1, ordered_on, customer_key, customer_key % 2, amount, false from drawn"
    )
    connection.execute(
        "insert into crm.customers (customer_key, customer, rep_key, is_implied)"
        " select distinct customer_key, 'customer ' || customer_key, rep_key, false from crm.order_lines"
    )
    connection.execute("insert into crm.reps (rep_key, rep, is_implied) values (0, 'Ann', false), (1, 'Bob', false)")


@cache
def bought(customers: int, weeks: int, seed: int) -> pl.DataFrame:
    """Its orders."""
    dice = np.random.default_rng(seed)
    lines: list[tuple[str, date, int, float]] = []
    for key in range(1, customers + 1):
        at = float(dice.integers(0, weeks * 7 - 20))
        rate, stops, mean = dice.gamma(1.0, 1 / 50), dice.beta(1.0, 4.0), 100 / dice.gamma(4, 1 / 3)
        while at <= weeks * 7:
            day = TODAY - timedelta(days=weeks * 7) + timedelta(days=int(at))
            lines.append((f"{key} {at:.3f}", day, key, round(float(dice.gamma(3, mean / 3)), 2)))
            if dice.random() < stops:
                break
            at += 1 + dice.exponential(1 / rate)
    return pl.DataFrame(lines, schema=["order_id", "ordered_on", "customer_key", "amount"], orient="row")


def codes(result: object) -> list[str]:
    """What an answer says about itself."""
    return [note.code for note in result.notes]  # type: ignore[attr-defined]


def test_histories_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """Two orders of a day are one purchase; a return comes off the money and is none; of nought is one; days count."""
    empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (1, 'Acme', false)")
    days = [(0, 10, False), (0, 5, False), (14, 20, False), (20, -8, True), (21, 0, False), (70, 30, False)]
    first = TODAY - timedelta(days=100)
    for number, (at, amount, back) in enumerate(days):
        empty.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return)"
            " values (?, 1, ?, 1, ?, ?)",
            [str(number), first + timedelta(days=at), amount, back],
        )
    empty.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, amount, is_return) values ('n', 1, ?, 7, false)",
        [TODAY],
    )
    query = worth.check(view(), 13)  # 91 days ago: only the first day was known
    raw = answered(empty, query).raw.sort("customer_key", nulls_last=True)
    assert raw.drop("customer_key").row(0, named=True) == {
        "first_on": first, "last_on": first + timedelta(days=70), "last_then": first, "purchases": 4,
        "purchases_then": 1, "amount": 57.0, "repeat_amount": 42.0, "in_contract": 0, "in_contract_then": 0,
    }  # fmt: skip
    assert raw.get_column("customer_key").to_list() == [1, None]
    assert codes(answered(empty, query)) == ["worth_unassigned", "worth_too_short"]


def test_a_shop_that_buys_as_the_model_says(empty: duckdb.DuckDBPyConnection) -> None:
    shop(empty)
    check = answered(empty, worth.check(view(), 26))
    assert codes(check) == ["worth_fits"]
    frame = check.frame
    assert frame["made"].sum() == answered(empty, worth.check(view(), 26).rows()).frame["made"].sum()
    assert abs(frame["foreseen"].sum() / frame["made"].sum() - 1) < 0.2
    for row in frame.to_dicts():
        members = answered(empty, worth.check(view(), 26).rows("customers", repeats=row["repeats"])).frame
        assert (members.height, members["made"].sum()) == (row["customers"], row["made"])
    asked = worth.bands(view(), 26)
    bands = answered(empty, asked).frame
    assert bands["customers"].sum() == 700
    total = empty.execute("select cast(sum(amount) as double) from crm.order_lines").fetchall()[0][0]
    assert bands["brought_so_far"].sum() == pytest.approx(total)
    for row in bands.to_dicts():
        behind = answered(empty, asked.rows("customers", **row)).frame
        assert behind.height == row["customers"]
        assert float(behind["amount"].sum()) == pytest.approx(row["brought_so_far"])
    high = bands.filter(bands["worth"] == "high")["brought_so_far"].sum()
    assert total / 2 <= high < total * 0.55
    listed = answered(empty, worth.worth(view(), 26)).frame
    assert listed.height == worth.MOST
    assert listed["value_ahead"].to_list() == sorted(listed["value_ahead"], reverse=True)
    assert set(listed["rep"]) == {"Ann", "Bob"}
    row = listed.row(0, named=True)
    assert (
        row["value_ahead"] < row["expected_purchases"] * row["value_each"] < row["value_ahead"] * 1.06
    )  # half a year at 10 %
    lines = answered(empty, worth.worth(view(), 26).rows("value_ahead", customer=row["customer"])).frame
    assert float(lines["amount"].sum()) == pytest.approx(row["brought_so_far"])
    gone = answered(empty, worth.lost(view(), 26)).frame
    assert (gone["chance_alive"] < 0.3).all()
    assert gone["brought_so_far"].to_list() == sorted(gone["brought_so_far"], reverse=True)
    parameters = answered(empty, worth.parameters(view(), 26)).frame
    assert parameters["parameter"].to_list() == list(worth.PARAMETERS)
    told = {row["parameter"]: (row["fitted.low"], row["fitted.high"]) for row in parameters.to_dicts()}
    for name, true in {"p": 3.0, "q": 4.0}.items():
        assert told[name][0] * 0.8 < true < told[name][1] * 1.2
    later = answered(empty, worth.worth(view(), 26, 0.0)).frame.row(0, named=True)
    assert later["value_ahead"] == pytest.approx(later["expected_purchases"] * later["value_each"])


def test_filters_choose_who_is_listed_not_what_is_known(empty: duckdb.DuckDBPyConnection) -> None:
    shop(empty)
    ann = view().with_filter("rep", "Ann")
    every, hers = (answered(empty, worth.bands(one, 26)) for one in (view(), ann))
    assert hers.frame["customers"].sum() == 350
    assert hers.frame["r"][0] == every.frame["r"][0]
    for row in hers.frame.to_dicts():
        behind = answered(empty, worth.bands(ann, 26).rows("customers", **row)).frame
        assert behind.height == row["customers"]
    whole = {row["customer"]: row for row in answered(empty, worth.worth(view(), 26)).frame.to_dicts()}
    for row in answered(empty, worth.worth(ann, 26)).frame.head(20).to_dicts():
        assert row == whole[row["customer"]]
    own = answered(empty, worth.bands(view(), 26), Viewer(scope="rep", rep_keys=(0,)))
    assert own.frame["customers"].sum() == 350
    assert own.frame["r"][0] != every.frame["r"][0]  # the model of what Ann may see


@pytest.mark.parametrize(
    ("changes", "weeks", "code"),
    [
        ("delete from crm.order_lines where customer_key > 60", 26, "worth_too_few"),
        ("delete from crm.order_lines where ordered_on < date '2025-08-01'", 26, "worth_too_short"),
        ("delete from crm.order_lines where customer_key = 700", 52, "worth_too_short"),
        (f"delete from crm.order_lines where ordered_on > date '{TODAY - timedelta(days=150)}'", 26, "worth_poor_fit"),
    ],
)
def test_where_the_model_has_no_place_it_says_why(
    empty: duckdb.DuckDBPyConnection, changes: str, weeks: int, code: str
) -> None:
    shop(empty)
    empty.execute(changes)
    for ask in (worth.worth, worth.lost, worth.bands):
        result = answered(empty, ask(view(), weeks))
        assert result.frame.is_empty()
        assert codes(result)[-1] == code
    assert answered(empty, worth.check(view(), weeks)).frame.is_empty() is (code != "worth_poor_fit")
    assert answered(empty, worth.parameters(view(), weeks)).frame.height == 4


def contracts(connection: duckdb.DuckDBPyConnection, keys: str, starts: date, ends: date | None) -> None:
    """A contract for each of these customers."""
    connection.execute(
        "insert into crm.contracts (contract_id, customer_key, starts_on, ends_on)"
        f" select 'c' || customer_key || $starts, customer_key, $starts, $ends from crm.customers"
        f" where customer_key {keys}",
        {"starts": starts, "ends": ends},
    )


def test_who_is_under_contract_is_set_apart(empty: duckdb.DuckDBPyConnection) -> None:
    """A hundred of 700 have one that runs, fifty one without an end, ten had one, ten will have one."""
    shop(empty)
    alone = answered(empty, worth.bands(view(), 26)).frame
    contracts(empty, "<= 100", TODAY - timedelta(days=90), TODAY)
    contracts(empty, "between 101 and 150", TODAY - timedelta(days=300), None)
    contracts(empty, "between 151 and 160", TODAY - timedelta(days=300), TODAY - timedelta(days=1))
    contracts(empty, "between 161 and 170", TODAY + timedelta(days=1), None)
    asked = worth.bands(view(), 26)
    result = answered(empty, asked)
    assert [(one["count"], one["of"]) for one in result.notes if one.code == "worth_in_contract"] == [(150, 700)]
    frame = result.frame
    bound = frame.filter(pl.col("alive") == "contract")
    assert (bound["customers"].sum(), frame["customers"].sum()) == (150, 700)
    assert bound["value_ahead"].null_count() == bound.height  # nothing is foretold of them
    assert frame["brought_so_far"].sum() == pytest.approx(alone["brought_so_far"].sum())
    for row in frame.to_dicts():
        behind = answered(empty, asked.rows("customers", **row)).frame
        assert (behind.height, float(behind["amount"].sum())) == (
            row["customers"],
            pytest.approx(row["brought_so_far"]),
        )
    named = {f"customer {key}" for key in range(1, 151)}
    for ask in (worth.worth, worth.lost):
        found = answered(empty, ask(view(), 26)).frame
        assert found.height
        assert not named & set(found["customer"])
    check = worth.check(view(), 26)  # then 60 had one: those of 300 days ago
    free = answered(empty, check.rows()).frame
    assert answered(empty, check).frame["customers"].sum() == free.height
    assert not {f"customer {key}" for key in range(101, 161)} & set(free["customer"])


def test_where_contracts_bring_most_nothing_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    shop(empty)
    contracts(empty, "<= 500", TODAY - timedelta(days=90), TODAY + timedelta(days=90))
    for ask in (worth.worth, worth.lost, worth.bands):
        result = answered(empty, ask(view(), 26))
        assert result.frame.is_empty()
        assert [one["count"] for one in result.notes if one.code == "worth_contracts"] == [500]
        assert 50 < next(one["share"] for one in result.notes if one.code == "worth_contracts") < 90


def test_where_nobody_stops_no_silence_tells_anything(empty: duckdb.DuckDBPyConnection) -> None:
    """Everybody buys on at a rate of its own: the chance to stop runs to nought, and all would seem alive for ever."""
    dice, lines = np.random.default_rng(4), []
    for key in range(1, 501):
        rate, at = dice.gamma(1.0, 1 / 40), float(dice.integers(0, 300))
        while at <= 700:
            lines.append((f"{key} {at:.3f}", TODAY - timedelta(days=700 - int(at)), key))
            at += 1 + dice.exponential(1 / rate)
    drawn = pl.DataFrame(lines, schema=["order_id", "ordered_on", "customer_key"], orient="row")
    empty.register("drawn", drawn)
    empty.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return)"
        " select order_id, 1, ordered_on, customer_key, 10, false from drawn"
    )
    for ask in (worth.worth, worth.bands, worth.lost):
        result = answered(empty, ask(view(), 26))
        assert result.frame.is_empty()
        assert codes(result) == ["worth_no_peak"]
    assert answered(empty, worth.check(view(), 26)).frame.height


def test_nothing_and_nobody(empty: duckdb.DuckDBPyConnection) -> None:
    for ask in worth.QUESTIONS.values():
        result = answered(empty, ask(view()))
        assert result.frame.is_empty()
        assert codes(result) == ["worth_no_orders"]
    with pytest.raises(NoSuchColumn):
        worth.bands(view()).rows("customers", worth="high", alive="lost")
    with pytest.raises(NoSuchColumn, match="customers"):
        worth.check(view()).rows("custmers")


def test_a_day_of_the_past_knows_nothing_later(empty: duckdb.DuckDBPyConnection) -> None:
    shop(empty)
    then = View(as_of=TODAY).seen_on(TODAY - timedelta(days=182))
    before = answered(empty, worth.bands(then, 13)).frame
    empty.execute("delete from crm.order_lines where ordered_on > ?", [date(2025, 9, 14)])
    assert answered(empty, worth.bands(then, 13)).frame.equals(before)


def test_contracts_are_asked_of_before_anything_is_fitted(empty: duckdb.DuckDBPyConnection) -> None:
    """Acme signed and brought 90 − 10, Beta (whose contract ended) 30, Gamma only sent back: 80 of 110 is 73 %."""
    day = view().at
    for key, name in enumerate(("Acme", "Beta", "Gamma"), 1):
        empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (?, ?, 0)", [key, name])
    for number, (key, amount) in enumerate(((1, 90), (1, -10), (2, 30), (3, -5))):
        empty.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return)"
            " values (?, 1, ?, ?, ?, ?)",
            [str(number), day - timedelta(days=9), key, amount, amount < 0],
        )
    assert answered(empty, worth.contracted(view())).frame.is_empty()
    for number, (key, ends) in enumerate(((1, None), (2, day - timedelta(days=1)), (3, None))):
        empty.execute(
            "insert into crm.contracts (contract_id, customer_key, starts_on, ends_on) values (?, ?, ?, ?)",
            [str(number), key, day - timedelta(days=99), ends],
        )
    told = answered(empty, worth.contracted(view()))
    assert told.frame.rows() == [(0, 1, 30.0), (1, 1, 80.0)]
    assert codes(told) == ["worth_contracts"]
    assert told.notes[0]["share"] == 73
    assert told.notes == tuple(
        one for one in answered(empty, worth.bands(view())).notes if one.code == "worth_contracts"
    )
    behind = answered(empty, worth.contracted(view()).rows("customers", in_contract=1)).frame
    assert behind["customer"].to_list() == ["Acme"]
    empty.execute("update crm.order_lines set amount = 500 where customer_key = 2")
    assert codes(answered(empty, worth.contracted(view()))) == ["worth_in_contract"]
