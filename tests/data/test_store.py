"""Opening, reading, writing and backing up a store; what happens to files that are none."""

from __future__ import annotations

import os
import shutil
import threading
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data import errors, truth
from data.answers import Answers
from data.store import Store, open_store
from tests.forked import forked

DAY = date(2026, 2, 1)


def deals(*amounts: int) -> truth.Load:
    rows = pl.DataFrame({"key": [str(n) for n, _ in enumerate(amounts)], "amount": list(amounts)})
    return truth.Load(table="deals", profile="p", file="deals.csv", rows=rows, as_of=DAY, original=b"key,amount")


def amounts(store: Store) -> list[int]:
    with store.snapshot() as seen:
        return sorted(int(value) for value in seen.frame("select amount from crm.deals")["amount"])


def test_one_path_is_one_store(store: Store) -> None:
    assert open_store(store.path) is store
    assert open_store(str(store.path.parent / ".." / store.path.parent.name / "company.duckdb")) is store


def test_a_snapshot_keeps_its_version_while_others_load(store: Store) -> None:
    truth.load(store, [deals(1)])
    with store.snapshot() as before:
        truth.load(store, [deals(1, 2)])
        assert before.frame("select count(*) as n from crm.deals")["n"][0] == 1
        with store.snapshot() as after:
            assert after.version == before.version + 1
            assert after.frame("select count(*) as n from crm.deals")["n"][0] == 2


def test_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    truth.load(store, [deals(1)])
    version = store.version()
    with pytest.raises(errors.LoadInvalid), store.writing() as cursor:  # noqa: PT012 - the rollback is the point
        cursor.execute("delete from crm.deals")
        raise errors.LoadInvalid(table="deals", problem="test")
    assert amounts(store) == [1]
    assert store.version() == version


def test_many_threads_ask_and_load_at_once(store: Store) -> None:
    truth.load(store, [deals(1, 2, 3)])
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                with store.snapshot() as seen:
                    assert seen.frame("select count(*) as n from crm.deals")["n"][0] == 3
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must say so
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    truth.load(store, [deals(4, 5, 6)])
    for thread in threads:
        thread.join()
    assert not failures
    assert amounts(store) == [4, 5, 6]


def test_closing_gives_up_what_other_threads_ask(tmp_path: Path) -> None:
    """A long question of another thread is stopped, its next one refused, and the file can be opened anew at once."""
    store, begun, told = open_store(tmp_path / "company.duckdb"), threading.Event(), []

    def ask() -> None:
        with store.snapshot() as seen:
            begun.set()
            for _ in range(2):
                try:
                    seen.frame("select count(*) from range(9000000) a, range(9000000) b where a.range * b.range = 7")
                except errors.QuestionStopped as error:
                    told.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(10)
    started = time.monotonic()
    store.close()
    asking.join(10)
    assert len(told) == 2
    assert time.monotonic() - started < 4
    with pytest.raises(errors.QuestionStopped):
        store.version()
    again = open_store(tmp_path / "company.duckdb")
    assert again is not store
    assert again.version() == 0
    again.close()


def test_closing_gives_up_what_another_thread_writes(tmp_path: Path) -> None:
    store, begun, told = open_store(tmp_path / "company.duckdb"), threading.Event(), []

    def write() -> None:
        with pytest.raises(errors.QuestionStopped) as stopped, store.writing() as cursor:  # noqa: PT012
            cursor.execute("insert into ops.settings values ('half', 'done')")
            begun.set()
            cursor.execute("select count(*) from range(9000000) a, range(9000000) b where a.range * b.range = 7")
        told.append(stopped.value)

    writing = threading.Thread(target=write)
    writing.start()
    assert begun.wait(10)
    store.close()
    writing.join(10)
    assert told
    again = open_store(tmp_path / "company.duckdb")
    with again.snapshot() as seen:
        assert seen.frame("from ops.settings where name = 'half'").is_empty()
    again.close()


@pytest.mark.parametrize("statement", ["copy (select 1) to '{}/x.csv'", "attach '{}/x.duckdb'", "set threads = 1"])
def test_no_statement_reaches_the_machine(store: Store, tmp_path: Path, statement: str) -> None:
    with store.snapshot() as seen, pytest.raises(duckdb.Error):
        seen.frame(statement.format(tmp_path))
    with store.snapshot() as seen, pytest.raises(duckdb.Error):
        seen.frame("select * from read_csv('/etc/passwd')")


# -------------------------------------------------------------------------------------- files that are no store of ours


def _text(path: Path) -> None:
    path.write_text("a,b\n1,2\n" * 5000)


def _nothing(path: Path) -> None:
    path.write_bytes(b"")


def _cut_short(path: Path) -> None:
    store = open_store(path)
    truth.load(store, [deals(*range(500))])
    store.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _overwritten(path: Path) -> None:
    open_store(path).close()
    held = bytearray(path.read_bytes())
    held[4096:9000] = os.urandom(9000 - 4096)
    path.write_bytes(held)


def _foreign(path: Path) -> None:
    with duckdb.connect(path) as other:
        other.execute("create table t as select 1 as a")


def _other_product(path: Path) -> None:
    open_store(path).close()
    with duckdb.connect(path) as held:
        held.execute("update ops.version set product = 'something else'")


def _newer(path: Path) -> None:
    open_store(path).close()
    with duckdb.connect(path) as held:
        held.execute("update ops.version set schema = 999")


def _newer_and_cut_short(path: Path) -> None:
    """A crash of a later version left the last that it had committed beside the file."""
    made = path.with_name("made.duckdb")
    open_store(made).close()
    with duckdb.connect(made) as held:
        held.execute("set wal_autocheckpoint = '1GB'")
        held.execute("update ops.version set schema = 999")
        shutil.copy(made, path)
        shutil.copy(f"{made}.wal", f"{path}.wal")
    made.unlink()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_text, errors.StoreDamaged),
        (_nothing, errors.StoreDamaged),
        (_cut_short, errors.StoreDamaged),
        (_overwritten, errors.StoreDamaged),
        (_foreign, errors.StoreForeign),
        (_other_product, errors.StoreForeign),
        (_newer, errors.StoreTooNew),
        (_newer_and_cut_short, errors.StoreTooNew),
    ],
)
def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path, make, expected) -> None:
    path = tmp_path / "company.duckdb"
    make(path)
    before = {item.name: item.read_bytes() for item in tmp_path.iterdir() if item.is_file()}
    with pytest.raises(expected) as refused:
        open_store(path)
    assert {item.name: item.read_bytes() for item in tmp_path.iterdir() if item.is_file()} == before
    assert before.keys() <= {"company.duckdb", "company.duckdb.wal"}
    assert {item.name for item in tmp_path.iterdir()} - before.keys() <= {"company.duckdb.d"}
    for lang in ("en", "zh-CN"):
        assert str(path) in refused.value.text(lang)


def test_places_that_cannot_hold_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.FolderAbsent):
        open_store(tmp_path / "absent" / "company.duckdb")
    with pytest.raises(errors.StoreAbsent):
        open_store(tmp_path / "company.duckdb", create=False)
    with pytest.raises(errors.StoreDamaged):
        open_store(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root, who may write anywhere
    with pytest.raises(errors.FolderReadOnly):
        open_store(tmp_path / "company.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["crm.duckdb", "Ops.db", "fold", "crm.2026.duckdb", ".crm.duckdb"])
def test_a_file_called_like_a_schema_within_is_refused(tmp_path: Path, name: str) -> None:
    open_store(tmp_path / "company.crm.duckdb").close()
    shutil.copy(tmp_path / "company.crm.duckdb", tmp_path / name)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(errors.StoreMisnamed):
        open_store(tmp_path / name)
    assert (tmp_path / name).read_bytes() == before


def test_the_names_that_are_refused_are_those_of_the_schemas(tmp_path: Path) -> None:
    with open_store(tmp_path / "company.duckdb").snapshot() as seen:
        held = seen.frame("select schema_name from duckdb_schemas() where database_name = 'company'")["schema_name"]
    for name in set(held) - {"main"}:
        with pytest.raises(errors.StoreMisnamed):
            open_store(tmp_path / f"{name}.duckdb")


_HOLD = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"


def test_a_store_that_another_process_has_open(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    before = path.read_bytes()
    with forked(_HOLD, path) as other:
        assert other.said() == "open\n"
        with pytest.raises(errors.StoreLocked) as refused:
            open_store(path)
        other.kill()
    assert str(other.pid) in refused.value.text("en")
    assert path.read_bytes() == before
    open_store(path).close()


_LOAD = """
import sys
import polars as pl
from data import truth
from data.store import open_store

store = open_store(sys.argv[1])
rows = pl.DataFrame({"key": pl.int_range(20000, eager=True).cast(pl.String)}).with_columns(amount=pl.lit(2))
print("go", flush=True)
truth.load(store, [truth.Load(table="deals", profile="p", file="f", rows=rows, is_full=True)])
print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.05, 0.3, 0.8, 1.5])
def test_a_kill_in_the_middle_of_a_load_leaves_the_old_or_the_new(tmp_path: Path, after: float) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    truth.load(store, [deals(1)])
    old = store.version()
    store.close()
    with forked(_LOAD, path) as loading:
        assert loading.said() == "go\n"
        time.sleep(after)
        loading.kill()
    store = open_store(path)
    try:
        with store.snapshot() as seen:
            deals_held = seen.frame("select count(*) as n from crm.deals")["n"][0]
            rows_held = seen.frame("select count(*) as n from ops.deals_seen")["n"][0]
            uploads = len(truth.uploads(seen))
            assert (seen.version, deals_held, rows_held, uploads) in {(old, 1, 1, 1), (old + 1, 20000, 20001, 2)}
    finally:
        store.close()


_FULL = """
import resource, signal, sys
import polars as pl
from data import errors, truth
from data.store import open_store

store = open_store(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
rows = pl.DataFrame({"key": pl.int_range(200000, eager=True).hash().cast(pl.String)})
try:
    truth.load(store, [truth.Load(table="deals", profile="p", file="f", rows=rows.with_columns(deal="key"))])
except errors.DiskFull as error:
    print(error.text("en"))
"""


def test_a_full_disk_is_said_and_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    truth.load(store, [deals(1)])
    store.close()
    with forked(_FULL, path) as full:
        told = full.rest()
    assert "no room left" in told, told[-500:]
    store = open_store(path)
    assert amounts(store) == [1]
    store.close()


# ---------------------------------------------------------------------------------------------------- backup, answers


def test_a_backup_restores_into_an_empty_store_only(store: Store, tmp_path: Path) -> None:
    truth.load(store, [deals(1, 2)])
    truth.load(store, [deals(1, 3).model_copy(update={"as_of": date(2026, 2, 8)})])
    truth.accept_alias(store, "product", "GTXPro", "GTX Pro")
    folder = store.backup(tmp_path / "backup")
    fresh = open_store(tmp_path / "fresh.duckdb")
    fresh.restore(folder)
    for table in ("crm.deals", "crm.deal_versions", "ops.uploads", "ops.aliases", "ops.deals_rows", "ops.deals_seen"):
        with store.snapshot() as one, fresh.snapshot() as two:
            rows = sorted(one.frame(f"from {table}").rows(), key=repr)
            assert rows == sorted(two.frame(f"from {table}").rows(), key=repr)
    assert list((fresh.folder / "originals").iterdir())
    assert truth.load(fresh, [deals(1, 2)])[0].id == 3
    with pytest.raises(errors.StoreNotEmpty):
        fresh.restore(folder)
    fresh.close()


def test_a_folder_without_a_whole_backup_is_refused(store: Store, tmp_path: Path) -> None:
    truth.load(store, [deals(1, 2)])
    folder = store.backup(tmp_path / "backup")
    (folder / "ops.uploads.parquet").unlink()
    fresh = open_store(tmp_path / "fresh.duckdb")
    for broken in (folder, tmp_path, tmp_path / "absent"):
        with pytest.raises(errors.BackupInvalid):
            fresh.restore(broken)
    assert amounts(fresh) == []
    fresh.close()


def test_rows_come_in_the_order_asked_for(store: Store) -> None:
    """However many: batches of a sorted answer that are fetched side by side came in any order."""
    drawn = "with drawn as (select md5(range::varchar) as name from range(5000)) select name from drawn"
    with store.snapshot() as seen:
        for _ in range(30):
            assert seen.frame(f"{drawn} where length(name) > $least order by (name)", {"least": 1})["name"].is_sorted()
        assert set(seen.frame(drawn)["name"]) == set(seen.frame(f"{drawn} order by name")["name"])


def test_answers_forget_the_oldest_first_and_stay_within_their_bytes() -> None:
    answers = Answers(40_000)
    frame = pl.DataFrame({"a": pl.int_range(500, eager=True)})  # 4,000 bytes
    for number in range(20):
        answers.put(number, frame)
        answers.get(0)
    assert answers.bytes <= 40_000
    assert answers.get(0) is frame
    assert answers.get(1) is None
    assert answers.get(19) is frame
    answers.put("too large", pl.DataFrame({"a": pl.int_range(5000, eager=True)}))
    assert answers.get("too large") is None


def test_why_a_file_is_no_store_is_said_in_both_languages(tmp_path: Path) -> None:
    place = tmp_path / "text.duckdb"
    place.write_text("hello")
    with pytest.raises(errors.StoreDamaged) as caught:
        open_store(place)
    assert "it is not a database file" in caught.value.text("en")
    assert "它不是数据库文件" in caught.value.text("zh-CN")
    with pytest.raises(errors.StoreDamaged) as caught:
        open_store(tmp_path)
    assert "它是文件夹" in caught.value.text("zh-CN")
