"""How complaints are drawn and told: every mark opens the rows it counts, and no sentence says more than is known."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import complaints as asked
from metrics import repurchase
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import complaints
from ui.question import Draw, Find

NARROW = replace(EN, is_narrow=True)
DRAWN: dict[str, tuple[Draw, Find]] = {
    "product": (complaints.rates, complaints.which_stands_out),
    "severity": (complaints.rates, complaints.which_stands_out),
    "lasting": (complaints.curves, complaints.how_long),
    "survey": (complaints.after_survey, complaints.who_returns),
    "complaint": (complaints.after_complaint, complaints.who_returns_after),
}


def _query(view: View, name: str) -> Query:
    every = view.with_period("all")
    if name == "product":
        return asked.complaints(every, "product", "tickets")
    if name == "severity":
        return asked.complaints(every, "severity", "tickets")
    if name == "lasting":
        return asked.time_to_close(every, "tickets")
    return repurchase.after_survey(every) if name == "survey" else repurchase.after_complaint(every, 30)


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_the_rows_it_counts(seen: Snapshot, view: View, name: str) -> None:
    draw, say = DRAWN[name]
    result = seen.ask(_query(view, name), EVERYTHING)
    for look in (EN, ZH, NARROW):
        figure = draw(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())  # by plotly's own rules
        assert "{" not in str(say(result, look))
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    for mark in marks[:2]:
        column, _, at = json.loads(mark)
        found = result.frame
        if name == "lasting":
            found = found.filter(pl.col("severity").is_null()).head(1)
        for of, value in at.items():
            found = found.filter(pl.col(of).eq_missing(pl.lit(value, pl.String)))
        assert seen.ask(result.query.rows(column, **at), EVERYTHING).frame.height == found[column].item() > 0
    nothing = Result(result.frame.clear(), result.raw.clear(), result.query)
    assert draw(nothing, EN) is None
    assert say(nothing, EN) is None


def _told(result: Result, **columns: pl.Expr) -> Result:
    return Result(result.frame.with_columns(**columns), result.raw, result.query)


def test_claims_in_words(seen: Snapshot, view: View) -> None:
    first, never = pl.int_range(pl.len()) == 0, pl.lit(value=False)
    products = seen.ask(asked.complaints(view.with_period("all")), EVERYTHING)
    said = complaints.which_stands_out(_told(products, is_beyond_chance=first, others_rate=pl.lit(0.01)), EN)
    assert "1.00%" in str(said)
    assert complaints.which_stands_out(_told(products, is_beyond_chance=never), EN) == (
        "No product has more or fewer complaints than chance explains."
    )
    surveys = seen.ask(repurchase.after_survey(view.with_period("all")), EVERYTHING)
    claimed = complaints.who_returns(_told(surveys, is_beyond_chance=first), EN)
    assert "the reason" in str(claimed)
    assert "no difference can be told" in str(complaints.who_returns(_told(surveys, is_beyond_chance=never), EN))
    after = seen.ask(repurchase.after_complaint(view.with_period("all")), EVERYTHING)
    for flag, words in ((None, "too few"), (False, "no difference"), (True, "beyond chance")):
        told = _told(after, is_beyond_chance=pl.lit(flag, pl.Boolean), difference=pl.lit(0.1))
        ends = (pl.lit(end).alias(f"difference.{name}") for name, end in (("low", 0.05), ("high", 0.2)))
        told = Result(told.frame.with_columns(*ends), told.raw, told.query)
        assert words in str(complaints.who_returns_after(told, EN))


def test_what_is_open_in_words(seen: Snapshot, view: View) -> None:
    result = seen.ask(asked.open_longest(view, "tickets"), EVERYTHING)
    assert complaints.as_list(result.frame, EN).columns[0] == "days_open"
    row = result.frame.head(1).with_columns(rep=pl.lit(None, pl.String), customer=pl.lit("<b>"))
    assert "nobody" in str(complaints.what_is_open(Result(row, row, result.query), EN))
    assert complaints.what_is_open(Result(row.clear(), row, result.query), EN) is None
    lasting = seen.ask(asked.time_to_close(view.with_period("all"), "tickets"), EVERYTHING)
    for median, longer, words in ((3, 7, "three of four"), (3, None, "Half"), (None, None, "Fewer than half")):
        told = _told(lasting, median_days=pl.lit(median, pl.Int64), p75_days=pl.lit(longer, pl.Int64))
        assert words in str(complaints.how_long(told, EN))
