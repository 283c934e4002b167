"""While one process has the store open, the command line works through it; nobody else gets in."""

from __future__ import annotations

import http.client
import json
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import handover
from data.store import open_store

ROOT = Path(__file__).parents[2]
DEALS = "deal_id,deal,rep,status,amount,created_on,closed_on\n1,a,Ann,won,100,2026-01-05,2026-02-05\n"

_SERVER = """
import sys, uvicorn
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from data import handover
from data.store import open_store

path, port = sys.argv[1], int(sys.argv[2])

@asynccontextmanager
async def lifespan(_):
    handover.announce(open_store(path), port)
    yield
    handover.retire()

uvicorn.run(Starlette(routes=handover.routes(), lifespan=lifespan), host="127.0.0.1", port=port, log_level="error")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A store held open by another process, which takes commands."""
    path, port = tmp_path / "company.duckdb", free_port()
    process = subprocess.Popen([sys.executable, "-c", _SERVER, str(path), str(port)], cwd=ROOT)
    until = time.monotonic() + 60
    while time.monotonic() < until and not _answers(port):
        time.sleep(0.1)
    yield path, port
    process.terminate()
    process.wait(30)
    assert not Path(f"{path}.d/app.json").exists(), "the announcement is taken back"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def command(store: Path, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "data", *map(str, words), "--store", str(store), "--json"]
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})


def test_import_and_ask_while_another_process_has_the_store(served: tuple[Path, int], tmp_path: Path) -> None:
    store, _ = served
    (tmp_path / "deals.csv").write_text(DEALS, "utf-8")
    loaded = command(store, "import", "deals.csv", cwd=tmp_path)  # a path relative to where the caller stands
    assert loaded.returncode == 0, loaded.stderr
    assert json.loads(loaded.stdout)["uploads"][0]["new"] == 1
    asked = command(store, "ask", "won_amount", cwd=tmp_path)
    assert json.loads(asked.stdout)["rows"] == [{"won_amount": 100}]
    wrong = command(store, "ask", "won_amonut", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "won_amount" in wrong.stderr
    unclear = tmp_path / "unclear.csv"
    unclear.write_text("deal_id,deal,status,amount,created_on\n7,a,open,5,01/02/2026\n", "utf-8")
    assert command(store, "import", unclear, cwd=tmp_path).returncode == 3


def test_without_the_token_nobody_gets_in(served: tuple[Path, int]) -> None:
    store, port = served
    announced = Path(f"{store}.d/app.json")
    assert stat.S_IMODE(announced.stat().st_mode) == 0o600
    told = json.loads(announced.read_text("utf-8"))
    body = json.dumps({"argv": ["uploads", "--json"], "cwd": "/", "store": str(store), "lang": "en"})
    for headers, status in (
        ({}, 403),
        ({handover.TOKEN_HEADER: "wrong"}, 403),
        ({handover.TOKEN_HEADER: told["token"], "X-Forwarded-For": "203.0.113.9"}, 403),
        ({handover.TOKEN_HEADER: told["token"]}, 200),
    ):
        assert _post(port, body, headers) == status
    assert _post(port, "nonsense", {handover.TOKEN_HEADER: told["token"]}) == 400


def _post(port: int, body: str, headers: dict[str, str]) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("POST", handover.PATH, body, headers)
    status = line.getresponse().status
    line.close()
    return status


def test_a_lock_that_nobody_announced_is_said(tmp_path: Path) -> None:
    store = tmp_path / "company.duckdb"
    opened = "import sys, time; from data.store import open_store; open_store(sys.argv[1])"
    holder = f"{opened}; print('open', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", holder, str(store)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        ran = command(store, "uploads", cwd=tmp_path)
        assert ran.returncode == 1
        assert json.loads(ran.stdout)["error"]["code"] == "StoreLocked"
        assert "Traceback" not in ran.stderr
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def test_a_command_run_by_the_app_is_as_wide_as_its_callers_terminal(tmp_path: Path) -> None:
    path = tmp_path / "wide.duckdb"
    name = "a-name-that-a-narrow-table-would-break-in-two-" * 3
    (tmp_path / f"{name}.csv").write_text(DEALS, "utf-8")
    done = handover.run(["import", f"{name}.csv"], store=path, cwd=tmp_path, lang="en", width=400)
    open_store(path).close()
    assert f"{name}.csv" in done.out.split("Loaded into")[1].splitlines()[4]
