"""What channels brought, by hand: eight leads, nine deals, three campaigns; and that nothing is counted twice."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.brought import PER, TOUCHES, Touch, brought, first_last
from metrics.channel_quality import quality
from metrics.channels import channels
from metrics.payback import payback
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

JAN, TODAY = date(2026, 1, 1), date(2026, 6, 30)
# Source, created, qualified and converted (days after 1 January), the deal it names.
LEADS: dict[str, tuple[str | None, int, int | None, int | None, str | None]] = {
    "a": ("web", 0, 5, 9, "d1"),
    "b": ("web", 3, 10, 12, "d2"),
    "c": ("web", 4, 40, None, None),  # qualified late
    "e": ("fair", 2, None, 20, "d3"),
    "f": ("fair", 8, None, None, None),
    "g": (None, 10, 12, 15, "d4"),
    "h": ("fair", 1, None, 9, "d1"),  # a second lead of d1, a day after the first
    "o": ("web", -40, None, 30, "d5"),  # created before the year
}
# Source, created, status and day closed, amount, the lead it names.
DEALS: dict[str, tuple[str | None, int, str, int | None, int, str | None]] = {
    "d1": ("web", 9, "won", 50, 100, None),
    "d2": ("fair", 12, "lost", 60, 70, None),  # its lead says web
    "d3": (None, 20, "won", 31, 300, None),  # only its lead names a channel
    "d4": (None, 15, "open", None, 10, None),
    "d5": ("web", 30, "won", 70, 500, None),
    "d6": ("web", 5, "won", 20, 40, None),  # of no lead
    "d7": ("fair", 6, "lost", 9, 40, None),
    "d8": ("partner", 6, "open", None, 40, None),
    "d9": ("fair", 44, "won", 90, 60, "c"),  # only it names the lead
}


def _day(days: int | None) -> date | None:
    return None if days is None else JAN + timedelta(days=days)


def _put(connection: duckdb.DuckDBPyConnection) -> None:
    for lead, (source, created, qualified, converted, deal) in LEADS.items():
        connection.execute(
            "insert into crm.leads (lead_id, lead, source, created_on, qualified_on, converted_on, deal_id, rep_key)"
            " values (?, ?, ?, ?, ?, ?, ?, 1)",
            [lead, lead, source, _day(created), _day(qualified), _day(converted), deal],
        )
    for deal, (source, created, status, closed, amount, lead) in DEALS.items():
        connection.execute(
            "insert into crm.deals (deal_id, source, created_on, status, closed_on, amount, lead_id, rep_key,"
            " push_count, is_gone) values (?, ?, ?, ?, ?, ?, ?, 1, 0, false)",
            [deal, source, _day(created), status, _day(closed), amount, lead],
        )


@pytest.fixture
def company(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    _put(empty)
    empty.execute(
        "insert into crm.campaigns values ('w1', 'Spring', 'web', '2026-01-01', '2026-01-10', 100),"
        " ('f1', 'Fair', 'fair', '2025-12-22', '2026-01-10', 200), ('p1', 'Party', 'partner', '2026-02-01', null, null)"
    )
    return empty


YEAR = view(as_of=TODAY, from_on=JAN, to_on=TODAY)
COUNTS = ("source", "leads", "qualified", "became", "deals", "direct", "won", "lost_deals")


def test_eight_leads_and_nine_deals_by_hand(company: duckdb.DuckDBPyConnection) -> None:
    result = answered(company, brought(YEAR))
    assert result.frame.select(COUNTS).rows() == [
        ("web", 3, 3, 3, 4, 1, 3, 1),  # d1 of a, d2 and d9 by their leads, d6 of none; d5 came before
        ("fair", 3, 2, 2, 2, 1, 1, 1),  # d3 by its lead, d7
        (None, 1, 1, 1, 1, 0, 0, 0),
        ("partner", 0, 0, 0, 1, 1, 0, 0),
    ]  # fmt: skip
    rows = {row["source"]: row for row in result.frame.iter_rows(named=True)}
    web, fair = rows["web"], rows["fair"]
    assert (web["won_money"], fair["won_money"]) == (200, 300)
    assert (web["win_rate"], web["others"], web["win_rate.n"]) == (3 / 4, 1 / 2, 4)
    assert (web["win_rate.low"], web["win_rate.high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)  # Wilson, 3 of 4
    assert not result.frame["is_beyond_chance"].any()
    assert (web["cost"], web["cost_per_lead"], web["cost_per_won"]) == pytest.approx((100, 100 / 3, 100 / 3))
    assert fair["cost"] == pytest.approx(100)  # ten of its twenty days
    assert fair["won_per_cost"] == pytest.approx(3)
    assert all(rows["partner"][name] is None for name in ("cost", *PER))
    still_open, uncosted = result.notes
    assert (still_open.code, still_open["count"], still_open["of"]) == ("brought_open", 2, 8)  # d4 and d8
    assert (uncosted.code, uncosted["channels"]) == ("channels_without_cost", "partner")


def test_a_channel_that_began_lately_is_held_against_deals_as_young(empty: duckdb.DuckDBPyConnection) -> None:
    # Deals of every channel alike: of 10 a week 6 are lost after 20 days, 4 won after 90. "new" began 13 weeks ago, so
    # of its deals that are closed only those of the first week are won: 4 of 4 + 11 × 6. Of "old", 40 weeks long,
    # those of 28 weeks are: 112 of 112 + 38 × 6, beyond any chance more; of its deals of the same weeks just as many.
    rows = [
        (f"{name}{week}{place}", name, TODAY - timedelta(weeks=week), place < 6)
        for name, weeks in (("old", 40), ("new", 13)) for week in range(1, weeks + 1) for place in range(10)
    ]  # fmt: skip
    for deal_id, name, created, is_loss in rows:
        end = created + timedelta(days=20 if is_loss else 90)
        status, on = ("lost" if is_loss else "won", end) if end <= TODAY else ("open", None)
        empty.execute(
            "insert into crm.deals (deal_id, source, created_on, status, closed_on, amount, rep_key, push_count,"
            " is_gone) values (?, ?, ?, ?, ?, 10, 1, 0, false)",
            [deal_id, name, created, status, on],
        )
    found = answered(empty, brought(view(as_of=TODAY))).frame
    told = {row["source"]: row for row in found.iter_rows(named=True)}
    assert (told["new"]["won"], told["new"]["lost_deals"], told["old"]["won"], told["old"]["lost_deals"]) == (
        4, 66, 112, 228,
    )  # fmt: skip
    assert told["new"]["others"] == pytest.approx(4 / 70)
    assert not found["is_beyond_chance"].any()
    empty.execute("update crm.deals set status = 'lost', closed_on = created_on + 20 where source = 'new'")
    assert not answered(empty, brought(view(as_of=TODAY))).frame["is_beyond_chance"].all()
    empty.execute("update crm.deals set status = 'won', closed_on = created_on + 20 where source = 'new'")
    assert answered(empty, brought(view(as_of=TODAY))).frame["is_beyond_chance"].all()


def test_last_touch_believes_the_deal(company: duckdb.DuckDBPyConnection) -> None:
    frame = answered(company, brought(YEAR, "last")).frame
    counted = {row[0]: row[1:] for row in frame.select("source", "leads", "deals", "won").rows()}
    assert counted == {"web": (3, 2, 2), "fair": (3, 4, 2), None: (1, 1, 0), "partner": (0, 1, 0)}
    pairs = answered(company, first_last(YEAR))
    assert pairs.frame.select("lead_source", "deal_source", "deals", "won").rows() == [
        ("web", "fair", 2, 1), ("web", "web", 1, 1),
    ]  # fmt: skip
    assert pairs.notes == ()
    company.execute("update crm.deals set source = 'web' where deal_id in ('d2', 'd9')")
    assert {remark.code for remark in answered(company, first_last(YEAR)).notes} == {"touches_alike"}


def test_every_number_opens_its_rows(company: duckdb.DuckDBPyConnection) -> None:
    asked = brought(YEAR)
    for row in answered(company, asked).frame.iter_rows(named=True):
        for name in COUNTS[1:]:
            found = answered(company, asked.rows(name, source=row["source"])).frame
            assert found.height == row[name], (row["source"], name)
    assert set(answered(company, asked.rows("won", source="web")).frame["deal_id"]) == {"d1", "d6", "d9"}
    paid = payback(YEAR)
    for row in answered(company, paid).frame.iter_rows(named=True):
        at = {name: row[name] for name in paid.by}
        assert answered(company, paid.rows("won_money", **at)).frame["amount"].sum() == row["won_money"]
    good = quality(YEAR)
    for row in answered(company, good).frame.iter_rows(named=True):
        at = {"source": row["source"], "month": row["month"].isoformat()}
        assert answered(company, good.rows("came_so_far", **at)).frame.height == row["came_so_far"]


def test_a_chosen_channel_keeps_what_it_brought_whatever_the_deal_says(company: duckdb.DuckDBPyConnection) -> None:
    whole = {row["source"]: row for row in answered(company, brought(YEAR)).frame.iter_rows(named=True)}
    for source in ("web", None):
        alone = answered(company, brought(YEAR.with_filter("source", source))).frame.row(0, named=True)
        assert {name: alone[name] for name in (*COUNTS, "cost")} == {
            name: whole[source][name] for name in (*COUNTS, "cost")
        }


def test_a_part_of_a_channel_has_no_cost_nor_has_a_viewer_of_a_part(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("update crm.leads set region = 'N'")
    company.execute("update crm.deals set region = 'N'")
    part = answered(company, brought(YEAR.with_filter("region", "N")))
    assert part.frame["cost"].null_count() == part.frame.height
    assert "cost_of_whole" in {remark.code for remark in part.notes}
    mine = answered(company, brought(YEAR), Viewer(scope="rep", rep_keys=(1,)))
    assert mine.frame["deals"].sum() == 8
    assert "no_channel_costs" in {remark.code for remark in mine.notes}
    assert answered(company, brought(YEAR), Viewer(scope="rep", rep_keys=(2,))).frame.height == 0
    assert answered(company, payback(YEAR), Viewer(scope="rep", rep_keys=(1,))).frame.height == 0


def test_seen_from_an_earlier_day_nothing_later_has_happened(company: duckdb.DuckDBPyConnection) -> None:
    early = YEAR.seen_on(date(2026, 1, 21))  # day 20
    rows = {row["source"]: row for row in answered(company, brought(early)).frame.iter_rows(named=True)}
    assert (rows["web"]["deals"], rows["web"]["won"], rows["web"]["lost_deals"]) == (3, 1, 0)  # only d6 is won by then
    assert rows["web"]["became"] == 2


def test_payback_by_hand(company: duckdb.DuckDBPyConnection) -> None:
    """Web: d6 after 15 days (40 of 100), d1 after 50 (140), d9 after 86 (200). Fair: d3 after 29 days."""
    frame = answered(company, payback(YEAR)).frame
    web = frame.filter(pl.col("source") == "web")
    assert web["after_months"].to_list() == [1, 2, 3]  # at least 91 of the 181 days are three months old, not four
    assert web["cohort_months"].unique().to_list() == [3]
    assert web["recovered"].to_list() == pytest.approx([0.4, 1.4, 2])
    assert web["is_back"].to_list() == [False, True, False]
    fair = frame.filter(pl.col("source") == "fair")
    assert (fair["cost"][0], fair["recovered"][0], fair["is_back"][0]) == (pytest.approx(100), pytest.approx(3), True)
    assert "partner" not in frame["source"]


def test_payback_by_margin_stands_on_the_orders_that_invoices_name(company: duckdb.DuckDBPyConnection) -> None:
    """d6 (40), d1 (100) and d9 (60) are web's: their orders earn a half, a quarter, and of d9 a line has no cost."""
    lines = [("a", "d6", 80, 40), ("b", "d1", 50, 30), ("c", "d1", 50, 45), ("e", "d9", 60, 30), ("e", "d9", 1, None)]
    for place, (order, deal, amount, cost) in enumerate(lines):
        company.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, amount, cost, is_return)"
            " values (?, ?, '2026-03-01', ?, ?, false)",
            [order, place, amount, cost],
        )
        company.execute(
            "insert into crm.invoices (invoice_id, deal_id, order_id, amount) values (?, ?, ?, 1)", [place, deal, order]
        )
    asked = payback(YEAR, "first", "margin")
    result = answered(company, asked)
    web = result.frame.filter(pl.col("source") == "web")
    assert web["margin_known"].to_list() == pytest.approx([1, 1, 0.7])
    assert web["margin"].to_list() == [20, 45, None]
    assert web["recovered"].to_list() == [pytest.approx(0.2), pytest.approx(0.45), None]
    assert not web["is_back"].any()
    (said,) = (one for one in result.notes if one.code == "payback_unknown")
    assert said["sources"] == "fair · web"
    rows = answered(company, asked.rows("margin", source="web", after_months=3, cohort_months=3)).frame
    assert set(rows["deal_id"]) == {"d6", "d1"}
    company.execute(  # given away, and ordered and billed after the day: neither says anything of that day's margin
        "insert into crm.order_lines (order_id, line_no, ordered_on, amount, cost, is_return)"
        " values ('a', 9, '2026-03-01', 0, null, false), ('a', 10, '2027-01-01', 500, 1, false),"
        " ('z', 1, '2026-03-01', 500, 1, false)"
    )
    company.execute(
        "insert into crm.invoices (invoice_id, deal_id, order_id, issued_on, amount)"
        " values (99, 'd6', 'z', '2027-01-02', 1)"
    )
    assert answered(company, asked).frame.filter(pl.col("source") == "web")["margin"].to_list() == [20, 45, None]
    company.execute("update crm.order_lines set cost = 30 where order_id = 'e'")
    whole = answered(company, asked).frame.filter(pl.col("source") == "web")
    assert whole["margin"][2] == pytest.approx(20 + 25 + 60 * 1 / 61)


def test_only_days_old_enough_are_held_against_their_cost(company: duckdb.DuckDBPyConnection) -> None:
    """Seen on day 65, days 0 to 35 are a month old: not the quick win of day 40, nor d1, which took 50 days."""
    company.execute(
        "insert into crm.deals (deal_id, source, created_on, status, closed_on, amount, push_count, is_gone)"
        " values ('quick', 'web', '2026-02-10', 'won', '2026-02-15', 900, 0, false)"
    )
    frame = answered(company, payback(YEAR.seen_on(JAN + timedelta(days=65)))).frame
    web = frame.filter(pl.col("source") == "web")
    assert web.select("after_months", "cost", "won_money").rows() == [(1, pytest.approx(100), 40)]


def test_quality_counts_leads_of_one_age(company: duckdb.DuckDBPyConnection) -> None:
    frame = answered(company, quality(YEAR)).frame
    rows = {
        row["source"]: (row["reached.n"], row["came_so_far"], row["is_few"], row["is_partial"])
        for row in frame.to_dicts()
    }
    assert rows == {"web": (3, 2, True, False), "fair": (3, 2, True, False), None: (1, 1, True, False)}
    young = answered(company, quality(YEAR.seen_on(JAN + timedelta(days=23)))).frame  # only a, e and h are 21 days old
    assert {row["source"]: row["reached.n"] for row in young.to_dicts()} == {"web": 1, "fair": 2}
    assert young["is_partial"].all()
    won = answered(company, quality(YEAR, "won", "quarter")).frame.filter(pl.col("source") == "web")
    assert won.select("quarter", "reached.n", "came_so_far").rows() == [(JAN, 1, 1)]  # only a is 180 days old


def test_without_leads_or_lists_channels_are_still_counted(empty: duckdb.DuckDBPyConnection) -> None:
    nothing = answered(empty, brought(view()))
    assert (nothing.frame.height, nothing.notes) == (0, ())
    empty.execute(
        "insert into crm.deals (deal_id, status, amount, closed_on, push_count, is_gone)"
        " values ('x', 'won', 5, '2026-01-01', 0, false)"
    )
    bare = answered(empty, brought(view()))
    assert bare.frame.select(COUNTS).rows() == [(None, 0, 0, 0, 1, 1, 1, 0)]
    assert [remark.code for remark in bare.notes] == ["no_channel_costs"]
    assert answered(empty, payback(view())).frame.height == 0


NAMES = st.sampled_from(["web", "fair", None])
_LEAD = st.tuples(NAMES, st.integers(0, 90), st.one_of(st.none(), st.integers(0, 5)))
_DEAL = st.tuples(
    NAMES, st.one_of(st.none(), st.integers(0, 90)), st.sampled_from(["open", "won", "lost"]),
    st.one_of(st.none(), st.integers(0, 5)),
)  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_LEAD, max_size=6), st.lists(_DEAL, max_size=6), st.sampled_from(TOUCHES))
def test_a_deal_counts_once_and_channels_add_up(
    empty: duckdb.DuckDBPyConnection,
    leads: list[tuple[str | None, int, int | None]],
    deals: list[tuple[str | None, int | None, str, int | None]],
    touch: Touch,
) -> None:
    """However leads and deals name each other: all channels together are all deals, in one cohort each."""
    empty.execute("delete from crm.leads; delete from crm.deals")
    for number, (source, day, deal) in enumerate(leads):
        empty.execute(
            "insert into crm.leads (lead_id, source, created_on, converted_on, deal_id) values (?, ?, ?, ?, ?)",
            [f"l{number}", source, _day(day), _day(day), None if deal is None else f"d{deal}"],
        )
    for number, (source, made_on, status, lead) in enumerate(deals):
        empty.execute(
            "insert into crm.deals (deal_id, source, created_on, status, closed_on, amount, lead_id, push_count,"
            " is_gone) values (?, ?, ?, ?, ?, ?, ?, 0, false)",
            [f"d{number}", source, _day(made_on), status, None if status == "open" else _day(95), number + 1,
             None if lead is None else f"l{lead}"],
        )  # fmt: skip
    frame = answered(empty, brought(view(as_of=TODAY), touch)).frame
    won = [number + 1 for number, deal in enumerate(deals) if deal[2] == "won"]
    assert (frame["deals"].sum(), frame["won"].sum(), frame["won_money"].sum()) == (len(deals), len(won), sum(won))
    assert frame["leads"].sum() == len(leads)
    spans = [view(as_of=TODAY, from_on=_day(a), to_on=_day(b)) for a, b in ((0, 45), (46, 95))]
    parts = [answered(empty, brought(one, touch)).frame["deals"].sum() for one in spans]
    named = {lead[2] for lead in leads}
    dated = [number for number, (_, made_on, _, lead) in enumerate(deals)
             if made_on is not None or number in named or (lead is not None and lead < len(leads))]  # fmt: skip
    assert sum(parts) == len(dated)


def test_steps_that_nobody_notes_are_not_known(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("update crm.leads set qualified_on = null")
    result = answered(company, brought(YEAR))
    assert result.frame["qualified"].null_count() == result.frame["cost_per_qualified"].null_count() == 4
    assert "leads_never_qualified" in {remark.code for remark in result.notes}
    company.execute("update crm.leads set deal_id = null, converted_on = null")
    company.execute("update crm.deals set lead_id = null")
    result = answered(company, brought(YEAR))
    assert result.frame["became_rate"].null_count() == 4
    assert "leads_of_no_deal" in {remark.code for remark in result.notes}
    assert result.frame["direct"].sum() == result.frame["deals"].sum() == 9


def test_leads_without_a_channel_are_no_claim(empty: duckdb.DuckDBPyConnection) -> None:
    """Of 100 leads a year ago 90 qualify in time, of 100 now 10; with a name that is beyond chance."""
    empty.execute(
        "insert into crm.leads (lead_id, source, created_on, qualified_on)"
        " select t || i, null, day, case when i < good then day + 3 end from range(100) as r(i),"
        " (values ('then', date '2025-06-01', 90), ('now', date '2026-01-10', 10)) as s(t, day, good)"
    )
    asked = channels(view(from_on=date(2026, 1, 1), to_on=date(2026, 1, 31)))
    frame = answered(empty, asked).frame
    assert frame.select("source", "qualified_now", "qualified_before", "is_beyond_chance").rows() == [
        (None, 0.1, 0.9, False)
    ]
    empty.execute("update crm.leads set source = 'web'")
    assert answered(empty, asked).frame["is_beyond_chance"].to_list() == [True]


def test_a_channel_that_turned_is_held_against_itself(empty: duckdb.DuckDBPyConnection) -> None:
    """Forty leads a month of each of two channels; of one 30 qualify, from March on 8. The young April says nothing."""
    for month in (1, 2, 3, 4):
        for number in range(40):
            for source, good in (("web", 30 if month < 3 else 8), ("fair", 20)):
                day = date(2026, month, 1 + number % 20)
                empty.execute(
                    "insert into crm.leads (lead_id, source, created_on, qualified_on) values (?, ?, ?, ?)",
                    [f"{source}{month}-{number}", source, day, day + timedelta(days=3) if number < good else None],
                )
    frame = answered(empty, quality(view(as_of=date(2026, 4, 25)))).frame
    found = frame.filter("is_beyond_chance").select("source", "month", "reached", "reached_before").rows()
    assert found == [("web", date(2026, 3, 1), 0.2, 0.75)]
    assert frame.filter("is_partial")["month"].unique().to_list() == [date(2026, 4, 1)]
    assert frame.filter(pl.col("month") == date(2026, 2, 1))["reached_before"].null_count() == 2
