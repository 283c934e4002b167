"""Base tables are read where they lie: which of them, and that nothing else of a statement changes."""

import re
from datetime import date

from data.in_place import as_lists, in_place
from metrics.base import READINGS
from metrics.bridge import bridge
from metrics.catalog import catalog
from metrics.cuts import total
from metrics.outlook import forecast, outlook
from metrics.period import Period
from metrics.query import from_file
from metrics.signals import signals
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.questions import file_values

DAY = date(2026, 6, 30)
EVERYBODYS = View(as_of=DAY)
CHOSEN = EVERYBODYS.with_filter("team", ["North"]).with_filter("industry", ["Retail"])
TEAM = Viewer(scope="teams", teams=("North",), rep_keys=(1, 2))


def _hinted(sql: str) -> set[str]:
    return set(re.findall(r"(\w+) as not materialized \(", in_place(sql)))


def test_what_only_reads_rows_of_a_table_is_not_copied() -> None:
    hinted = _hinted(bridge(EVERYBODYS, date(2026, 6, 1)).bound(EVERYTHING)[0])
    assert hinted == {"deals_seen", "reps", "customers", "deal_versions"}


def test_what_looks_rows_up_is_left_to_the_engine() -> None:
    hinted = _hinted(bridge(CHOSEN, date(2026, 6, 1)).bound(TEAM)[0])
    assert hinted == {"reps"}  # by customers' industry, by the deals of which any state is in view, by customers met


def test_a_scope_or_a_filter_of_its_own_columns_is_no_more_than_rows() -> None:
    filtered = EVERYBODYS.with_filter("team", ["North"])
    assert _hinted(total("won_amount", filtered).bound(TEAM)[0]) == {"deals", "deals_by_owner"}


def test_deals_shared_out_are_read_where_they_lie_by_one_reader() -> None:
    filtered = EVERYBODYS.with_filter("team", ["North"])
    span = Period(date(2026, 4, 1), DAY)
    assert _hinted(outlook(filtered).bound(EVERYTHING)[0]) >= {"deals_seen", "deals_seen_by_owner"}
    assert _hinted(forecast(filtered, span).bound(EVERYTHING)[0]) >= {"deals_by_owner", "deals_seen_by_owner"}
    moved = _hinted(bridge(filtered, date(2026, 6, 1)).bound(EVERYTHING)[0])
    assert "deals_seen_by_owner" not in moved, "four parts of it read them"


def test_nothing_else_of_a_statement_changes() -> None:
    tables = {*catalog().tables, *READINGS}
    for name in ("signals", "quiet", "landing_visits", "satisfaction"):
        sql = from_file(name, CHOSEN, **file_values(DAY, "")).bound(EVERYTHING)[0]
        assert in_place(sql).replace("as not materialized (", "as (") == sql
        assert _hinted(sql) <= tables
    assert "open_deals as (\n" in in_place(signals(EVERYBODYS).bound(EVERYTHING)[0])


def test_a_long_list_of_names_is_bound_as_one() -> None:
    """None among them leaves a gap in the numbers, and stays a condition of its own."""
    names = [f"Ann {place}" for place in range(18)]
    view = EVERYBODYS.with_filter("rep", [*names[:3], None, *names[3:]]).with_filter("team", ["North"])
    sql, params = total("won_amount", view).bound(EVERYTHING)
    short, bound = as_lists(sql, params)
    assert "rep in (select unnest($f0_listed)) or" in short
    assert sorted(bound["f0_listed"]) == sorted(names)
    assert {**params, "f0_listed": 0}.keys() - bound.keys() == {name for name in params if name.startswith("f0_")}
    assert "$f1_0" in short
    assert as_lists(*total("won_amount", CHOSEN).bound(EVERYTHING))[0].count("unnest") == 0
