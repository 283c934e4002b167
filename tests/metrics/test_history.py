"""The history of a deal that changed hands, and of one in another currency."""

from __future__ import annotations

from datetime import date

import duckdb

from metrics.history import timeline
from metrics.query import from_file
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered
from tests.metrics.test_activity import TODAY, _deal, _put
from tests.metrics.test_signals import _before, _days

ANN, CEM = Viewer(scope="rep", rep_keys=(1,)), Viewer(scope="rep", rep_keys=(3,))


def test_what_others_make_of_a_deal_that_was_passed_on_is_theirs(empty: duckdb.DuckDBPyConnection) -> None:
    """Ann's until the day before yesterday; the price and the plan of today are Cem's."""
    for key, name in ((1, "Ann"), (3, "Cem")):
        _put(empty, "reps", rep_key=key, rep=name, is_implied=False)
    _deal(empty, "passed", rep_key=3, amount=850, amount_original=850, next_step="secret plan", seen_from=_days(2))
    _before(empty, "passed", amount=100, amount_original=100)
    for asked in (timeline("passed", TODAY), from_file("deal_history", deal_id="passed")):
        assert answered(empty, asked, ANN).frame.is_empty()
        assert answered(empty, asked, CEM).frame.height > 1
        assert answered(empty, asked, EVERYTHING).frame.height > 1


def test_a_new_rate_is_no_new_amount(empty: duckdb.DuckDBPyConnection) -> None:
    _deal(empty, "usd", amount=500, amount_original=100, currency="USD", seen_from=_days(2))
    _before(empty, "usd", amount=700, amount_original=100, currency="USD")
    amounts = answered(empty, timeline("usd", TODAY).rows(lane="amount")).frame
    assert amounts.select("day", "old", "new").rows() == [(date(2026, 2, 1), None, "700.0000")]
