"""What suggests itself with a customer: each rule at its threshold, with the rows it stands on."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from metrics.customer_actions import ACTIONS, actions
from metrics.customer_words import action, why
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view

DAY = date(2026, 3, 15)
BOB = Viewer(email="bob@example.com", scope="rep", rep_keys=(2,))
CUSTOMER = """
insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false);
insert into crm.customers (customer_key, customer, credit_limit, rep_key, is_implied)
values (1, 'Acme', 1000, 1, false), (2, 'Bolt', null, 2, false);
"""
RULES = {
    "ticket": "insert into crm.tickets (ticket_id, opened_on, customer_key, rep_key) values ('t', '2026-03-01', 1, 1)",
    "low_score": "insert into crm.surveys (survey_id, kind, answered_on, customer_key, rep_key, score)"
    " values ('s', 'nps', '2026-03-01', 1, 1, 6),"
    " ('t', 'nps', '2026-03-01', 1, 1, 7), ('u', 'nps', '2025-03-01', 1, 1, 0)",
    "overdue": "insert into crm.invoices (invoice_id, issued_on, due_on, customer_key, rep_key, amount)"
    " values ('i', '2026-01-01', '2026-03-14', 1, 1, 100), ('j', '2026-01-01', '2026-03-15', 1, 1, 100)",
    "credit": "insert into crm.invoices (invoice_id, issued_on, due_on, customer_key, rep_key, amount)"
    " values ('i', '2026-03-01', '2026-04-01', 1, 1, 900)",
    "past_due": "insert into fold.deal_versions (deal_id, deal, rep_key, customer_key, status, amount,"
    " expected_close_on,"
    " seen_from, seen_to, is_reconstructed) values ('d', 'D', 1, 1, 'open', 50, '2026-03-14',"
    " '2026-03-01', '9999-12-31', false)",
    "untouched": "insert into fold.deal_versions (deal_id, deal, rep_key, customer_key, status, amount,"
    " last_activity_on,"
    " seen_from, seen_to, is_reconstructed) values ('d', 'D', 1, 1, 'open', 50, '2026-02-13',"
    " '2026-03-01', '9999-12-31', false)",
    "renewal": "insert into crm.contracts (contract_id, signed_on, ends_on, customer_key, rep_key, amount)"
    " values ('c', '2025-06-13', '2026-06-13', 1, 1, 70)",
    "no_contact": "insert into crm.contacts (contact_id, contact, customer_key) values ('k', 'Kim', 2)",
}  # fmt: skip
ENOUGH = {
    "renewal": "insert into crm.contracts (contract_id, signed_on, ends_on, customer_key, rep_key, amount)"
    " values ('n', '2026-03-01', '2027-06-13', 1, 1, 70)",
    "no_contact": "insert into crm.contacts (contact_id, contact, customer_key) values ('l', 'Lee', 1)",
    "ticket": "update crm.tickets set closed_on = date '2026-03-15'",
    "overdue": "insert into crm.payments (payment_id, paid_on, invoice_id, amount)"
    "  values ('p', '2026-03-15', 'i', 100)",
    "credit": "update crm.customers set credit_limit = 1001",
    "past_due": "update fold.deal_versions set expected_close_on = date '2026-03-15'",
    "untouched": "update fold.deal_versions set last_activity_on = date '2026-02-14'",
    "low_score": "update crm.surveys set score = 7",
}


def _write(value: float | None, unit: str) -> str:
    return f"{value} {unit}"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_at_its_threshold(empty: duckdb.DuckDBPyConnection, rule: str) -> None:
    empty.execute(CUSTOMER)
    query = actions("Acme", view())
    assert answered(empty, query).frame.is_empty()
    empty.execute(RULES[rule])
    found = answered(empty, query).frame
    assert found["action"].to_list() == [rule]
    row = found.row(0, named=True)
    assert row["count"] == 1
    assert answered(empty, query.rows("count", action=rule)).frame.height == 1
    for lang in ("en", "zh-CN"):
        assert action(row, lang)
        assert "{" not in why(row, lang, _write)
    hidden = answered(empty, query, BOB).frame
    assert hidden.is_empty(), "of what another does with it nothing is said"
    empty.execute(ENOUGH[rule])
    assert answered(empty, query).frame.is_empty()


def _bought(db: duckdb.DuckDBPyConnection, ago: int) -> list[str]:
    db.execute(CUSTOMER)
    for n in range(10):
        db.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, amount, is_return)"
            " values ($id, 1, $day, 1, 1, 10, false)", {"id": f"o{n}", "day": DAY - timedelta(days=ago + 20 * n)}
        )  # fmt: skip
    query = actions("Acme", view())
    found = answered(db, query).frame["action"].to_list()
    assert all(answered(db, query.rows("count", action=one)).frame.height == 10 for one in found)
    return found


@pytest.mark.parametrize(
    ("ago", "expected"), [(12, []), (13, ["reorder"]), (27, ["reorder"]), (28, []), (200, ["silent"])]
)
def test_the_next_order_is_due_until_it_is_late(
    empty: duckdb.DuckDBPyConnection, ago: int, expected: list[str]
) -> None:
    """Every 20 days: due a week before and after; 28 days are longer than ever, but not beyond chance."""
    assert _bought(empty, ago) == expected


def test_what_keeps_from_buying_comes_first(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(CUSTOMER)
    for rule in ("renewal", "past_due", "overdue", "ticket"):
        empty.execute(RULES[rule])
    found = answered(empty, actions("Acme", view()), EVERYTHING).frame["action"].to_list()
    assert found == ["ticket", "overdue", "past_due", "renewal"] == [one for one in ACTIONS if one in found]


OPEN = """
insert into fold.deal_versions (deal_id, deal, rep_key, customer_key, status, amount, created_on, last_activity_on,
    seen_from, seen_to, is_reconstructed) values ('d', 'D', 1, 1, 'open', 50, $created, $told, '2026-02-01',
    '9999-12-31', false)
"""


@pytest.mark.parametrize(
    ("created", "told", "done", "expected"),
    [
        (date(2025, 1, 1), date(2026, 1, 1), date(2026, 3, 10), None),  # touched five days ago, whatever the file says
        (date(2025, 1, 1), date(2026, 1, 1), date(2026, 4, 10), date(2026, 1, 1)),  # what is to come is no touch
        (date(2025, 1, 1), date(2026, 2, 1), date(2026, 2, 10), date(2026, 2, 10)),
        (date(2026, 2, 10), None, None, date(2026, 2, 10)),  # never touched: since it was created
        (date(2026, 3, 10), None, None, None),
    ],
)
def test_a_deal_is_untouched_since_the_last_activity(
    empty: duckdb.DuckDBPyConnection, created: date, told: date | None, done: date | None, expected: date | None
) -> None:
    activity = (
        "insert into crm.activities (activity_id, deal_id, kind, done_on, rep_key) values ($id, $deal, 'call', $on, 1)"
    )
    empty.execute(CUSTOMER)
    empty.execute(OPEN, {"created": created, "told": told})
    empty.execute("insert into fold.deal_versions (deal_id, deal, rep_key, customer_key, status, seen_from, seen_to,"
                  " last_activity_on, is_reconstructed) values ('e', 'E', 1, 2, 'open', '2026-02-01', '9999-12-31',"
                  " '2026-03-01', false)")  # fmt: skip
    if done is not None:
        empty.execute(activity, {"id": "a", "deal": "d", "on": done})
    found = answered(empty, actions("Acme", view())).frame.filter(action="untouched")
    assert found["since"].to_list() == ([] if expected is None else [expected])


def test_where_no_touch_is_on_record_none_is_missed(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(CUSTOMER)
    empty.execute(OPEN, {"created": date(2025, 1, 1), "told": None})
    assert answered(empty, actions("Acme", view())).frame.is_empty()


@pytest.mark.parametrize(("score", "is_low"), [(4, True), (4.5, False), (12, False), (-1, False)])
def test_a_low_score_is_one_on_the_scale_of_the_company(
    empty: duckdb.DuckDBPyConnection, score: float, *, is_low: bool
) -> None:
    """All others answer on 0 to 10, which Acme's own answers do not show: 4 is two fifths of it; 12 cannot be read."""
    empty.execute(CUSTOMER)
    empty.execute(
        "insert into crm.surveys (survey_id, kind, sent_on, customer_key, rep_key, score)"
        " select 's' || n, 'CSAT', date '2026-03-01', 2, 2, 6 + n % 5 from range(40) as numbers(n)"
    )
    empty.execute(
        "insert into crm.surveys (survey_id, kind, sent_on, customer_key, rep_key, score)"
        f" values ('a', ' csat', '2026-03-01', 1, 1, {score})"  # without a day of its own: that of sending
    )
    for seen in (view(), view().with_filter("customer", "Acme")):
        assert answered(empty, actions("Acme", seen)).frame["action"].to_list() == ["low_score"] * is_low
