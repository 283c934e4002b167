"""The first steps of a review: from one week to the next by hand, equal to `ask`, and nobody sees others' names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data import truth
from data.review.asking import asked, usual_view
from data.review.chapter import Asked
from data.review.report import as_data
from data.store import Snapshot, Store
from metrics.bridge import CAUSES, bridge
from metrics.catalog import catalog
from metrics.cuts import total
from metrics.notes import note
from metrics.viewer import EVERYTHING
from tests.command_line import Company
from tests.data.review.told import chapter_of, chief, held_then, say, seller, values_of, viewer_of
from tests.data.written import sent

MINE = ("data", "results", "changes", "funnel", "landing")


def test_nothing_moved_is_said(weeks: Store) -> None:
    told = say(weeks, "changes", since=date(2026, 5, 12), view=usual_view(date(2026, 5, 13)))
    assert told.finding == "No deal moved since 12 May 2026: 10.7K in 5 deals due in this period."
    assert not told.pictures
    assert not told.lists


def test_the_week_since_the_last_review(weeks: Store) -> None:
    held_then(weeks)
    told = say(weeks, "changes")
    # 10,700 + new 600 + grew 500 + won more than asked 400 − won 4,400 − lost 3,000 − pushed 700 = 4,100
    assert told.finding == (
        "Open deals due in this period went from 10.7K to 4,100 (-6,600) since 12 May 2026. The largest part: one deal"
        " worth 4,400 was won."
    )
    (picture,) = told.pictures
    amounts = dict(zip(picture.labels, picture.series[0].values, strict=True))
    assert amounts == {
        "12 May 2026": 10700.0, "New (1)": 600.0, "Increased (2)": 900.0, "Won (1)": -4400.0, "Lost (1)": -3000.0,
        "Pushed out (1)": -700.0, "19 May 2026": 4100.0,
    }  # fmt: skip
    assert [row[0] for row in told.lists[0].rows] == ["Deal won", "Deal lost", "Deal pushed", "Deal new", "Deal grew"]
    assert [subject.id for subject in told.lists[0].subjects][:2] == ["won", "lost"]
    assert told.lists[0].more == 0
    opened = values_of(told)["Open amount"]
    assert (opened.value, opened.before, opened.before_label) == (4800.0, 10700.0, "12 May 2026")
    assert told.further == (
        (
            "Of deals due in this period, in these days one deal worth 4,400 was won; one deal was lost that had stood"
            " open at 3,000; one deal worth 700 slipped to a later period;"
            " one deal worth 600 came new; the amounts of 2 deals rose by 900."
        ),
    )  # -4,400 - 3,000 - 700 + 600 + 900 = -6,600
    assert say(weeks, "changes", "zh-CN").finding == (
        "自2026年5月12日以来，本期到期的进行中商机从 1.07万 变为 4,100（-6,600）。最大变动：赢单 1 个，4,400。"
    )


def test_results_without_a_target(weeks: Store) -> None:
    held_then(weeks)
    told = say(weeks, "results")
    assert told.finding == "Won amount: 4,400."
    assert told.is_good is None
    assert say(weeks, "landing").finding.startswith("No forecast")


def test_results_against_a_target(weeks: Store) -> None:
    held_then(weeks)
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30), "measure": "won_amount"}
    truth.load(weeks, [sent(
        "targets", {"value": 8000, **days, "scope": "company"},
        {"value": 3000, **days, "scope": "team", "scope_value": "North"},
        {"value": 4000, **days, "scope": "team", "scope_value": "South"},
    )])  # fmt: skip
    told = say(weeks, "results")
    values = values_of(told)
    assert values["Target attainment"].value == pytest.approx(0.55)  # 4,400 of 8,000
    assert values["Target"].value == 8000.0
    assert told.finding.startswith("55% of target with ")
    assert "Target met: South." in told.further
    (picture,) = told.pictures
    assert picture.labels == ("South", "North")
    assert [series.values for series in picture.series] == [(4400.0, 0.0), (4000.0, 3000.0)]
    assert picture.colours[0] == "good"
    of_team = say(weeks, "results", team="South")
    assert of_team.finding == "The target is met: Won amount 4,400 of 4,000, 110%."
    assert of_team.is_good is True


def test_a_salesperson_stands_against_their_own_target(weeks: Store) -> None:
    held_then(weeks)
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30), "measure": "won_amount"}
    truth.load(weeks, [sent(
        "targets", {"value": 8000, **days, "scope": "company"},
        {"value": 5500, **days, "scope": "rep", "scope_value": "Bob"},
    )])  # fmt: skip
    told = say(weeks, "results", viewer=viewer_of(weeks, "rep", (), "Bob"))
    assert told.finding.startswith("80% of target with ")  # 4,400 of 5,500
    assert not told.pictures
    assert (values_of(told)["Target"].value, values_of(told)["Target attainment"].value) == (5500.0, pytest.approx(0.8))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("who", [seller, chief])
def test_nobody_sees_others(weeks: Store, lang: str, who: Any) -> None:
    held_then(weeks)
    for step in MINE:
        text = repr(as_data(say(weeks, step, lang, who(weeks))))
        for name in ("Bob", "South", "Deal lost", "Deal won", "Deal new", "deals.csv", "4,400", "4400"):
            assert name not in text, f"{step}: {name}"
    assert "Deal pushed" in repr(say(weeks, "changes", lang, who(weeks)).lists)


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def of_demo(request: pytest.FixtureRequest, companies: tuple[Snapshot, Snapshot]) -> Asked:
    return asked(companies[0], EVERYTHING, request.param)


def test_numbers_equal_ask(of_demo: Asked) -> None:
    """Each value that is a measure says what the command line says of the same days; each picture has rows."""
    period = of_demo.view.period
    assert period is not None
    found: dict[str, float | None] = {}
    for step in MINE:
        told = chapter_of(step, of_demo)
        found |= {value.measure: value.value for value in told.values if value.measure}
        for picture in told.pictures:
            assert all(len(series.values) == len(picture.labels) for series in picture.series)
            assert len(picture.sources) in (0, len(picture.labels))
    assert {"won_amount", "attainment", "open_amount", "win_rate", "weighted_amount"} <= set(found)
    company = Company(of_demo.seen.store.path)
    (row,) = company.ask(*found, "--from", period.from_on, "--to", period.to_on)
    for name, value in found.items():
        assert value == pytest.approx(row[name], rel=1e-12), name
    assert set(found) <= set(catalog().measures) | {"attainment"}


def test_the_bridge_is_that_of_the_pipeline_page(of_demo: Asked) -> None:
    view = of_demo.view
    frame = of_demo.seen.ask(bridge(view, of_demo.since, view.at, view.period), EVERYTHING).frame
    asked_for = {row["cause"]: row["amount"] for row in frame.iter_rows(named=True)}
    told = chapter_of("changes", of_demo)
    (picture,) = told.pictures
    at = [dict(source.at)["cause"] for source in picture.sources if source]
    drawn = dict(zip(at, picture.series[0].values, strict=True))
    assert all(drawn[cause] == float(asked_for[cause]) for cause in drawn)
    assert asked_for["start"] + sum(asked_for[cause] for cause in CAUSES) == asked_for["end"]
    source = picture.sources[1]
    assert source
    rows = of_demo.seen.ask(source.query.rows(source.column, **dict(source.at)), EVERYTHING).frame
    assert sum(rows["moved"], Decimal(0)) == Decimal(str(picture.series[0].values[1])).quantize(Decimal("0.0001"))


def test_rows_stand_behind_every_source(of_demo: Asked) -> None:
    for step in MINE:
        told = chapter_of(step, of_demo)
        sources = [source for picture in told.pictures for source in picture.sources]
        sources += [one.source for one in (*told.values, *told.lists)]
        for source in filter(None, sources):
            assert of_demo.seen.ask(source.query.rows(source.column, **dict(source.at)), EVERYTHING).frame.columns


def test_every_number_of_a_text_is_the_readers(of_demo: Asked) -> None:
    texts = " ".join(chapter_of(step, of_demo).finding for step in MINE)
    assert ("万" in texts) == (of_demo.lang == "zh-CN")


def test_results_of_every_team_are_what_ask_says(of_demo: Asked) -> None:
    """The target's own reckoning of what a team reached, with the teams below, is the number of the filtered view."""
    seen = of_demo.seen
    for team in seen.frame("select team from crm.teams order by team")["team"]:
        of_team = asked(seen, EVERYTHING, of_demo.lang, team=team)
        told = {value.measure: value.value for value in chapter_of("results", of_team).values if value.measure}
        row = seen.ask(total(("won_amount", "attainment"), of_team.view), EVERYTHING).frame.row(0, named=True)
        assert told["won_amount"] == float(row["won_amount"])
        assert told["attainment"] == pytest.approx(row["attainment"])  # of a division: of the sum of its teams' targets


def test_deals_without_amounts_and_a_day_of_the_past(store: Store) -> None:
    for day in ("05-12", "05-19"):
        rows = [{"deal_id": str(no), "deal": "<script>alert('x')</script>", "rep": "Ann", "status": "open",
                 "created_on": date(2026, 5, 1)} for no in range(1 if day == "05-12" else 2, 4)]  # fmt: skip
        truth.load(store, [sent("deals", *rows, as_of=day, is_full=True)])
    told = say(store, "changes", view=usual_view(date(2026, 5, 19)).with_period("all"))
    assert told.finding == "One deal moved since 12 May 2026, without an amount."
    for step in MINE:
        for lang in ("en", "zh-CN"):
            say(store, step, lang)
            say(store, step, lang, view=usual_view(date(2026, 5, 19)).seen_on(date(2026, 5, 13)))
            say(store, step, lang, view=usual_view(date(2026, 5, 19)).with_period("last_quarter"))
            say(store, step, lang, view=usual_view(date(2026, 5, 19)).with_period("all"))


def test_deals_without_a_creation_day_are_no_growth(store: Store) -> None:
    """Two of five open deals have none: they are in no state rebuilt of a day before the first upload."""
    rows = [{"deal_id": str(no), "rep": "Ann", "status": "open", "amount": 100,
             "created_on": date(2026, 5, 1) if no < 3 else None} for no in range(5)]  # fmt: skip
    truth.load(store, [sent("deals", *rows, as_of="05-19", is_full=True)])
    view = usual_view(date(2026, 5, 19))
    told = say(store, "changes", view=view)
    opened = values_of(told)["Open deals"]
    assert (opened.value, opened.before, opened.before_label) == (5, None, "")
    assert any(one.startswith("2 of 5 open deals have no creation date") and "12 May 2026" in one for one in told.notes)
    assert any(one.startswith("Before the first upload") for one in told.notes)
    assert "5 个进行中商机中有 2 个没有创建日期" in " ".join(say(store, "changes", "zh-CN", view=view).notes)
    one = note("undated_open", count=1, of=5, day=date(2026, 5, 12)).text("en")
    assert one.startswith("One of 5 open deals has no creation date")
    new = {"deal_id": "9", "rep": "Ann", "status": "open", "amount": 100}
    truth.load(store, [sent("deals", *rows, new, as_of="05-26", is_full=True)])
    told = say(store, "changes")  # what was in no export of that day did come
    opened = values_of(told)["Open deals"]
    assert (opened.value, opened.before, opened.before_label) == (6, 5, "19 May 2026")
    assert not any("creation date" in one for one in told.notes)


def test_what_is_said_of_the_day_compared_with_is_of_that_day(store: Store) -> None:
    """Few had an amount on the first day of the review; the view's own comparison lies months before."""
    for day in ("05-12", "05-19"):
        rows = [{"deal_id": str(no), "rep": "Ann", "status": "open", "created_on": date(2026, 1, 5),
                 "amount": 100 if no < (5 if day == "05-12" else 9) else None} for no in range(10)]  # fmt: skip
        truth.load(store, [sent("deals", *rows, as_of=day, is_full=True)])
    told = say(store, "changes")
    opened = values_of(told)["Open amount"]
    assert (opened.value, opened.before, opened.before_label, opened.why) == (900, None, "", "")
    assert sum("5 of 10 open deals" in one and "9 of 10 now" in one for one in told.notes) == 1


def test_where_nothing_can_be_judged_nothing_is_good_news(store: Store) -> None:
    """Deals that name no customer, and of which most signs cannot be told; with a close date, and without."""
    row = {"deal_id": "1", "rep": "Ann", "status": "open", "created_on": date(2026, 5, 18)}
    truth.load(store, [sent("deals", {**row, "expected_close_on": date(2026, 6, 20)}, as_of="05-19", is_full=True)])
    told = say(store, "deals")
    assert (told.is_good, [value.value for value in told.values][:2]) == (None, [0, 0])
    assert any(one.startswith("The data cannot tell") for one in told.notes)
    for lang, word in (("en", "No customer is on record"), ("zh-CN", "没有任何客户记录")):
        told = say(store, "customers", lang)
        assert told.is_good is None
        assert word in told.finding
        assert {value.value for value in told.values} == {None}
        assert all(word in value.why for value in told.values)
    truth.load(store, [sent("deals", {**row, "expected_close_on": None}, as_of="05-26", is_full=True)])
    told = say(store, "deals")
    assert {value.value for value in told.values} == {None}
    assert all("expected close date" in value.why for value in told.values)


def test_orders_without_deals(store: Store) -> None:
    lines = [{"order_id": str(no), "line_no": 1, "ordered_on": date(2026, 5, no), "customer": "Acme", "amount": 100}
             for no in range(1, 10)]  # fmt: skip
    truth.load(store, [sent("order_lines", *lines, as_of="05-19")])
    assert say(store, "results").finding == "Revenue: 900."
    for step in ("changes", "funnel", "landing"):
        assert "deals" in say(store, step).finding
        assert "商机" in say(store, step, "zh-CN").finding
    assert say(store, "data").is_good is None, "a first file follows no schedule"


def test_the_command(weeks: Store) -> None:
    company = Company(weeks.path)
    held_then(weeks)
    told = company("review", "--step", "changes", "--step", "data")
    assert told.code == 0, told.err
    assert [one["step"] for one in told.json["chapters"]] == ["data", "changes"]
    assert (told.json["since"], told.json["last_held"]) == ("2026-05-12", True)
    assert company("review", "--step", "chnages").code == 1
    assert company("review", "--team", "Nowhere").code == 1
    begun = company("reviews", "--begin", "--team", "North")
    assert [(one["id"], one["state"], one["team"]) for one in begun.json["reviews"]] == [
        (2, "open", "North"), (1, "held", None),
    ]  # fmt: skip
    assert company("reviews", "--end", 2).json["reviews"][0]["state"] == "held"
    assert company("reviews", "--drop", 2).json["reviews"][0]["state"] == "dropped"
    assert company("reviews", "--drop", 9).code == 1
