"""What is told of customers to who sees a part of the sales: true of the customer, and nothing of others' rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from metrics.customer_actions import actions
from metrics.customer_signals import levels_of, signals
from metrics.customer_words import evidence, why
from metrics.overdue import overdue
from metrics.told_in_part import overdue_to
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.accounts import DAY, PEOPLE, customer, every, of_signal, orders
from tests.metrics.conftest import answered, view

GONE = DAY - timedelta(days=60)
ANN = Viewer(email="a@x.example", scope="rep", rep_keys=(1,))
LEAD = Viewer(email="l@x.example", scope="teams", teams=("North",), rep_keys=(1,), named=(2,))
PARTS = pytest.mark.parametrize("viewer", [ANN, LEAD], ids=["rep", "lead"])


@pytest.fixture
def db(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute(PEOPLE)
    return empty


def _write(value: float | None, unit: str) -> str:
    return f"{value} {unit}"


@PARTS
def test_the_overdue_are_those_to_whom_nobody_sells(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    """To c2 Bob sells still; c3 bought from him on other days, too, c4 from Ann twice, long ago, else from him; c5 is
    his and bought from Ann alone, c6 his and bought from both."""
    for key, owner in ((1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2)):
        customer(db, key, None, owner)
    for key in (1, 2, 3, 5, 6):
        orders(db, key, every(10, GONE), 10)
    orders(db, 2, every(10, DAY - timedelta(days=3), 40), 1_000, 2)
    for key in (3, 6):
        orders(db, key, [GONE - timedelta(days=5)], 7_000, 2)
    orders(db, 4, every(10, GONE), 900, 2)
    orders(db, 4, [GONE - timedelta(days=at) for at in (205, 405)], 20)
    everybody = answered(db, overdue(view())).frame
    assert set(everybody["customer"]) == {"c1", "c3", "c4", "c5", "c6"}
    result = answered(db, overdue_to(viewer, view()), viewer)
    told = {row["customer"]: row for row in result.frame.to_dicts()}
    assert set(told) == {"c1", "c3", "c4", "c5"}, "c2 buys; c6 is Bob's, and he sold to it"
    assert [told[one]["days_since"] for one in ("c1", "c3", "c4", "c5")] == [60, None, None, 60]
    assert [told[one]["at_stake"] for one in ("c1", "c3", "c4", "c5")] == [370, 370, 40, 370], "Ann's own"
    hidden = ("last_on", "usual_pause", "longest_pause", "purchases", "chance_of_pause")
    assert [told["c3"][name] for name in hidden] == [None] * 5
    assert told["c5"]["rep"] != "Bob" or viewer.named, "whom one does not see is not named"
    assert [one.code for one in result.notes] == ["overdue_in_part"], "how many customers there are is not told"
    rows = answered(db, overdue_to(viewer, view()).rows("at_stake", customer="c3"), viewer).frame
    assert set(rows["amount"]) == {10}, "Ann's alone"
    assert overdue_to(EVERYTHING, view()) == overdue(view())


def test_filters_choose_which_overdue_accounts_are_listed(db: duckdb.DuckDBPyConnection) -> None:
    for key in (1, 2):
        customer(db, key)
        orders(db, key, every(10, GONE), 10)
        orders(db, key, [GONE - timedelta(days=5)], 10, 2)
    one = view().with_filter("customer", "c2")
    assert answered(db, overdue_to(ANN, one), ANN).frame["customer"].to_list() == ["c2"]


@PARTS
def test_what_suggests_itself_is_told_by_what_anybody_sold(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    for key, owner in ((1, 1), (2, 1), (3, 1), (4, 2)):
        customer(db, key, None, owner)
        orders(db, key, every(10, GONE), 10)
    orders(db, 2, every(10, DAY - timedelta(days=3), 40), 10, 2)
    for key in (3, 4):
        orders(db, key, [GONE - timedelta(days=5)], 10, 2)
    told = {
        name: answered(db, actions(name, view(), is_part=True), viewer).frame.to_dicts()
        for name in ("c1", "c2", "c3", "c4")
    }
    assert [[row["action"] for row in told[name]] for name in told] == [["silent"], [], ["silent"], []]
    assert (told["c1"][0]["days"], told["c3"][0]["days"], told["c3"][0]["longest"]) == (60, None, None)
    for lang, words in (("en", "not yours"), ("zh-CN", "不在您可查看的范围内")):
        assert words in why(told["c3"][0], lang, _write)
    alone = answered(db, actions("c2", view()), viewer).frame["action"].to_list()
    assert alone == ["silent"], "by Ann's own rows it has never been silent for so long"


def _weeks(back: int) -> list[date]:
    return [DAY - timedelta(days=back + 7 * at) for at in range(26)]


@PARTS
def test_who_buys_less_does_so_from_everybody(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    """All of Ann's buy a tenth from her; c2 the rest from Bob now, c3 always bought from both. c9 is Bob's."""
    for key in range(1, 10):
        customer(db, key, None, 2 if key == 9 else 1)
        fell = key in (1, 2, 3, 9)
        orders(db, key, _weeks(365), 100, 2 if key == 9 else 1)
        orders(db, key, _weeks(1), 10 if fell else 130, 2 if key == 9 else 1)
    orders(db, 2, _weeks(1), 90, 2)
    orders(db, 3, [*_weeks(1), *_weeks(365)], 1, 2)
    everybody = {row["customer"]: row for row in of_signal(answered(db, signals(view())), "falling")}
    assert set(everybody) == {"c1", "c3", "c9"}
    told = {
        row["customer"]: row for row in of_signal(answered(db, signals(view(), levels_of(viewer)), viewer), "falling")
    }
    assert set(told) == {"c1", "c3"}
    one, both = told["c1"], told["c3"]
    assert (one["value"], one["before"], one["amount"], one["expected"]) == (260, 2_600, 2_340, None)
    assert [both[name] for name in ("value", "before", "amount", "since", "chance")] == [None] * 5
    for lang in ("en", "zh-CN"):
        assert "2600.0 money" in evidence(one, lang, _write)
        assert "money" not in evidence(both, lang, _write)


@PARTS
def test_silence_after_a_complaint_is_everybodys(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    """c1 bought from Ann alone, c2 from Bob as well, c3 from Bob since; c4 complained to Bob. All are Ann's."""
    for key in (1, 2, 3, 4):
        customer(db, key)
        orders(db, key, every(10, GONE, 300), 10)
        db.execute(
            "insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, rep_key, team, kind)"
            " values ($id, $day, $day, $key, $rep, $team, 'Complaint')",
            {"id": f"t{key}", "day": GONE + timedelta(days=2), "key": key, "rep": 2 if key == 4 else 1,
             "team": "South" if key == 4 else "North"},
        )  # fmt: skip
    orders(db, 2, [GONE - timedelta(days=5)], 7_000, 2)
    orders(db, 3, [DAY - timedelta(days=5)], 7_000, 2)
    everybody = {row["customer"] for row in of_signal(answered(db, signals(view())), "complaint")}
    assert everybody == {"c1", "c2", "c4"}
    result = answered(db, signals(view(), levels_of(viewer)), viewer)
    told = {row["customer"]: row for row in of_signal(result, "complaint")}
    assert set(told) == {"c1", "c2", "c4"}
    assert (told["c1"]["days"], told["c2"]["days"], told["c2"]["amount"]) == (60, None, 300)
    assert (told["c4"]["days"], told["c4"]["said_on"], told["c4"]["what"]) == (None, None, None), "it told Bob"
    assert told["c2"]["said_on"] == GONE + timedelta(days=2), "the complaint is one's own"
    for lang in ("en", "zh-CN"):
        words = evidence(told["c2"], lang, _write)
        assert "{" not in words
        assert "300" not in words


@PARTS
def test_an_open_complaint_is_told_to_who_owns_the_account(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    """Bob took one of c1's, both of c2's, and one of his own account's; of c3's Ann took the only one."""
    for key, owner in ((1, 1), (2, 1), (3, 1), (4, 2)):
        customer(db, key, None, owner)
    for key, rep in ((1, 1), (1, 2), (2, 2), (2, 2), (3, 1), (4, 2)):
        db.execute(
            "insert into crm.tickets (ticket_id, opened_on, customer_key, rep_key, team, kind)"
            " select 't' || count(*), $day, $key, $rep, $team, 'Complaint' from crm.tickets",
            {"day": GONE, "key": key, "rep": rep, "team": "South" if rep == 2 else "North"},
        )
    orders(db, 3, [GONE], 50)
    result = answered(db, signals(view(), levels_of(viewer)), viewer)
    told = {row["customer"]: row for row in of_signal(result, "complaint")}
    assert set(told) == {"c1", "c2", "c3"}
    assert [told[one]["count"] for one in ("c1", "c2", "c3")] == [None, None, 1]
    assert [told[one]["amount"] for one in ("c1", "c2", "c3")] == [None, None, 50], "nothing seen is no nought"
    of_all = of_signal(answered(db, signals(view())), "complaint")
    assert {row["customer"]: row["amount"] for row in of_all} == {"c1": None, "c2": None, "c3": 50, "c4": None}
    for row in of_all:
        assert ("No purchase of the last two years" in evidence(row, "en", _write)) == (row["customer"] != "c3")
    for lang, words in (("en", "not yours"), ("zh-CN", "不在您可查看的范围内")):
        assert words in evidence(told["c2"], lang, _write)
        assert words not in evidence(told["c3"], lang, _write)


def test_accounts_of_who_left_are_not_named_for_the_lead(db: duckdb.DuckDBPyConnection) -> None:
    """Bob sold in North once; his account that falls is not North's, though he is named on the rows of then."""
    for owner in (1, 2):
        customer(db, owner, None, owner)
    for key in range(3, 8):
        customer(db, key)
        orders(db, key, [*_weeks(365), *_weeks(1)], 100)
    for key in (1, 2):
        orders(db, key, _weeks(365), 100)
        orders(db, key, _weeks(1), 10)
    told = of_signal(answered(db, signals(view(), levels_of(LEAD)), LEAD), "falling")
    assert [(row["customer"], row["rep"]) for row in told] == [("c1", "Ann")]


@PARTS
def test_how_many_key_accounts_others_have_is_not_told(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    for key, owner in ((1, 1), (2, 2), (3, 2)):
        customer(db, key, "A", owner)
        orders(db, key, every(10, GONE), 10, owner)
    counts = {}
    for who in (EVERYTHING, viewer):
        said = answered(db, signals(view(), levels_of(who)), who).notes
        counts[who] = next(one["count"] for one in said if one.code.startswith("key_accounts"))
    assert (counts[EVERYTHING], counts[viewer]) == (3, 1)
