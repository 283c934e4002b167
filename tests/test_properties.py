"""What must hold for any rows, asked of the whole catalogue over random small stores (hypothesis)."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data.store import Store
from metrics.catalog import catalog
from metrics.cuts import breakdown, breakdowns, pivot, total, trend
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.random_store import AS_OF, Tables, fill, random_tables, store_of

# Every case asks the whole catalogue, some twenty statements: a twentieth of the usual number of cases, ten.
SOME = settings(max_examples=max(settings().max_examples // 20, 3))
CATALOGUE = catalog().measures
MEASURES = tuple(name for name, found in CATALOGUE.items() if found.goal_of is None)
MONEY = {
    "deals": ("amount",),
    "deal_versions": ("amount",),
    "order_lines": ("amount", "cost"),
    "invoices": ("amount",),
    "payments": ("amount",),
}
SEEDS = st.integers(0, 2**32)
VIEWS = st.sampled_from(
    (
        View(as_of=AS_OF),
        View(as_of=AS_OF, preset="this_quarter", compare="previous"),
        View(as_of=AS_OF, from_on=date(2025, 7, 1), to_on=date(2026, 6, 30), compare="last_year"),
        View(as_of=AS_OF, preset="last_12_months", filters=(("team", ("North", None)),)),
    )
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One database in memory, filled anew by every example."""
    made = store_of({})
    yield made
    made._database.close()


def _answers(store: Store, tables: Tables, *queries: Query) -> list[pl.DataFrame]:
    fill(store._database, tables)
    store.answers.clear()
    with store.snapshot() as seen:
        return [seen.ask(query, EVERYTHING).frame for query in queries]


@SOME
@given(seed=SEEDS, view=VIEWS, order=SEEDS)
def test_the_order_of_rows_does_not_matter(store: Store, seed: int, view: View, order: int) -> None:
    tables = random_tables(seed)
    dice = random.Random(order)
    shuffled = {name: dice.sample(rows, len(rows)) for name, rows in tables.items()}
    queries = (total(MEASURES, view), breakdown(MEASURES, "rep", view))
    for one, other in zip(_answers(store, tables, *queries), _answers(store, shuffled, *queries), strict=True):
        assert _same_frame(one, other)


@SOME
@given(seed=SEEDS, view=VIEWS)
def test_asked_again_is_answered_alike(store: Store, seed: int, view: View) -> None:
    queries = (total(MEASURES, view), breakdowns(("won_amount", "win_rate"), ("rep", "team", "source"), view))
    tables = random_tables(seed)
    first, again = _answers(store, tables, *queries), _answers(store, tables, *queries)
    assert all(_same_frame(one, other) for one, other in zip(first, again, strict=True))


@SOME
@given(seed=SEEDS, view=VIEWS, factor=st.sampled_from((2, 7, 100)))
def test_another_currency_scales_amounts_and_nothing_else(store: Store, seed: int, view: View, factor: int) -> None:
    tables = random_tables(seed)
    scaled = {name: [_scaled(row, MONEY.get(name, ()), factor) for row in rows] for name, rows in tables.items()}
    query = total(MEASURES, view)
    (here,), (there,) = _answers(store, tables, query), _answers(store, scaled, query)
    for column in query.columns:
        by = factor if CATALOGUE[str(column.measure)].unit == "money" else 1
        number, other = here[column.name].item(), there[column.name].item()
        assert (number is None) == (other is None), column.name
        # The weighted amount is rounded deal by deal, to four decimals: up to 30 halves of the last of them.
        assert number is None or math.isclose(float(number) * by, float(other), rel_tol=1e-9, abs_tol=0.01), column.name


def _scaled(row: dict[str, object], columns: tuple[str, ...], factor: int) -> dict[str, object]:
    money = {name: row[name] * factor for name in columns if isinstance(row[name], Decimal)}  # type: ignore[operator]
    return {**row, **money}


@SOME
@given(seed=SEEDS, view=VIEWS)
def test_an_interval_holds_its_point_and_stays_a_share(store: Store, seed: int, view: View) -> None:
    rates = tuple(name for name, found in CATALOGUE.items() if found.interval == "wilson")
    assert len(rates) >= 3
    frames = _answers(store, random_tables(seed), total(rates, view), breakdown(rates, "rep", view))
    for frame in frames:
        for name in rates:
            for rate, low, high, n in frame.select(name, f"{name}.low", f"{name}.high", f"{name}.n").iter_rows():
                if rate is None:
                    assert low is None
                    assert high is None
                else:
                    assert 0 <= low <= rate <= high <= 1
                    assert n > 0


@SOME
@given(seed=SEEDS, times=st.sampled_from((2, 5)))
def test_an_interval_shrinks_with_more_of_the_same(store: Store, seed: int, times: int) -> None:
    tables = random_tables(seed)
    more = {**tables, "deals": [row for row in tables["deals"] for _ in range(times)]}
    query = total(("win_rate",), View(as_of=AS_OF))
    (few,), (many,) = _answers(store, tables, query), _answers(store, more, query)
    assume(few["win_rate"].item() is not None)
    assert math.isclose(few["win_rate"].item(), many["win_rate"].item())
    assert many["win_rate.n"].item() == few["win_rate.n"].item() * times
    width, narrower = (frame["win_rate.high"].item() - frame["win_rate.low"].item() for frame in (few, many))
    assert narrower < width


@SOME
@given(seed=SEEDS, view=VIEWS)
def test_parts_add_up_to_the_whole(store: Store, seed: int, view: View) -> None:
    adding = tuple(name for name in MEASURES if CATALOGUE[name].additive != "no")
    over_time = tuple(name for name in adding if CATALOGUE[name].additive == "all")
    deals = tuple(name for name in adding if CATALOGUE[name].table == "deals")
    whole, by_rep, by_month, by_product, by_both = _answers(
        store,
        random_tables(seed),
        total(adding, view),
        breakdown(adding, "rep", view),
        trend(over_time, "month", view),
        breakdown(deals, "product", view),
        pivot(deals, ("category", "team"), view),
    )
    for frame, names in ((by_rep, adding), (by_month, over_time), (by_product, deals), (by_both, deals)):
        for name in names:
            if whole[name].item() is None:
                continue  # refused: none of the rows has what it needs, so none of the parts has
            parts = sum(float(value or 0) for value in frame[name])
            # The weighted amount is rounded part by part, to four decimals; everything else adds up to the last digit.
            allowed = 0.01 if name == "weighted_amount" else 1e-6
            assert math.isclose(parts, float(whole[name].item()), rel_tol=1e-9, abs_tol=allowed), name


@SOME
@given(seed=SEEDS, view=VIEWS)
def test_several_breakdowns_at_once_say_what_each_says_alone(store: Store, seed: int, view: View) -> None:
    names, cuts = ("won_amount", "win_rate", "cycle_days", "created_deals"), ("rep", "source", "customer")
    together, *alone = _answers(
        store, random_tables(seed), breakdowns(names, cuts, view), *(breakdown(names, by, view) for by in cuts)
    )
    for by, frame in zip(cuts, alone, strict=True):
        part = together.filter(pl.col("dimension") == by).select("value", *frame.columns[1:])
        assert _same_frame(
            part.sort("value", nulls_last=True), frame.rename({by: "value"}).sort("value", nulls_last=True)
        )


def _same_frame(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Equal, fractions to nine digits: they may have been added up in another order."""
    if one.columns != other.columns or one.height != other.height:
        return False
    return all(
        left == right
        or (
            isinstance(left, float)
            and isinstance(right, float)
            and math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
        )
        for mine, theirs in zip(one.rows(), other.rows(), strict=True)
        for left, right in zip(mine, theirs, strict=True)
    )
