"""How a command runs: in which language it speaks, how it prints, and what becomes of its errors.

The same functions run in a terminal and, while the app holds the store, inside the app (`data/handover.py`).
"""

from __future__ import annotations

import json
import locale
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from data.clock import local
from data.errors import StoreLocked
from data.settings import settings
from data.wording import wording
from metrics.errors import SalesError, fill
from metrics.lines import escaped, in_line, in_lines

if TYPE_CHECKING:
    from typer._click import Command

    from data.store import Snapshot, Store

log = logging.getLogger("sales.commands")
LOADED, REFUSED, USAGE, QUESTION = 0, 1, 2, 3
"""Exit codes of the contract: done; refused with the reason; wrong use; a question must be answered first."""

_WIDE = 240  # columns where nobody's terminal says how wide it is
_TO_THE_CENT = 10  # larger numbers are written with two digits: more are read by nobody
_NARROW = 8
"""Below this many characters a folded column of texts cannot be read."""


@dataclass
class Session:
    """Where one command speaks and which store it means.

    `cwd`: what relative paths refer to. `default_store`: used without --store. `is_inside_app`: run by the app for a
    command line that found the store locked.
    """

    out: TextIO
    err: TextIO
    cwd: Path
    lang: str
    default_store: Path | None = None
    is_inside_app: bool = False
    is_json: bool = False
    chosen: Path | None = None
    width: int | None = None
    opened: list[Store] = field(default_factory=list)

    def prepare(self, store: Path | None, lang: str | None, *, is_json: bool) -> Session:
        """Take over what every command can be told."""
        self.chosen, self.is_json = store, is_json
        self.lang = _language(lang) if lang else self.lang
        return self

    def path(self, given: Path) -> Path:
        """A path of the caller, who may stand in another folder than this process."""
        return given if given.is_absolute() else self.cwd / given.expanduser()

    @property
    def store_path(self) -> Path:
        """--store, else SALES_STORE, else the settings."""
        return self.path(self.chosen or self.default_store or settings().store)

    def store(self, *, create: bool = False) -> Store:
        """Open the store; the engine's copy where settings name one and no --store is given.

        Raises:
            StoreError: it is absent (and not to be made), locked, damaged…
            EngineError: the engine cannot be used.
        """
        from data.store import open_store

        if settings().engine and not self.chosen:
            from data.current import engine

            return engine()

        opened = open_store(self.store_path, create=create)
        self._say_unfinished(opened)
        return opened

    def _say_unfinished(self, opened: Store) -> None:
        """Once a command: that a load was cut short, where one was; beside the answer, which may be JSON."""
        from data.unfinished import unfinished

        told = unfinished(opened)
        if told is not None and opened not in self.opened:
            files = ", ".join(told.files) or "?"
            self.complain(self.word("cut_short", files=files, since=f"{local(told.since):%Y-%m-%d %H:%M}"))
        self.opened.append(opened)

    @contextmanager
    def seen(self) -> Iterator[Snapshot | None]:
        """What the store holds now; None where there is none yet, or where another engine keeps a copy only."""
        if (settings().engine and not self.chosen) or not self.store_path.exists():
            yield None
            return
        with self.store().snapshot() as snapshot:
            yield snapshot

    # ------------------------------------------------------------------------------------------------------ output

    @property
    def columns(self) -> int:
        """How many characters fit on a line of whoever reads it."""
        if self.width is not None:
            return self.width
        return shutil.get_terminal_size().columns if self.out.isatty() else _WIDE

    def say(self, code: str, **params: object) -> None:
        """A sentence from commands.toml; silent where the answer is JSON."""
        if not self.is_json:
            self.write(self.word(code, **params))

    def word(self, code: str, **params: object) -> str:
        """A word or sentence of commands.toml in the reader's language."""
        return fill(wording("commands")[code], self.lang, params)

    def write(self, text: str) -> None:
        """A line, or several; names in it may hold what a terminal would obey."""
        self.out.write(in_lines(text) + "\n")

    def complain(self, text: str) -> None:
        """The same, beside the answer."""
        self.err.write(in_lines(text) + "\n")

    def answer(self, value: object) -> None:
        """The answer as JSON."""
        self.out.write(escaped(json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)) + "\n")

    def table(self, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
        """A table for people: `columns` is key -> heading. What no line has room for stands record by record."""
        cells = [{key: in_line(_readable(row.get(key))) for key in columns} for row in rows]
        if rows and _least_width(cells, columns) > self.columns:
            headings = {key: in_line(heading) for key, heading in columns.items()}
            self.out.write("".join(_record(row, headings) for row in cells))
            return
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table

        shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
        for key, heading in columns.items():
            is_number = any(isinstance(row.get(key), int | float | Decimal) for row in rows)
            shown.add_column(
                in_line(heading), justify="right" if is_number else "left", overflow="fold", no_wrap=is_number
            )
        for row in cells:
            shown.add_row(*row.values())
        console = Console(file=self.out, width=self.columns, markup=False, highlight=False)
        console.print(shown)


def _least_width(cells: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> int:
    """How many characters a table needs to be read: a column of texts may be folded, but not letter by letter."""
    return sum(3 + min(max(len(row[key]) for row in cells), _NARROW) for key in columns)


def _record(row: Mapping[str, str], headings: Mapping[str, str]) -> str:
    """One row as lines of `heading: value`, with a blank line behind it."""
    return "".join(f"{heading}: {row[key]}\n" for key, heading in headings.items()) + "\n"


def _readable(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, float | Decimal):
        digits = 2 if abs(float(value)) >= _TO_THE_CENT else 4  # JSON and files have it whole
        return f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)


def _plain(value: object) -> object:
    """What JSON has no form for: exact decimals become numbers, days and moments ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def _language(given: str | None) -> str:
    said = given or os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "zh-CN" if said.lower().startswith(("zh", "chinese")) else "en"


# ---------------------------------------------------------------------------------------------------------- running


def main(argv: list[str]) -> int:
    """Run one command in a terminal; where the app holds the store, let the app run it.

    Returns:
        The exit code: 0 done, 1 refused, 2 wrong use, 3 a question must be answered.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    session = Session(out=sys.stdout, err=sys.stderr, cwd=Path.cwd(), lang=_language(None))
    return execute(argv, session)


def execute(argv: list[str], session: Session) -> int:
    """Run one command and say what went wrong, if anything; never a traceback."""
    from typer.exceptions import TyperException

    try:
        code = _commands().main(args=argv, prog_name="python -m data", standalone_mode=False, obj=session)
    except StoreLocked as error:
        return _hand_over(argv, session, error)
    except SalesError as error:
        return _refuse(session, argv, error)
    except TyperException as error:
        return _wrong_use(session, argv, error)
    except KeyboardInterrupt:
        session.complain(session.word("interrupted"))
        return 130
    except Exception as error:  # noqa: BLE001 - everything ends here: people see a sentence, the log the rest
        return _broken(session, argv, error)
    return code if isinstance(code, int) else LOADED


@cache
def _commands() -> Command:
    """Every command with its options, built once: that takes longer than many a command."""
    from typer.main import get_command

    from data.commands import app

    return get_command(app)


def _hand_over(argv: list[str], session: Session, error: StoreLocked) -> int:
    from data import handover

    if session.is_inside_app:
        return _refuse(session, argv, error)
    done = handover.send(session.store_path, argv, cwd=session.cwd, lang=session.lang, width=session.columns)
    if done is None:
        return _refuse(session, argv, error)
    session.out.write(done.out)
    session.err.write(done.err)
    return done.code


def _refuse(session: Session, argv: list[str], error: SalesError) -> int:
    text = error.text(session.lang)
    if session.is_json or "--json" in argv:
        params = {name: str(value) for name, value in error.params.items()}
        session.answer({"error": {"code": error.code, "text": text, "params": params}})
    session.complain(text)
    return REFUSED


def _wrong_use(session: Session, argv: list[str], error: Exception) -> int:
    said = getattr(error, "format_message", None)
    text = str(said()) if callable(said) else str(error)
    if "--json" in argv:
        session.answer({"error": {"code": "Usage", "text": text, "params": {}}})
    session.complain(session.word("usage", problem=text))
    return int(getattr(error, "exit_code", USAGE))


def _broken(session: Session, argv: list[str], error: Exception) -> int:
    place = Path(tempfile.gettempdir()) / f"sales-compass-{os.getpid()}.log"
    handler = logging.FileHandler(place, encoding="utf-8")
    log.addHandler(handler)
    log.propagate = False
    log.error("command failed: %s", argv, exc_info=error)
    log.removeHandler(handler)
    handler.close()
    text = session.word("broken", problem=type(error).__name__, place=str(place))
    if session.is_json or "--json" in argv:
        session.answer({"error": {"code": "Unexpected", "text": text, "params": {}}})
    session.complain(text)
    return REFUSED
