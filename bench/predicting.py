"""Whether what is said of coming months and weeks is right: the demo, a real shop by week, a real chain by month.

Everything is rolling: on each day of the past the method is chosen, and its range made, from what was known on it. Held
against them is the simplest forecast, the value of a year before (of less than a year, the last value).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from bench.forecasting import REAL
from bench.results import Measured
from bench.stores import FOLDER, Scale, remove
from bench.timing import median
from data.demo import AS_OF, build
from data.ingest import Options, plan, run
from data.settings import settings
from data.store import Store, open_store
from metrics.ahead import ahead, looked_back
from metrics.query import Result
from metrics.rolling import judge
from metrics.view import View
from metrics.viewer import EVERYTHING

_DEALS = 10_000
_ON_DEMO = (("won_amount", "month"), ("won_amount", "week"), ("revenue", "month"), ("revenue", "week"))
_MEANT, _OFF = 80, 10
"""Per cent of outcomes that ranges are meant to hold, and by how many points they may miss that."""


def measure(scale: Scale) -> Iterator[Measured]:  # noqa: ARG001 - forecasts are judged at one size
    """Errors beside the simplest forecast's, what ranges held, and how long a back-test takes."""
    FOLDER.mkdir(exist_ok=True)
    for stories in (True, False):
        path = FOLDER / f"predict-{stories}.duckdb"
        remove(path)
        build(path, deals=_DEALS, stories=stories, weeks=1)
        yield from _of(path, "demo" if stories else "demo without stories", _ON_DEMO)
    yield from _real("superstore_zh", "*.xls", "CN", "superstore", (("revenue", "month"),))
    yield from _real("uci_online_retail", "*.zip", "GB", "UCI online retail", (("revenue", "week"),))


def _real(folder: str, pattern: str, country: str, name: str, asked: tuple[tuple[str, str], ...]) -> Iterator[Measured]:
    """The same of real order lists; nothing where there are none."""
    files = sorted((REAL / folder).glob(pattern))
    if not files:
        return
    path = FOLDER / f"predict-{folder}.duckdb"
    remove(path)
    with _in(country):
        store = open_store(path)
        run(store, plan(files, Options()))
        store.close()
    yield from _of(path, name, asked)


@contextmanager
def _in(country: str) -> Iterator[None]:
    """A company of another country, whose working days the calendar then has."""
    before = os.environ.get("SALES_COUNTRY")
    os.environ["SALES_COUNTRY"] = country
    settings.cache_clear()
    try:
        yield
    finally:
        if before is None:
            del os.environ["SALES_COUNTRY"]
        else:
            os.environ["SALES_COUNTRY"] = before
        settings.cache_clear()


def _of(path: Path, name: str, asked: tuple[tuple[str, str], ...]) -> Iterator[Measured]:
    """Each series, and what the ranges of all of them together held: of one, thirty outcomes say little."""
    store, held = open_store(path), []
    with store.snapshot() as seen:
        view = View(as_of=seen.as_of or AS_OF)
        for one, grain in asked:
            found = seen.ask(looked_back(view, one, grain), EVERYTHING)
            held.append(found.frame.get_column("is_inside"))
            yield _beside_the_simplest(found, f"{one} by {grain}, {name}")
            query = ahead(view, one, grain)
            took = median(lambda query=query: seen.ask(query, EVERYTHING), 3, before=lambda: _forget(store))
            yield Measured("predict", f"{one} by {grain}, {name}, asked and tried on the past", 1000 * took, "ms",
                           budget=500)  # fmt: skip
    inside = pl.concat(held)
    said = f"{name}: {inside.sum()} of {inside.len()} outcomes within their 80 % range, off by"
    yield Measured("predict", said, abs(100 * float(inside.mean() or 0) - _MEANT), "points", budget=_OFF)
    store.close()
    remove(path)


def _beside_the_simplest(found: Result, name: str) -> Measured:
    """The mean error as a share of what came, beside the simplest forecast's: smaller, or the answer says it is not."""
    told, says_so = found.frame, any(note.code.startswith("ahead_not_better") for note in found.notes)
    off, simple = (
        float(told.select((pl.col(of) - pl.col("came_in")).abs().mean()).item()) for of in ("forecast", "simple")
    )
    usual = float(told.select(pl.col("came_in").abs().mean()).item())
    return Measured(
        "predict", f"{told.height} forecasts of {name}, off by", 100 * off / usual, "%", beside="the simplest",
        ratio=off / simple, most=1.0, unless="the page says that it is no better" if says_so else "",
    )  # fmt: skip


def _forget(store: Store) -> None:
    """What was answered before, and what was made of it."""
    store.answers.clear()
    judge.cache_clear()
