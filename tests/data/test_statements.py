"""Statements whose texts are read once: each cursor answers as DuckDB's own does."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import duckdb
import pytest

from data import statements
from data.statements import Cursor


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def test_a_text_is_read_once_for_all_cursors_and_run_with_the_values_of_each(
    database: duckdb.DuckDBPyConnection,
) -> None:
    text = "select x + $more as sum from (select unnest([1, 2]) as x) where x < $most  -- only here"
    first, other = Cursor(database.cursor()), Cursor(database.cursor())
    assert first.execute(text, {"more": 10, "most": 9}).fetchall() == [(11,), (12,)]
    read = statements._known[text]
    assert isinstance(read, duckdb.Statement)
    assert other.execute(text, {"more": 20, "most": 2}).fetchall() == [(21,)]
    assert other.sql(text, params={"more": 30, "most": 9}).fetchall() == [(31,), (32,)]
    assert statements._known[text] is read


def test_names_are_looked_up_when_it_is_run(database: duckdb.DuckDBPyConnection) -> None:
    cursor = Cursor(database.cursor())
    text = "select * from things_of_the_moment"
    with pytest.raises(duckdb.CatalogException):
        cursor.execute(text)
    for made in ("select 1 as one", "select 'a' as letter, 2 as two"):
        cursor.execute(f"create or replace temp table things_of_the_moment as {made}")
        assert cursor.execute(text).fetchall() == database.execute(made).fetchall()


def test_several_statements_in_one_text_all_run(database: duckdb.DuckDBPyConnection) -> None:
    cursor = Cursor(database.cursor())
    for _ in range(2):
        found = cursor.execute("create or replace temp table two as select 1 as x; select x + 1 from two").fetchall()
        assert found == [(2,)]


def test_what_is_no_sql_is_refused_each_time(database: duckdb.DuckDBPyConnection) -> None:
    cursor = Cursor(database.cursor())
    for _ in range(2):
        with pytest.raises(duckdb.ParserException):
            cursor.execute("selec 1")


def test_texts_are_forgotten_where_there_are_too_many(
    database: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "_known", {})
    monkeypatch.setattr(statements, "_MOST", 3)
    cursor = Cursor(database.cursor())
    assert [cursor.execute(f"select {n}").fetchall() for n in range(10)] == [[(n,)] for n in range(10)]
    assert len(statements._known) <= 3


def test_threads_share_what_was_read(database: duckdb.DuckDBPyConnection) -> None:
    found: list[tuple[int, int]] = []

    def ask(n: int) -> None:
        cursor = Cursor(database.cursor())
        found.extend((n, cursor.execute("select 7 * $n as n", {"n": n}).fetchall()[0][0]) for _ in range(50))

    asking = [Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(found) == 300
    assert all(answer == 7 * n for n, answer in found)
