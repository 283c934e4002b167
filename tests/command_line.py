"""The command line as tests use it: the very same functions, without starting a process each time."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.store import open_store
from data.terminal import Session, execute
from tests.small import copied, made_at


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*argv: object, lang: str = "en") -> Ran:
    """Run `python -m data …` in this process."""
    out, err = io.StringIO(), io.StringIO()
    session = Session(out=out, err=err, cwd=Path.cwd(), lang=lang, width=200)
    return Ran(execute([str(word) for word in argv], session), out.getvalue(), err.getvalue())


class Company:
    """A store and its command line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *argv: object) -> Ran:
        return run(*argv, "--store", self.path, "--json")

    def ask(self, *argv: object) -> list[dict[str, Any]]:
        ran = self("ask", *argv)
        assert ran.code == 0, ran.err
        rows: list[dict[str, Any]] = ran.json["rows"]
        return rows

    def load(self, *argv: object) -> list[dict[str, Any]]:
        ran = self("import", *argv)
        assert ran.code == 0, ran.err + ran.out
        uploads: list[dict[str, Any]] = ran.json["uploads"]
        for upload in uploads:
            assert upload["read"] == upload["new"] + upload["changed"] + upload["same"] + upload["refused"]
        return uploads

    def hold(self, *files: Path) -> None:
        """Begin as a company that has loaded these files: done once in the whole run, by whoever asks first."""

        def make(path: Path) -> None:
            made = Company(path)
            made.load(*files)
            made.close()

        named = hashlib.sha256("\n".join(map(str, files)).encode()).hexdigest()
        made_at(self.path, f"holds {named[:16]}", make)

    def facts(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of `crm`, in an order of its own."""
        return dump(self.path, "crm")

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """`crm` and `ops`: nothing at all has happened where this is equal."""
        return self.facts() | dump(self.path, "ops")

    def copied_to(self, path: Path) -> Company:
        """The closed store once more at `path`: what many tests start from is loaded once."""
        return Company(copied(self.path, path))

    def close(self) -> None:
        if self.path.exists():
            open_store(self.path, create=False).close()


_TABLES = """
select named.table_name, coalesce(estimated_size > 0, true) as may_hold  -- of a view it is not known
from information_schema.tables as named
left join duckdb_tables() as held on held.schema_name = named.table_schema and held.table_name = named.table_name
where named.table_schema = $schema order by named.table_name
"""
"""Most tables of a test's store are empty, and to ask each of them takes longer than all that is done to the others."""


def dump(path: Path, schema: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables of a schema; nothing where there is no store."""
    if not path.exists():
        return {}
    with open_store(path, create=False).snapshot() as seen:
        names = seen.frame(_TABLES, {"schema": schema}).rows()
        return {
            name: sorted(seen.frame(f'select * from {schema}."{name}"').rows(), key=repr) if may_hold else []
            for name, may_hold in names
        }
