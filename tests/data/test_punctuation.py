"""Marks between texts: after Chinese ones those of Chinese, in every file that is taken away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from data import punctuation
from data.review.minutes import minutes
from data.review.printed import page
from data.review.slides import slides
from data.review.taken import Report
from data.review.workbook import workbook
from tests.data.review import read_back
from tests.data.review.made import report

_STRANGE = re.compile(r"[\u4e00-\u9fff）”][:;,.](?=\s|<|\"|$)")


def test_each_mark_in_both_languages() -> None:
    assert punctuation.paired("Period", "2026", "en") == "Period: 2026"
    assert punctuation.paired("期间", "2026年", "zh-CN") == "期间：2026年"
    assert [punctuation.headed("数据", "zh-CN"), punctuation.headed("Numbers", "en")] == ["数据：", "Numbers:"]
    assert [punctuation.ended("需关注", "zh-CN"), punctuation.ended("Bad", "en")] == ["需关注。", "Bad. "]
    for join, chinese, english in (
        (punctuation.enumerated, "甲，乙", "a, b"), (punctuation.named, "甲、乙", "a, b"),
        (punctuation.parted, "甲；乙", "a; b"),
    ):  # fmt: skip
        assert (join(("甲", "乙"), "zh-CN"), join(("a", "b"), "en")) == (chinese, english)
    assert punctuation.sentences(("甲。", "", "乙。"), "zh-CN") == "甲。乙。"
    assert punctuation.sentences(("A.", "", "B."), "en") == "A. B."


def _office(write: Callable[[Report], bytes]) -> Callable[[Report], str]:
    return lambda told: "\n".join(
        part.decode() for name, part in read_back.parts(write(told)).items() if name.endswith(".xml")
    )


@pytest.mark.parametrize(
    "write", [minutes, page, _office(slides), _office(workbook)], ids=["md", "html", "pptx", "xlsx"]
)
def test_no_file_in_chinese_has_marks_of_english_behind_chinese(write: Callable[[Report], str]) -> None:
    told = write(report("zh-CN"))
    assert "：" in told
    assert not [told[max(0, hit.start() - 20) : hit.end() + 20] for hit in _STRANGE.finditer(told)]
