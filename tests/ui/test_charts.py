"""Figures hold what the answer holds: values, names, marks that lead back to rows, words in the reader's language."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest

from metrics.query import Result
from metrics.scorecard import components
from tests.ui.answered import EN, ZH, answer, months
from ui import answers, charts, drill
from ui.horizontal import in_rows
from ui.look import Look
from ui.sheet import Sheet

TEAMS = {"team": ["East", None, "A very long name of a team in the far north"], "won_amount": [500.0, 300.0, 200.0]}
RATES = {
    "rep": ["a", "b"], "win_rate": [0.5, 1.0], "win_rate.low": [0.4, 0.3], "win_rate.high": [0.6, 1.0],
    "win_rate.n": [100, 2],
}  # fmt: skip


RATES_IN_TIME = {"month": months(3)} | {name: [*cells, None] for name, cells in RATES.items() if name != "rep"}
MOVED = {"dimension": ["team"] * 2, "value": ["a", None], "won_amount": [1.0, 2.0], "won_amount.before": [2.0, 1.0]}


def values(trace: go.Bar | go.Scatter, axis: str = "x") -> list[float]:
    return np.asarray(trace[axis], dtype=float).tolist()


def test_bars_draw_each_value_once_and_name_what_is_unassigned() -> None:
    figure = charts.bars(answer(TEAMS), EN)
    assert values(figure.data[0]) == [500, 300, 200]
    names = figure.layout.yaxis.ticktext
    assert list(names[:2]) == ["East", "Unassigned"]
    assert names[2].endswith("…")
    assert charts.bars(answer(TEAMS), ZH).layout.yaxis.ticktext[1] == "未分配"


def test_bars_say_their_numbers_in_the_readers_units() -> None:
    result = answer({"team": ["East"], "won_amount": [12_345_678.0]})
    assert "12.35M" in charts.bars(result, EN).data[-1].text[0]
    assert "1,234.57万" in charts.bars(result, ZH).data[-1].text[0]


def test_a_comparison_stands_behind_and_is_named() -> None:
    result = answer(TEAMS | {"won_amount.before": [400.0, 350.0, None]})
    before, now = charts.bars(result, EN).data[:2]
    assert (before.name, now.name) == ("Q1 2026", "Q2 2026")
    assert values(before)[:2] == [400, 350]
    assert charts.bars(result, EN).layout.showlegend


def test_many_values_end_in_others_that_keep_the_sum_but_draw_no_bar() -> None:
    result = answer({"rep": [f"r{n}" for n in range(40)], "won_amount": [float(40 - n) for n in range(40)]})
    figure = charts.bars(result, EN)
    assert len(values(figure.data[0])) == EN.top + 1
    assert values(figure.data[0])[:2] == [40, 39]
    assert np.isnan(values(figure.data[0])[-1])
    assert figure.data[-1].text[-1].strip() == str(sum(range(1, 29)))
    assert figure.layout.yaxis.ticktext[-1] == "28 others"
    assert figure.data[0].customdata[-1] is None


def test_rates_have_no_others_and_the_cut_is_said() -> None:
    many = {"rep": [f"r{n}" for n in range(40)], "win_rate": [0.5] * 40, "win_rate.n": [50] * 40}
    result = answer(many)
    assert len(values(charts.dots(result, EN).data[0])) == EN.top
    assert charts.remarks(result, EN) == [
        "Dotted line: all together, 50.0%.",
        "The first 12 of 40 are drawn; “Numbers” lists them all.",
    ]


def test_rates_carry_their_interval_and_small_samples_are_hollow() -> None:
    trace = charts.dots(answer(RATES), EN).data[0]
    assert np.allclose(trace.error_x.array, [0.1, 0.0])
    assert np.allclose(trace.error_x.arrayminus, [0.1, 0.7])
    assert list(trace.marker.symbol) == ["circle", "circle-open"]
    assert "(n=2)" in charts.dots(answer(RATES), EN).data[-1].text[1]


def test_the_overall_rate_is_weighted_by_cases() -> None:
    line = charts.dots(answer(RATES), EN).layout.shapes[0]
    assert line.x0 == pytest.approx((0.5 * 100 + 1.0 * 2) / 102)


def test_time_runs_as_bars_and_an_unfinished_bucket_is_hatched() -> None:
    result = answer({"month": months(3), "won_amount": [1.0, 2.0, 0.5], "is_partial": [False, False, True]})
    trace = charts.over_time(result, EN).data[0]
    assert values(trace, "y") == [1, 2, 0.5]
    assert list(trace.marker.pattern.shape) == ["", "", "/"]
    assert charts.remarks(result, ZH) == ["斜纹或虚线：只含该周期的一部分天数。"]


def test_a_dashed_line_never_leaps_over_what_is_finished() -> None:
    soft = [True, False, False, False, True]
    result = answer({"month": months(5), "win_rate": [0.5, 0.6, 0.7, 0.6, 0.5], "is_partial": soft})
    dashed = [values(trace) for trace in charts.over_time(result, EN).data if trace.line.dash == "dot"]
    assert dashed == [[0, 1], [3, 4]]


def test_rates_over_time_are_lines_dashed_to_what_is_unfinished() -> None:
    result = answer({"month": months(3), "win_rate": [0.5, 0.6, 0.7], "is_partial": [False, False, True]})
    solid, dashed, open_end = charts.over_time(result, EN).data[:3]
    assert (solid.line.dash, dashed.line.dash) == ("solid", "dot")
    assert (values(solid), values(dashed), values(open_end)) == ([0, 1], [1, 2], [2])


def test_several_series_share_one_axis_and_keep_the_sum() -> None:
    cut = {"month": [*months(2), *months(2)], "rep": ["a", "a", "b", "b"], "won_amount": [1.0, 2.0, 3.0, 4.0]}
    figure = charts.over_time(answer(cut), EN)
    drawn = {trace.name: values(trace, "y") for trace in figure.data if trace.showlegend is False}
    assert drawn == {"b": [3, 4], "a": [1, 2]}
    assert figure.layout.barmode == "stack"


def test_others_of_whom_nothing_is_known_are_not_0() -> None:
    known = [{"month": day, "rep": f"r{n}", "won_amount": float(n + 1) if n > 4 or day.month > 1 else None}
             for day in months(2) for n in range(10)]  # fmt: skip
    figure = charts.stacked(answer({name: [row[name] for row in known] for name in known[0]}), EN)
    drawn = {trace.name: values(trace, "y") for trace in figure.data if trace.showlegend is False}
    assert [np.isnan(drawn[name][0]) for name in ("r9", "r4", "4 others")] == [False, True, True]
    assert drawn["4 others"][1] == 10


def test_many_stacked_series_end_in_others() -> None:
    names = [f"r{n}" for n in range(10)]
    cut = {"month": months(1) * 10, "rep": names, "won_amount": [float(n + 1) for n in range(10)]}
    figure = charts.stacked(answer(cut), EN)
    assert figure.data[-1].name == "4 others"
    assert sum(np.nansum(values(trace, "y")) for trace in figure.data) == 55


@pytest.mark.parametrize("draw", [charts.columns, charts.lines, charts.over_time])
def test_the_days_compared_with_are_a_thin_line_with_a_name(draw: charts.Draw) -> None:
    seen = {"month": months(3), "won_amount": [1.0, 2.0, 3.0], "won_amount.before": [5.0, None, 6.0]}
    figure = draw(answer(seen), EN)
    (then,) = [trace for trace in figure.data if trace.name == "Q1 2026"]
    assert then.type == "scatter"
    assert then.line.width < 2
    assert values(then, "y")[0] == 5
    assert np.isnan(values(then, "y")[1])
    assert figure.layout.showlegend
    assert figure.layout.yaxis.range[1] >= 6
    without = draw(answer(seen | {"won_amount.before": [None] * 3}, **{"won_amount.before": pl.Float64()}), EN)
    assert len(without.data) == len(figure.data) - 1


def test_stacked_parts_are_compared_with_their_sum() -> None:
    cut = {"month": [*months(2), *months(2)], "team": ["a", "a", "b", "b"], "won_amount": [1.0, 2.0, 3.0, 4.0]}
    figure = charts.stacked(answer(cut | {"won_amount.before": [1.0, None, 6.0, None]}), EN)
    (then,) = [trace for trace in figure.data if trace.name == "Q1 2026"]
    assert values(then, "y")[0] == 7
    assert np.isnan(values(then, "y")[1])


def test_changes_point_up_and_down_with_a_sign() -> None:
    moved = {
        "dimension": ["team", "rep", "team", "rep"],
        "value": ["East", "Li", "West", "Wu"],
        "won_amount": [1.0, 9.0, 2.0, 3.0],
        "won_amount.before": [3.0, 4.0, 2.0, 3.0],
    }
    figure = charts.changes(answer(moved), EN)
    assert values(figure.data[0]) == [5, -2]  # the largest move first
    assert [text.strip() for text in figure.data[-1].text] == ["+5", "-2"]
    assert figure.layout.yaxis.ticktext[1] == "East · Team"


NO_ANSWERS = [
    answer({"team": [], "won_amount": []}),
    answer({"team": ["a"]}),
    answer({"team": ["a", "b"], "won_amount": [None, None]}, won_amount=pl.Float64()),
    answer({"team": ["a"], "win_rate": [float("nan")], "win_rate.n": [0]}),
]
NO_ANSWERS_IN_TIME = [
    answer({"month": [], "won_amount": []}),
    answer({"month": months(1)}),
    answer({"month": months(2), "won_amount": [None, None]}, won_amount=pl.Float64()),
    answer({"month": months(1), "rep": [None], "win_rate": [None]}, win_rate=pl.Float64()),
]


@pytest.mark.parametrize("draw", [charts.bars, charts.dots, charts.changes, charts.fitting])
@pytest.mark.parametrize("result", NO_ANSWERS)
def test_nothing_to_draw_is_a_figure_and_never_an_error(draw: charts.Draw, result: Result) -> None:
    is_figure(draw(result, EN))


@pytest.mark.parametrize("draw", [charts.columns, charts.lines, charts.stacked, charts.over_time, charts.fitting])
@pytest.mark.parametrize("result", NO_ANSWERS_IN_TIME)
def test_nothing_to_draw_over_time_is_a_figure_and_never_an_error(draw: charts.Draw, result: Result) -> None:
    is_figure(draw(result, EN))


def is_figure(figure: go.Figure) -> None:
    assert figure.data or figure.layout.annotations
    go.Figure(figure.to_dict())  # plotly's own rules, which drawing leaves out for speed


@pytest.mark.parametrize(
    ("draw", "columns"),
    [
        (charts.bars, TEAMS | {"won_amount.before": [1.0, None, 2.0]}),
        (charts.dots, RATES | {"win_rate.before": [0.4, None]}),
        (
            charts.changes,
            {
                "dimension": ["team"] * 2,
                "value": ["a", None],
                "won_amount": [1.0, 2.0],
                "won_amount.before": [2.0, 1.0],
            },
        ),
        (charts.columns, {"month": months(3), "won_amount": [1.0, 2.0, None], "is_partial": [False, False, True]}),
        (
            charts.lines,
            {
                "month": months(3),
                **{k: [*v, None] for k, v in RATES.items() if k != "rep"},
                "is_partial": [False, False, True],
            },
        ),
        (charts.stacked, {"month": months(2) * 2, "rep": ["a", "a", None, None], "won_amount": [1.0, 2.0, 3.0, 4.0]}),
    ],
)
def test_every_drawing_keeps_plotlys_own_rules(draw: charts.Draw, columns: dict[str, list[object]]) -> None:
    for look in (EN, ZH):
        is_figure(draw(answer(columns), look))


def test_without_anything_before_nothing_changed() -> None:
    new = {"dimension": ["team"] * 2, "value": ["a", "b"], "won_amount": [1.0, 2.0], "won_amount.before": [0.0, 0.0]}
    assert charts.changes(answer(new), EN).layout.annotations[0].text == "Nothing before to compare with"


def test_an_empty_answer_says_so_in_the_readers_language() -> None:
    empty = answer({"team": [], "won_amount": []})
    assert charts.bars(empty, ZH).layout.annotations[0].text == "当前筛选下没有数据"


@pytest.mark.parametrize(
    "cut",
    [
        {"team": ["East", None], "won_amount": [2.0, 1.0]},
        {"month": [date(2026, 1, 1), date(2026, 2, 1)], "won_amount": [2.0, 1.0]},
        {"month": months(1) * 2, "rep": ["a\"b'\\", "华东"], "won_amount": [2.0, 1.0]},
    ],
)
def test_each_mark_leads_back_to_its_row(cut: dict[str, list[object]]) -> None:
    result = answer(cut)
    draw = charts.over_time if "month" in cut else charts.bars
    bys = answers.cut_by(result)
    found = []
    for trace in draw(result, EN).data:
        for carried in trace.customdata if trace.customdata is not None else []:
            point = {"customdata": json.loads(json.dumps(str(carried)))}
            mark = drill.clicked({"selection": {"points": [point]}})
            assert mark is not None
            found.append(answers.row_at(result, mark))
    assert sorted(found, key=str) == sorted(result.frame.select(bys).to_dicts(), key=str)


@pytest.mark.parametrize("points", [[], [{}], [{"customdata": None}], [{"customdata": [None]}], [{"customdata": [3]}]])
def test_a_click_on_nothing_opens_nothing(points: list[dict[str, object]]) -> None:
    assert drill.clicked({"selection": {"points": points}}) is None


def test_a_mark_of_another_answer_leads_nowhere() -> None:
    assert answers.row_at(answer(TEAMS), '["nobody"]') is None


def test_a_page_of_points_is_sent_as_arrays() -> None:
    figure = charts.lines(answer({"month": months(120), "win_rate": [0.5] * 120}), EN)
    assert all(isinstance(trace.x, np.ndarray) and isinstance(trace.y, np.ndarray) for trace in figure.data)


def test_what_is_sent_of_a_figure_is_what_plotly_itself_would_send() -> None:
    for figure in (charts.bars(answer(TEAMS), EN), charts.over_time(answer(RATES_IN_TIME), EN)):
        sent = figure.to_dict()
        go.Figure(sent)  # raises where it is against plotly's rules
        whole = go.Figure(sent, _validate=False)
        assert json.loads(whole.to_json()) == json.loads(figure.to_json()) == json.loads(deepcopy(figure).to_json())
        assert [trace.type for trace in figure.data] == [trace["type"] for trace in sent["data"]]
        assert set(figure.to_dict()) == {"data", "layout"}
        assert deepcopy(figure).update_layout(height=71).to_dict()["layout"]["height"] == 71


@pytest.mark.parametrize("look", [EN, ZH, replace(EN, is_narrow=True), replace(ZH, is_narrow=True)])
def test_names_of_ours_are_never_cut_and_take_lines_instead(look: Look) -> None:
    names = [one.label.text(look.lang) for one in components().values()]
    told = in_rows(Sheet(), names, ["1"] * len(names), (0.0, 1.0), look, whole=True)
    written = [text.replace("<br>", " ") for text in told.layout.yaxis.ticktext]
    assert [text.replace(" ", "") for text in written] == [name.replace(" ", "") for name in names]
    room = told.layout.height / len(names)
    assert room >= 34 + 14 * max(text.count("<br>") for text in told.layout.yaxis.ticktext)
