"""Every number follows from its rows: drilled, and added up again in polars, by every dimension and in every view."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date

import polars as pl
import pytest

from data.store import Snapshot
from metrics.catalog import GRAINS, Dimension, Measure, catalog, measure, table
from metrics.cuts import breakdown, total, trend
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.small import small_store

Again = Callable[[pl.DataFrame], object]

_won, _lost = pl.col("status") == "won", pl.col("status") == "lost"
_back = pl.col("is_return")
_converted = pl.col("converted_on").is_not_null() | pl.col("deal_id").is_not_null()


def _sum(column: str) -> Again:
    return lambda rows: rows[column].sum()


def _count(rows: pl.DataFrame) -> int:
    return rows.height


def _ratio(over: pl.Expr, under: pl.Expr) -> Again:
    return lambda rows: rows.select(over.sum().cast(pl.Float64) / under.sum().cast(pl.Float64)).item()


def _deal_amount(rows: pl.DataFrame) -> str:
    """Rows of deals that are shared out tell the deal's amount apart from the part's."""
    return "deal_amount" if "deal_amount" in rows.columns else "amount"


AGAIN: dict[str, Again] = {
    "won_amount": _sum("amount"),
    "won_deals": _count,
    "lost_deals": _count,
    "lost_amount": _sum("amount"),
    "closed_deals": _count,
    "closed_amount": _sum("amount"),
    "win_rate": _ratio(_won, _won | _lost),
    "win_rate_amount": _ratio(pl.col("amount").filter(_won), pl.col("amount")),
    "won_amount_whole": lambda rows: rows[_deal_amount(rows)].sum(),
    "average_won_amount": lambda rows: float(rows[_deal_amount(rows)].sum()) / rows.height,
    "cycle_days": lambda rows: (rows["closed_on"] - rows["created_on"]).dt.total_days().median(),
    "created_deals": _count,
    "created_amount": _sum("amount"),
    "created_deals_won": lambda rows: rows.filter(_won).height,
    "win_rate_created": _ratio(_won, pl.col("status").is_not_null()),
    "open_deals": _count,
    "open_amount": _sum("amount"),
    "weighted_amount": lambda rows: (rows["amount"].cast(pl.Float64) * rows["probability"]).round(4).sum(),
    "leads": _count,
    "qualified_leads": _count,
    "leads_converted": _count,
    "lead_conversion": _ratio(_converted, pl.col("lead_id").is_not_null()),
    "response_hours": lambda rows: (rows["first_touch_at"] - rows["created_at"]).dt.total_seconds().median() / 3600,
    "activities": _count,
    "revenue": _sum("amount"),
    "orders": lambda rows: rows["order_id"].n_unique(),
    "units": lambda rows: rows.select(
        pl.when(_back).then(-pl.col("quantity").abs()).otherwise("quantity").sum()
    ).item(),
    "gross_margin": lambda rows: rows["amount"].sum() - rows["cost"].sum(),
    "revenue_with_cost": _sum("amount"),
    "gross_margin_rate": _ratio(pl.col("amount") - pl.col("cost"), pl.col("amount")),
    "amounts_moved": lambda rows: rows["amount"].abs().sum(),
    "amounts_moved_with_cost": lambda rows: rows["amount"].abs().sum(),
    "cost_coverage": lambda rows: float(
        rows.filter(pl.col("cost").is_not_null())["amount"].abs().sum() / rows["amount"].abs().sum()
    ),
    "active_customers": lambda rows: rows["customer_key"].n_unique(),
    "average_order_value": lambda rows: float(rows["amount"].sum()) / rows.filter(~_back)["order_id"].n_unique(),
    "invoiced": _sum("amount"),
    "outstanding": _sum("owed"),
    "overdue": _sum("owed"),
    "collected": _sum("amount"),
    "survey_answers": _count,
    "surveys_sent": _count,
    "surveys_replied": _count,
    "response_rate": lambda rows: rows["score"].count() / rows.height,
    "nps_balance": lambda rows: (
        100 * (rows.filter(pl.col("score") > 8).height - rows.filter(pl.col("score") < 7).height)
    ),
    "nps_answers": _count,
    "nps": lambda rows: (
        100 * (rows.filter(pl.col("score") > 8).height - rows.filter(pl.col("score") < 7).height) / rows.height
    ),
    "tickets_opened": _count,
    "complaints": _count,
    "open_tickets": _count,
    "days_to_close": lambda rows: (rows["closed_on"] - rows["opened_on"]).dt.total_days().median(),
}
"""How each number follows from its rows, written without the metrics layer."""

ACROSS = {"activities_per_won_deal", "complaint_rate", "velocity"}
"""Ratios of two tables: the rows shown are the numerator's."""


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def _views(seen: Snapshot) -> dict[str, View]:
    assert seen.as_of is not None
    view = View(as_of=seen.as_of)
    team = next(value for value in seen.values("team", EVERYTHING) if value)
    year = view.with_period(from_on=date(seen.as_of.year - 1, 1, 1), to_on=date(seen.as_of.year - 1, 12, 31))
    return {"all": view, "year": year.with_compare("last_year"), "team": year.with_filter("team", (team, None))}


def _dimensions(asked: Measure, view: View) -> list[Dimension]:
    """Everything the measure can be cut by, each in some view: every value of all rows, every grain in a period."""
    tables = [table(str(part.table)) for part in asked.parts]
    if view.period is not None:
        wanted = {"rep", "customer", "region", *GRAINS} - {"day"} if not view.filters else {"rep", "team", "month"}
    else:
        wanted = {dim.id for dim in catalog().dimensions.values() if dim.kind == "value"} | {"month"}
    return [
        dim
        for dim in catalog().dimensions.values()
        if dim.id in wanted and dim.id not in asked.not_by and all(each.has(dim) for each in tables)
    ]


def _cut(asked: Measure, dim: Dimension, view: View) -> Query:
    return (trend if dim.kind == "grain" else breakdown)((asked.id,), dim.id, view)


def test_every_measure_says_how_it_follows_from_its_rows() -> None:
    assert set(AGAIN) | ACROSS == {name for name, found in catalog().measures.items() if found.goal_of is None}


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("view_name", ["all", "year", "team"])
def test_rows_add_up_to_every_number(seen: Snapshot, name: str, view_name: str) -> None:
    view, asked = _views(seen)[view_name], measure(name)
    for dim in _dimensions(asked, view):
        query = _cut(asked, dim, view)
        frame = seen.ask(query, EVERYTHING).frame
        rows = seen.ask(query.rows(name), EVERYTHING).frame
        groups = {key: group for (key,), group in rows.group_by(dim.id)} if rows.height else {}
        for value, number in _some(frame.select(dim.id, name).rows()):
            if number is not None and (number or value in groups):
                _same(number, AGAIN[name](groups[value]), f"{name} where {dim.id} is {value}")
        counted = {value for value, number in zip(frame[dim.id], frame[name], strict=True) if number is not None}
        assert set(groups) - counted <= _refused(seen, asked, frame, dim), f"rows of {dim.id} without a number"
        if view.period is None:
            _drill_agrees(seen, query, name, dim, groups)


def _some(rows: list[tuple[object, object]]) -> list[tuple[object, object]]:
    """The best and the worst of many values, and unassigned: tests/check compares them all."""
    return rows if len(rows) < 40 else [*rows[:20], *rows[-5:], *(row for row in rows[20:-5] if row[0] is None)]


def _refused(seen: Snapshot, asked: Measure, frame: pl.DataFrame, dim: Dimension) -> set[object]:
    """Values for which the measure says "—": it can refuse, or its denominator is 0."""
    return set(frame.filter(pl.col(asked.id).is_null())[dim.id]) if asked.refuse_when or asked.ratio else set()


def _drill_agrees(seen: Snapshot, query: Query, name: str, dim: Dimension, groups: dict[object, pl.DataFrame]) -> None:
    """A click on one mark shows the rows of that mark: no other, and all of them."""
    for value in {next(iter(groups), None), None} & set(groups):
        drilled = seen.ask(query.rows(name, **{dim.id: value}), EVERYTHING).frame
        assert drilled.drop(dim.id).height == groups[value].height
        assert sorted(drilled.columns) == sorted(groups[value].columns)
        assert drilled.sort(drilled.columns).equals(groups[value].select(drilled.columns).sort(drilled.columns))


@pytest.mark.parametrize("name", AGAIN)
def test_rows_add_up_to_the_days_compared_with(seen: Snapshot, name: str) -> None:
    query = total((name,), _views(seen)["year"])
    frame = seen.ask(query, EVERYTHING).frame
    number, rows = frame[f"{name}.before"].item(), seen.ask(query.rows(f"{name}.before"), EVERYTHING).frame
    assert rows.height or not number
    if number is not None and rows.height:
        _same(number, AGAIN[name](rows), f"{name} before")


@pytest.mark.parametrize("name", [name for name, found in catalog().measures.items() if found.additive != "no"])
@pytest.mark.parametrize("view_name", ["all", "year", "team"])
def test_parts_add_up_to_the_whole(seen: Snapshot, name: str, view_name: str) -> None:
    view, asked = _views(seen)[view_name], measure(name)
    whole = seen.ask(total((name,), view), EVERYTHING).frame[name].item()
    for dim in _dimensions(asked, view):
        if dim.kind == "grain" and asked.additive == "not_over_time":
            continue
        frame = seen.ask(_cut(asked, dim, view), EVERYTHING).frame
        _same(sum(value or 0 for value in frame[name]), whole or 0, f"{name} over {dim.id}")
        assert frame[dim.id].n_unique() == frame.height, f"a value of {dim.id} stands twice"


def test_a_ratio_across_tables_is_that_of_its_two_numbers(seen: Snapshot) -> None:
    view = _views(seen)["year"]
    asked = ("activities_per_won_deal", "activities", "won_deals")
    frame = seen.ask(breakdown(asked, "rep", view), EVERYTHING).frame
    assert frame.height > 5
    for ratio, over, under in frame.select(asked).iter_rows():
        assert ratio is None if not under else math.isclose(ratio, (over or 0) / under)
    rows = seen.ask(total(asked[:1], view).rows(), EVERYTHING).frame
    assert rows.height == sum(value or 0 for value in frame["activities"])


def test_a_product_is_that_of_its_factors(seen: Snapshot) -> None:
    view = _views(seen)["year"]
    asked = ("velocity", "open_deals", "win_rate", "average_won_amount", "cycle_days", "closed_deals")
    frame = seen.ask(breakdown(asked, "rep", view), EVERYTHING).frame
    assert frame["velocity"].drop_nulls().len() > 5
    for velocity, deals, rate, size, days, closed in frame.select(asked).iter_rows():
        assert velocity is None if closed < 20 or not days else math.isclose(velocity, deals * rate * size / days)
    rows = seen.ask(total("velocity", view).rows(), EVERYTHING).frame
    assert rows.height == seen.ask(total("open_deals", view), EVERYTHING).frame["open_deals"].item()


def test_every_grain_is_asked() -> None:
    assert {dim.id for dim in catalog().dimensions.values() if dim.kind == "grain"} == set(GRAINS)


def _same(one: object, other: object, place: str) -> None:
    found, expected = float(one), float(other)  # type: ignore[arg-type]
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-6), f"{place}: {found} and from its rows {expected}"
