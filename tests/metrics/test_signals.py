"""The signs against open deals: nine deals by hand, each with what is wrong with it, and what the data cannot tell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from metrics.history import LANES, timeline
from metrics.signals import SIGNALS, foremost, signals
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import ANN, TODAY, _act, _deal, _put

FLAGS = [signal.flag for signal in SIGNALS]


def _days(count: int) -> date:
    return TODAY - timedelta(days=count)


def _visit(connection: duckdb.DuckDBPyConnection, deal: str, entered: date, left: date | None = None) -> None:
    connection.execute("insert into crm.deal_stages values (?, 'talk', ?, ?, null)", [deal, entered, left])


def _before(connection: duckdb.DuckDBPyConnection, deal: str, **state: object) -> None:
    """What a deal said from 1 February to the day before yesterday; what it says now began then."""
    row = {
        "deal_id": deal, "deal": deal, "pipeline": "P", "stage": "talk", "status": "open", "amount": 100,
        "amount_original": 100, "rep_key": 1, "created_on": date(2026, 1, 1), "expected_close_on": _days(-10),
        "seen_from": date(2026, 2, 1), "seen_to": _days(2), "is_reconstructed": False, **state,
    }  # fmt: skip
    connection.execute(
        f"insert into fold.deal_versions ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values())
    )
    connection.execute("update crm.deals set seen_from = ? where deal_id = ?", [_days(2), deal])


@pytest.fixture
def nine(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Every deal was touched yesterday, stands in its stage for 5 days, is due in 10 and has a next step, but for…"""
    _put(empty, "stages", pipeline="P", stage="talk", position=1, status="open")
    for number in range(20):  # won deals left "talk" after 1 to 20 days: three in four within 15
        _deal(empty, f"w{number}", status="won", closed_on=_days(30))
        _visit(empty, f"w{number}", _days(60), _days(60 - 1 - number))
    usual = {"expected_close_on": _days(-10), "next_step": "call", "amount": 100, "amount_original": 100}
    own: dict[str, dict[str, object]] = {
        "fine": {}, "small": {"amount": 60}, "late": {"expected_close_on": _days(3)}, "silent": {}, "slow": {},
        "pushed": {}, "cut": {"amount": 90, "amount_original": 90}, "blank": {"next_step": " "},
        "big": {"amount": 300, "amount_original": 300},
    }  # fmt: skip
    for name, row in own.items():
        _deal(empty, name, **usual | row)
        _act(empty, hash(name) % 9999, _days(30 if name == "silent" else 1), deal_id=name)
        _visit(empty, name, _days(16 if name == "slow" else 15))
    _before(empty, "cut")
    _before(empty, "pushed", expected_close_on=date(2026, 2, 20), seen_from=date(2026, 2, 10))
    _before(empty, "pushed", expected_close_on=date(2026, 1, 20), seen_to=date(2026, 2, 10))
    return empty


def _shown(connection: duckdb.DuckDBPyConnection, **how: Any) -> dict[str, dict[str, Any]]:
    return {row["deal_id"]: row for row in answered(connection, signals(view(), **how)).frame.to_dicts()}


def test_each_deal_shows_its_own_sign(nine: duckdb.DuckDBPyConnection) -> None:
    found = _shown(nine)
    assert {name: [flag for flag in FLAGS if row[flag]] for name, row in found.items()} == {
        "fine": [], "small": [], "late": ["is_past_due"], "silent": ["is_silent"], "slow": ["is_slow"],
        "pushed": ["is_pushed"], "cut": ["is_cut"], "blank": ["is_stepless"], "big": ["is_big"],
    }  # fmt: skip
    assert (found["late"]["past_days"], found["silent"]["silent_days"]) == (3, 30)
    assert (found["slow"]["stage_days"], found["slow"]["stage_p75"]) == (16, 15)
    assert found["pushed"]["pushes"] == 2
    assert found["cut"]["cut_share"] == pytest.approx(0.1)
    assert found["big"]["open_share"] == pytest.approx(300 / 1050)
    assert [row["signals"] for row in found.values()] == [1] * 7 + [0, 0]
    assert next(iter(found)) == "big", "most signs first, then most money"
    rows = answered(nine, signals(view()).rows("is_silent")).frame
    assert rows["deal_id"].to_list() == ["silent"]
    assert answered(nine, signals(view()).rows(deal_id="cut")).frame["most_amount"].to_list() == [100]


def test_what_the_data_cannot_tell_is_no_sign(empty: duckdb.DuckDBPyConnection) -> None:
    _deal(empty, "a", amount=None)
    result = answered(empty, signals(view()))
    (row,) = result.frame.to_dicts()
    assert {flag: row[flag] for flag in FLAGS} == {
        "is_past_due": None, "is_silent": None, "is_slow": None, "is_overdue": None, "is_lacking": None,
        "is_pushed": None, "is_cut": None, "is_stepless": None, "is_big": False,
    }  # fmt: skip
    assert [note.code for note in result.notes] == ["no_signal"]  # one sentence names all of them
    assert all(signal.label.en in result.notes[0].text("en") for signal in SIGNALS if signal.id != "big")
    assert "“久未跟进”“阶段停留过久”" in result.notes[0].text("zh-CN")
    assert "久未跟进" in " ".join(note.text("zh-CN") for note in result.notes)


def test_of_few_deals_one_is_always_large(empty: duckdb.DuckDBPyConnection) -> None:
    """More than a tenth alone says nothing of two deals: a big one is more than twice an equal share, too."""
    _deal(empty, "alone", amount=50)
    assert [row["is_big"] for row in _shown(empty).values()] == [False]
    _deal(empty, "other", amount=20)
    assert {name: row["is_big"] for name, row in _shown(empty).items()} == {"alone": False, "other": False}
    for number in range(3):
        _deal(empty, f"small{number}", amount=5)
    _deal(empty, "unpriced", amount=None)
    big = {name for name, row in _shown(empty).items() if row["is_big"]}
    assert big == {"alone"}, "50 of 85 is more than 2 in 5; 20 of 85 is not"


def test_an_earlier_day_is_seen_as_it_was(nine: duckdb.DuckDBPyConnection) -> None:
    found = _shown(nine, day=date(2026, 2, 15))
    assert found["pushed"]["pushes"] == 1
    assert "fine" in found
    assert not found["cut"]["is_cut"]


def test_filters_choose_deals_and_not_what_is_usual(nine: duckdb.DuckDBPyConnection) -> None:
    """Bob has no won deals, no next steps and no touches of his own; what is usual goes by everybody's."""
    _put(nine, "reps", rep_key=2, rep="Bob", is_implied=False)
    _deal(nine, "his", rep_key=2, amount=10, created_on=_days(60))
    _visit(nine, "his", _days(40))
    shown = {True: _shown(nine)["his"]}
    shown[False] = answered(nine, signals(view().with_filter("rep", "Bob"))).frame.row(0, named=True)
    for row in shown.values():
        assert [flag for flag in FLAGS if row[flag] and flag != "is_big"] == ["is_silent", "is_slow", "is_stepless"]


def test_whoever_touched_a_deal_touched_it(nine: duckdb.DuckDBPyConnection) -> None:
    _put(nine, "reps", rep_key=1, rep="Ann", is_implied=False)
    _act(nine, 900, _days(3), deal_id="silent", rep_key=2)
    ours = answered(nine, signals(view().with_filter("rep", "Ann"))).frame
    assert ours.row(by_predicate=pl.col("deal_id") == "silent", named=True)["silent_days"] == 3


def test_a_blank_between_two_days_hides_no_push(nine: duckdb.DuckDBPyConnection) -> None:
    _deal(nine, "blank_between", expected_close_on=_days(-200), seen_from=_days(2))
    _before(nine, "blank_between", expected_close_on=None, seen_from=date(2026, 2, 10))
    _before(nine, "blank_between", expected_close_on=date(2026, 2, 20), seen_to=date(2026, 2, 10))
    assert _shown(nine)["blank_between"]["pushes"] == 1


def test_another_currency_or_less_than_nothing_is_no_cut_and_no_share(nine: duckdb.DuckDBPyConnection) -> None:
    """7,000 yuan became 1,000 dollars at 7; a credit of 950 makes the other deals no larger a part."""
    _deal(nine, "dollars", amount=70, amount_original=10, currency="USD", seen_from=_days(2))
    _before(nine, "dollars", amount=70, amount_original=70, currency="CNY")
    _deal(nine, "credit", amount=-950)
    found = _shown(nine)
    assert not found["dollars"]["is_cut"]
    assert found["credit"]["open_share"] is None
    assert found["big"]["open_share"] == pytest.approx(300 / (1050 + 70))


def test_before_the_first_upload_nothing_is_past_due(nine: duckdb.DuckDBPyConnection) -> None:
    """Its expected day is known from later only."""
    nine.execute("update fold.deal_versions set is_reconstructed = true where deal_id = 'pushed'")
    asked = answered(nine, signals(view(), day=date(2026, 2, 15)))
    row = asked.frame.row(by_predicate=pl.col("deal_id") == "pushed", named=True)
    assert (row["is_past_due"], row["is_stepless"]) == (None, None)
    assert "reconstructed" in [note.code for note in asked.notes]


def test_one_sees_ones_own_deals_and_shares_of_ones_own(nine: duckdb.DuckDBPyConnection) -> None:
    _deal(nine, "hers", rep_key=2, amount=9000)
    assert answered(nine, signals(view()), ANN).frame.height == 9
    big = answered(nine, signals(view()), ANN).frame.row(0, named=True)
    assert big["open_share"] == pytest.approx(300 / 1050), "of what the viewer may see"


def test_texts_speak_both_languages() -> None:
    for signal in SIGNALS:
        for lang in ("en", "zh-CN"):
            written = signal.reason.text(lang).format(value="7", threshold="5", days=90)
            assert written
            assert "{" not in written


def test_the_history_of_a_deal(nine: duckdb.DuckDBPyConnection) -> None:
    frame = answered(nine, timeline("pushed", TODAY)).frame
    dues = frame.filter(frame["lane"] == "expected_close_on").select("day", "old", "new").rows()
    assert dues == [
        (_days(2), "2026-02-20", "2026-03-25"), (date(2026, 2, 10), "2026-01-20", "2026-02-20"),
        (date(2026, 2, 1), None, "2026-01-20"),
    ]  # fmt: skip
    assert set(frame["lane"]) <= set(LANES)
    assert {"stage", "activity", "created", "amount", "next_step"} <= set(frame["lane"])
    assert frame["day"].to_list() == sorted(frame["day"].to_list(), reverse=True)
    amount = answered(nine, timeline("pushed", TODAY).rows(lane="amount")).frame
    assert amount["new"].to_list() == ["100.0000"]
    stranger = Viewer(scope="rep", rep_keys=(2,))
    assert answered(nine, timeline("pushed", TODAY), stranger).frame.is_empty()
    assert answered(nine, signals(view()).rows(deal_id="pushed"), stranger).frame.is_empty()
    assert answered(nine, signals(view()), EVERYTHING).frame.height == 9


def test_the_foremost_deals_come_with_what_is_said_of_all(nine: duckdb.DuckDBPyConnection) -> None:
    whole, few = answered(nine, signals(view())), answered(nine, foremost(view(), most=4))
    assert few.frame.equals(whole.frame.head(4))
    assert few.notes == whole.notes
    marked = whole.frame.filter(pl.col("signals") > 0)
    told = few.raw.row(0, named=True)
    assert (told["all_deals"], told["all_marked"]) == (9, marked.height)
    assert told["all_amount"] == marked["amount"].sum()
    for signal in SIGNALS:
        assert told[f"all_{signal.id}"] == (whole.frame[signal.flag].sum() or 0)
        assert told[f"all_told_{signal.id}"] == 9 - whole.frame[signal.flag].null_count()
