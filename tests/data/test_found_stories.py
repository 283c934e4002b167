"""Every planted story about the sales process is named by the rule of its page, and the rules are silent without them.

The rules are those that the pages ask, listed in bench/alarms.py; what they must name stands with the stories
(data/demo/stories.py). How often they speak of nothing is measured there on forty companies; here on one.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.alarms import RULES, SPLITS, Rule, by_name
from data.demo import AS_OF, STORIES, Story
from data.store import Snapshot
from metrics.query import Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui.activities import slow_weeks
from ui.festivals import told
from ui.funnel import who_loses
from ui.look import Look
from ui.responses import turned_most

pytestmark = pytest.mark.slow
NAMED = [story for story in STORIES if story.found_by and story.found_by != "landing"]
"""The quarter that will be missed is no single name: tests/data/test_landing.py."""
FIRST_VIEW = View(as_of=AS_OF, preset="last_12_months")
"""What a page shows when it is opened."""


def _year_of(story: Story) -> View:
    """The twelve months in which a story lies, as a reader would choose them; those the page opens with, if it can."""
    last = min(AS_OF, story.to_on + timedelta(days=120))
    return FIRST_VIEW if last == AS_OF else View(as_of=AS_OF, from_on=last - timedelta(days=364), to_on=last)


def _asked(seen: Snapshot, rule: Rule, view: View = FIRST_VIEW) -> Result:
    return seen.ask(rule.asked(view), EVERYTHING)


def test_every_story_of_the_process_has_a_rule() -> None:
    of_money = {"slow_payers"}  # payments: no page about them yet
    assert {story.id for story in STORIES if story.found_by is None} == of_money
    assert {story.found_by for story in NAMED} <= {rule.name for rule in RULES}


@pytest.mark.parametrize("story", NAMED, ids=lambda story: story.id)
def test_a_planted_story_is_named_and_nothing_else_beside_it(
    companies: tuple[Snapshot, Snapshot], story: Story
) -> None:
    rule, view = by_name(str(story.found_by)), _year_of(story)
    named = rule.named(_asked(companies[0], rule, view))
    if story.found_by == "pace":
        days = {(story.from_on + timedelta(days=number)).isoformat() for number in range(-6, 30)}
        assert len(named) >= 2
        assert set(named) <= days
    else:
        (name,) = named
        assert all(value in name for value in story.where["en"].values()), name


def test_the_page_of_drivers_names_the_channel_and_the_silent_account_too(
    companies: tuple[Snapshot, Snapshot],
) -> None:
    """Beside the channel stand those that took over what it brings no more."""
    told = {story.id: story.where["en"] for story in STORIES}
    turned = by_name("segments_lead_conversion").named(_asked(companies[0], by_name("segments_lead_conversion")))
    assert turned[0] == told["bad_channel"]["source"]
    stopped = by_name("lapsed").named(_asked(companies[0], by_name("lapsed")))
    assert stopped == [told["silent_account"]["customer"]]


@pytest.mark.parametrize("measure", ["created_deals", "activities"])
def test_the_page_of_trends_tells_that_festivals_are_alike(companies: tuple[Snapshot, Snapshot], measure: str) -> None:
    """Every planted festival is part of the fall that all have, and so no signal; where none is, nothing is said."""
    rule = by_name(f"festival_{measure}")
    result = _asked(companies[0], rule)
    low = result.frame.filter("is_low")
    for story in (story for story in STORIES if story.id.startswith("spring_festival")):
        assert measure in story.measures
        days = low.filter(low["year"] == story.to_on.year)
        assert days.height >= 2
        assert abs((days["from_on"].min() - story.from_on).days) <= 7, "January is weaker, too"
        assert abs((days["to_on"].max() - story.to_on).days) <= 7
    assert not result.frame["is_other"].any()
    assert "no signal" in str(told(result, EN))
    assert "不是信号" in str(told(result, ZH))
    plain = _asked(companies[1], rule)
    assert rule.named(plain) == []
    assert told(plain, EN) is None


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_the_page_says_it_in_words(companies: tuple[Snapshot, Snapshot], look: Look) -> None:
    """The sentences over the drawings are made of the same answers."""
    tellers = {"split_rep": who_loses, "channels": turned_most, "pace": slow_weeks}
    for story in NAMED:
        if story.found_by in tellers and _year_of(story) is FIRST_VIEW:
            said = tellers[story.found_by](_asked(companies[0], by_name(story.found_by)), look)
            assert said, story.id
            names = {where: {story.where["en"][where], story.where[look.lang][where]} for where in story.where["en"]}
            assert all(any(name in said for name in either) for either in names.values()), said


def test_rules_are_silent_where_there_is_nothing_to_find(companies: tuple[Snapshot, Snapshot]) -> None:
    """Of 23 questions each may speak once in twenty companies: that four do has a probability of one in a hundred."""
    false = [(rule.name, named) for rule in RULES if (named := rule.named(_asked(companies[1], rule)))]
    assert len(RULES) >= 16
    assert len(false) <= 3, false


@pytest.mark.parametrize("by", SPLITS)
def test_no_other_split_blames_anybody(companies: tuple[Snapshot, Snapshot], by: str) -> None:
    """With all stories planted, whoever is blamed for a stage is the one who was planted there."""
    story = next(story for story in STORIES if story.found_by == "split_rep")
    named = by_name(f"split_{by}").named(_asked(companies[0], by_name(f"split_{by}")))
    assert all(story.where["en"]["stage"] in name for name in named), named
