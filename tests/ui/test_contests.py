"""Drawings of recognition: every mark opens the rows it stands on, in both languages."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from data.contests import contests
from data.trainings import trainings
from metrics.contests import race
from metrics.improved import improved
from metrics.query import Query
from metrics.training import trained
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.small import small_store
from tests.ui.answered import EN, ZH, answer
from ui import contests_improved, contests_lists, contests_race
from ui import trainings as drawn


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_marks_open_their_rows(look: object) -> None:
    with small_store().snapshot() as seen:
        assert seen.as_of is not None
        view = View(as_of=seen.as_of, preset="last_12_months", compare="previous")
        contest = next(one for one in contests(seen) if one.unit == "rep" and one.measure == "won_amount")
        training = trainings(seen)[-1]
        asked: list[tuple[Query, object]] = [
            (improved("won_deals", view), contests_improved.improved), (race(contest, view), contests_race.raced),
            (trained("activities", training, view), drawn.before_after),
        ]  # fmt: skip
        for query, draw in asked:
            result = seen.ask(query, EVERYTHING)
            figure = draw(result, look)  # type: ignore[operator]
            go.Figure(figure.to_dict())  # which plotly itself checks
            marks = {
                mark for trace in figure.data for mark in (trace.customdata if trace.customdata is not None else ())
            }
            assert marks
            for mark in sorted(marks)[:3]:
                column, _, at = json.loads(mark)
                assert seen.ask(query.rows(column, **at), EVERYTHING).frame.height >= 0
                assert set(at) == {"rep"}


def test_nobody_with_enough_months_is_said_and_breaks_nothing() -> None:
    """Columns of an answer without rows have no type, as of sales that nobody is named for."""
    names = ["member", "whose", "running", "running_from", "longest", "from_on", "to_on", "held_against",
             "months_over", "months_judged", "luck", "is_beyond_chance"]  # fmt: skip
    result = answer({name: [] for name in names})
    assert contests_lists.streaks(result.frame, EN).is_empty()
    assert contests_lists.longest_months(result, EN) is None
