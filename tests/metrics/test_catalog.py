"""The catalogue binds to the schema, reads well in both languages, and helps those who mistype."""

from __future__ import annotations

import re

import duckdb
import polars as pl
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from metrics import errors, portable
from metrics.catalog import Measure, catalog, dimension, measure
from metrics.errors import SalesError, UnknownDimension, UnknownMeasure
from metrics.intervals import wilson
from metrics.notes import _words, note

FIRST_IDS = """won_amount won_deals lost_deals closed_deals created_deals win_rate win_rate_created win_rate_amount
average_won_amount cycle_days open_deals open_amount weighted_amount leads qualified_leads lead_conversion revenue
orders units gross_margin active_customers average_order_value activities
invoiced collected outstanding overdue attainment"""
FIRST_DIMENSIONS = """rep team manager region customer industry tier product category source stage status lost_reason
competitor day week month quarter year"""
AGGREGATES = [one for one in catalog().measures.values() if one.agg]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def columns(empty: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The columns of every canonical table."""
    rows = empty.execute("select table_name, column_name from duckdb_columns() where schema_name = 'crm'").fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found


def test_what_checks_rely_on_exists() -> None:
    assert set(FIRST_IDS.split()) <= set(catalog().measures)
    assert set(FIRST_DIMENSIONS.split()) <= set(catalog().dimensions)


def test_tables_bind_to_the_schema(columns: dict[str, set[str]]) -> None:
    assert set(catalog().tables) == set(columns)
    for table in catalog().tables.values():
        extra = {"customer", "rep", "product", "owed"}  # looked up, or made by a stock's steps
        assert {*table.id, *table.own, *table.keys} <= columns[table.name], table.name
        assert set(table.shown) <= columns[table.name] | extra, table.name


def test_dimensions_bind_to_the_schema(columns: dict[str, set[str]]) -> None:
    for dim in catalog().dimensions.values():
        if dim.via is not None:
            assert {dim.via.key, dim.via.column} <= columns[dim.via.table], dim.id
        elif dim.kind == "value":
            assert any(dim.id in table.own for table in catalog().tables.values()), dim.id


@pytest.mark.parametrize("one", AGGREGATES, ids=lambda one: one.id)
def test_expressions_use_columns_that_exist(columns: dict[str, set[str]], one: Measure) -> None:
    made = {"owed": {"owed", "at_day"}, "seen": columns["deal_versions"]}.get(str(one.stock), set())
    known = columns[str(one.table)] | made
    if one.stock == "seen":
        known = columns["deal_versions"]
    texts = [one.where, one.of, one.refuse_when and one.refuse_when.where, one.refuse_when and one.refuse_when.no]
    for text in filter(None, texts):
        used = {column.name for column in sqlglot.parse_one(text, read="duckdb").find_all(exp.Column)}
        assert used <= known, text
        portable.check(f"select {text} as x from t")
    assert (one.on is None) == (one.stock is not None)
    assert one.on is None or one.on in columns[str(one.table)]


def test_ratios_are_made_of_aggregates_and_intervals_of_counts() -> None:
    for one in catalog().measures.values():
        if one.ratio:
            assert all(part.agg for part in one.parts), one.id
        if one.interval == "wilson":
            over, under = one.parts
            assert (over.agg, under.agg) == ("count", "count"), one.id
            assert (over.table, over.on) == (under.table, under.on), one.id


def test_ids_are_no_columns_where_they_could_be_mistaken(columns: dict[str, set[str]]) -> None:
    """Some engines read an alias before a column. `cycle_days` is both by contract, and the same thing."""
    names = set().union(*columns.values())
    assert set(catalog().measures) & names == {"cycle_days"}
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in catalog().measures)


def test_references_between_measures_and_dimensions_lead_somewhere() -> None:
    for one in catalog().measures.values():
        for other in one.also:
            assert measure(other).id == other
        for dim in one.not_by:
            assert dimension(dim).id == dim


def test_everything_is_said_in_both_languages() -> None:
    for one in (*catalog().measures.values(), *catalog().dimensions.values()):
        for words in (one.label, one.meaning):
            assert words.en
            assert not CHINESE.search(words.en)
            assert CHINESE.search(words.zh_CN), one.id
    for table in catalog().tables.values():
        assert CHINESE.search(table.label.zh_CN)
    labels = [one.label.text(lang) for lang in ("en", "zh-CN") for one in catalog().measures.values()]
    assert len(labels) == len(set(labels))


def test_formulas_follow_from_definitions() -> None:
    assert measure("win_rate").formula("en") == "Deals won ÷ Deals closed"
    assert measure("win_rate").formula("zh-CN") == "赢单数 ÷ 关闭商机数"
    assert measure("lost_deals").formula("en") == "number of deals, where status = 'lost', by closed_on"
    said = measure("won_amount").formula("en")
    assert said.startswith("sum of deals.amount, where status = 'won', by closed_on, shared out among the products")
    assert measure("open_deals").formula("zh-CN") == "商机的条数，条件：status = 'open'，按当日所见状态"
    for one in catalog().measures.values():
        assert one.formula("en")
        assert CHINESE.search(one.formula("zh-CN"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("win_rte", "win_rate"), ("won_amout", "won_amount"), ("Revenue", "revenue"), ("opendeals", "open_deals")],
)
def test_did_you_mean(typed: str, meant: str) -> None:
    with pytest.raises(UnknownMeasure) as raised:
        measure(typed)
    assert raised.value.text("en") == f'There is no measure "{typed}". Did you mean "{meant}"?'
    assert raised.value.text("zh-CN") == f"没有名为“{typed}”的指标。您是不是想找“{meant}”？"


def test_nothing_near_suggests_nothing() -> None:
    with pytest.raises(UnknownDimension) as raised:
        dimension("zzzzzzzz")
    assert raised.value.text("en") == 'There is no dimension "zzzzzzzz" to cut or filter by.'


def test_every_error_has_words_in_both_languages() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SalesError)]
    for kind in [*kinds, portable.NotPortable]:
        if kind is not SalesError:
            words = errors._words_near(kind.__module__)[kind.__name__]
            assert words["en"], kind
            assert CHINESE.search(words["zh-CN"]), kind


def test_every_note_has_words_in_both_languages() -> None:
    for code, words in _words().items():
        if code != "day_columns":
            assert set(words) - {"en_one"} == {"en", "zh-CN"}
            assert note(code).text("en")
            assert CHINESE.search(note(code).text("zh-CN"))


# ------------------------------------------------------------------------------------------------------------ intervals


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(successes: int, trials: int, low: float, high: float) -> None:
    """Newcombe (1998), Table I, method 3."""
    frame = pl.DataFrame({"x": [successes], "n": [trials]})
    found = frame.select(*(end.alias(name) for name, end in zip("lh", wilson(pl.col("x"), pl.col("n")), strict=True)))
    assert [round(value, 4) for value in found.row(0)] == [low, high]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_wilson_holds_its_point(first: int, second: int) -> None:
    successes, trials = sorted((first, second))
    low, high = (
        pl.DataFrame({"x": [successes], "n": [trials]})
        .select(*(end.alias(name) for name, end in zip("lh", wilson(pl.col("x"), pl.col("n")), strict=True)))
        .row(0)
    )
    if trials == 0:
        assert (low, high) == (None, None)
    else:
        assert 0 <= low <= successes / trials <= high <= 1
