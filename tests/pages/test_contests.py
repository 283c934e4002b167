"""The page of recognition: every block in both languages, contests and trainings made there, addresses, scope."""

from __future__ import annotations

from datetime import date

import pytest

from data import contests as kept
from data import trainings as held
from data.store import Store
from tests.pages.conftest import Open
from tests.pages.test_channels import headed, told
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from ui.text import LANGUAGES, texts

TOLD = {
    "name": "Summer", "measure": "won_amount", "from_on": date(2026, 4, 1), "to_on": date(2026, 6, 30),
    "rule": "target", "prizes": "A **cup**",
}  # fmt: skip


@pytest.fixture
def busy(demo: Store) -> Store:
    """The demo company with a contest that runs, a settled one and a training."""
    with demo.snapshot() as seen:
        if any(one.name == "Summer" for one in kept.contests(seen)):
            return demo
        reps = seen.frame("select rep from crm.reps order by rep").get_column("rep").to_list()
    kept.make(demo, TOLD)
    kept.make(demo, TOLD | {"name": "Past", "from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31), "unit": "team"})
    kept.settle(demo, "Past")
    held.add(demo, "Talks", date(2025, 11, 3), reps[:12])
    return demo


@pytest.mark.parametrize("lang", LANGUAGES)
def test_records_streaks_and_who_improved(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("contests", lang=lang, period="last_12_months")
    assert not page.exception
    assert not page.error
    assert {texts(lang)[f"question.{name}"] for name in ("records", "streaks", "wins")} <= headed(page)
    assert len(page.dataframe) == 3
    better = open_page("contests", lang=lang, about="improved", period="last_12_months", measure="won_deals")
    assert not better.error
    assert texts(lang)["question.improved"] in headed(better)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_contest_stands_and_a_settled_one_stays(lang: str, busy: Store, open_page: Open) -> None:
    with busy.snapshot() as seen:
        summer, past = (kept.contest(seen, name) for name in ("Summer", "Past"))
    page = open_page("contests", lang=lang, about="contests", contest=summer.id)
    assert not page.exception
    assert not page.error
    assert {texts(lang)["question.contest"], texts(lang)["question.contest_race"]} <= headed(page)
    assert r"A \*\*cup\*\*" in "".join(str(one.value) for one in page.markdown)
    settled = open_page("contests", lang=lang, about="contests", contest=past.id)
    assert not settled.error
    assert texts(lang)["contests.settled"].partition("{")[0].strip(" ,，") in told(settled).replace("*", "")
    training = open_page("contests", lang=lang, about="training", of="won_deals")
    assert not training.error
    assert not training.exception
    assert texts(lang)["question.trained"] in headed(training)


def test_names_in_the_lists_to_choose_from_are_as_they_were_written(busy: Store, open_page: Open) -> None:
    """A list to open shows texts as they are: what parts words from Markdown elsewhere would be read there."""
    page = open_page("contests", about="contests")
    page.text_input(key="contest.name").set_value("June: first [round]")
    _button(page, "contests.make").click().run()
    options = page.selectbox(key="choice_contest").options
    kept.forget(busy, "June: first [round]")
    assert "June: first [round]" in options
    trainings = open_page("contests", about="training").selectbox(key="choice_training").options
    assert not [option for option in trainings if "\\" in option]


def test_a_contest_and_a_training_are_made_on_the_page_and_refused_there(busy: Store, open_page: Open) -> None:
    page = open_page("contests", about="contests")
    page.text_input(key="contest.name").set_value("Winter")
    _button(page, "contests.make").click().run()
    with busy.snapshot() as seen:
        made = kept.contest(seen, "Winter")
    assert (made.unit, made.rule, made.final) == ("rep", "absolute", None)
    page.text_input(key="contest.name").set_value("winter")
    _button(page, "contests.make").click().run()
    assert "winter" in page.error[0].value
    kept.forget(busy, "Winter")
    training = open_page("contests", about="training")
    _button(training, "trainings.add").click().run()
    assert "name" in training.error[0].value


def _button(page: object, key: str) -> object:
    found = [one for one in page.button if one.label == texts("en")[key]]  # type: ignore[attr-defined]
    return found[0]


def test_an_address_may_say_anything(demo: Store, open_page: Open) -> None:
    for about in ("records", "improved", "contests", "training", "<b>"):
        page = open_page("contests", about=about, measure="'; drop", contest="-1", training="x", of="y", level="z")
        assert not page.error
        assert not page.exception


def test_whoever_sees_a_part_makes_no_contest(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    page = open_page("contests", about="contests")
    assert not page.error
    assert texts("en")["settings.not_yours"] in told(page)
    assert texts("en")["contests.make"] not in {one.label for one in page.button}
    records = open_page("contests", period="last_12_months")
    assert not records.error
