"""A load that is killed in the middle: the store is the one of before, and the next start says so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.ingest import plan, run
from data.store import Store, open_store
from data.truth import uploads
from data.unfinished import Unfinished, noticed, unfinished
from tests.command_line import Company
from tests.pages.conftest import open_page, shown  # noqa: F401 - fixtures
from tests.rules.repository import ROOT

_JOB = """
import sys, time
from pathlib import Path
from data.ingest import jobs, plan
from data.store import open_store

job = jobs.start(open_store(sys.argv[1]), plan([Path(sys.argv[2])]))
while not job.is_over:
    time.sleep(0.01)
"""
_BY_COMMAND = ["-m", "data", "import", "{file}", "--store", "{store}"]
_BY_JOB = ["-c", _JOB, "{store}", "{file}"]


def export(path: Path, rows: int) -> Path:
    """Deals won for 1 each."""
    lines = ["deal_id,deal,rep,status,amount,closed_on", *(f"{n},Deal {n},Ann,won,1,2026-02-05" for n in range(rows))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company with one deal."""
    store = open_store(tmp_path / "company.duckdb")
    run(store, plan([export(tmp_path / "first 2026-02-28.csv", 1)]))
    store.close()
    return Company(store.path)


def killed(company: Company, command: Sequence[str], file: Path) -> None:
    """Begin to load in a process of its own, and kill that while it loads."""
    argv = [part.format(store=company.path, file=file) for part in command]
    mark = Path(f"{company.path}.d") / "loading.json"
    with subprocess.Popen([sys.executable, *argv], cwd=ROOT, env=os.environ | {"LC_ALL": "C"}) as loading:
        end = time.monotonic() + 120
        while not mark.exists():
            assert loading.poll() is None, "it ended before it began to load"
            assert time.monotonic() < end
            time.sleep(0.002)
        loading.kill()
    assert mark.exists(), "killed too late: everything was loaded"


@pytest.fixture(params=[_BY_COMMAND, _BY_JOB], ids=["command line", "job of the app"])
def cut_short(request: pytest.FixtureRequest, company: Company, tmp_path: Path) -> Company:
    """A company whose second load was killed."""
    killed(company, request.param, export(tmp_path / "second 2026-03-31.csv", 15_000))
    return company


def held(store: Store) -> list[str]:
    with store.snapshot() as seen:
        assert seen.frame("select count(*) as n from crm.deals")["n"][0] == 1
        assert seen.frame("select count(*) as n from ops.deals_seen")["n"][0] == 1
        return [upload.file for upload in uploads(seen)]


@pytest.mark.slow
def test_the_next_start_has_the_store_of_before_and_says_so(
    cut_short: Company,
    tmp_path: Path,
    shown: Callable[[Path], Store],  # noqa: F811
    open_page: Callable[..., object],  # noqa: F811
) -> None:
    asked = cut_short("ask", "won_amount")
    assert asked.json["rows"] == [{"won_amount": 1}]
    assert "second 2026-03-31.csv" in asked.err
    assert "cut short" in asked.err
    assert "second 2026-03-31.csv" in cut_short("uploads", "--lang", "zh-CN").err, "until somebody took note"

    store = shown(cut_short.path)
    assert held(store) == ["first 2026-02-28.csv"]
    for language, word in (("en", "cut short"), ("zh-CN", "强行终止")):
        told = [warning.value for warning in open_page(lang=language).warning]  # type: ignore[attr-defined]
        assert any(word in text and "second 2026" in text for text in told), told
    page = open_page()
    page.button(key="cut_short_noticed").click().run()  # type: ignore[attr-defined]
    assert not page.warning  # type: ignore[attr-defined]
    assert unfinished(store) is None
    assert cut_short("ask", "won_amount").err == ""
    store.close()


def test_it_is_said_until_the_same_files_are_loaded(company: Company, tmp_path: Path) -> None:
    second = export(tmp_path / "second 2026-03-31.csv", 3)
    leave_mark(company, second.name, version=0)
    assert company("uploads").err == "", "the store has gone on since: what it loaded is there"
    company.close()

    store = open_store(company.path)
    with store.snapshot() as seen:
        version = seen.facts
    with store.noting():
        pass  # a note taken while it was loading loaded nothing
    store.close()
    leave_mark(company, second.name, version=version)
    assert "2026-04-01 16:00" in company("uploads").err, "in the company's time zone"
    assert company("import", export(tmp_path / "other 2026-03-31.csv", 2)).code == 0
    assert second.name in company("uploads").err, "another file is not the one that is missing"
    company.load(second)
    assert company("uploads").err == ""
    company.close()


def test_a_mark_that_was_not_finished_is_told_too(company: Company) -> None:
    (Path(f"{company.path}.d") / "loading.json").write_text('{"files": ["sec')
    store = open_store(company.path)
    told = unfinished(store)
    assert told is not None
    assert told.files == ()
    noticed(store)
    assert unfinished(store) is None
    store.close()


def test_a_load_that_fails_or_ends_leaves_no_mark(company: Company, tmp_path: Path) -> None:
    assert company("import", tmp_path / "absent.csv").code == 1
    company.load(export(tmp_path / "second 2026-03-31.csv", 3))
    assert not list(Path(f"{company.path}.d").glob("*.json"))
    company.close()


def leave_mark(company: Company, file: str, version: int) -> None:
    mark = Unfinished(files=(file,), since=datetime(2026, 4, 1, 8, tzinfo=UTC), version=version)
    (Path(f"{company.path}.d") / "loading.json").write_text(mark.model_dump_json())
