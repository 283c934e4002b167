"""Taking in a file, beside the barest way to read the same file. Each in a process of its own, for its memory.

`python -m bench.importing WAY FILE SMALL` does one of them and prints seconds and bytes as JSON. A small file of the
same kind is taken in before, not measured: an app that runs has imported its modules long before a file comes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import polars as pl

from bench.browser import ROOT
from bench.results import Measured
from bench.stores import FOLDER, Scale
from data.demo import AS_OF, Size, exports

_TURNS = 3
_XLSX_ROWS = 100_000
_FEW = 100


def measure(scale: Scale) -> Iterator[Measured]:
    """Import a CSV file of deals, and an Excel file of a hundred thousand rows."""
    deals = next(
        export.rows for export in exports(Size(scale.deals, True, 1, weeks=1), "en") if export.table == "deals"
    )
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        csv, few_csv = _written(deals, Path(folder), pl.DataFrame.write_csv, "csv")
        yield from _csv(csv, few_csv, f"CSV, {scale.name} deals, {csv.stat().st_size / 1e6:.0f} MB")
        csv.unlink()
        first = deals.head(_XLSX_ROWS)
        ours, bare = _in_turns("import", "read_excel", *_written(first, Path(folder), pl.DataFrame.write_excel, "xlsx"))
        yield Measured(
            "import", f"XLSX, {len(first):,} rows", ours["seconds"], "s",
            beside="fastexcel → polars", ratio=ours["seconds"] / bare["seconds"], most=3,
        )  # fmt: skip


def _written(deals: pl.DataFrame, folder: Path, write: Callable[..., Any], ending: str) -> tuple[Path, Path]:
    """A file of all deals and one of a few."""
    files = folder / f"deals_{AS_OF}.{ending}", folder / f"few_{AS_OF}.{ending}"
    for file, rows in zip(files, (deals, deals.head(_FEW)), strict=True):
        write(rows, file)
    return files


def _csv(file: Path, few: Path, what: str) -> Iterator[Measured]:
    ours, bare = _in_turns("import", "read_csv", file, few)
    yield Measured(
        "import", what, ours["seconds"], "s",
        beside="DuckDB read_csv + insert", ratio=ours["seconds"] / bare["seconds"], most=4,
    )  # fmt: skip
    memory, size = ours["bytes"], file.stat().st_size
    yield Measured("import", f"memory of {what}", memory / 1e6, "MB", beside="the file", ratio=memory / size, most=8)


def _in_turns(one: str, other: str, file: Path, few: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of both ways, each in its own process."""
    found: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    for _ in range(_TURNS):
        for way, kept in zip((one, other), found, strict=True):
            command = [sys.executable, "-m", "bench.importing", way, str(file), str(few)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr.strip().splitlines()[-1])
            kept.append(json.loads(done.stdout.splitlines()[-1]))
    first, second = ({key: median(run[key] for run in runs) for key in runs[0]} for runs in found)
    return first, second


# --------------------------------------------------------------------------------------------------- in the own process


def _import(file: Path, folder: Path) -> None:
    from data.ingest import Options, plan, run
    from data.store import open_store

    store = open_store(folder / "store.duckdb")
    planned = plan([file], Options(table="deals", is_full=True, without_rates=True))
    if not run(store, planned):
        raise RuntimeError("nothing was loaded")
    store.close()


def _read_csv(file: Path, folder: Path) -> None:
    database = duckdb.connect(folder / "bare.duckdb")
    database.execute("create table deals as select * from read_csv($file)", {"file": str(file)})
    database.close()


def _read_excel(file: Path, _: Path) -> None:
    pl.read_excel(file, engine="calamine")


WAYS: dict[str, Callable[[Path, Path], Any]] = {"import": _import, "read_csv": _read_csv, "read_excel": _read_excel}


def _once(way: str, file: Path, few: Path) -> dict[str, float]:
    _timed(way, few)
    before = _peak()
    taken = _timed(way, file)
    return {"seconds": taken, "bytes": _peak() - before}


def _timed(way: str, file: Path) -> float:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        started = time.perf_counter()
        WAYS[way](file, Path(folder))
        return time.perf_counter() - started


def _peak() -> float:
    """The most memory this process has held, in bytes.

    From /proc where there is one: what getrusage says begins with what the parent held when it started us, and the
    parent may have had a large store open.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return (
            int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) * 1024.0
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


if __name__ == "__main__":
    print(json.dumps(_once(sys.argv[1], *map(Path, sys.argv[2:4]))))
