"""Tables that no line has room for are written record by record, never in columns of single letters."""

from __future__ import annotations

import io
from pathlib import Path

from data.terminal import Session

ROW = {f"field_{number}": "a long text to be read" for number in range(20)}
HEADINGS = {key: key.title() for key in ROW}


def written(width: int, columns: int) -> str:
    out = io.StringIO()
    session = Session(out=out, err=io.StringIO(), cwd=Path.cwd(), lang="en", width=width)
    session.table([ROW, ROW], dict(list(HEADINGS.items())[:columns]))
    return out.getvalue()


def test_many_columns_are_written_one_below_the_other() -> None:
    lines = written(100, 20).splitlines()
    assert lines[0] == "Field_0: a long text to be read"
    assert lines[20] == "", "a blank line parts the records"
    assert len(lines) == 2 * 21


def test_what_fits_stays_a_table() -> None:
    text = written(100, 3)
    assert text.splitlines()[1].split() == ["Field_0", "Field_1", "Field_2"]
    assert text.count("a long text to be read") == 6
