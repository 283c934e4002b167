"""A step stands on one page, or its lists on a second: first pictures, then lists are cut; nothing leaves the file."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from data.review import room
from data.review.printed import page
from data.review.said import Said
from data.review.svg import LEVELS, height
from data.review.taken import Report
from tests.data.review.made import report


@pytest.fixture(params=["en", "zh-CN"])
def told(request: pytest.FixtureRequest) -> Report:
    return report(request.param)


def _tall(told: Report, at: int, fit: room.Fit) -> float:
    said, chapter, of = Said(told), told.chapters[at], room.DENSITIES[fit.density]
    lists = zip(room.listings(chapter), fit.rows, strict=True)
    return (
        room._texts(chapter, said, fit.density)
        + room._pictures(chapter, said, fit.level, fit.density)
        + sum(room._List(one, said, of).tall(kept) for one, kept in lists)
    )


def test_what_has_room_is_left_as_it_is(told: Report) -> None:
    assert room.fitted(told.chapters[0], Said(told)) == room.Fit(0, 0, ())


def test_each_step_is_no_taller_than_a_page(told: Report) -> None:
    for at, chapter in enumerate(told.chapters):
        assert _tall(told, at, room.fitted(chapter, Said(told))) <= room.PAGE[1]


def test_of_a_list_that_is_too_long_the_first_rows_are_printed(told: Report) -> None:
    fit = room.fitted(told.chapters[2], Said(told))
    assert 6 <= fit.rows[0] < 40
    text = page(told)
    assert text.count('<tr class="screen">') == 40 - fit.rows[0]
    left = 40 - fit.rows[0] + 3
    assert re.search(rf'<p class="paper">[^<]* {left} ', text)
    assert re.search(r'<p class="screen">[^<]* 3 ', text)


def test_lists_of_which_little_would_be_left_stand_on_a_second_page(told: Report) -> None:
    one, said = told.chapters[2], Said(told)
    whole = replace(one.lists[0], rows=one.lists[0].rows[:20], subjects=(), more=0)
    busy = replace(
        one, pictures=told.chapters[1].pictures, further=("x" * 90,) * 12, lists=(whole, replace(whole, title="2"))
    )
    fit = room.fitted(busy, said)
    assert fit.goes_on == 0
    assert not fit.is_over
    assert all(rows >= 6 for rows in fit.rows)
    lists = sum(each.tall(rows) for each, rows in zip(room._lists(busy, said, fit.density), fit.rows, strict=True))
    behind = room._behind(busy, said, fit.density)
    assert lists + behind + 10 <= room.PAGE[1]
    first = room._texts(busy, said, fit.density) + room._pictures(busy, said, fit.level, fit.density) - behind
    assert first <= room.PAGE[1]
    text = page(replace(told, chapters=(busy,)))
    (before, after) = text.split('<h2 class="paper onward">')
    assert "(2" in after[:60] or "（2" in after[:60]
    assert "<svg" in before
    assert "<svg" not in after
    assert room.fitted(one, said).goes_on is None, "one that leaves six rows stays on its page"
    short = replace(whole, rows=whole.rows[:2])
    fit = room.fitted(replace(busy, further=("x" * 90,) * 6, lists=(short, whole, replace(whole, title="2"))), said)
    assert (fit.goes_on, fit.rows[0], fit.is_over) == (1, 2, False), "a short one has room on the first page"


def test_the_roomiest_layout_is_taken(told: Report) -> None:
    chapter = replace(told.chapters[2], lists=(replace(told.chapters[2].lists[0], rows=(), subjects=()),))
    assert room.fitted(chapter, Said(told)).level == 0
    busy = replace(chapter, pictures=told.chapters[1].pictures)
    assert room.fitted(busy, Said(told)).level > 0


def test_a_tighter_picture_is_less_tall(told: Report) -> None:
    said = Said(told)
    for chapter in told.chapters:
        for picture in chapter.pictures:
            heights = [height(picture, said, level) for level in range(len(LEVELS))]
            assert heights == sorted(heights, reverse=True)
            assert heights[0] > heights[-1]


def test_a_rule_is_told_once(told: Report) -> None:
    chapter = told.chapters[2]
    same = replace(chapter, lists=tuple(replace(one, rule=chapter.pictures[0].rule) for one in chapter.lists))
    assert [one.rule for one in room.listings(same)] == ["", ""]
    assert room.listings(chapter) == list(chapter.lists)


def test_in_the_tightest_layout_lying_bars_stand_beside_each_other(told: Report) -> None:
    bars, line = told.chapters[2].pictures[0], told.chapters[1].pictures[2]
    assert room.beside([bars, bars, line, bars, bars, bars], room.TIGHTEST) == [
        (bars, bars), (line,), (bars, bars), (bars,)
    ]  # fmt: skip
    assert room.beside([bars, bars], 0) == [(bars,), (bars,)]
    chapter = replace(told.chapters[2], pictures=(bars,) * 8)
    said = Said(told)
    assert room.fitted(chapter, said).density == room.TIGHTEST
    assert room._pictures(chapter, said, 3, room.TIGHTEST) < 0.6 * room._pictures(chapter, said, 3, 2)
    text = page(replace(told, chapters=(chapter,)))
    assert text.count('<div class="beside">') == 4
