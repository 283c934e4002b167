"""Pictures as SVG: every value at its mark, letters that do not touch each other, nothing said by colour alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from lxml import etree

from data.review.chapter import Picture, Series
from data.review.letters import ems
from data.review.said import Said
from data.review.svg import WIDTH, drawn
from tests.data.review.made import report

SAID = Said(report("en"))
_SVG = "{http://www.w3.org/2000/svg}"


def read(picture: Picture) -> etree._Element:
    return etree.fromstring(drawn(picture, SAID))


def pictures() -> list[Picture]:
    return [one for chapter in report("en", hostile=True).chapters for one in chapter.pictures]


@pytest.mark.parametrize("picture", pictures()[:-2], ids=lambda one: f"{one.kind}-{one.title[:12]}")
def test_it_is_whole_within_its_edges_and_has_words(picture: Picture) -> None:
    tree = read(picture)
    _, _, width, height = map(float, tree.get("viewBox", "").split())
    assert width == WIDTH
    assert tree.get("aria-label")
    assert tree.find(f"{_SVG}title") is not None
    for box in tree.iter(f"{_SVG}rect"):
        assert float(box.get("x", "")) >= -0.1
        assert float(box.get("x", "")) + float(box.get("width", "")) <= width + 0.1
        assert float(box.get("y", "")) + float(box.get("height", "")) <= height + 0.1
    for text in tree.iter(f"{_SVG}text"):
        x, wide = float(text.get("x", "")), ems(text.text or "") * 12
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "")]
        assert left >= -12, text.text
        assert left + wide <= width + 12, text.text
        assert float(text.get("y", "")) <= height


@pytest.mark.parametrize("picture", pictures()[-2:])
def test_nothing_to_draw_is_said(picture: Picture) -> None:
    assert drawn(picture, SAID) == "<p>There is nothing to list.</p>"


@pytest.mark.parametrize("count", [3, 12, 60, 365])
def test_labels_do_not_touch_each_other(count: int) -> None:
    labels = tuple(f"{day:03} Jun 2026" for day in range(count))
    tree = read(Picture("p", "p", "", "columns", labels, (Series("s", tuple(map(float, range(count)))),), "count"))
    shown = [one for one in tree.iter(f"{_SVG}text") if (one.text or "").endswith("2026")]
    assert shown
    ends = [
        (float(one.get("x", "")) - w, float(one.get("x", "")) + w) for one in shown for w in [ems(one.text or "") * 6]
    ]
    assert all(right <= left for (_, right), (left, _) in pairwise(ends))


def test_axes_have_round_numbers() -> None:
    tree = read(Picture("p", "p", "", "columns", ("a", "b"), (Series("s", (1.37e6, 2.94e6)),), "money"))
    ticks = [one.text for one in tree.iter(f"{_SVG}text") if one.get("text-anchor") == "end"]
    assert ticks == ["0", "1M", "2M", "3M"]


def test_a_change_has_its_sign_and_a_meaning_has_a_mark() -> None:
    bridge = read(
        Picture("p", "p", "", "waterfall", ("a", "b", "c", "d"), (Series("s", (5.0, 3.0, -2.0, 6.0)),), "count")
    )
    assert {"5", "+3", "-2", "6"} <= {one.text for one in bridge.iter(f"{_SVG}text")}
    bars = Picture("p", "p", "", "bars", ("a", "b"), (Series("s", (5.0, 3.0)),), "count", colours=("good", "bad"))
    assert {"✓ 5", "! 3"} <= {one.text for one in read(bars).iter(f"{_SVG}text")}


def test_a_gap_is_a_gap() -> None:
    line = read(Picture("p", "p", "", "line", tuple("abcdef"), (Series("s", (1, 2, None, 3, 4, None)),), "count"))
    assert len(list(line.iter(f"{_SVG}polyline"))) == 2


def test_several_lines_are_told_apart() -> None:
    series = tuple(Series(f"S{at}", (float(at), at + 2.0)) for at in range(3))
    tree = read(Picture("calls", "Calls", "", "line", ("a", "b"), series, "money"))
    strokes = [one.get("stroke") for one in tree.iter(f"{_SVG}polyline")]
    assert len(set(strokes)) == 3
    swatches = [one.get("fill") for one in tree.iter(f"{_SVG}rect")]
    assert swatches == strokes


def test_a_word_below_a_waterfall_is_not_broken() -> None:
    labels = ("10 Jun 2026", "New (6)", "Pulled in (87)", "Increased (6)", "Won (28)", "Lost (114)", "Pushed out (66)",
              "Gone (2)", "Decreased (6)", "17 Jun 2026")  # fmt: skip
    values = (5.4e7, *([1e6] * 8), 6.2e7)
    told = {text.text for text in read(Picture("w", "W", "", "waterfall", labels, (Series("x", values),), "money"))
            .iter(f"{_SVG}text")}  # fmt: skip
    assert {word for label in labels for word in label.split()} <= {word for text in told for word in str(text).split()}


def test_the_key_shows_the_colour_that_most_marks_of_a_series_have() -> None:
    series = (Series("now", (5.0, 4.0)), Series("then", (3.0, 2.0), "before"))
    tree = read(Picture("p", "p", "", "bars", ("a", "b"), series, "count", colours=("plain", "bad")))
    fills = [one.get("fill") for one in tree.iter(f"{_SVG}rect")]
    assert fills[0] == fills[2], "the key, and the first bar of the series"


def test_numbers_of_a_waterfall_have_room_beside_each_other() -> None:
    values = (5.4e7, *([8.9e6] * 10), 1.4e8)
    tree = read(Picture("w", "W", "", "waterfall", tuple("abcdefghijkl"), (Series("x", values),), "money"))
    numbers = [one for one in tree.iter(f"{_SVG}text") if (one.text or "").startswith("+")]
    assert len(numbers) == 10
    for one, after in pairwise(numbers):
        wide = ems(one.text or "") * float(one.get("font-size", ""))
        assert float(after.get("x", "")) - float(one.get("x", "")) >= wide * 0.95
