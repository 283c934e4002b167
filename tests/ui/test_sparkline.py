"""The months beside a number: a picture that is true to them, and what the pointer says over it."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ui.sparkline import EDGE, HEIGHT, WIDTH, Point, sparkline


def heights(html: str) -> list[tuple[float, float]]:
    """The points of the line, as drawn."""
    line = re.search(r'<polyline points="([^"]+)"', unquote(html))
    assert line
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in line[1].split())]


def test_the_line_runs_from_left_to_right_between_smallest_and_largest() -> None:
    drawn = heights(sparkline([Point("a", 10), Point("b", 30), Point("c", 20)], "#00806A"))
    assert drawn == [(0, HEIGHT - EDGE), (WIDTH / 2, EDGE), (WIDTH, HEIGHT / 2)]


def test_months_without_any_difference_are_a_level_line() -> None:
    assert {y for _, y in heights(sparkline([Point("", 7)] * 4, "#00806A"))} == {HEIGHT - EDGE}


def test_each_month_says_its_name_and_number_and_no_name_becomes_a_tag() -> None:
    html = sparkline([Point("Jan: <b>1</b>", 1), Point('Feb: "2"', 2), Point("Mar: 3", 3)], "#00806A")
    assert re.findall(r'title="([^"]*)"', html) == ["Jan: &lt;b&gt;1&lt;/b&gt;", "Feb: &quot;2&quot;", "Mar: 3"]


def test_two_months_are_no_line() -> None:
    assert sparkline([Point("a", 1), Point("b", 2)], "#00806A") == ""
