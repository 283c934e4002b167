"""A drawing as plain dictionaries says what plotly's own objects would say."""

import plotly.graph_objects as go

from ui.sheet import Sheet


def _drawn() -> go.Figure:
    sheet = Sheet()
    sheet.add_bar(x=[1, 2], y=[3, 4])
    sheet.update_layout(height=100, margin={"l": 1, "t": 5, "r": 2, "b": 3}, template="plotly")
    return sheet.figure()


def test_what_is_said_of_the_layout_later_is_laid_over_it_as_plotly_does():
    ours, theirs = _drawn(), _drawn()
    assert theirs.data, "from here on it is plotly's own"
    sent = ours.to_dict()
    for figure in (ours, theirs):
        assert figure.update_layout(height=300, margin={"l": 4, "b": 9}) is figure
    assert ours.to_dict()["layout"] == theirs.to_dict()["layout"]
    assert ours.to_dict()["layout"]["margin"] == {"l": 4, "t": 5, "r": 2, "b": 9}
    assert sent["layout"]["margin"]["l"] == 1
    assert "_data_objs" not in vars(ours), "nothing was made that only plotly needs"


def test_what_only_plotly_knows_to_say_makes_it_plotlys():
    assert _drawn().update_layout(margin_l=7).to_dict()["layout"]["margin"]["l"] == 7
    assert _drawn().update_layout({"height": 7}).layout.height == 7
