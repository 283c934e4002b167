"""Who buys again after an answer or a complaint: by hand, like for like, and only where the days are over."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.repurchase import after_complaint, after_survey, mantel_haenszel, opens
from tests.metrics.conftest import answered, view

START = date(2023, 6, 1)
ASKED = """
insert into crm.customers (customer_key, customer, is_implied) select n, 'C' || n, false from range(200) as numbers(n);
-- A hundred promoters of whom 60 come back within 90 days, and 50 detractors of whom 10 do.
insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key, customer_key)
select 's' || n, 'nps', date '2025-06-01', date '2025-06-05', case when n < 100 then 10 else 1 end, 1, n
from range(150) as numbers(n);
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, quantity, is_return)
select 'o' || n, 1, case when n < 60 then date '2025-06-30' when n >= 100 and n < 110 then date '2025-09-03'
    else date '2025-09-04' end, n, 10, 1, false
from range(150) as numbers(n);                     -- 90 days after the answer is the third of September
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, quantity, is_return) values
    ('same', 1, '2025-06-05', 70, 10, 1, false), ('back', 1, '2025-06-20', 71, -10, -1, true),
    ('last', 1, '2026-03-10', 199, 1, 1, false);
insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key, customer_key) values
    ('again', 'nps', '2025-07-01', '2025-07-01', 0, 1, 0), ('young', 'nps', '2026-02-01', '2026-02-02', 10, 1, 180);
"""


def test_after_an_answer(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(ASKED)
    query = after_survey(view())
    result = answered(empty, query)
    promoter, passive, detractor = result.frame.iter_rows(named=True)
    assert (promoter["customers"], promoter["again"], promoter["share"]) == (100, 60, 0.6)
    assert (detractor["customers"], detractor["again"], detractor["share_of_others"]) == (50, 10, 0.6)
    assert (passive["customers"], passive["share"]) == (0, None)
    assert (promoter["is_beyond_chance"], detractor["is_beyond_chance"]) == (True, True)
    assert promoter["share.low"] == pytest.approx(0.5020, abs=1e-4)  # Wilson, 60 of 100
    assert [note.code for note in result.notes] == ["bought_orders", "answers_too_recent"]
    assert promoter["too_recent"] == 1
    for column, expected in (("customers", 100), ("again", 60), ("too_recent", 1)):
        assert answered(empty, query.rows(column, kind="nps", opinion="promoter")).frame.height == expected
    longer = answered(empty, after_survey(view(), 180)).frame
    assert longer["again"].to_list() == [100, 0, 50]


def test_without_orders_deals_won_are_what_is_bought(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(ASKED)
    empty.execute("delete from crm.order_lines")
    nothing = answered(empty, after_survey(view()))
    assert (nothing.frame.height, [note.code for note in nothing.notes]) == (0, ["nothing_bought"])
    empty.execute(
        "insert into crm.deals (deal_id, status, closed_on, customer_key, is_gone, push_count) values"
        " ('d', 'won', '2025-06-20', 3, false, 0), ('l', 'won', '2026-03-10', 4, false, 0)"
    )
    result = answered(empty, after_survey(view()))
    assert result.frame["again"].to_list() == [1, 0, 0]
    assert result.notes[0].code == "bought_deals"


def test_the_same_within_strata_is_no_difference() -> None:
    """Half and half in one stratum, a tenth in the other; who complains is mostly in the first: 45 % against 14 %."""
    cells = pl.DataFrame({"some": [45, 1], "of": [90, 10], "some_others": [50, 90], "of_others": [100, 900]})
    found = mantel_haenszel(cells)
    assert (found.own, found.expected) == (pytest.approx(0.46), pytest.approx(0.46))
    assert found.difference == pytest.approx(0)
    assert found.p_value == pytest.approx(1)
    assert found.low is not None
    assert found.low < 0 < (found.high or 0)


def test_one_stratum_is_the_difference_of_two_shares() -> None:
    """40 of 100 against 100 of 400: 0.15, ± 1.96 · √(0.24 ÷ 100 + 0.1875 ÷ 400) ≈ 0.105; χ² = 9 · 499 ÷ 500."""
    found = mantel_haenszel(pl.DataFrame({"some": [40], "of": [100], "some_others": [100], "of_others": [400]}))
    assert found.difference == pytest.approx(0.15)
    assert (found.high or 0) - 0.15 == pytest.approx(0.105, abs=0.003)
    assert found.p_value == pytest.approx(0.00296, abs=2e-4)
    few = mantel_haenszel(pl.DataFrame({"some": [4], "of": [10], "some_others": [10], "of_others": [40]}))
    assert few.p_value is None
    assert mantel_haenszel(pl.DataFrame({"some": [4], "of": [9], "some_others": [0], "of_others": [0]})).own is None


COMPLAINED = """
insert into crm.customers (customer_key, customer, is_implied) select n, 'C' || n, false from range(400) as numbers(n);
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, quantity, is_return)
select 'o' || n, 1, date '2025-05-20', n, 10, 1, false from range(300) as numbers(n);
insert into crm.tickets (ticket_id, opened_on, customer_key, kind)
select 't' || n, date '2025-06-01', n, 'Complaint' from range(100) as numbers(n);
update crm.customers set first_order_on = date '2025-05-20' where customer_key < 300;
-- Of those who complained 20 come back, of the 200 others 100.
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, quantity, is_return)
select 'p' || n, 1, date '2025-06-20', n, 10, 1, false
from range(300) as numbers(n) where n < 20 or (n >= 100 and n < 200);
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, quantity, is_return) values
    ('last', 1, '2026-03-10', 350, 1, 1, false);
insert into crm.tickets (ticket_id, opened_on, customer_key, kind) values
    ('second', '2025-08-01', 5, 'Complaint'), ('young', '2026-02-01', 350, 'Complaint'),
    ('never', '2025-06-01', 399, 'Complaint');
"""


def test_after_a_complaint(empty: duckdb.DuckDBPyConnection) -> None:
    """Who complained and never bought is not compared; who bought later only, neither."""
    empty.execute(COMPLAINED)
    query = after_complaint(view())
    result = answered(empty, query)
    own, others = result.frame.iter_rows(named=True)
    assert (own["customers"], own["again"], own["share"], own["compared"]) == (100, 20, 0.2, 100)
    assert (others["customers"], others["again"], others["alike_share"]) == (200, 100, pytest.approx(0.5))
    assert (own["difference"], own["is_beyond_chance"]) == (pytest.approx(-0.3), True)
    assert own["difference.low"] < -0.3 < own["difference.high"] < 0
    assert [note.code for note in result.notes] == ["bought_orders"]
    assert answered(empty, query.rows("customers", side="complained")).frame.height == 100
    assert answered(empty, query.rows("again", side="others")).frame.height == 100
    empty.execute("delete from crm.tickets")
    assert answered(empty, after_complaint(view())).frame.is_empty()


def test_who_buys_every_month_and_complains_after_a_delivery_is_not_lost(empty: duckdb.DuckDBPyConnection) -> None:
    """A placebo: 800 who buy every 30 ± 4 days, of whom a quarter complains within three days of a purchase.

    They are four weeks from the next purchase, others two: in bands of a month they came back less often by 24 points.
    """
    rng, orders, tickets = np.random.default_rng(3), [], []
    for customer in range(800):
        days = np.cumsum(np.maximum(1, rng.normal(30, 4, 36))) - rng.uniform(0, 30)
        bought = [START + timedelta(days=int(day)) for day in days if 0 <= day < 1000]
        orders += [(f"{customer}-{at}", 1, day, customer, 10.0, 1.0, False) for at, day in enumerate(bought)]
        if customer % 4 == 0:
            after = bought[int(rng.integers(20, 28))] + timedelta(days=int(rng.integers(0, 4)))
            tickets.append((f"t{customer}", after, customer, "Complaint"))
    written = {
        "order_lines": (orders, "order_id, line_no, ordered_on, customer_key, amount, quantity, is_return"),
        "tickets": (tickets, "ticket_id, opened_on, customer_key, kind"),
    }
    for table, (values, columns) in written.items():
        rows = pl.DataFrame(values, columns.split(", "), orient="row").to_arrow()  # noqa: F841 - read by name
        empty.execute(f"insert into crm.{table} ({columns}) select * from rows")
    empty.execute(
        "insert into crm.customers (customer_key, customer, first_order_on, is_implied)"
        " select customer_key, 'C' || customer_key, min(ordered_on), false from crm.order_lines group by customer_key"
    )
    own = answered(empty, after_complaint(view(), 30)).frame.row(0, named=True)
    assert own["compared"] > 150
    assert own["difference.low"] < 0 < own["difference.high"]
    assert not own["is_beyond_chance"]


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (date(2026, 3, 1), 30),
        (date(2026, 1, 1), 30),
        (date(2025, 12, 1), 30),
        (date(2025, 11, 1), 90),
        (date(2024, 1, 1), 90),
        (None, 90),
    ],
)
def test_it_opens_on_days_that_answers_are_old_enough_for(first: date | None, days: int) -> None:
    """Seen on 15 March 2026: of a quarter that began in January, 30 days; of one that began in November, as usual."""
    assert opens(view(from_on=first, to_on=date(2026, 3, 15)) if first else view()) == days
