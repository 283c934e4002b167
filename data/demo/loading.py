"""Load the demo company's files into a store of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module
from pathlib import Path
from threading import Thread

import polars as pl

from data.demo.calls import calls
from data.demo.company import BASE_DEALS, WEEKS, Size
from data.demo.files import Export, exports
from data.demo.plans import plans
from data.demo.recognition import recognition
from data.facts import columns
from data.pay_plans import save
from data.store import open_store
from data.tables import tables
from data.truth import Load, load
from metrics import checked

SEED = 20260617
PROFILE = "demo"
_ROWS_AT_ONCE = 1_000_000
"""Files are loaded together, in one transaction, up to this many rows; a company of usual size is one transaction."""

_FILES_AHEAD = 4

Progress = Callable[[str, int], None]
"""Told the file that has just been made, and how many rows have been made so far."""


def build(
    path: Path,
    *,
    lang: str = "en",
    deals: int = BASE_DEALS,
    stories: bool = True,
    seed: int = SEED,
    weeks: int = WEEKS,
    progress: Progress | None = None,
) -> Path:
    """Make the demo company's store at `path`, anew if there is one.

    It is made beside its place and moved there when whole, so a demo is complete or not there.

    Args:
        path: where the store goes.
        lang: "en" or "zh-CN": the language of names, products, channels and stages. Numbers are the same in both.
        deals: how many deals; everything else grows with them.
        stories: plant what `STORIES` lists, or make a company in whose sales process nothing differs but by chance.
        seed: another seed is another company.
        weeks: how many weekly full exports of the deals.
        progress: told about every file that has been made.

    Raises:
        StoreError: the store cannot be written.
    """
    Thread(target=_import_meanwhile, daemon=True).start()
    making = path.with_name(path.name + ".making")
    _remove(making)
    store = open_store(making)
    try:
        with checked.postponed(), closing(_ahead(exports(Size(deals, stories, seed, weeks), lang))) as files:
            for batch in _batches(_told(files, progress)):
                load(store, map(_load, batch))
            save(store, plans(lang, deals), PROFILE)
            recognition(store, Size(deals, stories, seed, weeks), lang)
            calls(store, Size(deals, stories, seed, weeks))
    finally:
        store.close()
    _remove(path)
    making.rename(path)
    return path


def _import_meanwhile() -> None:
    """Make ready what the end of a load needs while its files are recorded: the database leaves Python idle meanwhile.

    That is the columns of the tables; what asks questions, and the rules that are questions by themselves: to read
    those takes a parser; and what settles a contest.
    """
    columns("deals")
    for name in ("holidays", "data.quality_trend", "metrics.cuts", "metrics.finish", "sqlglot.generators.duckdb"):
        import_module(name)
    for rule in import_module("data.quality_rules").known().rules.values():
        if rule.rows:
            import_module("metrics.query").before(rule.rows)
    import_module("metrics.subjects")


def _ahead(files: Iterator[Export]) -> Generator[Export]:
    """Make the next files while the last ones are loaded: the two keep a core each busy."""
    with ThreadPoolExecutor(1) as maker:
        waiting = deque(maker.submit(next, files, None) for _ in range(_FILES_AHEAD))
        while (export := waiting.popleft().result()) is not None:
            waiting.append(maker.submit(next, files, None))
            yield export


def _told(files: Iterator[Export], progress: Progress | None) -> Iterator[Export]:
    done = 0
    for export in files:
        done += export.rows.height
        if progress:
            progress(export.file, done)
        yield export


def _batches(files: Iterator[Export]) -> Iterator[Iterator[Export]]:
    """What is loaded together, in one transaction: a company of usual size at once, a large one in parts."""
    following = next(files, None)

    def batch() -> Iterator[Export]:
        nonlocal following
        rows = 0
        while following is not None and (not rows or rows + following.rows.height <= _ROWS_AT_ONCE):
            rows += following.rows.height
            yield following
            following = next(files, None)

    while following is not None:
        yield batch()


def _load(export: Export) -> Load:
    """Turn an export into what `truth.load` takes: a key per row, and the line it would have had in its file."""
    rows = export.rows
    keys = [name for name in tables()[export.table].key if name in rows.columns]
    key = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in keys], separator="|")
    line = pl.int_range(2, rows.height + 2, dtype=pl.Int64)
    return Load(
        table=export.table,
        profile=PROFILE,
        file=export.file,
        rows=rows.with_columns(key=key, extra=pl.lit(None, dtype=pl.String), line=line),
        as_of=export.as_of,
        as_of_from="file name" if export.as_of else "none",
        is_full=export.is_full,
        who=PROFILE,
    )


def _remove(path: Path) -> None:
    """Remove a store and what lies beside it."""
    for name in (path, path.with_name(path.name + ".wal")):
        name.unlink(missing_ok=True)
