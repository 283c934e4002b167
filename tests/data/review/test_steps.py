"""The first steps of a review: from one week to the next by hand, equal to `ask`, and nobody sees others' names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from data import truth
from data.review import held
from data.review.agenda import steps
from data.review.asking import asked, usual_view
from data.review.chapter import Asked, Chapter, Value
from data.review.report import as_data
from data.review.steps import funnel
from data.store import Snapshot, Store, open_store
from metrics.bridge import CAUSES, bridge
from metrics.catalog import catalog
from metrics.cuts import total
from metrics.viewer import EVERYTHING, Viewer
from tests.command_line import Company
from tests.data.written import sent
from tests.small import empty_at, made_at

MINE = ("data", "results", "changes", "funnel", "landing")
BEFORE, AFTER = "05-12", "05-19"
_LINES = (  # of ten weeks of the quarter two are over; due in it unless said otherwise
    ("still", "Ann", "open", "open", 1000, 1000, "2026-06-20", None),
    ("grew", "Ann", "open", "open", 2000, 2500, "2026-06-20", None),
    ("won", "Bob", "open", "won", 4000, 4400, "2026-06-20", "2026-05-18"),
    ("lost", "Bob", "open", "lost", 3000, 3000, "2026-06-20", "2026-05-15"),
    ("pushed", "Ann", "open", "open", 700, 700, "2026-06-20", None),
    ("new", "<b>'Bob\"", None, "open", 0, 600, "2026-06-25", None),
)


def _week(day: str) -> truth.Load:
    """The export of one of two weeks."""
    now, rows = day == AFTER, []
    for deal, rep, was, is_, before, after, due, closed in _LINES:
        status = is_ if now else was
        if status is None:
            continue
        rows.append({
            "deal_id": deal, "deal": f"Deal {deal}", "rep": rep, "status": status, "stage": status.title(),
            "amount": after if now else before, "created_on": date(2026, 5, 14) if was is None else date(2026, 3, 2),
            "expected_close_on": date(2026, 7, 10) if now and deal == "pushed" else date.fromisoformat(due),
            "closed_on": date.fromisoformat(closed) if now and closed else None,
            "lost_reason": "Price" if status == "lost" else None,
        })  # fmt: skip
    return sent("deals", *rows, as_of=day, is_full=True)


def _made(path: Path) -> None:
    store = open_store(empty_at(path))
    truth.load(
        store,
        [
            sent(
                "reps",
                {"rep": "Ann", "team": "North"},
                {"rep": "Bob", "team": "South"},
                {"rep": "<b>'Bob\"", "team": "South"},
            )
        ],
    )
    truth.load(store, [_week(BEFORE)])
    store.close()


@pytest.fixture
def weeks(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(made_at(tmp_path / "weeks.duckdb", "the week before", _made))
    yield opened
    opened.close()


def _chapter(step: str, of: Asked) -> Chapter:
    told: Chapter = import_module(f"data.review.steps.{step}").chapter(replace(of, limits=steps()[step].limits))
    assert told.step == step
    assert told.finding
    assert "?" not in told.finding.replace("Are the numbers right?", ""), told.finding  # a fact that was not given
    return told


def _say(store: Store, step: str, lang: str = "en", viewer: Viewer = EVERYTHING, **more: Any) -> Chapter:
    with store.snapshot() as seen:
        return _chapter(step, asked(seen, viewer, lang, **more))


def _values(told: Chapter) -> dict[str, Value]:
    return {value.label: value for value in told.values}


def _held_then(store: Store) -> None:
    with store.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
    held.end(store, EVERYTHING, held.begin(store, EVERYTHING, of).id)
    truth.load(store, [_week(AFTER)])


# ------------------------------------------------------------------------------------------------ by hand, week to week


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_file_taken_in_a_meeting_is_not_listed_by_the_next(weeks: Store, is_taken: bool) -> None:
    """It was loaded after the meeting began, and the meeting went on with it: there it was talked about."""
    with weeks.snapshot() as seen:
        begun = held.begin(weeks, EVERYTHING, asked(seen, EVERYTHING, "en"))
    before = sent("products", {"product": "Valve"}, as_of=BEFORE)
    truth.load(weeks, [before.model_copy(update={"file": "meanwhile.csv"})])
    with weeks.snapshot() as seen:
        last = seen.frame("select max(id) as id from ops.uploads").item()
        day = seen.as_of
    held.note(weeks, EVERYTHING, begun.id, "data", finding="It came.", as_of=day, upload=last if is_taken else last - 1)
    held.end(weeks, EVERYTHING, begun.id)
    truth.load(weeks, [_week(AFTER)])
    told = _say(weeks, "data")
    (files,) = (one for one in told.lists if one.name == "files")
    assert ("meanwhile.csv" in [row[0] for row in files.rows]) is not is_taken


def test_nothing_moved_is_said(weeks: Store) -> None:
    told = _say(weeks, "changes", since=date(2026, 5, 12), view=usual_view(date(2026, 5, 13)))
    assert told.finding == "No deal moved since 12 May 2026: 10.7K in 5 deals due in this period."
    assert not told.pictures
    assert not told.lists


def test_the_week_since_the_last_review(weeks: Store) -> None:
    _held_then(weeks)
    told = _say(weeks, "changes")
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
    opened = _values(told)["Open amount"]
    assert (opened.value, opened.before, opened.before_label) == (4800.0, 10700.0, "12 May 2026")
    assert told.further == (
        (
            "In these days one deal worth 4,400 was won; one deal worth 3,000 was lost; one deal worth 700 slipped to a"
            " later period; one deal worth 600 came new; the amounts of 2 deals rose by 900."
        ),
    )  # -4,400 - 3,000 - 700 + 600 + 900 = -6,600
    assert _say(weeks, "changes", "zh-CN").finding == (
        "自 2026年5月12日 以来，本期到期的在途商机从 1.07万 变为 4,100（-6,600）。最大变动：赢单 1 个，4,400。"
    )


def test_what_was_lost_since(weeks: Store) -> None:
    _held_then(weeks)
    told = _say(weeks, "funnel")
    assert (
        told.further[-1] == "Lost since 12 May 2026: one deal, 3,000. Named once: Price (3,000); no reason more often."
    )
    assert told.lists[0].rows == (("Deal lost", None, "Bob", "Price", 3000.0, date(2026, 5, 15)),)
    told = _say(weeks, "funnel", since=date(2026, 5, 16))
    assert told.further[-1] == "No deal was lost since 16 May 2026."
    assert not told.lists


@pytest.mark.parametrize("falls", [False, True])
def test_a_year_is_told_where_the_period_shows_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, falls: bool
) -> None:
    """A young quarter has few decided deals: what a stage lost over twelve months is said before it, with its note."""
    _closed(store, (20, 80) if falls else (20, 30), (45, 55) if falls else (22, 28))
    row = {"place": 1, "decided.n": 200, "decided": 0.4, "others.n": 190, "others": 0.8, "expected_loss": 80_000.0}
    answers = iter([None, funnel._Loss(row, None, "Talk")])
    monkeypatch.setattr(funnel, "_largest", lambda *_: next(answers))
    told = _say(store, "funnel")
    said = (told.finding, *told.further)
    year, young = said[falls], said[falls + 1]
    assert year == (
        "Over twelve months: Bottleneck: Talk. Of 200 deals created in 20 May 2025 – 19 May 2026 and decided there"
        " 40.0% moved on, against 80.0% of 190 created in 20 May 2024 – 19 May 2025, when as old; at that rate"
        " about 80K more would be won."
    )
    assert "created in 1 Apr – 19 May 2026" in young
    assert told.is_good is False
    assert said[0].startswith("Win rate fell") is falls


def test_deals_lost_without_amounts_are_listed_from_the_last(store: Store) -> None:
    lost = [
        {"deal_id": f"{at}", "status": "lost", "stage": "Lost", "created_on": date(2026, 4, 2),
         "closed_on": date(2026, 5, 14 + at), "amount": amount}
        for at, amount in enumerate((None, None, 0))
    ]  # fmt: skip
    truth.load(store, [sent("deals", *lost, as_of=AFTER, is_full=True)])
    (listing,) = _say(store, "funnel").lists
    assert (listing.title, [row[0] for row in listing.rows]) == ("Deals lost last", ["2", "1", "0"])
    assert "amount" not in [head.name for head in listing.heads]


def _closed(store: Store, now: tuple[int, int], before: tuple[int, int]) -> None:
    """Deals won and lost in this quarter, and in the same days of the one before."""
    days = {"2026-04-20": now, "2026-01-01": before}
    load = sent("deals", *(
        {"deal_id": f"{closed}{status}{at}", "status": status, "stage": status, "amount": 10,
         "created_on": date(2025, 11, 3), "closed_on": date.fromisoformat(closed)}
        for closed, counts in days.items() for status, count in zip(("won", "lost"), counts, strict=True)
        for at in range(count)
    ), {"deal_id": "x", "status": "open", "stage": "Talk", "created_on": date(2026, 4, 2)},
        as_of=AFTER, is_full=True)  # fmt: skip
    truth.load(store, [load])


def test_a_win_rate_that_fell_is_no_matter_of_chance(store: Store) -> None:
    """ "No stage stands out … within chance" stood beside a win rate that had halved: of other deals."""
    _closed(store, (20, 80), (45, 55))
    told = _say(store, "funnel")
    assert told.finding.startswith(
        "Win rate fell beyond chance: 20.0% of deals closed (20 of 100), against 45.0% (45 of"
    )
    assert told.is_good is False
    assert "created in" in told.further[0]
    assert "赢单率下降" in _say(store, "funnel", "zh-CN").finding


def test_a_win_rate_within_chance_is_not_led_with(store: Store) -> None:
    _closed(store, (20, 30), (22, 28))
    told = _say(store, "funnel")
    assert "created in" in told.finding
    assert told.is_good is None


def test_a_win_rate_that_rose_is_good(store: Store) -> None:
    _closed(store, (60, 40), (30, 70))
    told = _say(store, "funnel")
    assert told.finding.startswith("Win rate rose beyond chance: 60.0%")
    assert told.is_good is True


def test_nothing_is_held_against_days_that_are_only_partly_covered(store: Store) -> None:
    """Its own note says that no change is shown, and the headline showed one."""
    truth.load(store, [sent("deals", *(
        {"deal_id": f"{at}", "status": "won", "stage": "Won", "amount": 100, "created_on": date.fromisoformat(day),
         "closed_on": date.fromisoformat(day)}
        for at, day in enumerate(("2026-02-10", "2026-02-12", "2026-04-20"))
    ), as_of=AFTER, is_full=True)])  # fmt: skip
    told = _say(store, "results")
    assert any("only partly covered" in note for note in told.notes)
    assert told.finding == "Won amount: 100."
    assert _values(told)["Won amount"].before is None
    assert not any("200" in text for text in told.further)


def test_results_without_a_target(weeks: Store) -> None:
    _held_then(weeks)
    told = _say(weeks, "results")
    assert told.finding == "Won amount: 4,400."
    assert told.is_good is None
    assert _say(weeks, "landing").finding.startswith("No forecast")


def test_results_against_a_target(weeks: Store) -> None:
    _held_then(weeks)
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30), "measure": "won_amount"}
    truth.load(weeks, [sent(
        "targets", {"value": 8000, **days, "scope": "company"},
        {"value": 3000, **days, "scope": "team", "scope_value": "North"},
        {"value": 4000, **days, "scope": "team", "scope_value": "South"},
    )])  # fmt: skip
    told = _say(weeks, "results")
    values = _values(told)
    assert values["Target attainment"].value == pytest.approx(0.55)  # 4,400 of 8,000
    assert values["Target"].value == 8000.0
    assert told.finding.startswith("55% of target with ")
    assert "Target met: South." in told.further
    (picture,) = told.pictures
    assert picture.labels == ("South", "North")
    assert [series.values for series in picture.series] == [(4400.0, 0.0), (4000.0, 3000.0)]
    assert picture.colours[0] == "good"
    of_team = _say(weeks, "results", team="South")
    assert of_team.finding == "The target is met: Won amount 4,400 of 4,000, 110%."
    assert of_team.is_good is True


def test_a_salesperson_stands_against_their_own_target(weeks: Store) -> None:
    _held_then(weeks)
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30), "measure": "won_amount"}
    truth.load(weeks, [sent(
        "targets", {"value": 8000, **days, "scope": "company"},
        {"value": 5500, **days, "scope": "rep", "scope_value": "Bob"},
    )])  # fmt: skip
    told = _say(weeks, "results", viewer=_viewer(weeks, "rep", (), "Bob"))
    assert told.finding.startswith("80% of target with ")  # 4,400 of 5,500
    assert not told.pictures
    assert (_values(told)["Target"].value, _values(told)["Target attainment"].value) == (5500.0, pytest.approx(0.8))


# ------------------------------------------------------------------------------------------------------------- its data


def test_what_came_since(weeks: Store) -> None:
    _held_then(weeks)
    told = _say(weeks, "data")
    assert told.finding == (
        "One file came since 12 May 2026; rows: 1 new, 4 changed. Every row was taken. Quality did not get worse."
    )
    assert told.is_good is True
    values = _values(told)
    won = values["Won amount, all time"]
    assert (won.value, won.before, won.measure) == (4400.0, 0.0, None)
    assert told.notes == ("Compared with 12 May 2026, the day of the last review; numbers of 19 May 2026.",)


def test_a_second_review_of_the_same_day_says_so(weeks: Store) -> None:
    with weeks.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
    held.end(weeks, EVERYTHING, held.begin(weeks, EVERYTHING, of).id)
    told = _say(weeks, "data")
    assert "so this one looks back past it, to 5 May 2026." in told.notes[-1]


def test_an_upload_that_was_taken_back_is_said(weeks: Store) -> None:
    _held_then(weeks)
    with weeks.snapshot() as seen:
        last = int(seen.frame("select max(id) from ops.uploads").item())
    truth.load(weeks, [sent("deals", {"deal_id": "x", "status": "open"}, as_of="05-20")])
    truth.undo(weeks, last, who="ann")
    assert any("taken back or brought back" in line for line in _say(weeks, "data").further)


def test_refused_rows_come_first(weeks: Store) -> None:
    _held_then(weeks)
    with weeks.writing() as cursor:
        cursor.execute("update ops.uploads set refused = 2 where id = (select max(id) from ops.uploads)")
        cursor.execute(
            "insert into ops.refused_rows by name select max(id) as upload_id, 7 as line, 'x' as text,"
            " ['r'] as reasons, 1250.5 as money, false as is_set_aside from ops.uploads"
        )
    told = _say(weeks, "data")
    assert (told.finding, told.is_good) == ("2 rows with 1,251 were refused and count nowhere.", False)
    assert _say(weeks, "data", viewer=_chief(weeks)).finding == "2 rows were refused and count nowhere."


# ----------------------------------------------------------------------------------------------------- who may see what


def _chief(store: Store) -> Viewer:
    return _viewer(store, "teams", ("North",), "Ann")


def _rep(store: Store) -> Viewer:
    return _viewer(store, "rep", (), "Ann")


def _viewer(store: Store, scope: Any, teams: tuple[str, ...], rep: str) -> Viewer:
    with store.snapshot() as seen:
        keys = tuple(seen.frame("select rep_key from crm.reps where rep = $rep", {"rep": rep})["rep_key"])
    return Viewer(email="a@example.com", name="A", scope=scope, teams=teams, rep_keys=keys)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("who", [_rep, _chief])
def test_nobody_sees_others(weeks: Store, lang: str, who: Any) -> None:
    _held_then(weeks)
    for step in MINE:
        text = repr(as_data(_say(weeks, step, lang, who(weeks))))
        for name in ("Bob", "South", "Deal lost", "Deal won", "Deal new", "deals.csv", "4,400", "4400"):
            assert name not in text, f"{step}: {name}"
    assert "Deal pushed" in repr(_say(weeks, "changes", lang, who(weeks)).lists)


# ------------------------------------------------------------------------------------------------- the demo, and others


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def of_demo(request: pytest.FixtureRequest, companies: tuple[Snapshot, Snapshot]) -> Asked:
    return asked(companies[0], EVERYTHING, request.param)


def test_numbers_equal_ask(of_demo: Asked) -> None:
    """Each value that is a measure says what the command line says of the same days; each picture has rows."""
    period = of_demo.view.period
    assert period is not None
    found: dict[str, float | None] = {}
    for step in MINE:
        told = _chapter(step, of_demo)
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
    told = _chapter("changes", of_demo)
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
        told = _chapter(step, of_demo)
        sources = [source for picture in told.pictures for source in picture.sources]
        sources += [one.source for one in (*told.values, *told.lists)]
        for source in filter(None, sources):
            assert of_demo.seen.ask(source.query.rows(source.column, **dict(source.at)), EVERYTHING).frame.columns


def test_every_number_of_a_text_is_the_readers(of_demo: Asked) -> None:
    texts = " ".join(_chapter(step, of_demo).finding for step in MINE)
    assert ("万" in texts) == (of_demo.lang == "zh-CN")


def test_results_of_every_team_are_what_ask_says(of_demo: Asked) -> None:
    """The target's own reckoning of what a team reached, with the teams below, is the number of the filtered view."""
    seen = of_demo.seen
    for team in seen.frame("select team from crm.teams order by team")["team"]:
        of_team = asked(seen, EVERYTHING, of_demo.lang, team=team)
        told = {value.measure: value.value for value in _chapter("results", of_team).values if value.measure}
        row = seen.ask(total(("won_amount", "attainment"), of_team.view), EVERYTHING).frame.row(0, named=True)
        assert told["won_amount"] == float(row["won_amount"])
        assert told["attainment"] == pytest.approx(row["attainment"])


def test_deals_without_amounts_and_a_day_of_the_past(store: Store) -> None:
    for day in ("05-12", "05-19"):
        rows = [{"deal_id": str(no), "deal": "<script>alert('x')</script>", "rep": "Ann", "status": "open",
                 "created_on": date(2026, 5, 1)} for no in range(1 if day == "05-12" else 2, 4)]  # fmt: skip
        truth.load(store, [sent("deals", *rows, as_of=day, is_full=True)])
    told = _say(store, "changes", view=usual_view(date(2026, 5, 19)).with_period("all"))
    assert told.finding == "One deal moved since 12 May 2026, without an amount."
    for step in MINE:
        for lang in ("en", "zh-CN"):
            _say(store, step, lang)
            _say(store, step, lang, view=usual_view(date(2026, 5, 19)).seen_on(date(2026, 5, 13)))
            _say(store, step, lang, view=usual_view(date(2026, 5, 19)).with_period("last_quarter"))
            _say(store, step, lang, view=usual_view(date(2026, 5, 19)).with_period("all"))


def test_orders_without_deals(store: Store) -> None:
    lines = [{"order_id": str(no), "line_no": 1, "ordered_on": date(2026, 5, no), "customer": "Acme", "amount": 100}
             for no in range(1, 10)]  # fmt: skip
    truth.load(store, [sent("order_lines", *lines, as_of="05-19")])
    assert _say(store, "results").finding == "Revenue: 900."
    for step in ("changes", "funnel", "landing"):
        assert "deals" in _say(store, step).finding
        assert "商机" in _say(store, step, "zh-CN").finding
    assert _say(store, "data").is_good is None, "a first file follows no schedule"


def test_the_command(weeks: Store) -> None:
    company = Company(weeks.path)
    _held_then(weeks)
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
