"""Bytes -> a table of texts: encoding, delimiter, the true header row, and what does not belong to the list.

Nothing is typed here. Every value is the text of its cell, every row knows the line it began on.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from data.ingest.errors import (
    EncodingWrong,
    FileAbsent,
    FileBinary,
    FileEmpty,
    FormatUnsupported,
    HeaderMissing,
    HeaderOnly,
)
from data.ingest.names import normal

LINE = "#line"
"""Name of the column that holds the line a row began on; no header can be called so, columns are numbered."""

_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 200
_HEADER_WITHIN = 30
_DELIMITERS = (",", "\t", ";", "|")
_MAGIC = {
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "xls",
    b"PAR1": "parquet",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"SQLite format 3": "SQLite",
}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TOTAL = re.compile(
    r"^(grand\s*|sub\s*-?)?totals?\b|^(sum|count|average|overall)$|^(合计|总计|小计|汇总|共计|总和|平均)", re.IGNORECASE
)
_FOOTNOTE = re.compile(
    r"^(confidential|copyright|©|generated (by|on)|exported (by|on)|note:|注[:：]|说明[:：]|制表|打印|导出)",
    re.IGNORECASE,
)
_NUMBERISH = re.compile(r"^[^\w一-鿿]*[\d.,\s:/\-%年月日]+[^\w一-鿿]*$")


@dataclass(frozen=True)
class Source:
    """A file as it was given: its name and its bytes."""

    name: str
    content: bytes

    @classmethod
    def of(cls, path: Path) -> Source:
        """Read a file from disk.

        Raises:
            FileAbsent: it is not there, or may not be read.
        """
        try:
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise FileAbsent(file=str(path)) from error


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


def read(
    source: Source,
    known: AbstractSet[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> TextTable | None:
    """Read a file as a table of texts.

    Args:
        source: the file.
        known: column names that some profile knows, normalised; they tell the header row from title rows.
        encoding: what the user says it is; otherwise BOM, strict UTF-8, strict GB18030, in this order.
        delimiter: what the user says it is; otherwise proved on the first rows.
        sheet: the sheet of a workbook.

    Returns:
        The table, or None where the encoding must be asked for.

    Raises:
        FileRefused: there is no table to read (empty, binary, no header, no rows…).
    """
    if not source.content.strip(b"\0 \t\r\n"):
        raise FileEmpty(file=source.name)
    kind = _kind(source)
    if kind in ("xlsx", "xls"):
        from data.ingest.workbook import read_workbook

        return read_workbook(source, known, sheet)
    if kind in ("zip", "parquet"):
        raise FormatUnsupported(file=source.name, kind=kind)
    if kind:
        raise FileBinary(file=source.name, kind=kind)
    decoded = decode(source, encoding)
    if decoded is None:
        return None
    text, name = decoded
    return _read_text(source.name, text, name, known, delimiter)


def _kind(source: Source) -> str | None:
    head = source.content[:16]
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            if kind == "zip":
                return "xlsx" if b"xl/" in source.content or source.name.lower().endswith((".xlsx", ".xlsm")) else "zip"
            return kind
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return None
    sample = source.content[:_SAMPLE_BYTES]
    control = sum(sample.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return "?" if b"\0" in sample or control > len(sample) // 100 else None


def decode(source: Source, encoding: str | None = None) -> tuple[bytes, str] | None:
    """The content as UTF-8 with line ends LF or CRLF, and the encoding it had; None when it must be asked for.

    GB18030 accepts nearly any bytes, so its reading must also look like Chinese: most of what it decodes to has
    to be in GB 2312, the 6,763 characters in common use. "Müller" in Latin-1 would otherwise become "M黮ler".

    Raises:
        EncodingWrong: the named encoding does not fit.
    """
    content = source.content
    for bom, name in _BOMS:
        if content.startswith(bom):
            body = content[len(bom) :]
            return _unix(body if name == "utf-8" else _recoded(source.name, body, name)), name
    if encoding:
        return _unix(_recoded(source.name, content, encoding)), encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return _unix(content), "ascii" if content.isascii() else "utf-8"
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text[:200_000] if ord(character) > 127]
    common = sum(1 for character in foreign if _is_common(character))
    return (_unix(text.encode()), "gb18030") if common >= 0.9 * len(foreign) else None


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _recoded(file: str, content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).encode()
    except (UnicodeDecodeError, LookupError) as error:
        raise EncodingWrong(file=file, encoding=encoding) from error


def _unix(content: bytes) -> bytes:
    """Old Mac line ends (a lone CR) become LF; CRLF stays, every reader here understands it."""
    return content.replace(b"\r", b"\n") if b"\r" in content and b"\n" not in content else content


# ------------------------------------------------------------------------------------------------------- text files


@dataclass(frozen=True)
class _Row:
    start: int  # the physical line it begins on, from 1
    end: int
    cells: list[str]


def _rows(text: str, delimiter: str, limit: int | None = None, first_line: int = 1) -> list[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[_Row] = []
    start = 1
    for cells in reader:
        rows.append(_Row(start + first_line - 1, reader.line_num + first_line - 1, cells))
        start = reader.line_num + 1
        if limit and len(rows) >= limit:
            break
    return rows


def _read_text(file: str, text: bytes, encoding: str, known: AbstractSet[str], delimiter: str | None) -> TextTable:
    csv.field_size_limit(1 << 30)
    sample = text[:_SAMPLE_BYTES]
    if len(sample) < len(text):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    head = sample.decode("utf-8", "ignore")
    told = re.match(r"sep=(.)\r?\n", head)  # Excel's own first line
    separator = delimiter or (told[1] if told else prove_delimiter(head))
    rows = _rows(head, separator, _SAMPLE_ROWS)
    at = find_header([row.cells for row in rows], known)
    if at is None:
        raise HeaderMissing(file=file)
    header = rows[at]
    headers = [" ".join(cell.split()) for cell in header.cells]
    frame, broken = _body(text, separator, headers, header.end)
    table = TextTable(
        file=file,
        headers=headers,
        frame=frame,
        encoding=encoding,
        delimiter=separator,
        header_line=header.start,
        title=[" ".join(row.cells).strip() for row in rows[:at]],
        broken=broken,
        text=text,
    )
    return tidy(table)


def prove_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows most evenly into more than one cell; a comma when none does."""

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row.cells) for row in _rows(text, delimiter, _SAMPLE_ROWS) if any(row.cells))
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (rows / widths.total(), width) if width > 1 else (0.0, 0)

    return max(_DELIMITERS, key=evenness)


def find_header(rows: list[list[str]], known: AbstractSet[str]) -> int | None:
    """Which row names the columns: the one with most known names, else the first that is full and all words.

    Title rows above it ("Export of 5 January") and a first line without names are the reasons to look.
    """
    seen = rows[:_HEADER_WITHIN]
    hits = [sum(1 for cell in row if normal(cell) in known) for row in seen]
    if hits and max(hits) >= 2:
        return hits.index(max(hits))
    widths = Counter(sum(1 for cell in row if cell.strip()) for row in rows if any(cell.strip() for cell in row))
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0] if widths else 0
    for index, row in enumerate(seen):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) >= max(1, 0.6 * usual) and not any(_NUMBERISH.match(cell) for cell in filled):
            return index
    return None


def _body(text: bytes, delimiter: str, headers: list[str], header_end: int) -> tuple[pl.DataFrame, list[Aside]]:
    """The rows below the header, fast where the file is regular, cell by cell where it is not."""
    names = [str(index) for index in range(len(headers))]
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            skip_lines=header_end,
            schema=dict.fromkeys(names, pl.String),
            separator=delimiter,
            raise_if_empty=False,
            missing_columns="insert",
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.NoDataError):
        return _ragged(text, delimiter, names, header_end)
    return frame.with_columns(_lines_of(frame, text, header_end)), []


def _lines_of(frame: pl.DataFrame, text: bytes, header_end: int) -> pl.Series:
    """The line each row begins on: one line per row, unless cells hold line breaks of their own."""
    first = header_end + 1
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    plain = pl.Series(LINE, range(first, first + frame.height), dtype=pl.Int64)
    if lines - header_end <= frame.height:
        return plain
    extra = frame.select(
        pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)).cast(pl.Int64).alias("breaks")
    )["breaks"]
    return (plain + extra.cum_sum().shift(1, fill_value=0)).alias(LINE) if extra.any() else plain


def _ragged(text: bytes, delimiter: str, names: list[str], header_end: int) -> tuple[pl.DataFrame, list[Aside]]:
    """Read cell by cell: rows with more cells than the header has names are set apart as broken."""
    body = b"\n".join(text.split(b"\n")[header_end:]).decode("utf-8", "replace")
    fitting: list[list[str | None]] = []
    lines: list[int] = []
    broken: list[Aside] = []
    for row in _rows(body, delimiter, first_line=header_end + 1):
        cells = row.cells
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(names):
            broken.append(Aside(row.start, delimiter.join(row.cells), "cells_too_many"))
            continue
        fitting.append([*cells, *[None] * (len(names) - len(cells))])
        lines.append(row.start)
    frame = pl.DataFrame(fitting, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)), broken


# ------------------------------------------------------------------------------------------------- what is a record


def tidy(table: TextTable) -> TextTable:
    """Trim every cell, drop nameless empty columns, set blank rows and the totals at the end aside.

    Raises:
        HeaderOnly: nothing is left below the header.
    """
    names = [name for name in table.frame.columns if name != LINE]
    trimmed = table.frame.with_columns(_trimmed(pl.col(name)) for name in names)
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


def _trimmed(column: pl.Expr) -> pl.Expr:
    text = column.str.strip_chars()
    return pl.when(text != "").then(text)  # noqa: PLC1901 - an empty cell is a missing value


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
