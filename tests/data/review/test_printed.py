"""The page to print needs nothing else, and whatever a name holds is text."""

from __future__ import annotations

import re

import pytest

from data.review.printed import page
from tests.data.review.made import EVIL, report
from tests.data.review.read_back import Page


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("hostile", [False, True])
def test_nothing_is_fetched(lang: str, hostile: bool) -> None:
    text = page(report(lang, hostile=hostile))
    read = Page(text)
    for tag, attributes in read.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "img", "base", "form", "use", "image"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "style", "xlink:href", "action"}
            if name == "href":
                assert (value or "").startswith("#")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|expression|</", style[1])
    assert text.count("<style") == 1


def test_each_step_begins_a_page() -> None:
    text = page(report("en"))
    assert "@page { size: A4" in text
    assert ".step { break-before: page" in text
    assert len(re.findall('<section class="step[ "]', text)) == 3 + 1  # and the definitions
    links = [attributes["href"] for tag, attributes in Page(text).tags if tag == "a"]
    ids = [f"#{attributes['id']}" for tag, attributes in Page(text).tags if tag == "section" and "id" in attributes]
    assert links == ids


def test_a_head_over_numbers_takes_two_lines_rather_than_leave_the_paper() -> None:
    assert re.search(r"\.list th\.n {[^}]*white-space: normal", page(report("en")))


def test_numbers_are_those_of_the_step() -> None:
    numbers = Page(page(report("en"))).numbers
    assert numbers[0] == ("won_amount", 12_345_678.5, "$12,345,678.50")
    assert numbers[1] == ("win_rate", 0.3456789, "34.57%")


def test_whatever_a_name_holds_is_text() -> None:
    text = page(report("en", hostile=True))
    assert "<script" not in text
    assert "alert(&#x27;x&#x27;)" in text
    assert EVIL.split(" ")[0] in "".join(Page(text).texts)
    assert len(text) < 250_000, "a name of ten thousand letters is cut"


def test_all_rows_of_a_list_stand_in_it() -> None:
    text = page(report("zh-CN"))
    assert text.count("设备更新项目") == 40
    assert "另有 3 条" in text


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_of_rows_without_room_only_those_in_the_file_are_said_to_be_in_it(lang: str) -> None:
    text = page(report(lang))
    told = re.findall(r'<p class="(screen|paper)">(.*?)</p>', text)
    kept = 40 - text.count('<tr class="screen">')
    assert kept < 40, "the list has no room on paper"
    counts = {kind: [int(one) for one in re.findall(r"\d+", words)] for kind, words in told}
    assert counts == {"screen": [3], "paper": [43 - kept, 40 - kept]}
    assert "未列出" in dict(told)["paper"] or "not listed" in dict(told)["paper"]


def test_on_paper_meanings_stand_with_the_definitions_only() -> None:
    text = page(report("en"))
    assert ".numbers table td:last-child { display: none }" in text
    assert text.count('<div class="numbers">') >= 1
