"""A list of texts, and what in it is no record: blank rows, totals, footnotes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from data.ingest.errors import HeaderOnly

LINE = "#line"
"""Name of the column that holds the line a row began on; no header can be called so, columns are numbered."""

_TOTAL = re.compile(
    r"^(grand\s*|sub\s*-?)?totals?\b|^(sum|count|average|overall)$|^(合计|总计|小计|汇总|共计|总和|平均)", re.IGNORECASE
)
_FOOTNOTE = re.compile(
    r"^(confidential|copyright|©|generated (by|on)|exported (by|on)|note:|注[:：]|说明[:：]|制表|打印|导出)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Aside:
    """A row that is kept out: blank or total rows, footnotes, or lines that do not fit the header."""

    line: int
    text: str
    reason: str


@dataclass
class TextTable:
    """The list in a file.

    `headers`: as written, one per column. `frame`: columns "0", "1", … (text, blank = null) and `LINE`.
    `aside`: rows that are no records. `broken`: records whose cells do not fit the header, refused later.
    `title`: the lines above the header.
    """

    file: str
    headers: list[str]
    frame: pl.DataFrame
    encoding: str
    delimiter: str
    header_line: int
    title: list[str]
    aside: list[Aside] = field(default_factory=list)
    broken: list[Aside] = field(default_factory=list)
    text: bytes = b""

    def column(self, index: int) -> pl.Series:
        """The texts of one column."""
        return self.frame[str(index)]

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.text.split(b"\n")

    def original(self, row: int) -> str:
        """The row as it stands in the file (a text file), or its cells joined by the delimiter (a workbook)."""
        if not self.text:
            return self.delimiter.join(cell or "" for cell in self.frame.drop(LINE).row(row))
        first = int(self.frame[LINE][row])
        breaks = sum(cell.count("\n") for cell in self.frame.drop(LINE).row(row) if cell)
        return b"\n".join(self._lines[first - 1 : first + breaks]).decode("utf-8", "replace").rstrip("\r")


def tidy(table: TextTable) -> TextTable:
    """Trim every cell, drop nameless empty columns, set blank rows and the totals at the end aside.

    Raises:
        HeaderOnly: nothing is left below the header.
    """
    names = [name for name in table.frame.columns if name != LINE]
    trimmed = _trimmed(table.frame, names)
    is_blank = trimmed.select(pl.all_horizontal(pl.col(name).is_null() for name in names)).to_series()
    if is_blank.any():
        # A blank line is no record and no loss; only lines with delimiters in them are worth counting.
        table.aside += [Aside(int(line), "", "blank_line") for line in trimmed.filter(is_blank)[LINE].head(1000)]
        trimmed = trimmed.filter(~is_blank)
    if trimmed.is_empty() and not table.broken:
        raise HeaderOnly(file=table.file, columns=", ".join(header for header in table.headers if header))
    table.frame = trimmed
    _drop_nameless(table)
    _set_totals_aside(table)
    return table


def _trimmed(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Cells without the white space around them; an empty cell is a missing value. Two passes are faster."""
    stripped = frame.with_columns(pl.col(names).str.strip_chars())
    return stripped.with_columns(pl.when(pl.col(names).str.len_bytes() > 0).then(pl.col(names)))


def _drop_nameless(table: TextTable) -> None:
    kept = [
        index
        for index, header in enumerate(table.headers)
        if header or table.frame[str(index)].null_count() < table.frame.height
    ]
    if len(kept) < len(table.headers):
        table.frame = table.frame.select(LINE, *[pl.col(str(old)).alias(str(new)) for new, old in enumerate(kept)])
        table.headers = [table.headers[index] for index in kept]
    seen: Counter[str] = Counter()
    for index, header in enumerate(table.headers):
        name = header or f"column {index + 1}"
        seen[name] += 1
        table.headers[index] = f"{name} ({seen[name]})" if seen[name] > 1 else name


def _set_totals_aside(table: TextTable) -> None:
    """From the last row upwards, as long as rows are totals or footnotes."""
    width = len(table.headers)
    cut = table.frame.height
    while cut > 0 and table.frame.height - cut < 20:
        cells = [cell for cell in table.frame.row(cut - 1)[: width + 1] if isinstance(cell, str)]
        sparse = len(cells) <= max(1, width * 0.7)
        total = sparse and any(_TOTAL.match(cell) for cell in cells)
        note = len(cells) == 1 and width >= 3 and bool(_FOOTNOTE.match(cells[0]))
        if not (total or note):
            break
        cut -= 1
    if cut == table.frame.height:
        return
    for row in range(cut, table.frame.height):
        table.aside.append(Aside(int(table.frame[LINE][row]), table.original(row), "total"))
    table.frame = table.frame.head(cut)
    if not cut and not table.broken:
        raise HeaderOnly(file=table.file, columns=", ".join(table.headers))
