"""From lead to win as one funnel: twelve leads by hand, whose deals are known, hidden, gone or named by one side."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from metrics.errors import MeasureNotBy
from metrics.lead_funnel import lead_funnel
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.stages import JAN, LADDER, put

TODAY = date(2026, 2, 20)
COUNTS = ("stage", "entered", "moved_on", "lost", "still_there", "unseen", "won")
# When qualified and when converted (days after 1 January), the deal it names, its status; all created on 1 January.
LEADS: dict[str, tuple[int | None, int | None, str | None, str]] = {
    "a": (2, 4, "da", "converted"),  # won on day 24
    "b": (4, 10, "db", "converted"),  # lost
    "c": (None, 6, "dc", "converted"),  # open; nobody noted when it was qualified
    "d": (3, None, None, "converted"),  # only its deal dd names it; won on day 30
    "e": (6, None, None, "qualified"),
    "f": (8, None, None, "Disqualified"),
    "g": (None, None, None, "new"),
    "h": (None, None, None, "working"),
    "i": (None, None, None, "junk"),
    "j": (5, 7, "elsewhere", "converted"),  # a deal that is not loaded
    "k": (5, 7, "dk", "converted"),  # a deal that vanished
    "l": (2, 3, "dl", "converted"),  # somebody else's deal, won on day 13
}


@pytest.fixture
def twelve(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    empty.execute(LADDER)
    for lead, (qualified, converted, deal, status) in LEADS.items():
        on = [None if days is None else JAN + timedelta(days=days) for days in (qualified, converted)]
        empty.execute(
            "insert into crm.leads (lead_id, lead, created_on, qualified_on, converted_on, deal_id, status, rep_key,"
            " source) values (?, ?, ?, ?, ?, ?, ?, 1, ?)",
            [lead, lead, JAN, *on, deal, status, "web" if lead < "g" else "fair"],
        )
    mine = {"rep_key": 1, "created_on": date(2026, 1, 9)}
    put(empty, "da", "", "won 24", **mine)
    put(empty, "db", "", "lost 30", **mine)
    put(empty, "dc", "", "open", **mine)
    put(empty, "dd", "", "won 30", lead_id="d", amount=50, **mine)
    put(empty, "dk", "", "open", is_gone=True, **mine)
    put(empty, "dl", "", "won 13", **mine | {"rep_key": 2})
    put(empty, "other", "", "won 13", **mine)  # came of no lead
    return empty


def test_what_is_dated_after_the_last_day_of_the_data_has_not_happened(twelve: duckdb.DuckDBPyConnection) -> None:
    """On 24 January: of the deals only dl is won, on the 14th; da (25th), dd (31st) and db (31st) are open."""
    result = answered(twelve, lead_funnel(view(as_of=date(2026, 1, 24))))
    assert result.frame.select(COUNTS).rows() == [
        ("lead", 12, 9, 1, 2, 0, 0),
        ("qualified", 9, 7, 1, 1, 0, 0),
        ("deal", 7, 1, 0, 4, 2, 0),
        ("won", 1, 0, 0, 0, 0, 1),
    ]
    assert result.frame["won_amount"][3] == 100


def test_twelve_leads_by_hand(twelve: duckdb.DuckDBPyConnection) -> None:
    result = answered(twelve, lead_funnel(view(as_of=TODAY)))
    assert result.frame.select(COUNTS).rows() == [
        ("lead", 12, 9, 1, 2, 0, 0),  # i is none, g and h wait; c is past it though nobody noted when
        ("qualified", 9, 7, 1, 1, 0, 0),  # f is none, e waits
        ("deal", 7, 3, 1, 1, 2, 0),  # b lost, c open; of j and k nobody knows
        ("won", 3, 0, 0, 0, 0, 3),
    ]
    lead, qualified, deal, won = result.frame.to_dicts()
    assert (lead["conversion"], qualified["conversion"]) == (9 / 12, 7 / 9)
    assert (deal["conversion"], deal["conversion.n"]) == (3 / 5, 5)  # not of the two unseen
    assert (deal["decided"], deal["decided.n"]) == (3 / 4, 4)
    assert (deal["conversion.low"], deal["conversion.high"]) == pytest.approx((0.2307, 0.8824), abs=1e-4)  # Wilson
    assert (won["of_leads"], won["of_leads.n"], won["conversion"]) == (3 / 10, 10, None)
    assert won["won_amount"] == 250
    assert [(remark.code, remark["count"]) for remark in result.notes] == [("deals_unseen", 2)]


def test_lead_times_are_medians_of_those_that_went_on(twelve: duckdb.DuckDBPyConnection) -> None:
    found = answered(twelve, lead_funnel(view(as_of=TODAY))).frame["median_days"].to_list()
    # to qualified 2 4 3 6 8 5 5 2; to the deal 2 6 6(from the first day) 5(from the third to the deal's ninth) 2 2 1;
    # to the win 20 22 10; from lead to win 24 30 13
    assert found == [4.5, 2, 20, 24]


def test_numbers_open_their_leads(twelve: duckdb.DuckDBPyConnection) -> None:
    asked = lead_funnel(view(as_of=TODAY))
    for row in answered(twelve, asked).frame.iter_rows(named=True):
        for name in COUNTS[1:]:
            assert answered(twelve, asked.rows(name, place=row["place"])).frame.height == row[name], (
                row["stage"],
                name,
            )
    assert answered(twelve, asked.rows("conversion", place=3)).frame.height == 5
    unseen = answered(twelve, asked.rows("unseen", place=3)).frame
    assert set(unseen["lead_id"]) == {"j", "k"}
    split = answered(twelve, lead_funnel(view(as_of=TODAY), "source")).frame
    assert split.filter(split["place"] == 4).select("source", "entered").rows() == [("fair", 1), ("web", 2)]
    for not_of_leads in ("product", "month", "status"):
        with pytest.raises(MeasureNotBy):
            lead_funnel(view(), not_of_leads)


def test_a_deal_of_two_leads_brought_its_money_once(twelve: duckdb.DuckDBPyConnection) -> None:
    asked = lead_funnel(view(as_of=TODAY))
    before = answered(twelve, asked).frame["won_amount"].max()
    twelve.execute("update crm.leads set deal_id = 'da', converted_on = date '2026-01-06' where lead_id = 'e'")
    frame = answered(twelve, asked).frame
    assert frame["won_amount"].max() == before
    assert frame["entered"].to_list()[-1] == 4


def test_a_deal_out_of_scope_is_unseen_and_a_filter_does_not_hide_it(twelve: duckdb.DuckDBPyConnection) -> None:
    scoped = answered(twelve, lead_funnel(view(as_of=TODAY)), Viewer(scope="rep", rep_keys=(1,)))
    assert scoped.frame.row(2, named=True)["unseen"] == 3  # l too, whose deal another person won
    assert answered(twelve, lead_funnel(view(as_of=TODAY)), Viewer(scope="rep", rep_keys=(2,))).frame.height == 0
    twelve.execute("insert into crm.reps values (1, null, 'Ann', null, null, 'North', null, null, null, false)")
    hers = answered(twelve, lead_funnel(view(as_of=TODAY).with_filter("rep", "Ann")))
    assert hers.frame["entered"].to_list() == [12, 9, 7, 3]  # what became of her leads, whoever made it
    product = answered(twelve, lead_funnel(view(as_of=TODAY).with_filter("product", "Saw")))
    assert "not_filtered_by" in {remark.code for remark in product.notes}


def test_seen_from_an_earlier_day_nothing_later_is_counted(twelve: duckdb.DuckDBPyConnection) -> None:
    found = answered(twelve, lead_funnel(view(as_of=TODAY).seen_on(date(2026, 1, 6)))).frame
    assert found["entered"].to_list() == [12, 6, 2, 0]  # by then a, b, d, j, k, l are qualified; a and l converted


def test_what_cannot_be_told_is_left_out_and_said(empty: duckdb.DuckDBPyConnection) -> None:
    nothing = answered(empty, lead_funnel(view()))
    assert nothing.frame.height == 0
    assert [remark.code for remark in nothing.notes] == ["no_leads"]
    empty.execute("insert into crm.leads (lead_id, created_on, status) values ('x', date '2026-01-02', 'new')")
    bare = answered(empty, lead_funnel(view()))
    assert bare.frame["stage"].to_list() == ["lead"]
    assert {remark.code for remark in bare.notes} == {"leads_never_qualified", "leads_unlinked"}
    assert "线索" in bare.notes[0].text("zh-CN")
