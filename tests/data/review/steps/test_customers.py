"""The step about customers: the signals of the customers' own question, and which of them are new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from data.demo.stories import SILENT_SINCE
from data.review.alert_register import open_alerts
from data.review.alerts import is_current
from data.review.asking import asked
from data.review.chapter import Asked
from data.review.steps.customers import EVENTS, chapter
from data.review.steps.customers import _Found as Found
from data.store import Snapshot, Store
from metrics.customer_signals import SIGNALS, levels_of, signals
from metrics.viewer import EVERYTHING, Viewer
from tests.small import small_store


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as one:
        yield one


@pytest.fixture
def about(seen: Snapshot) -> Asked:
    return asked(seen, EVERYTHING, "en")


def _rows(about: Asked, name: str = "events") -> list[dict[str, object]]:
    found = [one for one in chapter(about).lists if one.name == name]
    return [dict(zip([head.name for head in one.heads], row, strict=True)) for one in found for row in one.rows]


def test_it_lists_the_signals_of_their_own_question(seen: Snapshot, about: Asked) -> None:
    frame = seen.ask(signals(about.view, levels_of(EVERYTHING)), EVERYTHING).frame
    events = frame.filter(pl.col("signal").is_in(EVENTS))
    told = chapter(about)
    assert [(row["customer"], row["amount"]) for row in _rows(about)] == events.select("customer", "amount").rows()[:6]
    listed = next(one for one in told.lists if one.name == "events")
    assert len(listed.rows) + listed.more == events.height
    values = [value.value for value in told.values]
    assert values[0] == events["customer"].n_unique()
    most = events.group_by("customer").agg(pl.col("amount").max())["amount"].sum()
    assert values[2] == pytest.approx(most), "each customer once"


def test_new_is_what_did_not_stand_on_the_day_of_the_last_review(seen: Snapshot, about: Asked) -> None:
    """A customer that fell silent is known from one review on: the day before it is new, the day after it is not."""
    silent = next(row for row in _rows(about) if "silent" in str(row["signal"]))
    long_ago = replace(about, since=SILENT_SINCE)
    again = next(row for row in _rows(long_ago) if row["customer"] == silent["customer"])
    assert str(again["is_new"]).startswith("new")
    yesterday = replace(about, since=date.fromordinal(about.view.at.toordinal() - 1))
    same = next(row for row in _rows(yesterday) if row["customer"] == silent["customer"])
    assert str(same["is_new"]).startswith("known")
    then = seen.ask(signals(about.view.seen_on(SILENT_SINCE)), EVERYTHING).frame
    assert silent["customer"] not in then.filter(pl.col("signal") == "silent")["customer"]


@pytest.mark.parametrize("back", [7, 60, 200, 330])
def test_a_share_is_new_where_the_question_of_that_day_did_not_tell_it(seen: Snapshot, about: Asked, back: int) -> None:
    """Its own `since` says so: the earlier day is not asked for shares. One that fell between is new again."""
    since = date.fromordinal(about.view.at.toordinal() - back)
    then = seen.ask(signals(about.view.seen_on(since)), EVERYTHING).frame.filter(signal="concentration")
    known = set(then.select("customer", "member").iter_rows())
    now = seen.ask(signals(about.view), EVERYTHING).frame.filter(signal="concentration")
    rows = _rows(replace(about, since=since), "shares")
    assert rows
    for row, told in zip(rows, now.iter_rows(named=True), strict=False):
        assert row["customer"] == told["customer"]
        is_known = (told["customer"], told["member"]) in known and (told["since"] is None or told["since"] <= since)
        assert str(row["is_new"]).startswith("known") == is_known
        assert is_known or back > 200 or (told["customer"], told["member"]) not in known


def test_every_bar_stands_on_rows(seen: Snapshot, about: Asked) -> None:
    for picture in chapter(about).pictures:
        for label, source in zip(picture.labels, picture.sources, strict=True):
            assert source is not None
            rows = seen.ask(source.query.rows(source.column, **dict(source.at)), EVERYTHING).frame
            assert not rows.is_empty()
            assert set(rows["customer"]) == {label}


def test_a_salesperson_is_told_of_customers_in_scope_only(seen: Snapshot, about: Asked) -> None:
    names = {name for (name,) in seen.frame("select rep from crm.reps").rows()}
    for rep, key in seen.frame("select rep, rep_key from crm.reps order by rep_id limit 5").rows():
        mine = replace(about, viewer=Viewer(scope="rep", rep_keys=(key,)))
        told = chapter(mine)
        assert not [name for name in names - {rep} if name in repr([told.finding, told.further, told.lists])]


def test_both_languages_say_the_same(about: Asked) -> None:
    en, zh = (chapter(replace(about, lang=lang)) for lang in ("en", "zh-CN"))
    assert [value.value for value in en.values] == [value.value for value in zh.values]
    assert "?" not in en.finding + zh.finding + "".join((*en.further, *zh.further, *en.notes, *zh.notes))


def test_that_no_complaint_is_open_is_said_only_where_tickets_were_loaded(
    seen: Snapshot, about: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = [one for one in SIGNALS if one not in EVENTS]
    told = Found.all.func(Found(about))  # type: ignore[attr-defined]
    monkeypatch.setattr(Found, "all", property(lambda _: told.filter(pl.col("signal").is_in(none))))
    known = chapter(about)
    assert "no complaint is open" in known.finding
    assert known.is_good
    filled = seen.filled()
    monkeypatch.setattr(Snapshot, "filled", lambda _: [one for one in filled if one != "tickets"])
    for lang in ("en", "zh-CN"):
        untold = chapter(replace(about, lang=lang))
        assert untold.is_good is None, "no sign of good news where half of it is unknown"
        assert "complaint is open" not in untold.finding
        assert "未关闭" not in untold.finding


def test_without_orders_and_deals_that_is_said(store: Store, about: Asked) -> None:
    with store.snapshot() as empty:
        assert "Neither orders nor deals" in chapter(replace(about, seen=empty)).finding


def test_the_open_risks_are_those_of_the_register(seen: Snapshot, about: Asked) -> None:
    told = chapter(about)
    known = open_alerts(seen, EVERYTHING, about.view, "en") if is_current(seen) else []
    listed = [one for one in told.lists if one.name == "alerts"]
    assert sum(len(one.rows) + one.more for one in listed) == len(known)
    assert [row[0] for one in listed for row in one.rows] == [one.subject for one in known[:6]]
    assert any("register of risks" in line for line in told.notes) == (not is_current(seen))
