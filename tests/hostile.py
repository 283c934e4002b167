"""A company whose every name was chosen to act where it should only be read: in a page, a chart, a file, a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from data.aliases import accept_alias
from data.demo import Size, exports
from data.demo.loading import _load
from data.dimensions import promote
from data.saved_views import save_view
from data.store import Store, open_store
from data.truth import Load, load
from data.viewers import add_viewer
from tests.small import made_at

NAMES = (
    "<script>window.pwned=1</script>", '<img src="x" onerror="window.pwned=1">', "<b>pwned</b>",
    '<a href="javascript:window.pwned=1">pwned</a>', "</div><h1>pwned</h1>", "<br>pwned<!--",
    "&lt;pwned&gt; &amp;", "[pwned](https://evil.example/)", "![pwned](https://evil.example/x.png)",
    "https://evil.example/", "www.evil.example", "me@evil.example", "**pwned**", "_pwned_", "~~pwned~~", "`pwned`",
    "# pwned", "1. pwned", "> pwned", "- pwned", "pwned\n===", "first\n\n    second", "$pwned^2$",
    "$$\\frac{p}{w}$$", ":material/bug_report:", ":red[pwned]", ":smile:", "A->B <- C -- D >= E", "|a|b|\n|-|-|",
    "'; drop table crm.deals; --", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1",
    "\u202epwned", "zero\u200bwidth", "مرحبا", "x" * 300, "\x1b[31mpwned\x1b[0m", "\x1b]0;pwned\x07",
    "\x9b31mpwned", "{{7*7}} ${x} {name} {0} %s %(a)s", "back\\slash\\", '"quoted"', "../../etc/passwd", "null",
    "a,b;c\td", "a;b,c~d=e&f#g%41", "🙂" * 20,
)  # fmt: skip
"""What a text may try. `pwned` stands where it would be seen if it acted."""

_KEPT = {"status", "currency", "measure", "scope", "kind", "forecast_category"}
"""Columns whose words mean something to us."""
_FIELD = "<b>pwned</b> $x$"
"""A column of the company's own."""


class Renamed:
    """Every text of a company, replaced: the same text by the same one in all of its files."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def one(self, text: str) -> str:
        """What stands for a text; beyond the first of them with a number, for names are to be told apart."""
        if text not in self._known:
            number, place = divmod(len(self._known), len(NAMES))
            self._known[text] = f"{NAMES[place]} {number}" if number else NAMES[place]
        return self._known[text]

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """All texts of a table."""
        names = [name for name, kind in frame.schema.items() if kind == pl.String and name not in _KEPT]
        return frame.with_columns(
            pl.Series(name, [None if text is None else self.one(text) for text in frame[name]], dtype=pl.String)
            for name in names
        )


def loads(deals: int) -> list[Load]:
    """The files of a small demo company with other names, rows that were refused, and a column of their own."""
    renamed, made = Renamed(), []
    for place, export in enumerate(sorted(exports(Size(deals, stories=True, seed=1, weeks=4), "en"), key=_who_first)):
        given = _load(type(export)(export.table, export.file, renamed.rows(export.rows), export.as_of, export.is_full))
        rows = given.rows
        if export.table == "deals":
            said = [json.dumps({_FIELD: NAMES[at % len(NAMES)]}) for at in range(rows.height)]
            rows = rows.with_columns(pl.Series("extra", said, dtype=pl.String))
        file, who = f"{NAMES[place % len(NAMES)]}.csv", NAMES[(place + 7) % len(NAMES)]
        more: dict[str, Any] = {"original": b"a,b\n1,2\n", "refused": _refused(place)} if place % 3 == 0 else {}
        made.append(
            given.model_copy(update={"rows": rows, "file": file, "who": who, "profile": NAMES[place % 5]} | more)
        )
    return made


def _who_first(export: Any) -> bool:
    """The lists of people, customers and products first: their names are the first to be given."""
    return export.table not in {"reps", "teams", "products", "stages"}


def _refused(place: int) -> pl.DataFrame:
    told = {"line": [2], "text": [NAMES[place % len(NAMES)]], "reasons": [["key_repeated"]], "money": [None]}
    kinds = {"line": pl.Int64, "text": pl.String, "reasons": pl.List(pl.String), "money": pl.Decimal(18, 4)}
    return pl.DataFrame(told | {"is_set_aside": [False]}, schema=kinds | {"is_set_aside": pl.Boolean})


def build(path: Path, deals: int = 400) -> Path:
    """A store in which nothing has a harmless name."""
    store = open_store(path)
    load(store, loads(deals))
    promote(store, "deals", _FIELD, "own", *_labels())
    for number, name in enumerate(NAMES):
        save_view(store, name, "overview", "period=all", NAMES[number - 1])
        add_viewer(store, f"u{number}@example.com", "all", name=name)
    for name in NAMES[:3]:
        accept_alias(store, "customer", f"{name}!", name)
    store.close()
    return path


def _labels() -> tuple[str, str]:
    return "<img src=x onerror=window.pwned=1>", ":red[**pwned**] $x^2$"


def copied_to(path: Path) -> Store:
    """A store of the test's own."""
    return open_store(made_at(path, "hostile", build))
