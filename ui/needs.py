"""Which tables each page stands on: read from its own script, so that it cannot say anything else than it does.

A page names its measures and its question files; one that offers the whole catalogue stands on all tables.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from metrics.catalog import catalog
from metrics.query import tables_of_file
from ui import answers
from ui.navigation import PAGES, Entry

_ROOT = Path(__file__).parents[1]


def pages_on(table: str) -> list[Entry]:
    """The pages that show something of a table, in the order of the menu."""
    return [entry for entry in PAGES if table in _tables(entry)]


@cache
def _tables(entry: Entry) -> frozenset[str]:
    scripts = (_ROOT / "pages" / entry.section / f"{entry.stem}.py", _ROOT / "ui" / f"{entry.stem}.py")
    if entry.section == "data":
        return frozenset()  # these look after the data: they show nothing of a table that is not there
    return frozenset(name for script in scripts if script.exists() for name in _named_in(script))


def _named_in(script: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == "measures":
            for known in catalog().measures.values():
                yield from answers.needs(known)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _read_by(node.value)


def _read_by(word: str) -> tuple[str, ...]:
    """The tables of a measure or a question file; none where the word is neither."""
    known = catalog().measures.get(word)
    return tuple(answers.needs(known)) if known else tables_of_file(word)
