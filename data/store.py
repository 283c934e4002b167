"""The store: one DuckDB file, one writer, and snapshots that answer questions.

One database object per process and file; every reader has a cursor of its own with one open read transaction, so that
all numbers of a page come from the same version, whatever is loaded meanwhile.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Condition, Lock, RLock, get_ident
from typing import TYPE_CHECKING, Any, cast

import duckdb
import polars as pl

from data.answers import Answers
from data.calendar import follow_settings
from data.contents import filled
from data.currency import kept
from data.errors import QuestionStopped
from data.in_place import as_lists, in_place
from data.opening import explain, open_database
from data.progress import stoppable, tell
from data.settings import settings
from data.statements import Cursor
from data.tables import tables
from data.unfinished import settle
from data.untold import untold
from metrics.attainment import told_to
from metrics.catalog import with_promoted
from metrics.levels import told_of
from metrics.notes import note
from metrics.own_part import own_part
from metrics.rollups import is_told, rolled

if TYPE_CHECKING:
    import pyarrow as pa

    from metrics.catalog import Dimension
    from metrics.query import Query, Result
    from metrics.viewer import Viewer

# A relation (`sql(…).pl()`) is bound twice, once for its columns and once to be run: that is a third of a short
# statement's time, and a page has dozens. The copy that DuckDB warns of is one of few rows.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)

_PATIENCE = 0.1  # seconds between two looks whether the wait for the writer is still wished for
_LAST_PATIENCE = 5.0  # seconds that closing waits for others to let go of what they read
_IN_ORDER = "set session preserve_insertion_order = true"
"""Whoever reads gets sorted rows as they are sorted; else their batches come as they are ready. Loads do without."""
_open: dict[Path, Store] = {}
_opening = Lock()


def open_store(path: Path | str, *, create: bool = True) -> Store:
    """The store at `path`; the same object for the same file as long as it is open.

    Args:
        path: the file. Beside it, `<path>.d/` holds originals, spilled rows and the token of the running app.
        create: make an empty store where there is no file.

    Raises:
        StoreError: a subclass that says why the file cannot be used; it is untouched then.
    """
    place = Path(path).expanduser().resolve()
    with _opening:
        store = _open.get(place)
        if store is None:
            store = _open[place] = Store(place, open_database(place, settings(), create=create))
            settle(store)
            follow_settings(store)
        return store


class Store:
    """One store. Made by `open_store`."""

    def __init__(self, path: Path, database: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.folder = Path(f"{path}.d")
        self.answers = Answers(settings().answers_mb * 1024 * 1024)
        self._database = database
        self._writer = RLock()
        self._promoted: tuple[int, tuple[Dimension, ...]] = (-1, ())
        self._used: dict[int, tuple[int, duckdb.DuckDBPyConnection]] = {}  # cursors, each with the thread that uses it
        self._let_go = Condition()
        self.is_closing = False
        """Whether it is closed, or about to be: nothing more is answered."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One open read transaction: everything asked of it is of one version.

        Raises:
            QuestionStopped: the store is being closed.
        """
        with self._cursor() as cursor:
            cursor.execute(_IN_ORDER)
            cursor.begin()
            seen = Snapshot(self, cursor)
            with with_promoted(self._promoted_in(seen)), stoppable(seen.stop):
                yield seen

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that `close` knows of; at its end what was not committed is rolled back."""
        with self._let_go:
            if self.is_closing:
                raise QuestionStopped
            cursor = self._database.cursor()
            self._used[id(cursor)] = get_ident(), cursor
        try:
            yield cast("duckdb.DuckDBPyConnection", Cursor(cursor))
        finally:
            cursor.close()
            with self._let_go:
                del self._used[id(cursor)]
                self._let_go.notify_all()

    def _promoted_in(self, seen: Snapshot) -> tuple[Dimension, ...]:
        """The dimensions of this store's own, read once per version."""
        from data.dimensions import promoted

        version, dimensions = self._promoted
        if version != seen.version:
            dimensions = promoted(seen)
            self._promoted = seen.version, dimensions
        return dimensions

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside, nobody else writes; whoever writes now is waited for, and the wait can be stopped."""
        while not self._writer.acquire(timeout=_PATIENCE):
            tell("waiting", 0.0)
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The one writer: a transaction that either becomes the next version, or leaves nothing behind.

        Raises:
            StoreError: what DuckDB's errors inside mean for a person.
        """
        with self._changing("version = version + 1, facts = version + 1") as cursor:
            yield cursor

    @contextmanager
    def noting(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The same for what no question reads, such as a note or a decision: answers stay as they were.

        Raises:
            StoreError: as `writing`.
        """
        with self._changing("version = version + 1") as cursor:
            yield cursor

    @contextmanager
    def _changing(self, becomes: str) -> Iterator[duckdb.DuckDBPyConnection]:
        with self.turn(), self._cursor() as cursor:
            try:
                with stoppable(cursor.interrupt):
                    cursor.begin()
                    cursor.execute(f"update ops.version set {becomes}")
                    yield cursor
                cursor.commit()
            except duckdb.Error as error:
                explain(self.path, error)

    def version(self) -> int:
        """The number of the last committed change."""
        with self.snapshot() as seen:
            return seen.version

    def backup(self, folder: Path | str) -> Path:
        """Write everything to `folder` as Parquet files with their schema; see `data/backup.py`."""
        from data.backup import export_to  # with pyarrow's Parquet, which no page needs

        with self.snapshot() as seen:
            return export_to(Path(folder), self, seen)

    def restore(self, folder: Path | str) -> None:
        """Take in a backup; only into a store that holds nothing.

        Raises:
            StoreNotEmpty: this store holds uploads.
            BackupInvalid: the folder holds no complete backup.
        """
        from data.backup import import_from

        import_from(Path(folder), self)

    def close(self) -> None:
        """Close the file, so that another process may open it; what other threads still ask is given up."""
        self._stop_others()
        with _opening:
            _open.pop(self.path, None)
            self._database.close()

    def _stop_others(self) -> None:
        """DuckDB does not close what is at work: stop it, and wait a little until all have let go."""
        until = time.monotonic() + _LAST_PATIENCE
        with self._let_go:
            self.is_closing = True
            while time.monotonic() < until:
                others = [cursor for thread, cursor in self._used.values() if thread != get_ident()]
                if not others:
                    return
                for cursor in others:
                    cursor.interrupt()
                self._let_go.wait(_PATIENCE)


class Snapshot:
    """What the store held at one moment. Made by `Store.snapshot`; its questions are answered one at a time."""

    def __init__(self, store: Store, cursor: duckdb.DuckDBPyConnection, *, remembers: bool = True) -> None:
        self.store = store
        self._cursor = cursor
        self.remembers = remembers  # not inside an unfinished change: its version may come to be another one's
        self._lock = Lock()
        self.version, self.facts = map(int, self._rows("select version, facts from ops.version")[0])
        """The last change of the store, and the last one of what questions read: by this one answers are remembered."""

    @cached_property
    def as_of(self) -> date | None:
        """The store's day, its "today": the latest as-of day of uploads that carry dated facts."""
        dated = [table.name for table in tables().values() if table.dated]
        query = "select max(as_of) from ops.uploads where not is_undone and table_name in (select unnest($dated))"
        day: date | None = self._rows(query, {"dated": dated})[0][0]
        return day

    @cached_property  # of one version, and every card and chart asks for it
    def currency(self) -> str | None:
        """The currency that amounts are in; None where neither a setting nor an upload names one."""
        with self._lock:
            return kept(self._cursor)

    def ask(self, query: Query, viewer: Viewer) -> Result:
        """Answer `query` with the rows that `viewer` may see.

        Raises:
            QuestionStopped: `stop` was called meanwhile.
            OutOfMemory, DiskFull: there was no room for the answer.
        """
        result = query.finished([self._answer(part, viewer) for part in (query, *query.others)], self.facts)
        if self.remembers:  # else what is written here may not be counted yet
            result = untold(result, filled(self))
        notes = told_to(viewer, query, result.notes)
        if notes is not result.notes:  # what is drawn of an answer is remembered with that very answer
            result = replace(result, notes=notes)
        result = told_of(viewer, query, result)
        if viewer.sees_all or viewer.rep_keys or viewer.named:
            return result
        # A viewer of teams to whom no list of salespeople gives anybody would see empty pages and never know why.
        teams = ", ".join(viewer.teams) or viewer.name
        return replace(result, notes=(*result.notes, note("nobody_in_scope", teams=teams)))

    def _answer(self, query: Query, viewer: Viewer) -> pl.DataFrame:
        frame = self.store.answers.get(self.question(query, viewer)) if self.remembers else None
        return self.answer_anew(query, viewer) if frame is None else frame

    def question(self, query: Query, viewer: Viewer) -> Hashable:
        """What an answer is remembered by."""
        sql, params = query.bound(viewer)
        return self.facts, sql, tuple(_frozen(value) for value in params.values())

    def answer_anew(self, query: Query, viewer: Viewer) -> pl.DataFrame:
        """Ask the database what the statement of `query` answers, and remember it."""
        query = own_part(query, viewer)
        frame = self.frame(*self._said(query, viewer))
        if self.remembers:
            self.store.answers.put(self.question(query, viewer), frame)
        return frame

    def row(self, query: Query, viewer: Viewer) -> dict[str, Any]:
        """The one row that answers a question without a finish: quicker than a frame, and not remembered."""
        said = self._said(own_part(query, viewer), viewer)
        with self._reading() as cursor:
            asked = cursor.execute(*said)
            return dict(zip([column[0] for column in asked.description], asked.fetchall()[0], strict=True))

    def _said(self, query: Query, viewer: Viewer) -> tuple[str, Mapping[str, Any]]:
        """The statement that answers a question, from a roll-up where one is kept, with its values."""
        instead = None
        if is_told(query):  # else no roll-up can answer it, and which there are need not be asked
            instead = rolled(query, viewer, *(self._rollups if self.remembers else self._kept_rollups()))
        sql, params = (instead or query).bound(viewer)
        return as_lists(in_place(sql), params)

    @cached_property
    def _rollups(self) -> tuple[frozenset[str], date | None]:
        """The roll-ups that are kept, from which what they hold is answered, and the day of those of one day."""
        return self._kept_rollups()

    def _kept_rollups(self) -> tuple[frozenset[str], date | None]:
        kept: dict[str, date | None] = dict(self._rows("select name, day from fold.rollups"))
        return frozenset(kept), next((day for day in kept.values() if day), None)

    def frame(self, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """The answer to a statement as a frame. User text goes into `params`, never into `sql`."""
        with self._reading() as cursor:
            return cast("pl.DataFrame", pl.from_arrow(cursor.execute(sql, params or None).to_arrow_table()))

    @contextmanager
    def batches(self, sql: str, size: int) -> Iterator[pa.RecordBatchReader]:
        """The answer to a statement in batches of rows, for tables that need not fit into memory."""
        with self._reading() as cursor:
            yield cursor.sql(sql).to_arrow_reader(size)

    def _rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """A few rows as tuples: quicker than a frame where one value is wanted."""
        with self._reading() as cursor:
            return cursor.execute(sql, params).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One statement at a time; none once the store is being closed."""
        with self._lock:
            if self.store.is_closing:
                raise QuestionStopped
            try:
                yield self._cursor
            except duckdb.Error as error:
                explain(self.store.path, error)

    def viewer(self, email: str | None = None) -> Viewer:
        """Who looks on, with the keys of the people whose rows they may see.

        Raises:
            UnknownViewer: nobody of this address may look.
        """
        from data.viewers import resolve

        return resolve(self, email)

    def values(self, dimension: Dimension | str, viewer: Viewer) -> list[str | None]:
        """The values of a dimension that `viewer` may see, for filters: in order, unassigned last."""
        from metrics.cuts import values_of

        found = self.ask(values_of(dimension), viewer).frame.to_series(0).to_list()
        return sorted((value for value in found if value is not None), key=str.casefold) + [None] * (None in found)

    def filled(self) -> list[str]:
        """The canonical tables that hold rows, from the catalogue of the database; where deals are, versions are."""
        filled = "select table_name from duckdb_tables() where schema_name = 'crm' and estimated_size > 0"
        names = [str(name) for (name,) in self._rows(filled)]
        return [*names, "deal_versions"] if "deals" in names else names

    def stop(self) -> None:
        """Give up the question that is being answered, from another thread."""
        self._cursor.interrupt()


_PLAIN = (str, int, float, date)


def _frozen(value: object) -> object:
    if isinstance(value, _PLAIN):  # nearly all are; a team's people are hundreds, and each question is told by them
        return value
    return tuple(value) if isinstance(value, Sequence) else value
