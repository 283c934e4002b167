"""Activity, response, campaigns and channels: a company of a few rows, every answer worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from metrics import activity
from metrics.brought import TOUCHES
from metrics.campaigns import campaigns
from metrics.channels import channels
from metrics.errors import MeasureNotBy
from metrics.landmark import landmark
from metrics.query import Query
from metrics.response import response
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view

TODAY = date(2026, 3, 15)
MARCH = view(from_on=date(2026, 3, 2), to_on=TODAY)
ANN = Viewer(scope="rep", rep_keys=(1,))


def _put(connection: duckdb.DuckDBPyConnection, table: str, **row: object) -> None:
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    connection.execute(f"insert into crm.{table} ({names}) values ({marks})", list(row.values()))


def _deal(connection: duckdb.DuckDBPyConnection, deal_id: str, **more: object) -> None:
    row = {
        "deal_id": deal_id, "deal": deal_id, "pipeline": "P", "stage": "talk", "status": "open", "amount": 100,
        "rep_key": 1, "created_on": date(2026, 1, 1), "push_count": 0, "is_gone": False,
        "seen_from": date(2026, 1, 1), "seen_to": date(9999, 12, 31), **more,
    }  # fmt: skip
    _put(connection, "deals", **row)


def _act(connection: duckdb.DuckDBPyConnection, number: int, day: date, **more: object) -> None:
    row = {"activity_id": f"a{number}", "kind": "call", "rep_key": 1, "done_on": day, **more}
    _put(connection, "activities", **row)


def _rows(connection: duckdb.DuckDBPyConnection, query: Query, viewer: Viewer = EVERYTHING) -> list[dict[str, Any]]:
    return answered(connection, query, viewer).frame.to_dicts()


# --------------------------------------------------------------------------------------------------------------- weeks


def test_who_does_nothing_is_seen_and_days_are_those_one_was_there(people: duckdb.DuckDBPyConnection) -> None:
    _deal(people, "b", rep_key=2)  # Bob holds an open deal and does nothing
    for number, day in enumerate((2, 3, 3, 6, 10)):  # Ann: four in the week of 2 March, one in that of the 9th
        _act(people, number, date(2026, 3, day))
    _act(people, 9, date(2026, 2, 27))  # before the period
    found = {(row["week"].day, row["rep"]): row for row in _rows(people, activity.by_week(MARCH))}
    assert {key: (row["activities"], row["workdays"]) for key, row in found.items()} == {
        (2, "Ann"): (4, 5), (9, "Ann"): (1, 5), (9, "Bob"): (0, 3),
    }  # fmt: skip
    assert found[2, "Ann"]["per_day"] == pytest.approx(0.8)
    done = answered(people, activity.by_week(MARCH)).raw
    assert done.select("week", "rep").is_unique().all(), "kinds are not told apart: the answer stays short"
    behind = _rows(people, activity.by_week(MARCH).rows("activities", week="2026-03-02", rep="Ann"))
    assert {row["activity_id"] for row in behind} == {"a0", "a1", "a2", "a3"}


def test_one_sees_ones_own_activities_only(people: duckdb.DuckDBPyConnection) -> None:
    _act(people, 1, date(2026, 3, 12))
    _act(people, 2, date(2026, 3, 12), rep_key=2)
    assert {row["rep"] for row in _rows(people, activity.by_week(MARCH), ANN)} == {"Ann"}
    assert sum(row["activities"] for row in _rows(people, activity.pace(MARCH), ANN)) == 1


def test_a_quiet_spell_is_two_low_weeks_and_a_holiday_is_none() -> None:
    def week(number: int, done: int, workdays: int = 5, days: int = 7) -> dict[str, object]:
        start = date(2026, 1, 5) + timedelta(weeks=number)
        return {"week": start, "activities": done, "workdays": workdays, "days": days}

    # per day: 20 21 19 20 | 8 7 | 20 21; a week of two days (16 done), a single low one, an unfinished low one
    usual = [week(0, 100), week(1, 105), week(2, 95), week(3, 100), week(4, 40), week(5, 35), week(6, 100)]
    more = [week(7, 105), week(8, 16, workdays=2), week(9, 95), week(10, 20), week(11, 100), week(12, 5, days=3)]
    found = activity.quiet_weeks(pl.DataFrame(usual + more))
    assert found.filter("is_quiet").get_column("week").to_list() == [date(2026, 2, 2), date(2026, 2, 9)]
    assert found["usual"][0] == 20  # the median of 20 21 19 20 8 7 20 21 19 4 20
    few = activity.quiet_weeks(pl.DataFrame(usual[:6]))
    assert not few["is_quiet"].any(), "six weeks are too few to know what is usual"


# ------------------------------------------------------------------------------------------------------------- touches


def test_touches_until_the_closing_day(people: duckdb.DuckDBPyConnection) -> None:
    _act(people, 1000, date(2025, 12, 31), deal_id="older")  # activity is on record since before they were created
    touched = {"w1": ("won", 1), "w2": ("won", 4), "w3": ("won", 7), "l1": ("lost", 0), "l2": ("lost", 2)}
    for deal, (status, count) in touched.items():
        _deal(people, deal, status=status, closed_on=date(2026, 3, 5))
        for number in range(count):
            _act(people, number, date(2026, 3, 1) + timedelta(days=number % 5), deal_id=deal)
    _act(people, 99, date(2026, 3, 9), deal_id="l1")  # after it was lost
    rows = _rows(people, activity.touches(MARCH))
    assert {(row["status"], row["band"]): row["deals"] for row in rows if row["deals"]} == {
        ("won", "1-2"): 1, ("won", "3-5"): 1, ("won", "6-10"): 1, ("lost", "0"): 1, ("lost", "1-2"): 1,
    }  # fmt: skip
    assert {(row["status"], row["median"], row["p75"], row["of_all"]) for row in rows} == {
        ("won", 4, 7, 3), ("lost", 1, 2, 2),
    }  # fmt: skip
    assert [row["deal_id"] for row in _rows(people, activity.touches(MARCH).rows(status="won", band="6-10"))] == ["w3"]


def test_without_linked_activities_nothing_is_said_about_touches(people: duckdb.DuckDBPyConnection) -> None:
    _deal(people, "w", status="won", closed_on=date(2026, 3, 5))
    _act(people, 1, date(2026, 3, 3))
    result = answered(people, activity.touches(MARCH))
    assert result.frame.is_empty()
    assert [note.code for note in result.notes] == ["no_touches"]


def test_silence_adds_up_to_the_open_deals(people: duckdb.DuckDBPyConnection) -> None:
    _deal(people, "fresh", amount=10)
    _act(people, 1, date(2026, 3, 10), deal_id="fresh")  # 5 days
    _deal(people, "crm", amount=20, last_activity_on=date(2026, 2, 20), seen_activity_on=date(2026, 2, 20))  # 23 days
    _deal(people, "old", amount=40)
    _act(people, 2, date(2025, 12, 1), deal_id="old")  # 104 days
    _deal(people, "never", amount=80)  # since 1 January: 73 days
    _deal(people, "won", amount=999, status="won", closed_on=date(2026, 3, 1))
    _act(people, 3, date(2026, 4, 1), deal_id="never")  # planned, not done
    rows = {row["band"]: (row["deals"], row["amount"]) for row in _rows(people, activity.silence(view()))}
    assert {band: found for band, found in rows.items() if found[0]} == {
        "0-7": (1, 10), "15-29": (1, 20), "91+": (1, 40), "never": (1, 80),
    }  # fmt: skip
    longest = _rows(people, activity.longest_silent(view(), 3))
    assert [(row["deal_id"], row["silent_days"]) for row in longest] == [("old", 104), ("never", 73), ("crm", 23)]


def test_a_list_of_the_untouched_needs_some_touch(people: duckdb.DuckDBPyConnection) -> None:
    _deal(people, "a")
    result = answered(people, activity.longest_silent(view()))
    assert result.frame.is_empty()
    assert [note.code for note in result.notes] == ["never_touched"]


def test_a_customer_gone_quiet(people: duckdb.DuckDBPyConnection) -> None:
    for key, name in ((7, "Regular"), (8, "Still here"), (9, "Short")):
        _put(people, "customers", customer_key=key, customer=name, is_implied=False)
        _deal(people, name, customer_key=key)
    for number in range(30):  # every ten days for 290 days, the last one 60 days ago; another until ten days ago
        _act(people, number, TODAY - timedelta(days=60 + 10 * number), customer_key=7)
        _act(people, 100 + number, TODAY - timedelta(days=10 + 10 * number), customer_key=8)
        _act(people, 200 + number, TODAY - timedelta(days=60 + number), customer_key=9)  # 29 days are no habit
    (found,) = _rows(people, activity.quiet(view()))
    assert (found["customer"], found["silent_days"], found["longest_pause"], found["touch_days"]) == (
        "Regular",
        60,
        10,
        30,
    )
    assert (found["deals"], found["amount"]) == (1, 100)


# ------------------------------------------------------------------------------------------------------------ response


def _lead(connection: duckdb.DuckDBPyConnection, lead_id: str, at: datetime, **more: object) -> None:
    _put(connection, "leads", lead_id=lead_id, rep_key=1, source="web", created_at=at, created_on=at.date(), **more)


def test_response_counts_those_who_wait(people: duckdb.DuckDBPyConnection) -> None:
    nine = datetime(2026, 3, 10, 9, 0)
    for name, minutes in (("a", 30), ("b", 60), ("c", 180), ("d", 2880)):
        _lead(people, name, nine, first_touch_at=nine + timedelta(minutes=minutes))
    _lead(people, "early", nine, first_touch_at=nine - timedelta(days=1))  # known before it was written down: at once
    _act(people, 1, date(2026, 3, 10), done_at=nine + timedelta(minutes=20), lead_id="b")  # an earlier answer
    _lead(people, "waits", nine)
    _lead(people, "new", datetime(2026, 3, 15, 22, 0))  # waits for two hours only: it tells nothing about a day
    (row,) = _rows(people, response(view()))
    assert (row["leads"], row["answered"], row["waiting"]) == (7, 5, 2)
    # minutes: 0 20 30 (censored 120) 180 2880 and censored: 7 at risk → 6/7, 5/7, 4/7; then 3 at risk: 2/3, 1/2 of that
    assert row["within_1h"] == pytest.approx(3 / 7)
    assert row["within_4h"] == pytest.approx(1 - 4 / 7 * 2 / 3)
    assert row["within_3d"] == pytest.approx(1 - 4 / 7 * 2 / 3 * 1 / 2)
    assert row["median_hours"] == 3
    assert row["p75_hours"] == 48
    assert {one["lead_id"] for one in _rows(people, response(view()).rows("waiting"))} == {"waits", "new"}
    assert {one["lead_id"] for one in _rows(people, response(view()).rows("within_1h"))} == {"a", "b", "early"}
    (by_source,) = _rows(people, response(view(), "source"))
    assert (by_source["source"], by_source["leads"]) == ("web", 7)
    assert _rows(people, response(view(), "manager"))[0]["manager"] is None  # through the people's table
    assert _rows(people, response(view(), beside="source")) == [row]  # the same, out of the statement that is cut
    asked, cut = response(view(), beside="source"), response(view(), "source")
    assert asked.bound(EVERYTHING) == cut.bound(EVERYTHING)
    for impossible in ("month", "product"):
        with pytest.raises(MeasureNotBy):
            response(view(), impossible)


def test_without_times_of_day_response_is_told_in_days(people: duckdb.DuckDBPyConnection) -> None:
    start = datetime(2026, 3, 1)
    for name, days in (("a", 0), ("b", 1), ("c", 2), ("d", 9)):
        _lead(people, name, start, first_touch_at=start + timedelta(days=days))
    _lead(people, "e", start, converted_on=date(2026, 3, 4))
    _lead(people, "f", start, deal_id="x")  # converted, nobody knows when
    result = answered(people, response(view()))
    (row,) = result.frame.to_dicts()
    assert {note.code for note in result.notes} == {"days_only", "answered_undated"}
    assert (row["median_days"], row["p75_days"]) == (2, 3)
    assert (row["within_same_day"], row["within_3_days"]) == (pytest.approx(0.2), pytest.approx(0.8))
    assert "within_1h" not in row


def test_leads_nobody_answered(people: duckdb.DuckDBPyConnection) -> None:
    _lead(people, "a", datetime(2026, 3, 1, 9))
    result = answered(people, response(view()))
    assert result.frame["median_days"].to_list() == [None]
    assert "nobody_answered" in {note.code for note in result.notes}


# ------------------------------------------------------------------------------------------------------ early activity


def test_early_activity_by_the_landmark(people: duckdb.DuckDBPyConnection) -> None:
    start = date(2026, 1, 1)
    _act(people, 1000, start, deal_id="older")  # on record since the day they were created
    ends = {"won": start + timedelta(days=40), "lost": start + timedelta(days=30), "open": None}
    many = [("t", "won", 6), ("t", "lost", 2), ("u", "won", 3), ("u", "lost", 9), ("t", "open", 1), ("u", "open", 2)]
    for group, status, count in many:  # t: touched on day 5; u: only on day 20, which is too late
        for number in range(count):
            name = f"{group}{status}{number}"
            _deal(people, name, status=status, closed_on=ends[status], created_on=start)
            _act(people, number, start + timedelta(days=5 if group == "t" else 20), deal_id=name)
    for number in range(4):  # won within the fourteen days: at the landmark they are not open any more
        _deal(people, f"quick{number}", status="won", closed_on=start + timedelta(days=10), created_on=start)
    _deal(people, "young", created_on=TODAY - timedelta(days=3))
    rows = _rows(people, landmark(view(), 14))
    assert [row["kind"] for row in rows] == ["any", "call"]
    found = rows[0]
    assert (found["with_rate"], found["with_rate.n"]) == (0.75, 8)
    assert (found["without_rate"], found["without_rate.n"]) == (0.25, 12)
    assert (found["with_open"], found["without_open"]) == (1, 2)
    # Wilson: 6/8 .4093–.9285, 3/12 .0889–.5323; Newcombe: .5 − √(.3407² + .2823²), .5 + √(.1785² + .1611²)
    assert (found["with_rate.low"], found["with_rate.high"]) == pytest.approx((0.4093, 0.9285), abs=1e-4)
    assert (found["difference.low"], found["difference.high"]) == pytest.approx((0.0576, 0.7405), abs=1e-3)
    assert not found["is_beyond_chance"], "eight and twelve deals are too few for a claim"
    behind = _rows(people, landmark(view(), 14).rows("without_rate", kind="any"))
    assert len(behind) == 12
    assert {row["touches"] for row in behind} == {0}


def test_newcombes_published_difference() -> None:
    """Newcombe (1998), table II (a), method 10: 56/70 − 48/80 = .2000, .0524 to .3339."""
    from metrics.landmark import _rates

    one = pl.DataFrame(
        {"won": [56], "decided": [70], "open": [0], "won_all": [104], "decided_all": [150], "open_all": [0]}
    )
    found = _rates(one.with_columns(kind=pl.lit("any"))).row(0, named=True)
    assert found["difference"] == pytest.approx(0.2)
    assert (found["difference.low"], found["difference.high"]) == pytest.approx((0.0524, 0.3339), abs=1e-4)


# ----------------------------------------------------------------------------------------------------------- campaigns


@pytest.fixture
def campaigned(people: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    spring = {"campaign_id": "C1", "campaign": "Fair", "source": "fair", "starts_on": date(2026, 1, 5), "cost": 600}
    free = {"campaign_id": "C2", "campaign": "Posts", "source": "web", "starts_on": date(2026, 2, 1), "cost": None}
    idle = {"campaign_id": "C3", "campaign": "Idle", "source": "web", "starts_on": date(2026, 2, 1), "cost": 50}
    for row in (spring, free, idle):
        _put(people, "campaigns", **row)
    day = datetime(2026, 1, 10, 8)
    for number in range(4):
        _lead(people, f"L{number}", day, campaign="Fair" if number else "C1")  # by its id, too
    _lead(people, "P", day, campaign="Posts")
    _deal(people, "d1", status="won", closed_on=date(2026, 3, 1), amount=900, lead_id="L1")  # through its lead
    _deal(people, "d2", campaign="Fair", rep_key=2)
    return people


def test_what_campaigns_brought_for_their_money(campaigned: duckdb.DuckDBPyConnection) -> None:
    result = answered(campaigned, campaigns(view()))
    found = {row["campaign"]: row for row in result.frame.to_dicts()}
    fair = found["Fair"]
    assert (fair["leads"], fair["deals"], fair["won"], fair["won_money"]) == (4, 2, 1, 900)
    assert (fair["cost_per_lead"], fair["cost_per_deal"], fair["cost_per_won"], fair["won_per_cost"]) == (
        150,
        300,
        600,
        1.5,
    )
    assert (found["Posts"]["leads"], found["Posts"]["cost"], found["Posts"]["cost_per_lead"]) == (1, None, None)
    assert (found["Idle"]["leads"], found["Idle"]["cost"], found["Idle"]["cost_per_lead"]) == (0, 50, None)
    assert [(note.code, note["count"], note["of"]) for note in result.notes] == [("campaigns_without_cost", 1, 3)]
    assert list(found) == ["Fair", "Idle", "Posts"]
    assert len(_rows(campaigned, campaigns(view()).rows("leads", campaign="Fair"))) == 4
    february = view(from_on=date(2026, 2, 1), to_on=TODAY)
    assert {row["campaign"] for row in _rows(campaigned, campaigns(february))} == {"Posts", "Idle"}


def test_a_deal_counts_for_the_campaign_of_its_lead_or_for_its_own(campaigned: duckdb.DuckDBPyConnection) -> None:
    _deal(campaigned, "d3", campaign="Posts", lead_id="L2", status="won", closed_on=date(2026, 3, 2), amount=70)
    deals = {}
    for touch in TOUCHES:
        found = _rows(campaigned, campaigns(view(), touch))
        deals[touch] = {row["campaign"]: (row["deals"], row["won_money"]) for row in found}
    assert deals["first"] == {"Fair": (3, 970), "Idle": (0, 0), "Posts": (0, 0)}  # L2 is of the fair
    assert deals["last"] == {"Fair": (2, 900), "Idle": (0, 0), "Posts": (1, 70)}


def test_costs_are_not_divided_by_a_part(campaigned: duckdb.DuckDBPyConnection) -> None:
    result = answered(campaigned, campaigns(view().with_filter("rep", "Ann")))
    assert result.frame["cost"].to_list() == [None, None]
    assert [note.code for note in result.notes] == ["cost_of_whole"]
    own = answered(campaigned, campaigns(view()), ANN)
    fair = next(row for row in own.frame.to_dicts() if row["campaign"] == "Fair")
    assert (fair["deals"], fair["cost"], fair["cost_per_deal"]) == (1, None, None)
    assert [note.code for note in own.notes] == ["no_costs"]
    named = _rows(campaigned, campaigns(view().with_filter("campaign", "Fair")))
    assert [(row["campaign"], row["cost_per_lead"]) for row in named] == [("Fair", 150)]


def test_a_channel_is_held_against_its_own_year_before(people: duckdb.DuckDBPyConnection) -> None:
    for number in range(160):
        is_now, source = number % 2, ("web", "fair")[number // 80]
        created = datetime(2026, 1, 20 + number % 5, 9) if is_now else datetime(2025, 8, 1 + number % 20, 9)
        share = 2 if source == "web" and is_now else 7  # of ten
        soon = (created + timedelta(days=5)).date() if number // 2 % 10 < share else None
        _put(people, "leads", lead_id=str(number), rep_key=1, source=source, created_at=created,
             created_on=created.date(), qualified_on=soon)  # fmt: skip
    _put(people, "leads", lead_id="young", rep_key=1, source="web", created_on=TODAY - timedelta(days=9))
    rows = {row["source"]: row for row in _rows(people, channels(view(from_on=date(2026, 1, 1), to_on=TODAY)))}
    assert {name: (row["qualified_now"], row["qualified_now.n"], row["qualified_before"], row["is_beyond_chance"])
            for name, row in rows.items()} == {"web": (0.2, 40, 0.7, True), "fair": (0.7, 40, 0.7, False)}  # fmt: skip


def test_a_campaign_that_nobody_knows_the_start_of_has_its_costs(campaigned: duckdb.DuckDBPyConnection) -> None:
    """It counts where its first lead came; its start stays unknown. 300 for three leads and a win of 500."""
    _put(campaigned, "campaigns", campaign_id="C9", campaign="Mails", source="web", starts_on=None, cost=300)
    _put(campaigned, "campaigns", campaign_id="C8", campaign="Never", source="web", starts_on=None, cost=70)
    for number in range(3):
        _lead(campaigned, f"M{number}", datetime(2026, 2, 3 + number, 9), campaign="Mails")
    _deal(campaigned, "m", status="won", closed_on=date(2026, 3, 2), amount=500, campaign="Mails",
          created_on=date(2026, 2, 20))  # fmt: skip
    for seen in (view(), view(from_on=date(2026, 2, 1), to_on=TODAY)):
        found = {row["campaign"]: row for row in _rows(campaigned, campaigns(seen))}
        mails = found["Mails"]
        assert (mails["starts_on"], mails["cost"], mails["leads"], mails["deals"]) == (None, 300, 3, 1)
        assert (mails["cost_per_lead"], mails["cost_per_deal"], mails["cost_per_won"]) == (100, 300, 300)
        assert mails["won_per_cost"] == pytest.approx(500 / 300)
        assert ("Never" in found) == (seen.period is None)
        assert found["Posts"]["starts_on"] == date(2026, 2, 1)
    january = view(from_on=date(2026, 1, 1), to_on=date(2026, 1, 31))
    assert {row["campaign"] for row in _rows(campaigned, campaigns(january))} == {"Fair"}
