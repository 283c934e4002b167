"""Who comes back: a triangle, pauses and kinds by hand; rows that give the numbers; what adds up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl
import pytest

from metrics import purchases
from metrics.buyers_over_time import between, buyers_over_time
from metrics.cohorts import cohorts
from metrics.contract_retention import contract_bridge, contract_rates, renewals
from metrics.cuts import total, trend
from metrics.errors import NotShared, UnknownDimension
from metrics.query import Query, Result
from metrics.repeat import _by_when, curve, repeat
from metrics.survival import kaplan_meier
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_contract_retention import contracts
from tests.metrics.test_survival import REMISSION, _times

ANN, BOB, CARL, DORA, EVE = range(1, 6)
FISCAL = 4
"""The month in which the fiscal year of the hand-made calendar begins."""
Line = tuple[int | None, date, float]


def put(connection: duckdb.DuckDBPyConnection, *lines: Line, **more: object) -> None:
    """Order lines: customer, day, amount; below 0 it is a return. Customers learn when they first bought."""
    count = connection.execute("select count(*) from crm.order_lines").fetchall()[0][0]
    for number, (customer, day, amount) in enumerate(lines, count + 1):
        fields = {
            "order_id": f"o{number}", "line_no": 1, "ordered_on": day, "customer_key": customer, "amount": amount,
            "is_return": amount < 0, "rep_key": 1, **more,
        }  # fmt: skip
        connection.execute(
            f"insert into crm.order_lines ({', '.join(fields)}) values ({', '.join('?' * len(fields))})",
            list(fields.values()),
        )
    connection.execute(
        """
        delete from crm.customers;
        insert into crm.customers (customer_key, customer, first_order_on, is_implied)
        select customer_key, 'C' || customer_key, min(ordered_on) filter (not is_return), false
        from crm.order_lines where customer_key is not null group by customer_key
        """
    )


TRIANGLE: tuple[Line, ...] = (
    (ANN, date(2026, 1, 5), 100), (ANN, date(2026, 1, 20), 50), (ANN, date(2026, 3, 2), 30),
    (BOB, date(2026, 1, 10), 200), (BOB, date(2026, 2, 3), -20),
    (CARL, date(2026, 2, 1), 10), (CARL, date(2026, 3, 10), 40),
    (DORA, date(2026, 2, 8), -5), (None, date(2026, 2, 7), 7),
    (EVE, date(2025, 12, 1), 1), (EVE, date(2026, 2, 9), 60),
)  # fmt: skip


def cells(result: Result) -> dict[tuple[str, object, object], dict[str, object]]:
    return {(row["kind"], row["cohort"], row["nth"]): row for row in result.frame.iter_rows(named=True)}


def sum_of(connection: duckdb.DuckDBPyConnection, query: Query, column: str, **at: object) -> tuple[float, int]:
    """Money and customers of the rows behind a number."""
    rows = answered(connection, query.rows(column, **at)).frame
    return float(rows["amount"].sum() or 0), rows["customer_key"].drop_nulls().n_unique()


# ------------------------------------------------------------------------------------------------------------ cohorts


def test_a_triangle_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """Seen on 15 March: two came in January (350; a return of 20 in February; one of them back in March), one in
    February (10, then 40), nobody yet in March, which still runs."""
    put(empty, *TRIANGLE)
    asked = cohorts("revenue", "month", view(), 3)
    result = answered(empty, asked)
    january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
    shown = ("size", "customers", "amount", "cumulative", "per_customer", "is_partial")
    told = {key: tuple(row[name] for name in shown) for key, row in cells(result).items()}
    assert told == {
        ("all", None, 0): (3, 3, 360, 360, 120, False),
        ("all", None, 1): (2, 0, -20, 330, 165, False),  # of February's the second month still runs
        ("cohort", january, 0): (2, 2, 350, 350, 175, False),
        ("cohort", january, 1): (2, 0, -20, 330, 165, False),
        ("cohort", january, 2): (2, 1, 30, 360, 180, True),
        ("cohort", february, 0): (1, 1, 10, 10, 10, False),
        ("cohort", february, 1): (1, 1, 40, 50, 50, True),
        ("cohort", march, 0): (0, 0, 0, 0, None, True),
        ("earlier", None, None): (None, 1, 61, None, None, False),
        ("unassigned", None, None): (None, None, 7, None, None, False),
        ("only_returns", None, None): (None, 1, -5, None, None, False),
    }
    found = cells(result)
    assert found["cohort", january, 0]["retained"] == 1
    assert found["cohort", january, 0]["retained.low"] is None  # by definition: nothing to be unsure of
    assert found["cohort", january, 1]["retained"] == 0
    assert found["cohort", january, 2]["retained"] == 0.5
    assert found["cohort", march, 0]["retained"] is None
    assert found["cohort", january, 2]["retained.low"] == pytest.approx(0.0945, abs=1e-4)  # Wilson of 1 of 2
    assert all(row["is_small"] for row in found.values() if row["size"])
    for (kind, cohort, n), row in found.items():
        at = {"kind": kind, "cohort": cohort, "nth": n}
        money, people = sum_of(empty, asked, "amount", **at)
        assert money == row["amount"], at
        if row["size"]:
            assert sum_of(empty, asked, "size", **at)[1] == row["size"], at
            assert sum_of(empty, asked, "customers", **at)[1] == row["customers"], at
            assert sum_of(empty, asked, "cumulative", **at)[0] == row["cumulative"], at
        elif kind not in ("cohort", "unassigned"):
            assert people == row["customers"]


def test_who_was_there_when_the_record_begins_may_have_bought_before(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, (ANN, date(2026, 1, 5), 1), (ANN, date(2026, 2, 5), 1), (BOB, date(2026, 2, 6), 1))
    asked = cohorts("revenue", "month", view(), 3)
    result = answered(empty, asked)
    assert cells(result)["all", None, 0]["size"] == 1  # Bob: Ann's cohort is the record's first
    assert answered(empty, asked.rows("size", kind="all", cohort=None, nth=0)).frame["customer_key"].to_list() == [BOB]
    assert {said.code for said in result.notes} == {"cohorts_begun", "cohorts_running", "cohorts_small"}


def test_all_rows_add_up_to_the_measure(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, *TRIANGLE, (ANN, date(2026, 1, 2), -3))  # a return before the first purchase on record
    empty.execute("update crm.order_lines set region = 'North' where order_id in ('o2', 'o3', 'o5', 'o9', 'o11')")
    for grain in purchases.GRAINS:
        for filters in ((), (("region", ("North",)),)):
            seen = view(filters=filters, fiscal_start=FISCAL)
            empty.execute(
                "update crm.order_lines set region = 'North' where order_id in ('o2', 'o3', 'o5', 'o9', 'o11')"
            )
            frame = answered(empty, cohorts("revenue", grain, seen, 2)).frame.filter(pl.col("kind") != "all")
            whole = answered(empty, total("revenue", seen)).frame["revenue"][0]
            assert frame["amount"].sum() == pytest.approx(float(whole)), (grain, filters)


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_returns_before_the_first_purchase_are_told_by_the_day(empty: duckdb.DuckDBPyConnection, grain: str) -> None:
    """On the day itself and later they are the cohort's; before, also within its bucket, they are none's."""
    put(empty, (ANN, date(2026, 3, 3), -7), (ANN, date(2026, 3, 5), 100), (ANN, date(2026, 3, 5), -1),
        (BOB, date(2025, 6, 1), -20), (BOB, date(2026, 3, 6), 50), (EVE, date(2025, 5, 1), -3),
        (EVE, date(2025, 5, 2), 40))  # fmt: skip
    query = cohorts("revenue", grain, view(to_on=date(2026, 3, 31), from_on=date(2026, 1, 1)), 2)
    before = answered(empty, query).frame.filter(kind="before_first").row(0, named=True)
    assert (before["amount"], before["customers"]) == (-30, 3)
    assert sum_of(empty, query, "amount", kind="before_first", cohort=None, nth=None) == (-30, 3)
    frame = answered(empty, query).frame.filter(pl.col("kind") != "all")
    assert frame["amount"].sum() == -7 + 100 - 1 - 20 + 50 - 3 + 40


def test_rows_of_cells_are_in_order() -> None:
    """Unordered, DuckDB 2.0.0 never came to the first thousand rows of a cell of half a million lines: its limit waited
    for a reader of the same table that waited for it. With an order there is nothing to wait for."""
    for measure_id in purchases.OF:
        for query in (cohorts(measure_id, "month", view()), repeat(measure_id, view())):
            assert "ORDER BY" in query.steps[-1].sql
    assert "ORDER BY" in contract_rates(view()).steps[-1].sql


def test_filters_never_change_who_is_new(empty: duckdb.DuckDBPyConnection) -> None:
    """Ann came in January. Bought in the North only in March, she is not March's."""
    put(empty, (ANN, date(2026, 1, 5), 100), (BOB, date(2026, 3, 1), 10))
    put(empty, (ANN, date(2026, 3, 2), 30), (BOB, date(2026, 3, 3), 5), region="North")
    result = answered(empty, cohorts("revenue", "month", view(filters=(("region", ("North",)),)), 3))
    found = cells(result)
    assert found["cohort", date(2026, 3, 1), 0]["size"] == 1  # Bob
    assert found["cohort", date(2026, 1, 1), 0]["size"] == 0
    assert found["later", None, None]["amount"] == 30
    assert {said.code for said in result.notes} >= {"cohorts_filtered", "cohorts_later"}
    course = answered(empty, buyers_over_time("revenue", "month", view(filters=(("region", ("North",)),)), 2)).frame
    assert dict(course.select("buying", "amount_now").rows()) == {"new": 5, "returned": 30}


def test_a_cohort_counts_from_the_buckets_of_its_grain(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, (ANN, date(2024, 12, 31), 1), (ANN, date(2025, 1, 1), 2), (ANN, date(2026, 1, 1), 4))
    for grain, at in (("year", [0, 1, 2]), ("quarter", [0, 1, 5]), ("month", [0, 1, 13]), ("week", [0, 52])):
        frame = answered(empty, cohorts("revenue", grain, view(), 70)).frame
        own = frame.filter((pl.col("kind") == "cohort") & (pl.col("customers") > 0))
        assert own["nth"].to_list() == at, grain


def test_nothing_and_what_cannot_be_asked(empty: duckdb.DuckDBPyConnection) -> None:
    for measure_id in purchases.OF:
        for query in (
            cohorts(measure_id, "month", view()), repeat(measure_id, view()), curve(measure_id, view()),
            buyers_over_time(measure_id, "month", view()),
        ):  # fmt: skip
            assert answered(empty, query).frame.is_empty()
    for query in (contract_bridge(view()), contract_rates(view()), renewals(view())):
        assert answered(empty, query).frame.is_empty()
    with pytest.raises(NotShared):
        cohorts("win_rate", "month", view())
    with pytest.raises(UnknownDimension):
        cohorts("revenue", "day", view())
    put(empty, (ANN, date(2026, 3, 15), -4))  # only a return, on the only day
    assert cells(answered(empty, cohorts("revenue", "month", view()))).keys() == {("only_returns", None, None)}


def test_what_does_not_filter_orders_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    orders = answered(empty, repeat("revenue", view(filters=(("product", ("A",)), ("stage", ("X",)))))).notes
    assert [found["dimension"] for found in orders if found.code == "not_filtered_by"] == ["stage"]


def test_a_day_is_asked_as_it_was(empty: duckdb.DuckDBPyConnection) -> None:
    """Seen on 31 January that month is over, and what came later is not known."""
    put(empty, *TRIANGLE)
    found = cells(answered(empty, cohorts("revenue", "month", view().seen_on(date(2026, 1, 31)), 1)))
    assert found["cohort", date(2026, 1, 1), 0]["is_partial"] is False
    assert found["cohort", date(2026, 1, 1), 0]["size"] == 2
    assert sum(float(str(row["amount"])) for key, row in found.items() if key[0] != "all") == 351


def test_deals_won_are_bought_things_too(company: duckdb.DuckDBPyConnection) -> None:
    frame = answered(company, cohorts("won_amount", "year", view())).frame.filter(pl.col("kind") != "all")
    whole = answered(company, total("won_amount", view())).frame["won_amount"][0]
    assert frame["amount"].sum() == pytest.approx(float(whole))
    shared = view(filters=(("rep", ("Ann",)),))
    frame = answered(company, cohorts("won_amount", "year", shared)).frame.filter(pl.col("kind") != "all")
    assert frame["amount"].sum() == pytest.approx(float(answered(company, total("won_amount", shared)).frame.item()))


# ------------------------------------------------------------------------------------------------------------- pauses


def test_pauses_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """Ann: two orders on 1 January are one purchase, the next after 10 days. Bob has been silent for 69 days. Carl came
    back after 20. Of three 2/3 last beyond 10 days and 1/3 beyond 20; the second pauses of Ann and Carl are open."""
    put(
        empty, (ANN, date(2026, 1, 1), 1), (ANN, date(2026, 1, 1), 1), (ANN, date(2026, 1, 11), 1),
        (BOB, date(2026, 1, 5), 1), (BOB, date(2026, 2, 5), -1), (CARL, date(2026, 2, 1), 1),
        (CARL, date(2026, 2, 21), 1), (None, date(2026, 2, 2), 1),
    )  # fmt: skip
    asked = repeat("revenue", view())
    result = answered(empty, asked)
    first, second = result.frame.iter_rows(named=True)
    assert (first["pauses"], first["again"]) == (3, 2)
    assert first["repeat_rate"] == pytest.approx(2 / 3)
    assert (first["median_days"], first["p75_days"]) == (20, None)
    assert first["within_30"] == pytest.approx(2 / 3)
    assert first["within_60"] == pytest.approx(2 / 3)
    assert first["within_90"] is None  # nobody has been followed for so long
    assert (second["purchase"], second["pauses"], second["again"], second["median_days"]) == (2, 2, 0, None)
    assert [said.code for said in result.notes] == ["pauses_unassigned", "pauses_begun"]
    assert answered(empty, asked.rows("again", purchase=1)).frame.height == 2
    assert sorted(answered(empty, asked.rows("pauses", purchase=1)).frame["days"]) == [10, 20, 69]
    assert answered(empty, curve("revenue", view())).frame.is_empty()  # three are no curve


def test_the_next_purchase_is_any_under_a_filter(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, (ANN, date(2026, 1, 1), 1), region="North")
    put(empty, (ANN, date(2026, 1, 11), 1), (BOB, date(2026, 1, 1), 1))
    frame = answered(empty, repeat("revenue", view(filters=(("region", ("North",)),)))).frame
    assert frame.select("purchase", "pauses", "again", "median_days").rows() == [(1, 1, 1, 10)]


def test_the_interval_of_a_median_is_where_the_band_crosses_the_half() -> None:
    """6-MP of Freireich: median 23 weeks; R, survfit(conf.type = "log-log"): 13 and not reached."""
    line = kaplan_meier(_times(REMISSION))
    assert _by_when("m", line, 0.5) == {"m": 23, "m.low": 13, "m.high": None}


def test_the_curve_is_that_of_the_numbers(empty: duckdb.DuckDBPyConnection) -> None:
    lines = [(key, date(2026, 1, 1), 1.0) for key in range(1, 41)]
    put(empty, *lines, *[(key, date(2026, 1, 1 + key), 1.0) for key in range(1, 21)])
    frame = answered(empty, curve("revenue", view())).frame.filter(pl.col("purchase") == 1)
    assert frame["again"].to_list() == pytest.approx([place / 40 for place in range(1, 21)])
    assert (frame["again.low"] < frame["again"]).all()
    assert (frame["again"] < frame["again.high"]).all()
    numbers = answered(empty, repeat("revenue", view())).frame.row(0, named=True)
    assert numbers["within_30"] == frame["again"][-1] == pytest.approx(0.5)
    assert numbers["median_days"] == 20


# ---------------------------------------------------------------------------------------------------- bucket by bucket


def test_kinds_bucket_by_bucket_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, *TRIANGLE)
    asked = buyers_over_time("revenue", "month", view(), 3)
    frame = answered(empty, asked).frame
    told = {(row[0].month, row[1]): row[2:] for row in frame.rows()}
    assert told == {
        (1, "new"): (2, 350, 0, 350, False),
        (1, "lost"): (1, 0, 1, -1, False),  # Eve
        (2, "new"): (1, 10, 0, 10, False),
        (2, "returned"): (1, 60, 0, 60, False),  # Eve: nothing in January
        (2, "lost"): (2, -20, 350, -370, False),
        (2, "corrected"): (1, -5, 0, -5, False),
        (2, "unassigned"): (None, 7, 0, 7, False),
        (3, "returned"): (1, 30, None, None, True),  # Ann
        (3, "expanding"): (1, 40, None, None, True),
        (3, "not_yet"): (1, 0, None, None, True),
        (3, "corrected"): (0, 0, None, None, True),
        (3, "unassigned"): (None, 0, None, None, True),
    }
    for bucket, kind, customers, now, then, *_ in frame.rows():
        at: Mapping[str, object] = {"bucket": bucket, "buying": kind}
        money, _people = sum_of(empty, asked, "amount_now", **at)
        assert money == now, at
        if then is not None:
            assert sum_of(empty, asked, "amount_then", **at)[0] == then, at
        if customers is not None:
            assert sum_of(empty, asked, "customers", **at)[1] == customers, at


def test_lost_within_a_filter_is_said_to_be(empty: duckdb.DuckDBPyConnection) -> None:
    """Ann buys every month, in the North only in January. A filter by what customers are hides no part of any."""
    put(empty, (ANN, date(2025, 12, 5), 1), (ANN, date(2026, 2, 5), 1))
    put(empty, (ANN, date(2026, 1, 5), 1), region="North")
    north = view(
        filters=(("region", ("North",)),), compare="previous", from_on=date(2026, 2, 1), to_on=date(2026, 2, 28)
    )
    course = answered(empty, buyers_over_time("revenue", "month", north.seen_on(date(2026, 3, 15)), 3))
    assert (date(2026, 2, 1), "lost") in course.frame.select("bucket", "buying").rows()
    change = answered(empty, between("revenue", north))
    for result in (course, change):
        assert "buyers_filtered" in {said.code for said in result.notes}
    days = next(said for said in change.notes if said.code == "buyers_days")
    assert (days["from_on"], days["then_to"]) == (date(2026, 2, 1), date(2026, 1, 31))
    of_customers = view(filters=(("industry", ("Steel",)),))
    every = answered(empty, buyers_over_time("revenue", "month", view(), 3)).notes
    assert {said.code for said in every} == {"buyers_running"}
    longer = answered(empty, buyers_over_time("revenue", "month", view(), 5)).notes
    assert {said.code for said in longer} == {"buyers_begun", "buyers_running"}
    for seen in (view(), of_customers):
        assert not purchases.splits("order_lines", seen)
        assert not purchases.splits("contracts", seen)


def test_an_average_of_fewer_cohorts_may_fall_and_says_why(empty: duckdb.DuckDBPyConnection) -> None:
    """January's customer brings 10 and nothing more, February's 100: after a month all is January's."""
    put(empty, (EVE, date(2025, 12, 1), 1), (ANN, date(2026, 1, 5), 10), (BOB, date(2026, 2, 5), 100))
    result = answered(empty, cohorts("revenue", "month", view(), 3))
    every = result.frame.filter(pl.col("kind") == "all")
    assert every["per_customer"].to_list() == [55, 10]
    assert "cohorts_others" in {said.code for said in result.notes}
    put(empty, (ANN, date(2026, 2, 6), -5))  # now it is less than before by what she gave back, too
    again = answered(empty, cohorts("revenue", "month", view(), 3))
    assert "cohorts_others" not in {said.code for said in again.notes}


def test_kinds_add_up_to_the_measure_and_its_change(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, *TRIANGLE)
    for grain in purchases.GRAINS:
        frame = answered(empty, buyers_over_time("revenue", grain, view(fiscal_start=FISCAL))).frame
        months = dict(
            answered(empty, trend("revenue", grain, view(fiscal_start=FISCAL))).frame.select(grain, "revenue").rows()
        )
        by = frame.group_by("bucket").agg(
            pl.col("amount_now").sum(), pl.col("change").sum(), pl.col("is_partial").any()
        )
        for bucket, now, change, is_partial in by.sort("bucket").rows():
            assert now == pytest.approx(float(months[bucket])), (grain, bucket)
            earlier = [day for day in months if day < bucket]
            if earlier and not is_partial:
                assert change == pytest.approx(now - float(months[max(earlier)])), (grain, bucket)


# ---------------------------------------------------------------------------------------------------------- row scope


def test_who_sees_less_is_told_of_that_only(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, (ANN, date(2026, 1, 5), 100), (BOB, date(2026, 1, 6), 10))
    put(empty, (ANN, date(2026, 2, 5), 70), rep_key=2)
    contracts(empty)
    rep = Viewer(scope="rep", rep_keys=(2,))
    frame = answered(empty, cohorts("revenue", "month", view(), 3), rep).frame
    assert frame.filter(pl.col("kind") != "all")["amount"].sum() == 70
    assert answered(empty, repeat("revenue", view()), rep).frame.select("pauses", "again").rows() == [(1, 0)]
    assert answered(empty, contract_rates(view()), rep).frame.is_empty()
    assert answered(empty, cohorts("revenue", "month", view(), 3), EVERYTHING).frame.height > frame.height
