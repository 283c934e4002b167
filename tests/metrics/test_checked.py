"""When words are checked: at once by default; postponed, a question is bound unchecked and told of later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from metrics import checked, portable
from metrics.query import Query
from metrics.viewer import EVERYTHING


@pytest.fixture
def postponed() -> Iterator[None]:
    checked.postpone()
    yield
    checked.catch_up()
    checked.at_once()


def question(nth: int) -> Query:
    """A question with a word that engines do not agree on; each is another text."""
    return Query((), f"select quantile_cont(amount, 0.5) as half_{nth} from deals", (), ("deals",))


def test_by_default_a_forbidden_word_is_refused_before_it_is_asked() -> None:
    with pytest.raises(portable.NotPortable):
        question(1).bound(EVERYTHING)


@pytest.mark.usefixtures("postponed")
def test_postponed_it_is_told_later_and_once() -> None:
    question(2).bound(EVERYTHING)
    found = checked.catch_up()
    assert [type(error) for error in found] == [portable.NotPortable]
    assert "quantile" in found[0].text("en").lower()
    assert checked.catch_up() == []


def test_inside_a_block_they_wait_and_after_it_they_do_not() -> None:
    with checked.postponed():
        question(6).bound(EVERYTHING)
    assert len(checked.catch_up()) == 1
    with pytest.raises(portable.NotPortable):
        question(7).bound(EVERYTHING)


@pytest.mark.usefixtures("postponed")
def test_what_is_right_is_not_told() -> None:
    Query((), "select count(deal_id) as n_3 from deals", (), ("deals",)).bound(EVERYTHING)
    assert checked.catch_up() == []


@pytest.mark.usefixtures("postponed")
def test_another_engine_checks_what_waits_and_all_that_comes() -> None:
    question(4).bound(EVERYTHING)
    with pytest.raises(portable.NotPortable):
        checked.at_once()
    with pytest.raises(portable.NotPortable):
        question(5).bound(EVERYTHING)
