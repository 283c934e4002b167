"""A report as an Excel workbook: a sheet for each step, numbers as numbers, days as days, charts beside their data.

A text stays text, even where it looks like a formula.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from data.punctuation import ended
from data.review import formats
from data.review.colours import colours
from data.review.floating import PARTS, bars, stacked
from data.review.letters import clean, ems
from data.review.said import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from data.review.chapter import Chapter, Listing, Picture
    from data.review.taken import Report

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_DANGEROUS = ("=", "+", "-", "@")
_MOST_LETTERS, _MOST_OF_A_NAME = 32_000, 31
_KEYS = 2**53
"""Whole numbers from here on are no longer exact in a spreadsheet: they are keys, and stay text."""
_HEADED = 3
"""Rows that stay in sight: the step, its finding, and a line between."""
_CHART_ROWS = 17


def workbook(report: Report) -> bytes:
    """The file."""
    from xlsxwriter import Workbook

    said, buffer = Said(report), io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }  # fmt: skip
    with Workbook(buffer, options) as book:
        made = datetime.combine(report.view.as_of, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": said.title, "author": "Sales Compass", "created": made})
        names = _names([said.word("overview"), *(one.title for one in report.chapters), said.word("definitions")])
        _Sheet(book, names[0], said).overview(names[1:-1])
        for name, chapter in zip(names[1:-1], report.chapters, strict=True):
            _Sheet(book, name, said).chapter(chapter)
        _Sheet(book, names[-1], said).definitions()
    return buffer.getvalue()


def _names(told: Sequence[str]) -> list[str]:
    """Names that a workbook admits: at most 31 letters, no sign that it forbids, no two alike in whatever case."""
    made: list[str] = []
    for text in told:
        name = clean(text.translate(_FORBIDDEN)).strip("' ")[:_MOST_OF_A_NAME].strip("' ") or "Step"
        name = "Step" if name.casefold() == "history" else name  # which Excel keeps for itself
        known, tail = {one.casefold() for one in made}, 2
        while name.casefold() in known:
            ending = f" {tail}"
            name, tail = name[: _MOST_OF_A_NAME - len(ending)].removesuffix(f" {tail - 1}") + ending, tail + 1
        made.append(name)
    return made


class _Sheet:
    """One sheet, written from the top down."""

    def __init__(self, book: Workbook, name: str, said: Said) -> None:
        self.book, self.said, self.name = book, said, name
        self.sheet: Worksheet = book.add_worksheet(name)
        self.row, self.widths = 0, dict[int, float]()
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)

    # ----------------------------------------------------------------------------------------------------------- sheets

    def overview(self, sheets: Sequence[str]) -> None:
        """Of what, when and for whom; each step with its finding and the way to its sheet."""
        self.heading(self.said.title)
        for label, told in self.said.dated():
            self.cells([label, told], [{"font_color": f"#{colours().muted}"}, {"align": "left"}])
        self.row += 1
        self.heads([self.said.word("step"), self.said.word("finding")])
        link = {"font_color": f"#{colours().accent}", "underline": 1}
        for name, chapter in zip(sheets, self.said.report.chapters, strict=True):
            quoted = name.replace("'", "''")
            self.sheet.write_url(
                self.row, 0, f"internal:'{quoted}'!A1", self.format(**link, valign="top"), clean(chapter.title)
            )
            self.cells([None, self.said.found(chapter)], [{}, {"wrap": 1}])
        self.sheet.set_column(0, 0, 30)
        self.sheet.set_column(1, 1, 110)

    def definitions(self) -> None:
        """What each number means, and how it is counted."""
        self.heading(self.said.word("definitions"))
        self.heads([self.said.word("number"), self.said.word("meaning")])
        self.sheet.freeze_panes(self.row, 0)
        for label, meaning, counted in self.said.definitions():
            text = f"{meaning}\n{counted}" if counted else meaning
            self.cells([label, text], [{"bold": True}, {"wrap": 1}], is_clean=True)
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 1, 110)

    def chapter(self, chapter: Chapter) -> None:
        """All that a step says."""
        self.heading(clean(chapter.title), size=11)
        self.heading(self.said.found(chapter))
        self.row = _HEADED
        self.sheet.freeze_panes(_HEADED, 0)
        for line in chapter.further:
            self.cells([line], [{}])
        if chapter.values:
            self.values(chapter)
        for picture in chapter.pictures:
            self.picture(picture)
        for listing in chapter.lists:
            self.listed(listing)
        self.lines(self.said.word("to_know"), chapter.notes)
        self.lines(self.said.word("noted"), self.said.noted(chapter))
        for column in range(max(self.widths, default=0) + 1):
            self.sheet.set_column(column, column, min(60.0, max(10.0, self.widths.get(column, 0.0))))

    def values(self, chapter: Chapter) -> None:
        """The numbers: each in its unit, with the one before and what it means."""
        word = self.said.word
        self.section(word("numbers"))
        self.heads([word(key) for key in ("number", "value", "unit", "before", "compared_with", "meaning")])
        for one in chapter.values:
            told = {"num_format": formats.of_cell(one.unit)}
            meaning = self.said.sentences(clean(one.why), self.said.meaning(one))
            self.cells(
                [one.label, one.value, self.said.unit(one.unit), one.before, one.before_label, meaning],
                [{}, told | {"bold": True}, {}, told, {}, {}],
                unmeasured=5,
            )

    def listed(self, listing: Listing) -> None:
        """A list with its heads."""
        self.section(clean(listing.title), listing.rule)
        if not listing.rows:
            self.cells([self.said.word("nothing")], [{}])
            return
        self.heads([self.said.headed(head.label, head.unit) for head in listing.heads])
        styles = [
            {"num_format": formats.DAY if head.unit == "day" else formats.of_cell(head.unit)} for head in listing.heads
        ]
        for row in listing.rows:
            self.cells(row, styles)
        if listing.more:
            self.cells([self.said.word("more", count=self.said.number(listing.more, "count"))], [{}], unmeasured=0)

    def lines(self, title: str, told: Sequence[str]) -> None:
        """A heading with lines below it; nothing without lines."""
        if told:
            self.section(title)
            for line in told:
                self.cells([line], [{}], unmeasured=0)

    # --------------------------------------------------------------------------------------------------------- pictures

    def picture(self, picture: Picture) -> None:
        """The numbers of a picture, and beside them the chart that draws them."""
        self.section(clean(picture.title), picture.rule)
        drawn = ["", *(self.said.headed(one.name, picture.unit) for one in picture.series)]
        steps = bars(picture) if picture.kind == "waterfall" else []
        parts = [part for part in PARTS if any(part in stacked(bar) for bar in steps)]
        self.heads([*drawn, *(self.said.paired(self.said.word("for_drawing"), self.said.word(part)) for part in parts)])
        first = self.row
        told = {"num_format": formats.of_cell(picture.unit)}
        helping = told | {"font_color": f"#{colours().muted}"}
        for at, label in enumerate(picture.labels):
            stack = stacked(steps[at]) if at < len(steps) else {}
            values = [one.values[at] for one in picture.series]
            self.cells(
                [label, *values, *(stack.get(part) for part in parts)],
                [{}, *(told for _ in values), *(helping for _ in parts)],
            )
        from data.review.workbook_charts import chart

        made = chart(self.book, self.name, picture, self.said, first=first, parts=parts)
        if made is not None:
            described = ended(clean(picture.title), self.said.lang) + clean(picture.rule)
            self.sheet.insert_chart(
                first - 1, len(drawn) + len(parts) + 1, made,
                {"description": described[:255], "object_position": 2},
            )  # fmt: skip
            self.row = max(self.row, first + _CHART_ROWS)

    # ------------------------------------------------------------------------------------------------------------ cells

    def heading(self, text: str, size: int = 14) -> None:
        """A line in large letters over the whole sheet."""
        self.sheet.set_row(self.row, size * 1.7)
        self._write(self.row, 0, text, {"bold": size > 11, "font_size": size, "font_color": f"#{colours().text}"})
        self.row += 1

    def section(self, title: str, rule: str = "") -> None:
        """A heading of a part, and by which rule it is told."""
        self.row += 1
        self._write(self.row, 0, title, {"bold": True, "font_size": 12, "font_color": f"#{colours().accent}"})
        self.row += 1
        if rule:
            self._write(self.row, 0, rule, {"font_color": f"#{colours().muted}", "font_size": 9})
            self.row += 1

    def heads(self, told: Sequence[str]) -> None:
        """The heads of a table."""
        style = {"bold": True, "bottom": 1, "bg_color": f"#{colours().ground}", "bottom_color": f"#{colours().line}"}
        self.cells(told, [style for _ in told])

    def cells(
        self, told: Sequence[object], styles: Sequence[dict[str, Any]], *, unmeasured: int = 99, is_clean: bool = False
    ) -> None:
        """One row; columns from `unmeasured` on do not ask for room of their own."""
        for column, (value, style) in enumerate(zip(told, styles, strict=True)):
            plain = {("text_wrap" if key == "wrap" else key): one for key, one in style.items()}
            self._write(self.row, column, value, {"valign": "top", **plain}, is_clean=is_clean)
            if value is not None and column < unmeasured and (len(told) > 1 or "bold" in style):
                self.widths[column] = max(self.widths.get(column, 0.0), _width(value))
        self.row += 1

    def format(self, **told: object) -> Any:  # noqa: ANN401 - of XlsxWriter, which has no type for it to be imported
        """A format of the book, made once."""
        key = tuple(sorted(told.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(told)
        return self.formats[key]

    def _write(self, row: int, column: int, value: object, style: dict[str, Any], *, is_clean: bool = False) -> None:
        match value:
            case None:
                return
            case bool():
                self.sheet.write_string(row, column, self.said.cell(value, "text"), self.format(**style))
            case int() | float() | Decimal():
                self._write_number(row, column, value, style)
            case datetime():
                self.sheet.write_string(row, column, f"{value:%Y-%m-%d %H:%M}", self.format(**style))
            case date():
                self.sheet.write_datetime(row, column, value, self.format(**style, **_as_day(style)))
            case _:
                text = str(value)[:_MOST_LETTERS] if is_clean else clean(value, _MOST_LETTERS)
                quoted = {"quote_prefix": True} if text.startswith(_DANGEROUS) else {}
                plain = {key: one for key, one in style.items() if key != "num_format"}
                self.sheet.write_string(row, column, text, self.format(**plain, **quoted))

    def _write_number(self, row: int, column: int, value: float | Decimal, style: dict[str, Any]) -> None:
        """A number; nothing where it is none. Keys are longer than a spreadsheet can count, and stay text."""
        if not isfinite(value):
            return
        if isinstance(value, float) or abs(value) < _KEYS:
            self.sheet.write_number(row, column, float(value), self.format(**style))
        else:
            self.sheet.write_string(row, column, str(value), self.format(**style))


def _as_day(style: dict[str, Any]) -> dict[str, str]:
    return {} if "num_format" in style else {"num_format": formats.DAY}


def _width(value: object) -> float:
    """Of a column that shows a value."""
    if isinstance(value, str):
        return 1.9 * ems(value[:80]) + 2
    return 14.0
