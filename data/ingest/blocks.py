"""Several lists in one place, beside or below each other: what their names and lines are, and that it is said."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from data.ingest.errors import FileRefused
from data.ingest.headers import names_as_text
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, Aside, Reading

_SAID = "lists_parted"


def joined(readings: Sequence[tuple[str, Reading | FileRefused]]) -> Reading:
    """What several places hold, as one reading; a place that holds no list is named.

    Args:
        readings: what each place is called, and what was read there.

    Raises:
        FileRefused: none of them is a list.
    """
    whole = Reading()
    for name, one in readings:
        if isinstance(one, FileRefused):
            whole.left.append((name, one))
            continue
        whole.tables += one.tables
        whole.left += one.left
        whole.questions += one.questions
    if not whole.tables and not whole.questions:
        raise whole.left[0][1]
    return whole


def moved(reading: Reading, lines: int, text: bytes | None = None) -> Reading:
    """The lists of a part of a file with the lines that they have in the whole of it."""
    for table in reading.tables:
        table.frame = table.frame.with_columns(pl.col(LINE) + lines)
        table.header_line += lines
        table.aside = [Aside(one.line + lines, one.text, one.reason) for one in table.aside]
        table.broken = [Aside(one.line + lines, one.text, one.reason) for one in table.broken]
        if text is not None and table.text:
            table.text = text
    return reading


def told_of(lists: str | None, columns: Sequence[str]) -> dict[str, str]:
    """What a list keeps of what a person said of how many there are, and of which columns it was said."""
    return {"lists": lists, "beside": names_as_text(columns)} if lists else {}


def told(reading: Reading, lists: str | None, columns: Sequence[str]) -> Reading:
    """Several lists that keep it."""
    for table in reading.tables:
        table.told |= told_of(lists, columns)
    return reading


def named(reading: Reading) -> Reading:
    """Several lists of one place, each called by the name of its first column; and that is said."""
    if len(reading.tables) < 2:
        return reading
    taken: list[str] = []
    for table in reading.tables:
        table.remarks = [remark for remark in table.remarks if remark.code != _SAID]
        name = next(iter(table.headers), "-").replace(" / ", " ")
        taken.append(name if name not in taken else f"{name} ({taken.count(name) + 1})")
        table.part = taken[-1]
    params: dict[str, str | int] = {"lists": ", ".join(f"“{name}”" for name in taken), "count": len(taken)}
    reading.tables[0].remarks.append(Remark(code=_SAID, params=params))
    return reading
