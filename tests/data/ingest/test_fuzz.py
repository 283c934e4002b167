"""Whatever a file holds: it is read, asked about or refused, soon, in both languages; and loaded whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import ingest
from data.ingest import Options, Plan, Source
from data.store import Store, open_store
from data.truth import uploads
from metrics.errors import SalesError
from tests.data.ingest.mutations import GOOD, mutated

LONGEST = 10  # seconds of this process' own time: a busy machine slows no program down
LOADED_IN = 12  # one in so many is loaded too

_store: dict[str, Store] = {}


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = open_store(tmp_path_factory.mktemp("fuzz") / "company.duckdb")
    _store["store"] = made
    yield made
    made.close()


@pytest.mark.parametrize("kind", list(GOOD))
def test_the_files_that_mutations_start_from_are_good(kind: str) -> None:
    made = ingest.plan([Source("deals.dat", GOOD[kind]())])
    assert {(file.table, file.read, file.refused) for file in made.files} == {("deals", 29, 0)}


@given(st.integers(min_value=0, max_value=10_000_000))
def test_no_file_crashes_hangs_or_loads_in_part(seed: int) -> None:
    name, content = mutated(seed)
    started = time.process_time()
    made = _planned(name, content)
    assert time.process_time() - started < LONGEST, name
    if made is not None and not made.questions and seed % LOADED_IN == 0:
        _load(name, made)


def _planned(name: str, content: bytes) -> Plan | None:
    try:
        made = ingest.plan([Source("file.csv", content)], Options())
    except SalesError as error:
        for lang in ("en", "zh-CN"):
            assert "file.csv" in error.text(lang), (name, error.code)
        return None
    for remark in (*made.warnings, *made.questions, *(said for file in made.files for said in file.warnings)):
        assert remark.text("en"), name
        assert remark.text("zh-CN"), name
    return made


def _load(name: str, made: Plan) -> None:
    """All of it or nothing: the counts add up, or the store is the version it was."""
    store = _store["store"]
    before = store.version()
    try:
        loaded = ingest.run(store, made)
    except SalesError:
        assert store.version() == before, name
        return
    assert store.version() == before + 1, name
    for file, upload in zip(made.files, loaded, strict=True):
        assert upload.read == upload.new + upload.changed + upload.same + upload.refused == file.read, name
    with store.snapshot() as seen:
        assert {upload.id for upload in loaded} <= {upload.id for upload in uploads(seen)}, name


def test_two_far_cells_do_not_fill_the_memory(tmp_path: Path) -> None:
    seeds = [seed for seed in range(400) if mutated_name(seed).endswith("_far_cell")][:8]
    for seed in seeds:
        name, content = mutated(seed)
        assert len(content) < 10_000
        _planned(name, content)


def mutated_name(seed: int) -> str:
    return mutated(seed)[0]
