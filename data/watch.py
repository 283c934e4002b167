"""The watch folder: exports that a schedule puts there are loaded by themselves.

Off unless `watch_dir` is set. The app's process looks every few seconds. A file is taken when nobody wrote to it
between two looks; it is moved to `loading/` first, so that nobody else takes it, and from there to `done/` when it is
loaded. What needs an answer, or cannot be read, goes to `waiting/` with a note beside it, which the upload page shows.
Files are only ever moved, never deleted and never written over.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from data.current import current, is_demo, own_store, switch
from data.settings import settings
from data.store import Store, open_store
from metrics.errors import SalesError

if TYPE_CHECKING:
    from data.ingest import Plan
    from data.ingest.jobs import Job

log = logging.getLogger("sales.watch")
WHO = "watch folder"
LOADING, DONE, WAITING, LEFT_OUT = "loading", "done", "waiting", "left out"
_NOTE = ".note.json"
_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".partial", ".filepart", ".lock", _NOTE)
_LANGUAGES = ("en", "zh-CN")
_PATIENCE = 0.1  # seconds between two looks at a job


class Waiting(BaseModel):
    """A file that a person must look at. `why`: in each language, what is asked or wrong."""

    model_config = ConfigDict(frozen=True)

    file: str
    since: datetime
    why: dict[str, list[str]]

    def reasons(self, lang: str) -> list[str]:
        """What is asked or wrong, in a language."""
        return self.why.get(lang) or self.why.get("en", [])


@dataclass
class Watcher:
    """Looks at one folder. `problem`: why it cannot work, None while it can; `looked_at`: when it last looked."""

    folder: Path
    problem: str | None = None
    looked_at: datetime | None = None
    _before: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def recover(self) -> None:
        """Put back what was being loaded when the process ended; what was in the store by then is done."""
        for path in _files(self.folder / LOADING):
            _move(path, self.folder / DONE if _is_loaded(path) else self.folder)

    def look(self) -> None:
        """One look: load what has not changed since the last one."""
        self.looked_at = datetime.now(UTC)
        try:
            ready = self._ready()
            if ready:
                self._take(ready)
        except OSError as error:
            self.problem = f"{self.folder}: {error.strerror or error}"
            log.warning("watch folder: %s", self.problem)
        else:
            self.problem = None

    def _ready(self) -> list[Path]:
        now = {}
        for path in _files(self.folder):
            facts = path.stat()
            now[path] = (facts.st_size, facts.st_mtime_ns)
        ready = sorted(path for path, facts in now.items() if facts[0] and self._before.get(path) == facts)
        self._before = now
        return ready

    def _take(self, ready: Sequence[Path]) -> None:
        """Files that came together may need each other; where that fails, each is tried by itself."""
        held = [_move(path, self.folder / LOADING) for path in ready]
        if len(held) > 1 and not self._why_not(held):
            return
        for path in held:
            if path.exists():
                why = self._why_not([path])
                if why:
                    self._set_waiting(path, why)

    def _why_not(self, held: Sequence[Path]) -> dict[str, list[str]]:
        """Load files and move them to `done/`; what stopped it, in each language, where something did."""
        try:
            made = _planned(held)
            if made.questions:
                return {lang: [question.text(lang) for question in made.questions] for lang in _LANGUAGES}
            error = _loaded(made).error
        except SalesError as refused:
            error = refused
        except Exception as broken:  # noqa: BLE001 - a file that breaks the reader must not stop the watch
            error = broken
        if error is None:
            for path in held:
                _move(path, self.folder / DONE)
            return {}
        if not isinstance(error, SalesError):
            log.error("watch folder: %s", [path.name for path in held], exc_info=error)
            return {lang: [type(error).__name__] for lang in _LANGUAGES}
        return {lang: [error.text(lang)] for lang in _LANGUAGES}

    def _set_waiting(self, path: Path, why: dict[str, list[str]]) -> None:
        moved = _move(path, self.folder / WAITING)
        note = Waiting(file=moved.name, since=datetime.now(UTC), why=why)
        moved.with_name(moved.name + _NOTE).write_text(note.model_dump_json(indent=1), encoding="utf-8")


# ------------------------------------------------------------------------------------------------------ steps of a look


def _files(folder: Path) -> list[Path]:
    """The files that lie in a folder itself; hidden and unfinished ones are none yet."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith((".", "~$")) and not path.name.lower().endswith(_UNFINISHED)
    ]


def _move(path: Path, folder: Path) -> Path:
    """Move a file into a folder, under another name where its own is taken: nothing is written over."""
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 2
    while target.exists():
        target = folder / f"{path.stem} ({number}){path.suffix}"
        number += 1
    os.rename(path, target)  # noqa: PTH104 - fails rather than copies: half a copy could be taken for a file
    return target


def _planned(held: Sequence[Path]) -> Plan:
    from data.ingest import Options, plan

    own = own_store()
    if own is None:
        return plan(list(held), Options(who=WHO))
    with own.snapshot() as seen:  # what was answered about such a file before is not asked again
        return plan(list(held), Options(who=WHO), seen)


def _loaded(made: Plan) -> Job:
    """Load as a job, in turn with those of the pages, and bring the company's own store on screen."""
    from data.ingest import jobs

    store = _target()
    job = jobs.start(store, made)
    pause = Event()
    while not job.is_over:
        pause.wait(_PATIENCE)
    if job.error is None and current().path != store.path:
        switch(store.path)
    return job


def _target() -> Store:
    """The company's own store, whatever is on screen now."""
    shown = current()
    if not is_demo(shown):
        return shown
    switch(shown.path)  # stays on screen until the company's own store holds something
    return open_store(settings().store)


def _is_loaded(path: Path) -> bool:
    """Whether this very file was loaded since it was written."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with _target().snapshot() as seen:
        found = seen.frame(
            "select count(*) as n from ops.uploads where sha256 = $sha and who = $who and not is_undone",
            {"sha": digest, "who": WHO},
        )
    return bool(found["n"][0])


# -------------------------------------------------------------------------------------------- for the app and its pages

_running: list[tuple[Watcher, Event, Thread]] = []


def start() -> None:
    """Watch the folder that settings name, in a thread of this process; nothing where they name none."""
    folder = settings().watch_dir
    if not folder or _running:
        return
    watcher, ended = Watcher(Path(folder).expanduser().absolute()), Event()

    def work() -> None:
        try:
            watcher.recover()
        except (OSError, SalesError):
            log.exception("watch folder: what was being loaded is still in %s", watcher.folder / LOADING)
        while not ended.wait(settings().watch_seconds):
            try:
                watcher.look()
            except Exception:  # the watch goes on: the next look may find everything in order
                log.exception("watch folder: a look failed")

    thread = Thread(target=work, name="watch", daemon=True)
    _running.append((watcher, ended, thread))
    thread.start()


def stop() -> None:
    """End the watch; a load on its way is finished first."""
    while _running:
        _, ended, thread = _running.pop()
        ended.set()
        thread.join(timeout=30)


def watched() -> Watcher | None:
    """The watch of this process, if there is one."""
    return _running[0][0] if _running else None


def folder_of() -> Path | None:
    """The folder that settings name."""
    named = settings().watch_dir
    return Path(named).expanduser().absolute() if named else None


def waiting() -> list[Waiting]:
    """The files that a person must look at, the oldest first."""
    folder = folder_of()
    listed = [_noted(path) for path in _files(folder / WAITING)] if folder else []
    return sorted(listed, key=lambda one: one.since)


def _noted(path: Path) -> Waiting:
    try:
        note = json.loads(path.with_name(path.name + _NOTE).read_text(encoding="utf-8"))
        return Waiting.model_validate(note | {"file": path.name})
    except (OSError, ValueError, ValidationError):
        return Waiting(file=path.name, since=datetime.fromtimestamp(path.stat().st_mtime, UTC), why={})


def waiting_content(file: str) -> bytes:
    """The bytes of a waiting file.

    Raises:
        FileAbsent: it is not there any more.
    """
    from data.ingest.errors import FileAbsent

    folder = folder_of()
    known = {path.name: path for path in _files(folder / WAITING)} if folder else {}
    if file not in known:
        raise FileAbsent(file=file)
    return known[file].read_bytes()


def settle(file: str, *, is_loaded: bool) -> None:
    """Take a waiting file away: to `done/` when a person loaded it, to `left out/` when they do not want it."""
    folder = folder_of()
    for path in _files(folder / WAITING) if folder else []:
        if folder and path.name == file:
            _move(path, folder / (DONE if is_loaded else LEFT_OUT))
            path.with_name(path.name + _NOTE).unlink(missing_ok=True)
