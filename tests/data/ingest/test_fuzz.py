"""Whatever a file holds: it is read, asked about or refused, soon, in both languages; loaded whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import ingest
from data.ingest import Options, Plan, Source
from data.store import Store, open_store
from data.truth import uploads
from metrics.errors import SalesError
from tests.data.ingest.mutations import GOOD, mutated
from tests.small import empty_at

LONGEST = 10  # seconds of processor time, of this process and of those it starts: a busy machine is no fault
LOADED_IN = 12  # one in so many is loaded too
PARTS = 4  # tests that share the files out, so that no worker is left alone with all of them

_store: dict[str, Store] = {}


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = open_store(empty_at(tmp_path_factory.mktemp("fuzz") / "company.duckdb"))
    _store["store"] = made
    yield made
    made.close()


@pytest.mark.parametrize("kind", list(GOOD))
def test_the_files_that_mutations_start_from_are_good(kind: str) -> None:
    made = ingest.plan([Source("deals.dat", GOOD[kind]())])
    assert {(file.table, file.read, file.refused) for file in made.files} == {("deals", 29, 0)}


@pytest.mark.parametrize("part", range(PARTS))
@settings(max_examples=settings.default.max_examples // PARTS)
@given(number=st.integers(min_value=0, max_value=10_000_000 // PARTS))
def test_no_file_crashes_hangs_or_loads_in_part(part: int, number: int) -> None:
    _reads(number * PARTS + part)


@pytest.mark.parametrize("seed", [20_259, 1_463], ids=["a part that cannot be unpacked", "hundreds of columns"])
def test_files_that_were_trouble_once(seed: int) -> None:
    _reads(seed)


def _reads(seed: int) -> None:
    name, content = mutated(seed)
    started = _processor_seconds()
    made = _planned(name, content)
    assert _processor_seconds() - started < LONGEST, name
    if made is not None and not made.questions and seed % LOADED_IN == 0:
        _load(name, made)


def _processor_seconds() -> float:
    return sum(os.times()[:4])  # user and system, of this process and of its children that have ended


def _planned(name: str, content: bytes) -> Plan | None:
    try:
        made = ingest.plan([Source("file.csv", content)], Options())
    except SalesError as error:
        refused: SalesError | None = error
    else:
        refused = None
    if refused is not None:
        assert "file.csv" in refused.text("en"), (name, refused.code)
        assert "file.csv" in refused.text("zh-CN"), (name, refused.code)
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
