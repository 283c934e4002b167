"""How a chapter's pictures look on a wall: letters of twenty pixels and more, marks that lead to rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest

from data.review.chapter import Series
from tests.ui.answered import EN, ZH
from tests.ui.review.chapters import EVIL, picture, value
from ui.look import Look
from ui.review import drawn, parts
from ui.review.stage import _size

KINDS = ("bars", "columns", "line", "waterfall")


def sizes(part: Any) -> Iterator[float]:
    """Every size of letters that a figure names."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name in ("font", "tickfont", "textfont") and isinstance(inner, dict) and "size" in inner:
                yield inner["size"]
            yield from sizes(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from sizes(inner)


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_under_twenty_pixels(kind: str, look: Look) -> None:
    figure = drawn.figure(picture(kind), look)
    go.Figure(json.loads(figure.to_json()))  # checks every property
    found = list(sizes(json.loads(figure.to_json())))
    assert found
    assert min(found) >= 20


def test_a_long_finding_is_written_smaller_and_each_size_has_its_rule() -> None:
    keys = [_size("x" * wide) for wide in (90, 130, 190)]
    assert keys == ["stage_finding", "stage_finding_long", "stage_finding_longest"]
    assert _size("字" * 60) == "stage_finding_long", "a Chinese character takes two columns"
    assert all(f".st-key-{key} h1" in parts._STYLE for key in keys[1:])


@pytest.mark.parametrize("kind", ["columns", "line"])
def test_labels_along_the_bottom_have_room_of_their_own(kind: str) -> None:
    told = drawn.figure(picture(kind), EN).layout
    assert told.margin.b >= 1.8 * told.xaxis.tickfont.size, "dates were cut through the middle"


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_no_markup_and_no_name_gets_lost(kind: str) -> None:
    figure = drawn.figure(picture(kind), EN)
    told = json.dumps([trace.hovertext for trace in figure.data if trace.hovertext is not None])
    assert "<script>" not in told
    assert "&lt;script&gt;" in told
    axis = figure.layout.xaxis if kind in ("columns", "line") else figure.layout.yaxis
    assert len(axis.ticktext) == 3
    assert "<" not in "".join(axis.ticktext)


def test_a_mark_leads_to_its_label_only_where_rows_can_be_opened() -> None:
    figure = drawn.figure(picture(sources=(object(), None, object())), EN)
    assert list(figure.data[1].customdata) == ["0", None, "2"]
    assert list(drawn.figure(picture(), EN).data[1].customdata) == [None, None, None]


def test_a_waterfall_leads_from_the_first_level_to_the_last() -> None:
    shown = picture(
        "waterfall", labels=("Then", "New", "Lost", "Now"), series=(Series("open", (100.0, 30.0, -50.0, 80.0)),)
    )
    bar = drawn.figure(shown, EN).data[0]
    assert list(bar.base) == [0.0, 100.0, 130.0, 0.0]
    texts = drawn.figure(shown, EN).data[1].text
    assert [text.strip() for text in texts] == ["100", "+30", "-50", "80"]


def test_levels_that_are_cut_off_have_a_sign_of_it() -> None:
    def drawn_of(*values: float) -> tuple[float, list[list[float]]]:
        shown = picture("waterfall", labels=("Then", "New", "Now"), series=(Series("open", values),))
        figure = drawn.figure(shown, EN)
        marks = [list(one.y) for one in figure.data if one.type == "scatter" and one.mode == "markers"]
        return figure.layout.xaxis.range[0], marks

    assert drawn_of(50.0, 20.0, 70.0) == (0.0, []), "seen against the whole: 50 to 70 is drawn as 5 to 7"
    low, marks = drawn_of(1000.0, 10.0, 1010.0)
    assert 980 < low < 1000
    assert marks == [[0, 2], [0, 2]], "through the first and the last bar"


def test_colours_that_mean_something_have_a_sign() -> None:
    figure = drawn.figure(picture(colours=("good", "plain", "bad")), EN)
    texts = [text.strip() for text in figure.data[-1].text]
    assert texts[0].startswith("▲")
    assert texts[2].startswith("▼")


def test_a_picture_without_a_number_says_so() -> None:
    figure = drawn.figure(picture(series=(Series("won", (None, None, None)),)), EN)
    assert figure.layout.annotations[0].text == EN.words("meeting.nothing")
    assert figure.layout.annotations[0].font.size >= 20


def test_a_phone_has_smaller_letters() -> None:
    found = list(sizes(json.loads(drawn.figure(picture(), replace(EN, is_narrow=True)).to_json())))
    assert max(found) < 20


@pytest.mark.parametrize(
    ("given", "unit", "text"),
    [
        (None, "money", "—"), (True, "text", "Yes"), (date(2026, 6, 1), "day", "1 Jun 2026"), (0.4, "share", "40.0%"),
        (EVIL, "text", EVIL), ("Nobody", "money", "Nobody"), (3, "count", "3"),
    ],
)  # fmt: skip
def test_a_field_is_written_by_its_unit(given: object, unit: str, text: str) -> None:
    assert drawn.cell(given, unit, EN) == text


def test_how_a_value_moved() -> None:
    assert drawn.moved(value(), EN) == "+20%"
    assert drawn.moved(value(before=None), EN) == ""
    assert drawn.moved(value(before=0.0), EN) == "+120"  # a base of nothing has no percentage
    assert drawn.as_text(value(), EN) == "Won: 120 (was 100, 1 Jun; +20%)"
    assert drawn.as_text(value(value=None, why="Nobody knows."), EN) == "Won: — (Nobody knows.)"
