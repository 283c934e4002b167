"""The forecast call in a store: said, kept by date, beside what the deals say, scope, two writers, accuracy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.review.amounts import amount_of
from data.review.asking import usual_view
from data.review.call_accuracy import accuracy, against
from data.review.call_course import course
from data.review.call_table import table
from data.review.calls import Word, calls, say, span_of
from data.review.errors import (
    AmountAbsurd,
    AmountAmbiguous,
    AmountNegative,
    AmountOtherCurrency,
    AmountUnreadable,
    BestBelowCommit,
    CallEmpty,
    CallForNobody,
    CallPeriodOver,
    CallPeriodUnknown,
)
from data.store import Snapshot, open_store
from metrics.cuts import total
from metrics.errors import SalesError
from metrics.landing import landing
from metrics.odds import weighted
from metrics.outlook import forecast
from metrics.period import Period
from metrics.target import Span
from metrics.viewer import EVERYTHING
from tests.command_line import Company, run
from tests.small import empty_at, small_store

Q2, Q1 = Span(date(2026, 4, 1), date(2026, 6, 30)), Span(date(2026, 1, 1), date(2026, 3, 31))
DAYS = ("2026-06-10", "2026-06-17")
HEAD = (
    "deal_id,deal,rep,pipeline,stage,status,amount,forecast_category,probability,created_on,"
    "expected_close_on,closed_on\n"
)
DEALS = HEAD + (
    "1,a,Ann,P,Won,won,100,,,2026-01-05,,2026-02-10\n2,b,Bob,P,Won,won,40,,,2026-01-05,,2026-03-10\n"
    "3,c,Ann,P,Won,won,50,,,2026-03-05,,2026-05-10\n4,d,Bob,P,Talk,open,30,commit,0.9,2026-05-05,2026-06-25,\n"
    "5,e,Ann,P,Talk,open,20,best_case,0.6,2026-05-05,2026-06-28,\n6,f,Cid,P,Talk,open,70,pipeline,0.2,2026-05-05,2026-06-29,\n"
    "7,g,Cid,P,Talk,open,90,commit,0.9,2026-05-05,2026-07-20,\n"
)
FILES = {
    "reps": "rep,team,hired_on\n" + "".join(
        f"{row},2020-01-01\n" for row in ("Ann,North", "Bob,North", "Cid,South", "Dot,South")
    ),
    "deals": DEALS,
    "targets": "measure,scope,scope_value,starts_on,ends_on,value\nwon_amount,rep,Ann,2026-04-01,2026-06-30,120\n"
               "won_amount,company,,2026-04-01,2026-06-30,300\n",
}  # fmt: skip
VIEWERS = {
    "boss@x.com": ("all",), "north@x.com": ("teams", "--team", "North"), "ann@x.com": ("rep", "--rep", "Ann"),
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("calls")
    made = Company(empty_at(folder / "company.duckdb"))
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
        made.load(folder / f"{name}.csv", "--table", name, "--as-of", DAYS[1], "--full", "--currency", "CNY")
    for email, scope in VIEWERS.items():
        assert made("viewers", "--add", email, "--scope", *scope).code == 0
    made.close()
    yield made
    made.close()


@pytest.fixture
def company(loaded: Company, tmp_path: Path) -> Iterator[Company]:
    made = loaded.copied_to(tmp_path / "copy.duckdb")
    yield made
    made.close()


def backdated(company: Company, day: str, ids: str = "true") -> None:
    """Words as if they had been said on another day."""
    with open_store(company.path).noting() as cursor:
        cursor.execute(f"update ops.forecast_calls set said_on = cast('{day}' as date) where {ids}")


def rows(company: Company, *options: object) -> dict[str | None, dict[str, object]]:
    ran = company("call", "list", *options, "--as", "boss@x.com")
    assert ran.code == 0, ran.err
    return {row["name"]: row for row in ran.json["rows"]}


BOSS = ("--as", "boss@x.com")


@pytest.mark.parametrize(("lang", "state", "not_so"), [("en", "up to date", "renewed"), ("zh-CN", "最新", "已更新")])
def test_a_first_word_is_not_called_renewed(company: Company, lang: str, state: str, not_so: str) -> None:
    assert company("call", "say", "90", "--rep", "Ann", *BOSS).code == 0
    told = run("call", "list", *BOSS, "--store", company.path, lang=lang).out
    (own,) = (line for line in told.splitlines() if "Ann" in line)
    assert state in own
    assert not_so not in own


def test_a_call_stands_beside_what_the_deals_say(company: Company) -> None:
    assert company("call", "say", "90", "120", "--rep", "Ann", *BOSS).code == 0
    backdated(company, DAYS[0])
    assert company("call", "say", "80", "1.1百", "--rep", "Ann", "--remark", "one slipped", *BOSS).code == 0
    assert company("call", "say", "75", "--rep", "Bob", *BOSS).code == 0
    assert company("call", "say", "170", "200", "--team", "North", *BOSS).code == 0
    told = rows(company)
    assert [*told] == [None, "North", "Ann", "Bob", "South", "Cid"]  # Dot has nothing due, won or aimed at
    ann = told["Ann"]
    assert (ann["commit"], ann["best_case"], ann["remark"], ann["who"]) == (80, 110, "one slipped", "boss@x.com")
    assert (ann["commit_before"], ann["change"], ann["state"], ann["said_on"]) == (90, -10, "new", DAYS[1])
    assert (ann["won"], ann["best_due"], ann["commit_rolled"], ann["best_rolled"]) == (50, 20, 50, 70)
    assert (ann["target"], ann["to_target"], ann["gap"], ann["doubt"]) == (120, 70, -40, "above_due")
    north = told["North"]
    assert (north["people_commit"], north["people_best"], north["people_said"], north["people"]) == (155, 185, 2, 2)
    assert (north["apart"], north["won"], north["commit_due"], north["commit_rolled"]) == (15, 50, 30, 80)
    whole = told[None]
    assert (whole["state"], whole["people_said"], whole["people"], whole["apart"]) == ("missing", 2, 3, None)
    assert (whole["won"], whole["pipeline_due"], whole["pipeline_rolled"], whole["target"]) == (50, 70, 120, 300)
    assert told["Cid"]["state"] == "missing"
    assert (whole["teams_said"], whole["teams"], whole["teams_commit"], whole["teams_apart"]) == (1, 2, 170, None)
    assert north["teams"] is None
    words = company("call", "words", "--rep", "Ann", *BOSS).json["calls"]
    assert [(word["said_on"], word["commit"]) for word in words] == [(DAYS[1], 80), (DAYS[0], 90)]
    past = rows(company, "--as-of", DAYS[0])["Ann"]
    assert (past["commit"], past["state"]) == (90, "new")


def test_what_was_not_renewed_is_old_and_what_was_taken_back_is_missing(company: Company) -> None:
    for name in ("Ann", "Bob"):
        assert company("call", "say", "60", "--rep", name, *BOSS).code == 0
    backdated(company, DAYS[0])
    assert rows(company)["Ann"]["state"] == "old"
    assert rows(company, "--since", "2026-06-09")["Ann"]["state"] == "new"
    assert company("call", "say", "60", "--rep", "Ann", *BOSS).code == 0  # the same amount again is a word, too
    assert rows(company)["Ann"]["state"] == "new"
    assert company("call", "say", "60", "--rep", "Ann", *BOSS).json["written"] == []  # once more the same day is not
    assert company("call", "withdraw", "--rep", "Bob", *BOSS).code == 0
    bob = rows(company)["Bob"]
    assert (bob["state"], bob["commit"], bob["commit_before"]) == ("missing", None, 60)
    assert company("call", "withdraw", "--rep", "Bob", *BOSS).json["error"]["code"] == "CallEmpty"
    assert len(company("call", "words", *BOSS).json["calls"]) == 4
    assert run("call", "words", *BOSS, "--store", company.path).out.count("Taken back.") == 1


def test_the_numbers_of_a_row_are_those_of_the_questions() -> None:
    """On the demo company, where deals are shared and people change teams."""
    with small_store().snapshot() as seen:
        _same_as_asked(seen)


def _same_as_asked(seen: Snapshot) -> None:
    view = usual_view(seen.as_of or date.max)
    span = span_of(view)
    due = Period(span.starts_on, span.ends_on)
    told = table(seen, EVERYTHING, view).frame
    people = told.filter(pl.col("scope") == "rep").head(2)
    teams = told.filter(pl.col("scope") == "team").head(2)
    for row in [told.row(0, named=True), *people.iter_rows(named=True), *teams.iter_rows(named=True)]:
        plain = view.with_compare("none")
        own = plain if row["name"] is None else plain.with_filter(row["scope"], (row["name"],))
        said = dict(seen.ask(forecast(own, due), EVERYTHING).frame.select("forecast_category", "rolled_up").iter_rows())
        assert (row["won"], row["commit_rolled"], row["best_rolled"], row["pipeline_rolled"]) == pytest.approx(
            tuple(float(said[name]) for name in ("closed", "commit", "best_case", "pipeline"))
        )
        weighed = seen.ask(weighted(own, due=due), EVERYTHING).frame
        assert row["weighted_due"] == pytest.approx(float(weighed.get_column("by_history").sum()))
        by_crm = weighed.get_column("by_crm").sum() if weighed.get_column("by_crm").null_count() == 0 else None
        assert row["by_crm_due"] == pytest.approx(by_crm)
        won = seen.ask(total(("won_amount", "attainment"), own.with_period(None, *span)), EVERYTHING).frame
        assert (row["won"], row["target"]) == pytest.approx(
            (float(won.item(0, "won_amount")), float(won.item(0, "attainment.target")))
        )
        if row["scope"] != "rep":
            ends = seen.ask(landing(own), EVERYTHING).frame.row(-1, named=True)
            assert (row["landing"], row["landing.low"]) == (ends["amount"], ends["at_least"])
    by_hand = seen.frame(
        "select sum(amount) as a from crm.deals where status = 'open' and expected_close_on between $a and $b"
        " and forecast_category = 'commit'", {"a": span.starts_on, "b": span.ends_on},
    )  # fmt: skip
    assert told.row(0, named=True)["commit_due"] == pytest.approx(float(by_hand.item() or 0))


def test_amounts_as_people_type_them() -> None:
    typed = {"1.2M": 1_200_000, "120万": 1_200_000, "1,200,000": 1_200_000, "1.200.000": 1_200_000,
             " ¥1 200 000 ": 1_200_000, "1,200": 1200, "1.2亿": 120_000_000, "0": 0,
             "３００万": 3_000_000, "12.5k": 12_500}  # fmt: skip
    assert {text: amount_of(text, "CNY") for text in typed} == typed
    refused: dict[type[SalesError], tuple[str | float, ...]] = {
        AmountAmbiguous: ("1.200",), AmountNegative: ("-5", "(5)", -1.0), AmountOtherCurrency: ("$5", "5 EUR"),
        AmountUnreadable: ("nan", "soon", "12%", "12 mil", "", float("nan"), float("inf"), "<script>"),
        AmountAbsurd: ("1e15", 1e15, 1e300, "99999999999999999999"),
    }  # fmt: skip
    for error, texts in refused.items():
        for text in texts:
            with pytest.raises(error):
                amount_of(text, "CNY")


def test_what_cannot_be_is_refused_in_both_languages_and_nothing_is_written(company: Company) -> None:
    store = open_store(company.path)
    late = Span(date(2026, 5, 1), date(2026, 5, 31))
    refused: list[tuple[type[SalesError], Word, Span]] = [
        (BestBelowCommit, Word("rep", "Ann", 100, 90), Q2), (CallEmpty, Word("rep", "Ann", None, 90), Q2),
        (CallForNobody, Word("rep", "Anne", 100), Q2), (CallForNobody, Word("team", "'; drop", 100), Q2),
        (CallPeriodOver, Word("rep", "Ann", 100), late),
        (CallPeriodUnknown, Word("rep", "Ann", 100), Span(date(2026, 6, 2), date(2026, 6, 30))),
        (AmountUnreadable, Word("rep", "Ann", "x"), Q2),
    ]  # fmt: skip
    for error, word, span in refused:
        with pytest.raises(error) as caught:
            say(store, EVERYTHING, [Word("rep", "Bob", 5), word], span)
        assert caught.value.text("en") != caught.value.text("zh-CN")
        assert "?" not in caught.value.text("en").replace("Did you mean Ann?", "")
    with store.snapshot() as seen:
        assert calls(seen, EVERYTHING).is_empty()


def test_each_says_and_reads_what_is_theirs(company: Company) -> None:
    for who, word in (("boss", ()), ("north", ("--team", "North")), ("north", ("--rep", "Bob")),
                      ("ann", ("--rep", "Ann")), ("boss", ("--rep", "Cid"))):  # fmt: skip
        assert company("call", "say", "100", *word, "--as", f"{who}@x.com").code == 0
    denied = [("north", ()), ("north", ("--team", "South")), ("north", ("--rep", "Cid")),
              ("north", ("--rep", "Nobody")), ("ann", ()), ("ann", ("--rep", "Bob")),
              ("ann", ("--team", "North"))]  # fmt: skip
    for who, word in denied:
        ran = company("call", "say", "1", *word, "--as", f"{who}@x.com")
        assert (ran.code, ran.json["error"]["code"]) == (1, "CallNotYours"), (who, word)
    seen_by = {
        who: [row["name"] for row in company("call", "list", "--as", f"{who}@x.com").json["rows"]]
        for who in ("boss", "north", "ann")
    }
    assert seen_by == {"boss": [None, "North", "Ann", "Bob", "South", "Cid"], "north": ["North", "Ann", "Bob"],
                       "ann": ["Ann"]}  # fmt: skip
    (mine,) = company("call", "list", "--as", "ann@x.com").json["rows"]
    assert (mine["commit"], mine["won"], mine["target"], mine["landing"]) == (100, 50, 120, None)
    words = company("call", "words", "--as", "north@x.com").json["calls"]
    assert {(word["name"], word["who"]) for word in words} == {
        ("North", "north@x.com"), ("Bob", "north@x.com"), ("Ann", "ann@x.com")
    }  # fmt: skip
    only = company("call", "list", "--team", "South", *BOSS).json["rows"]
    assert [row["name"] for row in only] == ["South", "Cid"]
    assert company("call", "list", "--team", "South", "--as", "north@x.com").json["error"]["code"] == "TeamNotSeen"


def test_two_writers_lose_nothing(company: Company) -> None:
    store = open_store(company.path)
    with store.snapshot() as seen:
        facts = seen.facts
    first = say(store, EVERYTHING, [Word("rep", "Ann", 100, was=0), Word("rep", "Bob", 50, was=0)], Q2)
    late = say(store, EVERYTHING, [Word("rep", "Ann", 90, was=0), Word("rep", "Cid", 10, was=0)], Q2)
    assert [one.name for one in late.written] == ["Cid"]
    assert [(one.name, one.commit) for one in late.overtaken] == [("Ann", 100)]
    after = say(store, EVERYTHING, [Word("rep", "Ann", 90, was=first.written[0].id)], Q2)
    assert [one.commit for one in after.written] == [90]
    threads = [
        threading.Thread(target=say, args=(store, EVERYTHING, [Word("company", None, 100 + place)], Q2))
        for place in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.snapshot() as seen:
        kept = calls(seen, EVERYTHING)
        assert seen.facts == facts  # answers stay remembered
    assert kept.get_column("id").is_unique().all()
    assert set(kept.filter(pl.col("scope") == "company").get_column("commit")) == {100.0 + place for place in range(8)}
    assert kept.height == 3 + 1 + 8


def test_accuracy_of_ended_periods(company: Company) -> None:
    """The first quarter brought Ann 100, Bob 40, North 140 and South nothing."""
    store = open_store(company.path)
    with store.noting() as cursor:
        for number, (scope, name, commit) in enumerate(
            [
                ("rep", "Ann", 120),
                ("rep", "Bob", 30),
                ("team", "North", 147),
                ("team", "South", 10),
                ("company", None, 140),
            ]
        ):
            cursor.execute(
                "insert into ops.forecast_calls values (?, null, '2026-03-01', '2026-01-01', '2026-03-31', ?, ?, ?, ?,"
                " null, 'boss', '2026-03-01 10:00:00')", [number, scope, name, commit, commit],
            )  # fmt: skip
    with store.snapshot() as seen:
        view = usual_view(date(2026, 6, 17))
        told = accuracy(seen, EVERYTHING, view)
        beside = against(seen, EVERYTHING, view, scope="rep", name="Ann")
        north = accuracy(seen, seen.viewer("north@x.com"), view)
        future = accuracy(seen, EVERYTHING, view.seen_on(date(2026, 3, 20)))
    by_name = {row["name"]: row for row in told.each.filter(pl.col("weeks") == 1).iter_rows(named=True)}
    assert (by_name["Ann"]["accuracy"], by_name["Ann"]["bias"]) == (pytest.approx(0.8), pytest.approx(0.2))
    assert (by_name["Bob"]["accuracy"], by_name["Bob"]["bias"]) == (pytest.approx(0.75), pytest.approx(-0.25))
    assert (by_name["North"]["came"], by_name["North"]["accuracy"]) == (140, pytest.approx(0.95))
    assert (by_name["South"]["came"], by_name["South"]["accuracy"]) == (0, None)
    assert by_name[None]["bias"] == 0
    assert set(told.each.get_column("weeks")) == {4, 2, 1}
    assert set(told.judged.get_column("habit")) == {"few"}
    assert [one.code for one in told.notes] == ["calls_few"]
    assert set(north.each.get_column("name")) == {"Ann", "Bob", "North"}
    assert future.each.is_empty()
    assert beside.each.get_column("commit").to_list() == [120, 120, 120]
    assert set(beside.nearer.get_column("verdict")) == {"few"}  # and nobody saw the deals of then
    assert beside.each.get_column("category").null_count() == 3


def test_the_course_of_a_call(company: Company) -> None:
    store = open_store(company.path)
    say(store, EVERYTHING, [Word("rep", "Ann", 90, 120)], Q2)
    backdated(company, DAYS[0])
    say(store, EVERYTHING, [Word("rep", "Ann", 80, 110)], Q2)
    with store.snapshot() as seen:
        frame, target, _ = course(seen, EVERYTHING, usual_view(date(2026, 6, 17)), "rep", "Ann")
    assert frame.get_column("day").to_list()[-3:] == [date(2026, 6, 3), date(2026, 6, 10), date(2026, 6, 17)]
    assert frame.get_column("commit").to_list()[-3:] == [None, 90, 80]
    assert frame.get_column("won").to_list()[-3:] == [50, 50, 50]
    assert frame.filter(pl.col("day") < date(2026, 5, 10)).get_column("won").sum() == 0
    assert target == 120
    year = company("call", "list", "--period", "year", *BOSS).json  # of which the second quarter's targets are a part
    assert [row["gap"] or row["target"] for row in year["rows"]] == [None] * 6
    assert any(said.startswith("2 rows have targets for some") for said in year["notes"])
    assert company("call", "course", "--rep", "Ann", "--period", "year", *BOSS).json["target"] is None


def test_months_fiscal_quarters_and_every_language(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    assert company("call", "say", "70", "--rep", "Bob", "--period", "month", *BOSS).code == 0
    month = company("call", "list", "--period", "month", *BOSS).json
    assert month["span"] == ["2026-06-01", "2026-06-30"]
    assert [row["name"] for row in month["rows"] if row["commit"]] == ["Bob"]
    assert company("call", "list", *BOSS).json["rows"][3]["commit"] is None  # the quarter's is another word
    ahead = company("call", "list", "--from", "2026-07-15", *BOSS).json
    assert (ahead["span"], ahead["rows"][0]["commit_due"]) == (["2026-07-01", "2026-09-30"], 90)
    assert len(ahead["notes"]) == 1  # no landing of a quarter that has not begun
    for lang in ("en", "zh-CN"):
        for argv in (("list",), ("words",), ("course",), ("accuracy",), ("list", "--from", "2026-01-01")):
            ran = run("call", *argv, *BOSS, "--store", company.path, lang=lang)
            assert ran.code == 0, ran.err
            assert "_" not in ran.out.replace("boss@x.com", "")
    assert company("call", "say", *BOSS).code == 2
    monkeypatch.setenv("SALES_FISCAL_START", "3")
    from data.settings import settings

    settings.cache_clear()
    try:
        assert company("call", "list", *BOSS).json["span"] == ["2026-06-01", "2026-08-31"]
        assert company("call", "say", "5", "--rep", "Ann", *BOSS).code == 0
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_categories_that_nobody_told_are_not_nought(tmp_path: Path) -> None:
    """Of deals without category and probability nobody knows what is commit; what is won and open is known."""
    made = Company(empty_at(tmp_path / "bare.duckdb"))
    (tmp_path / "deals.csv").write_text(
        "deal_id,deal,rep,pipeline,stage,status,amount,created_on,expected_close_on,closed_on\n"
        "1,a,Ann,P,Won,won,50,2026-03-05,,2026-05-10\n2,b,Ann,P,Talk,open,30,2026-05-05,2026-06-25,\n"
        "3,c,Bob,P,Won,won,20,2026-03-05,,2026-05-11\n"
    )
    made.load(tmp_path / "deals.csv", "--table", "deals", "--as-of", DAYS[1], "--full", "--currency", "CNY")
    assert made("call", "say", "80", "--rep", "Ann").code == 0
    told = made("call", "list", "--people")
    assert told.code == 0, told.err
    by_name = {row["name"]: row for row in told.json["rows"]}
    for name, won, due in ((None, 70, 30), ("Ann", 50, 30), ("Bob", 20, 0)):
        row = by_name[name]
        unknown = [row[one] for one in ("commit_due", "best_due", "omitted_due", "commit_rolled", "best_rolled")]
        assert unknown == [None] * 5, name
        assert (row["won"], row["pipeline_due"], row["pipeline_rolled"]) == (won, due, due)
    assert by_name["Ann"]["doubt"] is None, "80 is won and due"
    assert any("forecast category" in one for one in told.json["notes"])
    made.close()


def test_a_store_of_nothing_says_so(tmp_path: Path) -> None:
    made = Company(empty_at(tmp_path / "empty.duckdb"))
    for argv in (("list",), ("say", "5"), ("accuracy",), ("course",)):
        assert made("call", *argv).json["error"]["code"] == "StoreHoldsNothing"
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,customer,amount\n1,2026-06-01,Acme,10\n")
    made.load(tmp_path / "orders.csv", "--table", "order_lines", "--currency", "CNY")
    told = made("call", "list")
    assert told.code == 0, told.err
    assert [row["commit_rolled"] for row in told.json["rows"]] == [0]
    made.close()
