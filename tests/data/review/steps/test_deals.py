"""The step about deals: it says what the pipeline page says of the same view, and each change is in the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from data.review.agenda import steps
from data.review.asking import asked
from data.review.chapter import Asked, Chapter
from data.review.steps.deals import chapter
from data.store import Snapshot, Store
from metrics.bridge import bridge
from metrics.cuts import total
from metrics.odds import weighted
from metrics.signals import signals
from metrics.viewer import EVERYTHING, Viewer
from metrics.worrying import chances, staked
from tests.small import small_store

LIMITS = steps()["deals"].limits


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as one:
        yield one


@pytest.fixture
def about(seen: Snapshot) -> Asked:
    return replace(asked(seen, EVERYTHING, "en"), limits=LIMITS)


def _values(told: Chapter) -> dict[str, float | None]:
    return {value.label: value.value for value in told.values}


def test_its_numbers_are_those_of_the_pipeline(seen: Snapshot, about: Asked) -> None:
    """The same question as the page's list of signs, the same money as `open_amount`, the same chances as by stage."""
    told = chapter(about)
    frame = seen.ask(signals(about.view), EVERYTHING).frame
    last = about.view.period
    assert last is not None
    due = frame.filter(pl.col("expected_close_on") <= last.to_on)
    marked = due.filter(pl.col("signals") > 0)
    values = _values(told)
    assert values["Due, at risk"] == marked.height
    assert values["Their amount"] == pytest.approx(float(marked["amount"].sum()))
    (whole,) = seen.ask(total(("open_deals", "open_amount"), about.view), EVERYTHING).frame.to_dicts()
    assert (frame.height, float(frame["amount"].sum())) == (
        whole["open_deals"],
        pytest.approx(float(whole["open_amount"])),
    )
    assert f"{marked.height} deals" in told.finding
    of_all = next(line for line in told.notes if line.startswith("Of all"))
    assert f"{frame.filter(pl.col('signals') > 0).height} worth" in of_all
    stake = staked(frame, seen.ask(chances(about.view), EVERYTHING).frame)
    assert stake.is_expected
    by_stage = seen.ask(weighted(about.view), EVERYTHING).frame["by_history"].sum()
    assert stake.frame["stake"].sum() == pytest.approx(by_stage)


def test_every_number_stands_on_its_rows(seen: Snapshot, about: Asked) -> None:
    told = chapter(about)
    for value in told.values:
        assert value.source is not None
        rows = seen.ask(value.source.query.rows(value.source.column, **dict(value.source.at)), EVERYTHING).frame
        if value.unit == "count":
            assert rows.height == value.value, value.label
        elif "stake" not in value.label:
            assert float(rows["amount"].sum()) == pytest.approx(value.value), value.label
    for picture in told.pictures:
        for label, source, amount in zip(picture.labels, picture.sources, picture.series[-1].values, strict=True):
            assert source is not None
            (row,) = seen.ask(source.query.rows(source.column, **dict(source.at)), EVERYTHING).frame.to_dicts()
            assert (row["deal"], float(row["amount"])) == (label, amount)


def test_the_most_at_stake_comes_first_and_no_more_than_asked(about: Asked) -> None:
    told = chapter(about)
    listed = next(one for one in told.lists if one.name == "worrying")
    at = [head.name for head in listed.heads].index("stake")
    stakes = [row[at] for row in listed.rows]
    assert stakes == sorted(stakes, reverse=True)
    assert len(listed.rows) == LIMITS["most"] == len(listed.subjects)
    assert listed.more + len(listed.rows) == _values(told)["Due, at risk"]
    assert all(subject.kind == "deal" and subject.id for subject in listed.subjects)
    assert all(row[[head.name for head in listed.heads].index("reasons")] for row in listed.rows)
    few = chapter(replace(about, limits={"most": 2, "least_share": 0}))
    assert next(one for one in few.lists if one.name == "worrying").rows == listed.rows[:2]
    first = chapter(replace(about, limits={"most": 9, "least_share": 1.0}))
    assert len(next(one for one in first.lists if one.name == "worrying").rows) == sum(
        one == stakes[0] for one in stakes
    )


def test_what_moved_on_a_deal_is_what_the_bridge_says(seen: Snapshot, about: Asked) -> None:
    """Old and new of each change are those of the bridge of the same two days."""
    long_ago = replace(about, since=about.view.at - timedelta(days=28), limits={"most": 60, "least_share": 0})
    listed = next(one for one in chapter(long_ago).lists if one.name == "worrying")
    names = [head.name for head in listed.heads]
    stood = seen.ask(bridge(about.view, long_ago.since, about.view.at).rows(cause="end"), EVERYTHING).frame
    by_id = {row["deal_id"]: row for row in stood.iter_rows(named=True)}
    moved = 0
    for row, subject in zip(listed.rows, listed.subjects, strict=True):
        told, known = row[names.index("moved")], by_id[str(subject.id)]
        if known["start_stage"] is None:
            assert told in {"", "new"}
            continue
        assert ("stage " in told) == (known["start_stage"] != known["end_stage"]), told
        assert ("close date " in told) == (known["start_due"] != known["end_due"]), told
        assert ("amount " in told) == (known["start_amount"] != known["end_amount"]), told
        if known["start_stage"] != known["end_stage"]:
            assert f"stage {known['start_stage']} → {known['end_stage']}" in told
        moved += told not in {"", "unchanged"}
    assert moved


def test_a_salesperson_is_told_of_own_deals_only(seen: Snapshot, about: Asked) -> None:
    reps = seen.frame("select rep, rep_key from crm.reps order by rep_id limit 6").rows()
    names = {name for (name,) in seen.frame("select rep from crm.reps").rows()}
    listed = 0
    for at, (rep, key) in enumerate(reps):
        mine = replace(
            about, viewer=Viewer(scope="rep", rep_keys=(key,)), lang=("en", "zh-CN")[at % 2],
            view=about.view.with_period("this_year"), since=about.view.at - timedelta(days=60),
        )  # fmt: skip
        told = chapter(mine)
        text = repr([told.finding, told.further, told.pictures, [(one.rows, one.subjects) for one in told.lists]])
        assert not [name for name in names - {rep} if name in text]
        listed += rep in text
    assert listed


def test_both_languages_say_the_same(about: Asked) -> None:
    en, zh = (chapter(replace(about, lang=lang)) for lang in ("en", "zh-CN"))
    assert [value.value for value in en.values] == [value.value for value in zh.values]
    assert [len(one.rows) for one in en.lists] == [len(one.rows) for one in zh.lists]
    assert "?" not in en.finding + zh.finding + "".join((*en.further, *zh.further, *en.notes, *zh.notes))
    assert any("一" <= letter <= "鿿" for letter in zh.finding)


def test_without_deals_the_missing_file_is_named(store: Store) -> None:
    view = asked_view()
    with store.snapshot() as empty:
        about = Asked(empty, EVERYTHING, view, view.at - timedelta(days=7), False, "en")
        assert "list of deals" in chapter(about).finding


def asked_view():
    with small_store().snapshot() as one:
        return asked(one, EVERYTHING, "en").view


def test_the_next_review_is_as_far_ahead_as_the_last_lies_back(about: Asked) -> None:
    at = about.view.at
    held = replace(about, since=at - timedelta(days=14), last_held=True)
    soon = next((one.title for one in chapter(held).lists if one.name == "soon"), "")
    assert str((at + timedelta(days=14)).day) in soon
    usual = next((one.title for one in chapter(about).lists if one.name == "soon"), "")
    assert str((at + timedelta(days=7)).day) in usual
