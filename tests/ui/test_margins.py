"""Words beside a drawing have room before it is drawn."""

import pytest

from ui.margins import fitted, width
from ui.sheet import Sheet

NAMED = {"ticktext": ["10M", "Central China Team"], "automargin": True}


def test_names_at_the_left_have_room_and_are_not_measured():
    layout = fitted({"margin": {"l": 4, "b": 8}, "yaxis": NAMED | {"tickfont": {"size": 14}}, "xaxis": {}})
    assert layout["margin"]["l"] >= 127, "what a browser measured for this name"
    assert layout["margin"]["l"] <= 127 + 14
    assert layout["yaxis"]["automargin"] is False
    assert layout["margin"]["b"] == 8


@pytest.mark.parametrize(
    ("text", "size", "measured"),
    [("10M", 12, 34), ("200", 12, 31), ("-10", 12, 29), ("Jianguo Deng", 14, 93), ("Qualification", 14, 88),
     ("Pharmaceuticals · Industry", 14, 180), ("Missing to the target", 14, 131), ("进行中商机", 14, 83),
     ("流失风险客户", 14, 97)],
)  # fmt: skip
def test_a_name_is_held_a_little_longer_than_a_browser_measures_it(text, size, measured):
    """Measured in Chromium with the app's letters; thirteen pixels lie around a name."""
    assert -1 <= width(text, size) + 13 - measured <= 15


@pytest.mark.parametrize(("texts", "room"), [(["Jan", "Feb"], 29), (["Jan<br>2026", "Feb"], 45)])
def test_names_along_the_bottom_have_a_line_or_two(texts, room):
    along = {"ticktext": texts, "automargin": True, "tickangle": 0}
    layout = fitted({"margin": {"l": 4, "b": 8}, "yaxis": {}, "xaxis": along})
    assert layout["margin"] == {"l": 4, "b": room}
    assert layout["xaxis"]["automargin"] is False


@pytest.mark.parametrize(
    "axis",
    [{"title": {"text": "Share"}}, {"side": "right"}, {"ticklabelposition": "inside top"}, {"showticklabels": False},
     {"automargin": False}, {"ticktext": []}],
)  # fmt: skip
def test_what_is_not_known_is_left_to_the_browser(axis):
    given = {"margin": {"l": 4, "b": 8}, "yaxis": NAMED | axis, "xaxis": {}}
    assert fitted(given) == given


def test_what_is_set_already_is_not_made_less_and_without_margins_nothing_is_touched():
    assert fitted({"margin": {"l": 300}, "yaxis": NAMED, "xaxis": {}})["margin"] == {"l": 300}
    assert fitted({"yaxis": NAMED}) == {"yaxis": NAMED}


def test_an_axis_that_says_nothing_is_not_measured():
    layout = fitted({"margin": {"l": 4}, "yaxis": {"visible": False}, "xaxis": {"visible": False}})
    assert layout["xaxis"]["automargin"] is layout["yaxis"]["automargin"] is False


@pytest.mark.parametrize("is_whole", [False, True])
def test_margins_that_are_set_last_are_fitted_too(is_whole):
    sheet = Sheet()
    sheet.update_yaxes(**NAMED)
    figure = sheet.figure()
    if is_whole:
        figure.update_layout(margin={"l": 4, "r": 8})
    else:
        sheet.update_layout(margin={"l": 4, "r": 8})
    assert figure.to_dict()["layout"]["margin"]["l"] > 100
