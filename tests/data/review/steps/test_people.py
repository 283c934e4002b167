"""The step about people: the planted weak stage is found, the placebo quiet, and a salesperson sees only themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from data.demo import STORIES
from data.review.asking import asked
from data.review.chapter import Asked, Chapter, Listing
from data.review.steps.people import chapter
from data.store import Snapshot
from metrics.by_person import people
from metrics.coaching import coaching
from metrics.cuts import breakdown
from metrics.funnel_bases import moved
from metrics.leavers import leavers
from metrics.rep_claims import claims
from metrics.signals import signals
from metrics.viewer import EVERYTHING, Viewer
from tests.small import small_store


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as one:
        yield one


@pytest.fixture
def about(seen: Snapshot) -> Asked:
    return asked(seen, EVERYTHING, "en")


def _listed(told: Chapter, name: str) -> list[dict[str, object]]:
    found = next((one for one in told.lists if one.name == name), Listing(name, "", "", (), ()))
    return [dict(zip([head.name for head in found.heads], row, strict=True)) for row in found.rows]


@pytest.mark.slow
def test_the_planted_weak_stage_is_who_needs_help(companies: tuple[Snapshot, Snapshot]) -> None:
    story = next(one for one in STORIES if one.id == "weak_stage").where["en"]
    told = chapter(asked(companies[0], EVERYTHING, "en"))
    assert story["rep"] in told.finding
    assert story["stage"] in told.finding
    assert told.is_good is False
    row = _listed(told, "help")[0]
    assert (row["rep"], story["stage"] in str(row["what"])) == (story["rep"], True)
    (picture,) = told.pictures
    source = picture.sources[0]
    assert source is not None
    behind = companies[0].ask(source.query.rows(source.column, **dict(source.at)), EVERYTHING).frame
    assert behind.height == row["cases"]
    assert set(behind["rep"]) == {story["rep"]}


@pytest.mark.slow
def test_where_nobody_differs_few_are_told_of(companies: tuple[Snapshot, Snapshot]) -> None:
    """All people and comparisons together are one judgement: at most one in twenty of such reviews names anybody."""
    told = chapter(asked(companies[1], EVERYTHING, "en"))
    assert len(_listed(told, "help")) + len(_listed(told, "learn")) + len(_listed(told, "quiet")) <= 1
    assert not _listed(told, "behind")


@pytest.mark.slow
def test_a_claim_is_the_one_of_the_salespersons_own_page(companies: tuple[Snapshot, Snapshot]) -> None:
    """Shares, cases, chance and money of a stage are those of `coaching` against everybody."""
    seen, view = companies[0], asked(companies[0], EVERYTHING, "en").view
    year = view.with_compare("none").with_period("last_12_months")
    found = claims(
        *(seen.ask(one, EVERYTHING).frame for one in (moved(year, "rep"), signals(view)))
    ).filter(pl.col("claim") == "conversion")  # fmt: skip
    rep = next(one for one in STORIES if one.id == "weak_stage").where["en"]["rep"]
    own = seen.ask(coaching(rep, year), EVERYTHING).frame.filter(pl.col("claim") == "conversion")
    mine = found.filter(pl.col("rep") == rep)
    assert mine.height == own.height > 3
    keys = ["pipeline", "place"]
    both = mine.join(own, on=keys, suffix="_page", nulls_equal=True)
    assert both.height == own.height
    for name in ("own", "own.low", "own.high", "own.n", "others", "others.n", "p_value", "expected_loss"):
        assert both[name].to_list() == pytest.approx(both[f"{name}_page"].to_list(), nan_ok=True), name


def test_of_few_deals_it_says_that_nobody_can_be_told_apart(about: Asked) -> None:
    told = chapter(about)
    assert not _listed(told, "help")
    assert "told apart" in told.finding or "distinguishable" in told.finding


def test_leavers_are_those_of_their_question(seen: Snapshot, about: Asked) -> None:
    frame = seen.ask(leavers(about.view), EVERYTHING).frame
    named = frame.filter(pl.col("rep").is_not_null() & (pl.col("open_deals") > 0))
    assert [row["rep"] for row in _listed(chapter(about), "leavers")] == named["rep"].to_list()[:5]


def test_a_salesperson_sees_only_themselves(seen: Snapshot, about: Asked) -> None:
    everybody = seen.ask(people(about.view), EVERYTHING).frame["rep"].to_list()
    keys = dict(seen.frame("select rep, rep_key from crm.reps").iter_rows())
    for at, rep in enumerate(everybody[:6]):
        viewer = Viewer(scope="rep", rep_keys=(keys[rep],))
        told = chapter(replace(about, viewer=viewer, lang=("en", "zh-CN")[at % 2]))
        text = repr([told.finding, told.further, told.values, told.pictures, told.lists, told.notes])
        assert not [name for name in everybody if name != rep and name in text]
        assert not _listed(told, "help")


def test_ones_own_numbers_are_those_of_the_measure(seen: Snapshot, about: Asked) -> None:
    won = dict(
        seen.ask(breakdown("won_amount", "rep", about.view), EVERYTHING).frame.select("rep", "won_amount").iter_rows()
    )
    keys = dict(seen.frame("select rep, rep_key from crm.reps").iter_rows())
    looked = 0
    for rep, amount in list(won.items())[:5]:
        told = chapter(replace(about, viewer=Viewer(scope="rep", rep_keys=(keys[rep],)))) if rep else None
        reached = [value.value for value in told.values if value.label == "Reached"] if told else []
        if reached:
            assert reached == [pytest.approx(float(amount))]
            looked += 1
    assert looked


def test_whoever_is_counted_to_miss_the_target_is_listed(about: Asked) -> None:
    told = chapter(about)
    (counted,) = [one.value for one in told.values if one.label == "Will most likely miss the target"]
    far = _listed(told, "far")
    assert counted == len(far) > 0
    assert all(float(str(row["target"])) > float(str(row["actual"])) for row in far)
    names = [row["rep"] for row in far]
    assert set(names) >= {row["rep"] for row in _listed(told, "behind")}


def test_where_all_activity_is_older_nobody_fell_quiet(about: Asked) -> None:
    """Files of activity that were not loaded yet are no silence."""
    late = replace(about, view=about.view.seen_on(about.view.at + timedelta(days=40)), since=about.view.at)
    told = chapter(late)
    assert not _listed(told, "quiet")
    assert any("cannot be told" in line for line in told.further)


def test_both_languages_say_the_same(about: Asked) -> None:
    en, zh = (chapter(replace(about, lang=lang)) for lang in ("en", "zh-CN"))
    assert [value.value for value in en.values] == [value.value for value in zh.values]
    assert len(en.further) == len(zh.further)
    assert "?" not in en.finding + zh.finding + "".join((*en.further, *zh.further, *en.notes, *zh.notes))
