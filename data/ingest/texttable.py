"""A list of texts, and what in it is no record: blank rows, totals, repeated headers, footnotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from data.ingest.errors import ColumnsTooMany, FileRefused, HeaderOnly
from data.ingest.group_totals import totals_of_groups
from data.ingest.grouped import grouped
from data.ingest.header_units import unit_beside
from data.ingest.layout import AsRead
from data.ingest.nested import set_nested_aside
from data.ingest.remarks import Offer, Question, Remark
from data.ingest.totals import (
    COUNTS,
    SUBTOTALS,
    Rows,
    begins_notes,
    is_count,
    is_last_total,
    is_named_total,
    is_note,
    is_partly_filled,
    may_be_sums,
    simplified,
    word_in_front,
)
from data.settings import settings

LINE = "#line"
"""Name of the column that holds the line a row began on; no header can be called so, columns are numbered."""

GROUP = "Group heading"
"""The column of what headings over groups of records say, where no column of the list says it."""
_LEAST_TITLED = 3
"""In a list of fewer columns, a row of one cell may well be a record."""
_LISTED = 1000
_SHOWN = 5  # totals whose lines are said
_LOOKED_AT = 200  # rows that begin blank; where more do, that is how the list is kept
_MARKED = r"^'([-+]?[\d.,]*\d[\d.,]*|\d{1,4}([-/.])\d{1,2}[-/.]\d{1,4}(?:[ T][\d:]+)?)$"
"""A number or a day marked as text; in front of letters the sign is part of a name (`'t Hooft`)."""
_YEAR = r"^'\d\d$"
"""`'26`: where a column has no other such number, its first digits are what is left out."""
"""So many blank rows are listed one by one; the others are counted."""


@dataclass(frozen=True)
class Aside:
    """A row that is kept out: titles, blank or total rows, footnotes, or lines that do not fit the header."""

    line: int
    text: str
    reason: str


@dataclass
class TextTable:
    """The list in a file.

    `headers`: as written, one per column. `frame`: columns "0", "1", … (text, blank = null) and `LINE`.
    `aside`: rows that are no records. `unlisted`: blank rows beyond those listed. `broken`: records whose cells do not
    fit the header, refused later. `title`: the lines above the header. `part`: the sheet, or the file inside a ZIP.
    `remarks`: what a person should know about how it was read. `is_sheet`: it is a sheet of a workbook.
    `is_typed`: its file tells numbers from texts, so that no point in a number divides thousands. `places`: the
    sheets that it was put together from, each with the lines before it. `told`: what a person said about reading it,
    now or before. `own_headers`: the names in the file itself, where months became rows. `kinds`: what the columns
    hold, where a person named them. `keeps_sums`: rows that are totals by their sums alone are records.
    `sums`: how many such rows there are.
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
    part: str = ""
    unlisted: int = 0
    remarks: list[Remark] = field(default_factory=list)
    is_sheet: bool = False
    is_typed: bool = False
    places: list[tuple[int, str]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    own_headers: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    keeps_sums: bool = False
    sums: int = 0

    def place(self, line: int) -> str:
        """The line as a person finds it: its number, after the name of the sheet where there are several."""
        before, sheet = next((at for at in reversed(self.places) if at[0] < line), (0, ""))
        return f"{sheet} {line - before}" if sheet else str(line)

    def column(self, index: int) -> pl.Series:
        """The texts of one column."""
        return self.frame[str(index)]

    @cached_property
    def unit_lines(self) -> list[str]:
        """What may say the unit of all amounts: titles, notes below, the sheet's name, a column of one unit alone."""
        notes = [aside.text for aside in self.aside if aside.reason == "footnote"]
        return [*self.title, *notes, *unit_beside(self.part if self.is_sheet else "", self.headers, self.frame)]

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.text.split(b"\n")

    def original(self, row: int) -> str:
        """The row as it stands in the file (a text file), or its cells joined by the delimiter (a workbook)."""
        if not self.text:
            sheet = f"[{self.place(int(self.frame[LINE][row]))}] " if self.places else ""
            return sheet + self.delimiter.join(cell or "" for cell in self.frame.drop(LINE).row(row))
        first = int(self.frame[LINE][row])
        breaks = sum(cell.count("\n") for cell in self.frame.drop(LINE).row(row) if cell)
        return b"\n".join(self._lines[first - 1 : first + breaks]).decode("utf-8", "replace").rstrip("\r")


@dataclass
class Reading:
    """What a file holds: its lists; sheets and files inside it that are none, with the reason; what must be asked."""

    tables: list[TextTable] = field(default_factory=list)
    left: list[tuple[str, FileRefused]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class Wishes:
    """What a person says about reading a file; everything may be left unsaid.

    `header`: the names of the columns where no row names them. `months`: what columns that are months become.
    `parts`: the sheet, or the file inside a ZIP file -> what is said of it alone. `known`: what was said before of
    files with the same columns. `year`: of the import. `goals`: columns of goals -> the measures.
    `lists`: `apart` or `together`: what stands beside or below each other. `sums`: `aside` or `keep`: what rows are
    that only their sums make totals.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header: tuple[str, ...] = ()
    months: str | None = None
    parts: Mapping[str, Wishes] = field(default_factory=dict)
    known: tuple[AsRead, ...] = ()
    year: int | None = None
    goals: Mapping[str, str] = field(default_factory=dict)
    lists: str | None = None
    sums: str | None = None

    def of(self, part: str) -> Wishes:
        """What is said of a sheet, or of a file inside a ZIP file."""
        inside = {name.removeprefix(f"{part} / "): told for name, told in self.parts.items() if name != part}
        return replace(self.parts.get(part, self), parts=inside)


def tidy(table: TextTable) -> TextTable:
    """Trim cells, drop empty columns without a name, set blank lines, repeated headers, totals and footnotes aside.

    Raises:
        HeaderOnly: nothing is left below the header.
        ColumnsTooMany: the list is wider than the setting max_columns.
    """
    names = [name for name in table.frame.columns if name != LINE]
    table.frame = _trimmed(table.frame, names)
    _drop_nameless(table)
    _set_blank_rows_aside(table)
    if table.frame.is_empty() and not table.broken:
        raise HeaderOnly(file=table.file, columns=_shown(table.headers))
    _name_uniquely(table)
    set_nested_aside(table)
    whole = table.frame
    _set_totals_aside(table)
    _set_inner_rows_aside(table)
    _say_totals(table, whole)
    _ungroup(table)
    if table.frame.is_empty() and not table.broken:
        raise HeaderOnly(file=table.file, columns=_shown(table.headers))
    return table


def _shown(headers: list[str]) -> str:
    named = [header for header in headers if header]
    return ", ".join(named[:30]) + (", …" if len(named) > 30 else "")


def _trimmed(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Cells without the white space around them; an empty cell is a missing value. Two passes are faster."""
    stripped = frame.with_columns(pl.col(names).str.strip_chars())
    looked_at = stripped.head(_LOOKED_AT).select(pl.col(names).str.starts_with('="').any())
    said = [column.name for column in looked_at if column.item()]
    if said:  # `="0012"`: how a text file tells Excel that digits are a text
        stripped = stripped.with_columns(pl.col(said).str.replace(r'^="([^"]*)"$', "${1}").str.strip_chars())
    marked = stripped.select(pl.col(names).str.starts_with("'").any())
    for name in [column.name for column in marked if column.item()]:  # a spreadsheet's mark of a text
        told = stripped[name].filter(stripped[name].str.contains(_MARKED).fill_null(value=False))
        if not told.str.contains(_YEAR).all():
            stripped = stripped.with_columns(pl.col(name).str.replace(_MARKED, "${1}"))
    return stripped.with_columns(pl.when(pl.col(names).str.len_bytes() > 0).then(pl.col(names)))


def _drop_nameless(table: TextTable) -> None:
    height = table.frame.height
    nulls = table.frame.null_count().row(0, named=True)
    kept = [at for at, header in enumerate(table.headers) if header or nulls[str(at)] < height]
    dropped = len(table.headers) - len(kept)
    if dropped:
        table.frame = table.frame.select(LINE, *[pl.col(str(old)).alias(str(new)) for new, old in enumerate(kept)])
        table.headers = [table.headers[index] for index in kept]
        table.remarks.append(Remark(code="columns_empty", params={"columns": dropped}))
    limit = settings().max_columns
    if len(table.headers) > limit:
        raise ColumnsTooMany(file=table.file, columns=len(table.headers), limit=limit)


def _set_blank_rows_aside(table: TextTable) -> None:
    """A blank line is no record and no loss."""
    names = [str(index) for index in range(len(table.headers))]
    is_blank = table.frame.select(pl.all_horizontal(pl.col(names).is_null()).alias("blank")).to_series()
    if not is_blank.any():
        return
    lines = table.frame.filter(is_blank)[LINE]
    table.aside += [Aside(int(line), "", "blank_line") for line in lines.head(_LISTED)]
    table.unlisted += max(lines.len() - _LISTED, 0)
    table.remarks.append(Remark(code="rows_blank", params={"rows": lines.len()}))
    table.frame = table.frame.filter(~is_blank)


def _name_uniquely(table: TextTable) -> None:
    seen: Counter[str] = Counter()
    for index, header in enumerate(table.headers):
        name = header or f"column {index + 1}"
        seen[name] += 1
        table.headers[index] = f"{name} ({seen[name]})" if seen[name] > 1 else name


def _set_totals_aside(table: TextTable) -> None:
    """From the last row upwards, as long as rows are totals or footnotes."""
    blank = {aside.line for aside in table.aside if aside.reason == "blank_line"}
    cut = table.frame.height
    last = table.frame.tail(21)
    rows = Rows(table.headers, table.frame)
    apart = _notes_below(last, blank)
    reasons: list[str] = []
    while cut > 0 and len(reasons) < 20:
        row = last.row(last.height - 1 - len(reasons), named=True)
        line = row.pop(LINE)
        cells = simplified(row.values())
        is_sum = may_be_sums(cells) and rows.adds_up(0, cut - 1, [], cells, is_named=False)
        is_sum = is_sum or rows.is_called_otherwise(cells, cut - 1)
        is_named = is_named_total(cells) and not rows.is_called_so(cells)
        is_worded = is_named or (not rows.is_record(cells) and is_last_total(cells))
        is_sum = is_sum and not is_worded and not rows.is_record(cells)
        table.sums += is_sum
        is_total = is_worded or (is_sum and not table.keeps_sums)
        if not (is_total or is_note(cells, is_apart=line in apart)):
            break
        reasons.append("total" if is_total else "footnote")
        cut -= 1
    for row_at, reason in zip(range(cut, table.frame.height), reversed(reasons), strict=True):
        table.aside.append(Aside(int(table.frame[LINE][row_at]), table.original(row_at), reason))
    table.frame = table.frame.head(cut)


def _notes_below(last: pl.DataFrame, blank: AbstractSet[int]) -> set[int]:
    """The lines of the rows of one cell below the records that are notes: who made the list and what is in it.

    Below a text that is one by itself (`Copyright …`, `生成者：…`) all of them are, the company's name, too; above it,
    those after a blank row. Where none says so, only the last block may be notes: a list may name things and no more.
    """
    below: list[tuple[int, str]] = []
    for row in reversed(last.rows(named=True)):
        line = int(row.pop(LINE))
        filled = [cell for cell in simplified(row.values()) if cell is not None]
        if len(filled) != 1:
            break
        below.insert(0, (line, filled[0]))
    after_blank = [at for at, (line, _) in enumerate(below) if line - 1 in blank]
    first = next((at for at, (_, text) in enumerate(below) if begins_notes(text)), None)
    if first is not None:
        return {line for line, _ in below[min([*after_blank, first]) :]}
    return {line for line, _ in below[after_blank[-1] :]} if after_blank else set()


def _set_inner_rows_aside(table: TextTable) -> None:
    """Subtotals between the records, and the header again where pages or files were put together."""
    names = [str(index) for index in range(min(3, len(table.headers)))]
    is_like_header = pl.all_horizontal(pl.col(name) == table.headers[int(name)] for name in names)
    every = pl.col([str(index) for index in range(len(table.headers))])
    begins_blank = table.frame["0"].null_count() > 0  # else every cell of a large list would be looked at for nothing
    is_total_apart = pl.col("0").is_null() & pl.any_horizontal(
        every.is_in(SUBTOTALS) if begins_blank else pl.lit(False)
    )
    is_wordless = pl.col("0").is_null() if 0 < table.frame["0"].null_count() <= _LOOKED_AT else pl.lit(value=False)
    suspects = table.frame.with_row_index("#row").filter(
        is_like_header
        | pl.any_horizontal(pl.col(name).is_in(COUNTS) for name in names)
        | pl.any_horizontal(pl.col(name).is_in(SUBTOTALS) for name in names)
        | is_total_apart
        | is_wordless
    )
    of_groups = totals_of_groups(table.headers, table.frame, names)
    suspects = suspects.filter(~pl.col("#row").is_in(of_groups))
    for row in of_groups:
        table.aside.append(Aside(int(table.frame[LINE][row]), table.original(row), "total"))
    rows = Rows(table.headers, table.frame)
    taken: list[int] = []
    for suspect in suspects.iter_rows(named=True):
        row, line = suspect.pop("#row"), suspect.pop(LINE)
        cells = simplified(suspect.values())
        if len(names) > 1 and [suspect[name] for name in names] == table.headers[: len(names)]:
            table.aside.append(Aside(line, table.original(row), "header_again"))
            taken += _title_above(table, row, taken)
        elif (
            (is_named_total(cells) and not rows.is_called_so(cells))
            or is_count(cells)
            or (not rows.is_record(cells) and _is_total(table, rows, row, taken, cells))
        ):
            table.aside.append(Aside(line, table.original(row), "total"))
        else:
            continue
        taken.append(row)
    if taken := [*taken, *of_groups]:
        table.frame = table.frame.filter(~pl.int_range(pl.len()).is_in(taken))


def _title_above(table: TextTable, row: int, taken: list[int]) -> list[int]:
    """The row of one cell above the names that come again (`二季度`): the title of what follows."""
    above = table.frame.row(row - 1, named=True) if row else {}
    line = above.pop(LINE, 0)
    if row - 1 in taken or sum(cell is not None for cell in above.values()) != 1 or len(above) < _LEAST_TITLED:
        return []
    table.aside.append(Aside(int(line), table.original(row - 1), "title"))
    return [row - 1]


def _ungroup(table: TextTable) -> None:
    """What stands once over a group of rows is said in each of them; its heading is no record."""
    found = grouped(table.headers, table.frame)
    if found is None:
        return
    for row in found.headings:
        table.aside.append(Aside(int(table.frame[LINE][row]), table.original(row), "group"))
    shown = ", ".join(table.headers[at] for at in found.columns)
    params: dict[str, str | int] = {"columns": shown, "rows": len(found.headings)}
    frame, code = found.frame, "rows_grouped" if shown else "rows_headed"
    if found.said is not None:
        frame, code = frame.with_columns(found.said.alias(str(len(table.headers)))), "rows_headed_said"
        table.headers.append(GROUP)
    table.remarks.append(Remark(code=code, params=params | {"column": GROUP}))
    table.frame = frame.filter(~pl.int_range(pl.len()).is_in(found.headings))


def _is_total(table: TextTable, rows: Rows, row: int, taken: list[int], cells: list[str | None]) -> bool:
    """Whether a row without an id is a total: by a word, or as the sum of those above it.

    Those are the rows since the last one that was taken out, or all that were not.
    """
    is_named = word_in_front(cells)
    if is_named and is_partly_filled(sum(cell is not None for cell in cells), len(cells)):
        return True
    if not (is_named or may_be_sums(cells)):
        return False
    start = taken[-1] + 1 if taken else 0
    if is_named:
        return rows.adds_up(start, row, [], cells, is_named=True) or (
            bool(taken) and rows.adds_up(0, row, taken, cells, is_named=True)
        )
    is_sum = rows.is_sum(start, row, taken, cells, is_proven=table.sums > 0)
    table.sums += is_sum
    return is_sum and not table.keeps_sums


def _say_totals(table: TextTable, whole: pl.DataFrame) -> None:
    """Rows of sums are no loss, but who knows the list must be able to tell: each with its line and what it says."""
    from data.ingest.unequal_totals import unequal_totals

    totals = sorted((aside for aside in table.aside if aside.reason == "total"), key=lambda aside: aside.line)
    if totals:
        said = [" ".join(cell for cell in aside.text.split(table.delimiter) if cell)[:80] for aside in totals[:_SHOWN]]
        shown = "; ".join(f"{table.place(aside.line)}: {text}" for aside, text in zip(totals, said, strict=False))
        more = "; …" if len(totals) > _SHOWN else ""
        table.remarks.append(Remark(code="rows_total", params={"rows": len(totals), "lines": shown + more}))
        table.remarks += unequal_totals(table, whole)
    if table.sums:
        taken = "keep" if table.keeps_sums else "aside"
        params: dict[str, str | int] = {"rows": table.sums}
        choices = ("aside", "keep")
        table.remarks.append(Offer(code=f"sums_{taken}", params=params, flag="--sums", choices=choices, taken=taken))
