"""What the command about the coming periods answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.asking import answer_to
from data.contents import filled
from data.errors import ChangeInvalid, QuarterIsOfWonAmount
from data.pipeline import report
from data.settings import settings
from data.wording import wording
from metrics.ahead import ahead, looked_back, methods
from metrics.both_forecasts import both_forecasts
from metrics.catalog import measure
from metrics.errors import fill
from metrics.what_if import last_year, scenario, tree_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.asking import Answer, Asked
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_LANDS = "won_amount"
"""What open deals bring: of nothing else the end of a quarter is told by them."""
_OFFERED = (_LANDS, "revenue", "won_deals", "orders", "gross_margin")
"""What is forecast where nobody says of what, the first of which there are rows."""
_SHOWN = 12
"""Finished periods that a table for people shows; JSON has all of them."""


def of_company(session: Session, about: str) -> str:
    """The measure that is forecast where none is named: the headline measure, else what the store holds sales of."""
    if about == "quarter":
        return _LANDS
    with session.store().snapshot() as seen:
        held = filled(seen)
    headline = settings().headline_measure
    offered = (*([headline] if headline in _OFFERED else []), *_OFFERED)
    return next((name for name in offered if {part.table for part in measure(name).parts} <= held), _LANDS)


def forecast_question(session: Session, of: str, about: str, grain: str, steps: int | None) -> Callable[[View], Query]:
    """The question about the coming periods.

    Raises:
        UnknownMeasure. QuarterIsOfWonAmount: open deals land in the won amount alone.
    """
    if about == "quarter":
        if of != _LANDS:
            raise QuarterIsOfWonAmount(measure=measure(of).label.text(session.lang))
        return both_forecasts
    asked = {"ahead": ahead, "methods": methods, "past": looked_back}[about]
    return lambda view: asked(view, of, grain, steps)


def read_changes(given: Sequence[str]) -> dict[str, float]:
    """FACTOR=PERCENT texts, as parts of 1.

    Raises:
        ChangeInvalid: a text is none.
    """
    found: dict[str, float] = {}
    for text in given:
        name, _, percent = text.partition("=")
        try:
            found[name.strip()] = float(percent.strip().rstrip("%")) / 100
        except ValueError:
            raise ChangeInvalid(given=text) from None
    return found


def what_if(session: Session, asked: Asked, told: Answer, of: str, changes: Mapping[str, float]) -> Answer:
    """The answer with a column `what_if`: the forecast, if factors of the measure were larger or smaller.

    What the running period has brought stays as it is.

    Raises:
        NoTreeFor, UnknownFactor: there is nothing to change so.
    """
    then = answer_to(session, asked, lambda view: last_year(view, of))
    tree = tree_for(of)
    found = scenario(tree, then.frame.row(0, named=True), changes) if tree else None
    if found is None:
        return replace(told, notes=[*told.notes, session.word("what_if_none")])
    rows = told.frame.select("forecast", so_far=pl.col(of).fill_null(0)).iter_rows()
    changed = [found.changed(forecast, so_far) if forecast is not None else None for forecast, so_far in rows]
    frame = told.frame.with_columns(pl.Series("what_if", changed, pl.Float64))
    said = [session.word("what_if_ratio", change=f"{100 * (found.ratio - 1):+.1f} %")]
    labels = {factor.id: factor.label.text(session.lang) for factor in tree.factors} if tree else {}
    said += [session.word("what_if_capped", factor=labels[name]) for name in found.capped]
    return replace(told, frame=frame, notes=[*told.notes, *said])


def _by_luck(session: Session, frame: pl.DataFrame) -> list[str]:
    """That a method lay closer than the one that is taken, and why it is not taken."""
    if not {"method", "chosen", "mase"} <= set(frame.columns) or frame.is_empty() or frame.item(0, "chosen"):
        return []
    method = fill(wording("forecasts")["values"]["method"][frame.item(0, "method")], session.lang, {})
    return [session.word("method_by_luck", method=method, mase=f"{frame.item(0, 'mase'):.2f}")]


def forecast_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer; people see the last finished periods only, and money without cents."""
    frame = answered.frame
    answered = replace(answered, notes=[*answered.notes, *_by_luck(session, frame)])
    if not session.is_json and not only_sql:
        if "is_partial" in frame.columns:
            first = frame.select(pl.col("is_partial").arg_max()).item() or 0
            ahead_at = frame.with_row_index().filter(pl.col("forecast").is_not_null()).get_column("index").min()
            frame = frame.slice(max(int(ahead_at if isinstance(ahead_at, int) else first) - _SHOWN, 0))
        money = [column.name for column in answered.query.columns if column.unit == "money"]
        rounded = [pl.col(name).round(0) for name in frame.columns if name in {*money, "what_if"}]
        frame = frame.with_columns(*rounded, *[pl.col(name).round(3) for name in frame.columns if name == "mase"])
        frame = frame.drop("is_left_out", strict=False)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="forecasts")
