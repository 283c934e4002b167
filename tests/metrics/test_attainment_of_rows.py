"""Rows of a cut that have no target, or one for some of their days, where others have one."""

from __future__ import annotations

from datetime import date

import duckdb

from metrics.cuts import breakdown, total, trend
from tests.metrics.conftest import answered, view
from tests.metrics.test_attainment import MARCH, codes


def test_single_months_say_that_they_have_no_target_or_one_for_some_of_their_days(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    """January has a target, February none, March one for its first week (5 of the 10 working days until now)."""
    empty.execute(
        "insert into crm.targets values ('won_amount','company',null,'2026-01-01','2026-01-31',100,1,null,null),"
        " ('won_amount','company',null,'2026-03-02','2026-03-08',10,1,null,null)"
    )
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))
    told = answered(empty, trend("attainment", "month", quarter))
    assert codes(told) == ["no_target_of_rows", "target_partly_there"]
    none, partly = told.notes
    assert none.text("en") == 'One row has no target of "Won amount" here, and so no attainment: 2026-02.'
    assert partly.text("zh-CN").endswith("因此不作对照：2026-03。")
    assert codes(answered(empty, total("attainment", quarter))) == ["target_partly"]


def test_people_without_a_target_beside_those_with_one_are_named(people: duckdb.DuckDBPyConnection) -> None:
    people.execute(
        "insert into crm.targets values ('won_amount','rep','Ann','2026-03-01','2026-03-31',100,1,null,null)"
    )
    people.execute(
        "insert into crm.deals (deal_id, rep_key, status, amount, closed_on, push_count, is_gone) values"
        " ('d', 1, 'won', 40, '2026-03-03', 0, false), ('e', 2, 'won', 40, '2026-03-12', 0, false)"
    )
    (one,) = answered(people, breakdown("attainment", "rep", view(**MARCH))).notes
    assert one.text("en") == 'One row has no target of "Won amount" here, and so no attainment: Bob.'
