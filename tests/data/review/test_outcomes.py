"""What can be expected of a decision: each declared outcome has its function, its words, and its refusals."""

from __future__ import annotations

from datetime import date

import pytest

from data.review import actions  # noqa: F401 - the checks register themselves
from data.review.decided import TOLD
from data.review.errors import ExpectationInvalid
from data.review.judging import checks
from data.review.outcomes import KINDS, expected, in_words, outcomes
from data.tables import tables
from data.wording import wording
from metrics.catalog import measure


def test_each_is_a_table_and_a_function() -> None:
    assert set(checks()) == set(outcomes())
    for one in outcomes().values():
        assert set(one.kinds) <= set(KINDS)
        assert set(one.tables) <= set(tables())
        for text in (one.label, one.sentence, *(known.label for known in one.parameters.values())):
            assert text.en
            assert text.zh_CN
        for known in one.parameters.values():
            if known.type == "measure":
                for id_ in known.choices:
                    assert measure(id_).ratio is None, id_


def test_what_is_expected_in_words() -> None:
    one = expected("deal", "stage", {"stage": "Proposal"})
    assert in_words(one, date(2026, 6, 12), "en") == "moves to Proposal or beyond by 12 Jun 2026"
    assert in_words(one, date(2026, 6, 12), "zh-CN") == "2026年6月12日 前推进到“Proposal”或之后的阶段"
    money = expected("rep", "reach", {"measure": "open_amount", "at_least": "1,200,000"})
    assert in_words(money, None, "en") == "Open amount: 1.2M or more"
    flow = expected("rep", "reach", {"measure": "activities", "at_least": 20})
    assert in_words(flow, None, "en") == "Activities after the decision: 20 or more"
    assert expected("target", "attainment", {"at_least": "90%"}).given == {"at_least": 0.9, "grain": "quarter"}


@pytest.mark.parametrize("given", ["", "much", "inf", "1e300", "-1"])
def test_a_number_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ExpectationInvalid):
        expected("deal", "amount", {"at_least": given})


def test_words_in_both_languages() -> None:
    told = wording("review/actions")
    for group in told.values():
        for name, words in group.items():
            assert set(words) == {"en", "zh-CN"}, name
    assert set(TOLD) <= set(told["outcomes"])
