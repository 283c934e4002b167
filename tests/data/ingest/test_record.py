"""A file and what was answered about it are kept together, or neither is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from data.ingest import Options, Source, plan, run
from data.ingest.errors import AnswersNotKept
from data.ingest.plan import Plan
from data.ingest.remember import folder
from data.store import Store
from tests.command_line import Company, dump
from tests.small import empty_at

DEALS = "Deal Name,Stage,Amount,Account Name,Created Date,Segment\nx,Somewhere,5,A,2026-01-05,gov\n"


def answered(stage: str = "open", deals: str = DEALS) -> Plan:
    """A plan that remembers a stage and makes a column a dimension."""
    return plan([Source("a.csv", deals.encode())], Options(stages={"Somewhere": stage}, dimensions=("Segment",)))


def everything(store: Store) -> tuple[object, ...]:
    kept = {path.name: path.read_bytes() for path in sorted(folder(store.folder).glob("*"))}
    marks = sorted(path.name for path in store.folder.glob("*.json"))
    return dump(store.path, "crm"), dump(store.path, "ops"), store.version(), kept, marks


class _Failing:
    """A store whose changes fail at their very end, as on a disk that is full."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._store.writing() as cursor:
            yield cursor
            raise OSError(28, "No space left on device")


def test_a_load_its_answers_and_its_dimensions_are_one_change(store: Store) -> None:
    run(store, answered())
    assert store.version() == 1
    assert len(list(folder(store.folder).glob("*.toml"))) == 1
    assert [row[:3] for row in dump(store.path, "ops")["dimensions"]] == [("segment", "deals", "Segment")]
    assert {row[1] for row in dump(store.path, "crm")["deals_fields"]} == {"gov"}


@pytest.mark.parametrize("is_known", [False, True])
def test_answers_are_taken_back_with_a_load_that_fails(store: Store, *, is_known: bool) -> None:
    if is_known:
        run(store, answered("lost"))
    before = everything(store)
    with pytest.raises(OSError, match="No space"):
        run(_Failing(store), answered("won", DEALS.replace("x,", "y,")))  # type: ignore[arg-type]
    assert everything(store) == before
    run(store, answered("won", DEALS.replace("x,", "y,")))
    assert store.version() == (2 if is_known else 1)


@pytest.mark.parametrize(("lang", "said"), [("en", "Nothing was loaded"), ("zh-CN", "数据未导入")])
def test_where_answers_cannot_be_kept_nothing_is_loaded_and_that_is_said(store: Store, lang: str, said: str) -> None:
    store.folder.mkdir(exist_ok=True)
    folder(store.folder).write_text("no folder")
    before = dump(store.path, "ops"), store.version()
    with pytest.raises(AnswersNotKept) as refused:
        run(store, answered())
    assert said in refused.value.text(lang)
    assert str(folder(store.folder)) in refused.value.text(lang)
    assert (dump(store.path, "ops"), store.version()) == before


def test_a_column_without_any_value_is_no_obstacle(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    file = tmp_path / "a.csv"
    file.write_text(DEALS.replace(",gov", ","), "utf-8")
    company.load(file, "--stage", "Somewhere=open", "--dimension", "Segment")
    assert company.ask("open_amount", "--by", "segment") == [{"segment": None, "open_amount": 5}]
    company.close()
