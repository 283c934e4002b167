"""A roll-up answers what its table answers, to the last digit, and only what it can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data import rollups as writing
from data.store import Snapshot, Store, open_store
from metrics.activity import by_week, longest_silent, pace, silence
from metrics.brought import TOUCHES, brought, first_last
from metrics.catalog import catalog
from metrics.customer_signals import signals
from metrics.cuts import breakdown, breakdowns, total, trend
from metrics.errors import SalesError
from metrics.odds import odds, weighted
from metrics.own_part import own_part
from metrics.payback import payback
from metrics.query import Query
from metrics.repeat import curve
from metrics.rollups import rolled
from metrics.signals import foremost
from metrics.signals import signals as of_deals
from metrics.standards import breaches
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.worth import worth
from tests.small import copied, small_demo

DAY = date(2026, 6, 17)
KEPT = frozenset(catalog().rollups)
OF_FILES = frozenset(one.name for one in catalog().rollups.values() if one.reading or one.steps)
STOOD_ON = {(one.table, one.on, one.stock) for one in catalog().rollups.values()}
MEASURES = [
    one.id
    for one in catalog().measures.values()
    if one.goal_of is None and any((part.table, part.on, part.stock) in STOOD_ON for part in one.parts)
]
UNITS = ("team", "manager", "region", "source", "product", "industry", "rep", "category", "status")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = copied(small_demo(), Path(tmp_path_factory.mktemp("rolled")) / "company.duckdb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "LEAST", 0)
        store = open_store(path)
        with store.writing() as cursor:
            writing.roll_up(cursor)
        yield store
        store.close()


def questions(view: View) -> Iterator[Query]:
    """Every measure, in total, by every dimension and over time; what means nothing is left out."""
    made = [lambda one: total(one, view)]
    made += [lambda one, by=by: breakdown(one, by, view) for by in (*UNITS, "month", "week")]
    made += [lambda one, by=by: trend(one, "month", view, by=by) for by in ("team", "rep", "region")]
    for one in MEASURES:
        for make in made:
            try:
                yield make(one)
            except SalesError:
                continue
    yield breakdowns(("won_amount", "win_rate", "average_won_amount"), UNITS[:7], view)
    yield total(("won_amount", "revenue", "collected", "lead_conversion"), view)


def views(seen: Snapshot) -> Iterator[View]:
    day = seen.as_of
    assert day is not None
    team, region = (str(seen.frame(f"select min({name}) from crm.deals").item()) for name in ("team", "region"))
    yield View(as_of=day, preset="last_12_months", compare="previous")
    yield View(as_of=day, preset="last_quarter", compare="last_year")
    yield View(as_of=day, preset="all")
    yield View(as_of=date(day.year - 1, 11, 11), preset="all", compare="none")
    yield View(as_of=day, from_on=date(2025, 2, 10), to_on=date(2025, 2, 20), compare="previous")
    yield View(as_of=day, preset="last_90", filters=(("team", (team,)),))
    yield View(
        as_of=day, preset="ytd", compare="last_year", filters=(("region", (region, None)), ("industry", (None,)))
    )


def test_every_measure_by_every_dimension_is_what_the_table_says(company: Store) -> None:
    with company.snapshot() as seen:
        keys = tuple(key for (key,) in seen.frame("select rep_key from crm.reps order by 1 limit 3").rows())
        viewers = (EVERYTHING, Viewer(email="a@b.c", name="A", scope="rep", rep_keys=keys))
        found: dict[str, int] = {}
        for view in views(seen):
            for viewer in viewers if view.compare == "last_year" else viewers[:1]:
                for part in {part for query in questions(view) for part in query.parts}:
                    instead = rolled(part, viewer, KEPT)
                    if instead is None or instead.rolled is None:
                        continue
                    name = instead.rolled.rollup.name
                    found[name] = found.get(name, 0) + 1
                    assert _sorted(seen, instead, viewer) == _sorted(seen, part, viewer), instead.bound(viewer)[0]
    assert found.keys() == KEPT - OF_FILES
    assert min(found.values()) >= 10


def _sorted(seen: Snapshot, query: Query, viewer: Viewer) -> tuple[dict[str, object], list[tuple[object, ...]]]:
    frame = seen.frame(*query.bound(viewer))
    return dict(frame.schema), sorted(frame.rows(), key=repr)


def test_files_of_questions_are_told_the_same_by_what_is_kept_of_their_rows(company: Store) -> None:
    """Whole stores and parts of them, today and earlier, whoever asks."""
    with company.writing() as cursor:  # leads without a day, on their own or beside others, of deals that name none
        cursor.execute("update crm.leads set created_on = null where hash(lead_id) % 9 = 0")
        cursor.execute("update crm.deals set lead_id = null where hash(deal_id) % 5 = 0")
        one, other = "(select min(deal_id) from crm.leads)", "(select max(deal_id) from crm.leads)"
        cursor.execute(f"update crm.leads set deal_id = {one} where deal_id is null and hash(lead_id) % 11 = 0")
        cursor.execute(f"update crm.leads set created_on = created_on + 300 where deal_id = {other}")
        cursor.execute(f"update crm.leads set deal_id = {other} where created_on is null and hash(lead_id) % 7 = 0")
        writing.roll_up(cursor)
    told: set[str] = set()
    with company.snapshot() as seen:
        assert seen.as_of is not None
        keys = tuple(key for (key,) in seen.frame("select rep_key from crm.reps order by 1 limit 5").rows())
        team = str(seen.frame("select min(team) from crm.order_lines").item())
        for view in (
            View(as_of=seen.as_of, preset="last_12_months", filters=(("source", ("Website", None)),)),
            View(as_of=seen.as_of, preset="all", filters=(("team", (team,)), ("kind", ("call",)))),
            View(as_of=seen.as_of - timedelta(days=300), preset="all"),
            View(as_of=seen.as_of - timedelta(days=300), preset="all", filters=(("team", (team,)),)),
        ):
            asked = (signals(view), worth(view), curve("revenue", view), first_last(view), payback(view, "last"),
                     odds(view), weighted(view), foremost(view), of_deals(view).rows(), breaches(view),
                     pace(view), by_week(view), silence(view), silence(view).rows("deals"), longest_silent(view),
                     weighted(view).rows(),
                     *(brought(view, touch) for touch in TOUCHES))  # fmt: skip
            for viewer in (EVERYTHING, Viewer(email="a@b.c", name="A", scope="rep", rep_keys=keys)):
                for part in {part for query in asked for part in query.parts}:
                    instead = rolled(part, viewer, KEPT, seen.as_of)
                    if instead is not None:
                        told |= set(NAMED.findall(instead.bound(viewer)[0]))
                        kept, read = (_rounded(seen, one, viewer) for one in (instead, part))
                        assert kept == read, instead.bound(viewer)[0]
                        assert rolled(part, viewer, KEPT - OF_FILES - {"activities"}) is None
    assert told == OF_FILES | {"activities"}


def test_days_of_a_rollup_are_read_where_it_tells_what_is_filtered_by() -> None:
    view = View(as_of=DAY, preset="last_12_months")
    for filters in ({}, {"team": "North"}, {"rep": "Ann", "kind": "call"}, {"region": "East", "manager": "Bob"}):
        for name, value in filters.items():
            view = view.with_filter(name, (value,))
        assert instead_of(pace(view)) == ["activities", "activities"]
    assert instead_of(pace(view.with_filter("customer", ("Acme",)))) == []
    assert instead_of(pace(view).rows()) == ["activities"], "the working days alone"
    assert instead_of(breakdown("activities", "kind", view)) == ["activities"]


def test_of_a_part_or_of_the_rows_themselves_nothing_is_kept() -> None:
    whole = View(as_of=DAY, preset="last_12_months")
    rep = Viewer(email="a@b.c", name="A", scope="rep", rep_keys=(1,))
    assert rolled(brought(whole), EVERYTHING, KEPT) is not None
    assert rolled(brought(whole), rep, KEPT) is None
    assert rolled(brought(whole.with_filter("team", ("North",))), EVERYTHING, KEPT) is None
    assert rolled(brought(whole).rows("deals", source="Website"), EVERYTHING, KEPT) is None
    assert rolled(brought(whole).cut_by("rep_key"), EVERYTHING, KEPT) is None
    for deals in (foremost(whole), of_deals(whole), odds(whole)):
        assert rolled(deals, EVERYTHING, KEPT) is not None
        assert rolled(deals, rep, KEPT) is None
        assert rolled(deals.rows(), EVERYTHING, KEPT) is None
    assert rolled(odds(whole.with_filter("team", ("North",))), EVERYTHING, KEPT) is None
    assert rolled(foremost(whole.with_filter("team", ("North",))), EVERYTHING, KEPT) is not None, "of all won deals"
    assert rolled(weighted(whole).others[0], rep, KEPT) is not None, "everybody's history"


def test_of_one_day_only_that_day_is_kept_for_whoever_looks() -> None:
    whole = View(as_of=DAY, preset="last_12_months")
    rep = Viewer(email="a@b.c", name="A", scope="rep", rep_keys=(1,))
    of_north = whole.with_filter("team", ("North",))
    for asked in (foremost, of_deals, breaches, silence, longest_silent, weighted):
        for query in (asked(whole), asked(whole).rows(), asked(of_north)):
            for viewer in (EVERYTHING, rep):
                now = rolled(query, viewer, frozenset({"open_now"}), DAY)
                assert now is not None
                sql, params = now.bound(viewer)
                assert "rolled_open_now" in sql
                assert set(params) >= {"day"}
                assert rolled(query, viewer, frozenset({"open_now"}), DAY - timedelta(days=1)) is None
        assert rolled(asked(whole.with_filter("kind", ("call",))), EVERYTHING, frozenset({"open_now"}), DAY) is None


def test_what_was_kept_of_one_limit_does_not_answer_for_another() -> None:
    """Amounts cut within 90 days are kept; asked for 30 days, the tables are read."""
    asked = foremost(View(as_of=DAY))
    kept = catalog().rollups["open_now"].made_with
    assert kept == {"cut_days": dict(asked.params)["cut_days"]}, "else its rows are kept for nobody"
    others = tuple((name, 30 if name == "cut_days" else value) for name, value in asked.params)
    assert rolled(asked, EVERYTHING, frozenset({"open_now"}), DAY) is not None
    assert rolled(replace(asked, params=others), EVERYTHING, frozenset({"open_now"}), DAY) is None


def _rounded(seen: Snapshot, query: Query, viewer: Viewer) -> list[str]:
    """Rows without the last digits of fractions, which depend on the order in which they were added up."""
    rows = seen.frame(*query.bound(viewer)).rows()
    return sorted(repr([f"{one:.9g}" if isinstance(one, float) else one for one in row]) for row in rows)


NAMED = re.compile(r"fold\.rolled_(\w+)")
ALL = View(as_of=DAY, preset="last_12_months", compare="previous")


def instead_of(query: Query, viewer: Viewer = EVERYTHING, kept: frozenset[str] = KEPT) -> list[str]:
    parts = (rolled(part, viewer, kept) for part in query.parts)
    return [part.rolled.rollup.name for part in parts if part is not None and part.rolled is not None]


def test_what_is_not_kept_is_not_read() -> None:
    assert instead_of(total("revenue", ALL)) == ["order_lines"]
    assert instead_of(total("revenue", ALL), kept=frozenset()) == []
    assert instead_of(total("revenue", ALL), kept=KEPT - {"order_lines"}) == []


@pytest.mark.parametrize(
    "query",
    [
        total("orders", ALL),  # how many differ does not add up
        total("cycle_days", ALL),  # nor does a median
        breakdown("revenue", "customer", ALL),
        breakdown("revenue", "source", ALL),
        trend("revenue", "week", ALL),  # weeks begin inside months
        trend("revenue", "fiscal_quarter", ALL),
        total("revenue", View(as_of=DAY, preset="all", filters=(("product", ("Alpha",)),))),
        total("win_rate_amount", ALL),  # asks deal by deal whether there is an amount
        total("revenue", ALL).rows(),
        total("revenue", ALL).count(),
    ],
)
def test_what_a_rollup_does_not_tell_is_asked_of_the_table(query: Query) -> None:
    assert instead_of(query) == []


def test_scope_needs_the_owner() -> None:
    one = Viewer(email="a@b.c", name="A", scope="rep", rep_keys=(7,))
    assert instead_of(total("activities", ALL), one) == ["activities"]
    by_rep = breakdown("won_amount", "rep", ALL)
    assert instead_of(by_rep) == ["deals_by_owner"]
    assert instead_of(by_rep, one) == ["deals_by_owner"]  # a part of a deal is in scope by whose part it is
    assert instead_of(own_part(total("won_amount", ALL), one), one) == ["deals_by_owner"]
    assert instead_of(total("won_amount", ALL), one) == []


def test_a_stock_is_read_on_any_day() -> None:
    assert instead_of(trend(("open_amount", "open_deals"), "week", ALL))[:1] == ["deals_seen"]
    assert instead_of(total("weighted_amount", ALL)) == []  # chances are fractions: their sums differ by their order
    assert instead_of(breakdown("open_deals", "region", ALL)) == []


def test_only_months_that_a_period_cuts_are_read_by_day() -> None:
    whole = View(as_of=DAY, from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))
    found = rolled(total("collected", whole), EVERYTHING, KEPT)
    assert found is not None
    assert "not t.is_month" not in found.bound(EVERYTHING)[0]
    cut = rolled(
        total("collected", whole.with_period(from_on=date(2026, 1, 2), to_on=date(2026, 3, 30))), EVERYTHING, KEPT
    )
    assert cut is not None
    assert [value for name, value in cut.bound(EVERYTHING)[1].items() if name.startswith("broken")] == [
        date(2026, 1, 1),
        date(2026, 3, 1),
    ]
