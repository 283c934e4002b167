"""A question as SQL: golden files, rows behind numbers, literals written in, question files, and what it costs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter

import duckdb
import polars as pl
import pytest

from metrics.base import READINGS, base_tables
from metrics.catalog import catalog
from metrics.cuts import breakdown, breakdowns, cut, total, trend
from metrics.errors import MeasureNotBy, NoSuchColumn, UnknownQuestion
from metrics.query import Query, from_file
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import Ask, answered, view
from tests.questions import file_values

GOLDEN = Path(__file__).parents[1] / "golden"
NORTH = Viewer(scope="teams", teams=("North",), above=("Sales",), rep_keys=(1, 2))
MARCH = view(preset="this_month", compare="previous")

QUESTIONS: dict[str, tuple[Query, Viewer]] = {
    "total": (total(("won_amount", "win_rate"), view()), EVERYTHING),
    "total_compared": (total(("won_amount", "win_rate", "win_rate_amount"), MARCH), EVERYTHING),
    "total_stock": (total(("open_deals", "open_amount"), MARCH), EVERYTHING),
    "total_owed": (total(("outstanding", "overdue"), view()), EVERYTHING),
    "breakdown_filtered": (
        breakdown("win_rate", "rep", view(preset="this_year").with_filter("industry", ("metal", None)), limit=10),
        EVERYTHING,
    ),
    "breakdown_scoped": (breakdown(("won_amount", "activities"), "customer", view()), NORTH),
    "breakdowns": (breakdowns(("won_amount", "win_rate"), ("team", "product", "source"), view()), EVERYTHING),
    "trend": (trend("revenue", "week", view(preset="this_year"), by="category"), EVERYTHING),
    "trend_stock": (trend("open_amount", "month", view(preset="this_year")), EVERYTHING),
    "attainment": (breakdown("attainment", "team", MARCH), EVERYTHING),
    "attainment_teams": (total("attainment", MARCH.with_filter("team", ("North", "South"))), EVERYTHING),
    "attainment_people": (total("attainment", MARCH.with_filter("rep", ("Ann", "Bob"))), EVERYTHING),
    "attainment_exact": (trend("attainment:win_rate", "quarter", view(preset="this_year")), EVERYTHING),
    "rows": (breakdown("win_rate", "rep", MARCH).rows("win_rate.before", rep=None), EVERYTHING),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_golden(name: str, pytestconfig: pytest.Config) -> None:
    """The compiled SQL, readable in review. Write it anew with `pytest tests/metrics --update`."""
    query, viewer = QUESTIONS[name]
    parts = []
    for part in query.parts:
        sql, params = part.bound(viewer)
        values = "".join(f"-- ${key} = {value!r}\n" for key, value in params.items())
        parts.append(f"{values}{sql};\n")
    text, path = "\n".join(parts), GOLDEN / f"{name}.sql"
    if pytestconfig.getoption("--update"):
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == set(QUESTIONS)


def can_be_cut_by(dim: str) -> list[str]:
    """The flows that a dimension cuts."""
    found = []
    for one in catalog().measures.values():
        try:
            cut(one, dim, view())
        except MeasureNotBy:
            continue
        if one.goal_of is None and not one.stock:
            found.append(one.id)
    return found


@pytest.mark.parametrize("dim", [dim.id for dim in catalog().dimensions.values() if dim.kind == "value"])
def test_a_period_that_holds_everything_gives_what_no_period_gives(ask: Ask, dim: str) -> None:
    asked = can_be_cut_by(dim)
    free = ask(cut(asked, dim, view()))
    held = ask(cut(asked, dim, view(from_on=date(2025, 1, 1), to_on=date(2026, 12, 31))))
    undated = {remark["measure"] for remark in held.notes if remark.code == "undated"}
    assert undated <= {"activities", "activities_per_won_deal", "created_deals", "created_amount", "win_rate_created"}
    columns = [name for name in free.frame.columns if name.partition(".")[0] not in undated]
    groups = held.frame[dim]
    free_rows = free.frame.filter(pl.col(dim).is_in(groups.implode(), nulls_equal=True)).select(columns).sort(dim)
    assert free_rows.equals(held.frame.select(columns).sort(dim))


def test_rows_are_what_was_counted(ask: Ask) -> None:
    query = breakdown(("won_amount", "win_rate", "open_deals"), "team", MARCH)
    assert ask(query.rows("won_amount", team="North")).frame["deal_id"].to_list() == ["d04"]
    assert ask(query.rows("won_amount.before", team="North")).frame["deal_id"].to_list() == ["d02"]
    rate = ask(query.rows("win_rate", team="South")).frame
    assert rate.select("deal_id", "in_won_deals", "in_closed_deals").rows() == [("d07", False, True)]
    assert ask(query.rows("win_rate.low", team="South")).frame.height == 1
    assert ask(query.rows("open_deals", team=None)).frame["deal_id"].to_list() == ["d09"]
    assert ask(query.rows("open_deals.before", team="North")).frame["deal_id"].to_list() == ["d04"]
    assert ask(query.rows(team="North")).frame["deal_id"].to_list() == ["d04"]


def test_rows_carry_names_and_come_newest_first(ask: Ask) -> None:
    frame = ask(total("won_deals", view()).rows()).frame
    assert frame.columns[:4] == ["deal_id", "deal", "customer", "rep"]
    assert frame["closed_on"].to_list() == sorted(frame["closed_on"], reverse=True)
    assert frame.select("customer", "rep", "product").row(0) == ("Acme", "Bob", "Saw")
    assert not [name for name in frame.columns if name.startswith("in_")]
    assert ask(total("won_deals", view()).rows().first(2)).frame.height == 2


def test_rows_of_buckets_and_of_several_breakdowns(ask: Ask) -> None:
    by_month = trend(("won_amount", "open_deals"), "month", view(preset="this_quarter"))
    assert ask(by_month.rows("won_amount", month=date(2026, 2, 1))).frame["deal_id"].to_list() == ["d02"]
    assert set(ask(by_month.rows("open_deals", month=date(2026, 2, 1))).frame["deal_id"]) == {"d04", "d08", "d09"}
    several = breakdowns(("won_amount",), ("team", "rep"), view())
    assert ask(several.rows("won_amount", dimension="rep", value="Bob")).frame["deal_id"].to_list() == ["d04"]
    undated = cut("created_deals", "month", view())
    assert set(ask(undated.rows(month=None)).frame["deal_id"]) == {"d07", "d09"}


def test_rows_of_money_owed_say_how_much(ask: Ask) -> None:
    assert ask(total("overdue", view()).rows()).frame.select("invoice_id", "owed").rows() == [("i1", 50)]


def test_rows_of_a_ratio_of_two_tables_are_its_numerators(ask: Ask) -> None:
    query = breakdown("activities_per_won_deal", "team", view())
    assert set(ask(query.rows(team="North")).frame["activity_id"]) == {"a1", "a2"}


def test_rows_of_what_is_not_there() -> None:
    query = breakdown("won_amount", "team", view())
    with pytest.raises(NoSuchColumn, match="won_amount"):
        query.rows("won_amout")
    with pytest.raises(NoSuchColumn):
        query.rows("won_amount", rep="Ann")


def test_values_never_become_sql(company: duckdb.DuckDBPyConnection) -> None:
    evil = "x'; drop table crm.deals; --"
    query = total("created_deals", view().with_filter("rep", evil))
    sql, params = query.bound(EVERYTHING)
    assert evil not in sql
    assert evil in params.values()
    assert company.sql(query.text()).fetchall() == [(0,)]
    assert company.execute("select count(*) from crm.deals").fetchall() == [(10,)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_text_to_copy_answers_the_same(company: duckdb.DuckDBPyConnection, name: str) -> None:
    query, viewer = QUESTIONS[name]
    counted = [part for part in query.parts if not part.is_aside]
    for part, text in zip(counted, query.text(viewer=viewer).split(";\n\n"), strict=True):
        sql, params = part.bound(viewer)
        copied, bound = company.sql(text).pl(), company.sql(sql, params=params or None).pl()
        assert copied.sort(copied.columns).equals(bound.sort(bound.columns))  # parts of an answer have no order yet


def test_the_text_in_another_dialect_escapes_as_that_dialect_does() -> None:
    text = total("won_amount", view().with_filter("rep", "O'Neil \\ `x`")).text("spark")
    assert r"O\'Neil" in text


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "metrics" / "sql").glob("*.sql")), ids=lambda p: p.stem
)
def test_question_files_are_portable_and_answered(company: duckdb.DuckDBPyConnection, path: Path) -> None:
    query = from_file(path.stem, view(), **file_values(view().as_of, "d08"))
    assert query.steps[-1].name == "population"
    assert "crm." not in query.sql
    answered(company, query)
    answered(company, query.rows())
    seen = answered(company, query.rows(), NORTH).frame
    if "deal_id" in seen.columns:  # d08 is of another team, like d06, d07 and d09
        assert set(seen["deal_id"]) - {None} <= {"d01", "d02", "d03", "d04", "d05", "d10"}
    if path.stem.startswith("deal"):
        assert answered(company, query, NORTH).frame.is_empty()


def test_a_shared_step_stands_between_the_step_it_reads_and_the_one_that_reads_it() -> None:
    names = [step.name for step in from_file("pay_won", **file_values(date(2026, 6, 30), "")).steps]
    assert names == ["dated", "pay_days", "items", "paid_items", "pay_sums", "population"]


def test_an_unknown_question_suggests_one() -> None:
    with pytest.raises(UnknownQuestion, match="deal_history"):
        from_file("deal_histry")


def test_questions_are_keys(ask: Ask) -> None:
    one, same = total("won_amount", view()), total("won_amount", view())
    assert hash(one) == hash(same)
    assert one == same
    assert one != total("won_amount", MARCH)
    assert ask(one).frame.equals(ask(same).frame)


def test_steps_end_in_population_and_never_name_the_schema() -> None:
    for query, _ in QUESTIONS.values():
        for part in query.parts:
            assert part.steps[-1].name == "population"
            assert "crm." not in part.sql
            assert set(part.tables) <= {*catalog().tables, *READINGS}


def test_unused_parameters_are_not_bound() -> None:
    for query, viewer in QUESTIONS.values():
        for part in query.parts:
            sql, params = part.bound(viewer)
            assert all(f"${name}" in sql for name in params)


def test_parents_stand_before_what_is_read_through_them() -> None:
    steps, _ = base_tables(("deal_lines", "invoice_payments", "contacts"), (("team", ("North",)),), NORTH)
    names = [step.name for step in steps]
    assert names.index("deals") < names.index("deal_lines")
    assert names.index("invoices") < names.index("invoice_payments")
    assert names.index("customers") < names.index("contacts")


def test_partitions_add_up(ask: Ask) -> None:
    for one in catalog().measures.values():
        if one.additive == "no" or one.goal_of is not None:
            continue
        whole = ask(total(one, view())).frame.item()
        for dim in ("rep", "team", "customer", "industry", "product", "region", "month"):
            if one.stock and dim == "month":
                continue
            try:
                parts = ask(cut(one, dim, view())).frame[one.id]
            except MeasureNotBy:
                continue
            assert parts.sum() == pytest.approx(whole), (one.id, dim)


def test_no_join_adds_rows(company: duckdb.DuckDBPyConnection) -> None:
    """Every dimension at once, looked up in three tables: still one row per deal."""
    query = cut(
        "created_deals", ("rep", "manager", "customer", "industry", "tier", "product", "category", "week"), view()
    )
    frame = answered(company, query.rows()).frame
    assert frame["deal_id"].n_unique() == frame.height == 10


def test_compiling_and_binding_is_quick() -> None:
    """The budget is 1 ms; the best of many, since a test machine is busy with other things."""
    seen = [view(preset="this_quarter", compare="last_year").with_filter("team", f"t{number}") for number in range(30)]
    times = []
    for one in seen:
        started = perf_counter()
        for part in breakdown(("won_amount", "win_rate", "cycle_days"), "rep", one).parts:
            part.bound(NORTH)
        times.append(perf_counter() - started)
    assert min(times) < 0.001


def test_frames_have_plain_types(ask: Ask) -> None:
    frame = ask(breakdown(("won_amount", "won_deals", "win_rate", "cycle_days"), "team", MARCH)).frame
    assert set(frame.schema.values()) <= {pl.String(), pl.Float64(), pl.Int64()}
