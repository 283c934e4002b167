"""What below or between the records of a list is a total, a count of its rows or a note, told by its own words.

A name that only begins like a total ("Total Energies", 合计科技) is a record: the word must stand alone, or with what
totals are written with (`Total: 300`, `合计（元）`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate

import polars as pl

from data.ingest.numbers import numbers
from data.ingest.traditional import TO_SIMPLIFIED

_LARGELY = 0.7
"""A total fills some columns only; a row that fills more of them is one where its name says nothing else."""

_REST = (
    r"\s*(?:$|[:：(（=]|[\d.,]+\s*(?:records?|rows?|元|万元|[条行笔个项])?$"
    r"|(?:records?|rows?|count|amount|sum)\b|金额|数量?$|记录|条数|行数)"
)
_TOTAL = re.compile(
    r"^(?:(?:(?:grand\s*|sub\s*-?\s*)?totals?|合\s*计|总\s*计|小\s*计|汇\s*总|共\s*计|总和|平均值?)" + _REST
    + r"|(?:sum|count|average|overall|record\s*count|记录(?:数|计数|总数))$)",
    re.IGNORECASE,
)  # fmt: skip
_COUNT = re.compile(r"^(?:record\s*)?count\s*[:：]?$|^(?:记录|行)?(?:计数|数)[:：]?$|^记录总数[:：]?$", re.IGNORECASE)
COUNTS = [
    *("Count", "Record Count", "记录数", "记录计数", "计数", "记录总数", "記錄數", "記錄計數", "計數", "記錄總數")
]
"""What stands in front of the number of records between them, as it is usually written."""
_NAMED = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|(?:grand|sub)\s*-?\s*total)\s*[:：]?$", re.IGNORECASE)
_NAMED_LIKE_A_FIRM = re.compile(r"^(?:total|sum)\s*[:：]?$", re.IGNORECASE)
_NUMBER = re.compile(
    r"^(?:[A-Z]{3}\s?)?[-+(（]?[¥￥$€£]?\s?\d[\d.,' ]*\s?(?:%|万?元|万|[A-Z]{3})?[)）]?$|^[-–—/]+$", re.IGNORECASE
)
_DASHES = re.compile(r"^[-–—/]+$")
_DAY = re.compile(r"^(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_PLAIN_DAY = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_OTHER_DAY = re.compile(r"^\d{1,2}([-/.])\d{1,2}\1(?:19|20)?\d\d(?:\s\d|T|$)")
_SERIAL = re.compile(r"^[34]\d{4}(?:\.\d+)?$")
_DATED = re.compile(r"(?:^|[\s_])(?i:date|day|on)$|[a-z](?:Date|On)$|日期|时间|日$")
_ID = re.compile(r"(?:^|[\s_.#])(?i:id|no\.?|number|code|key)$|[a-z](?:Id|ID|No)$|编号|编码|单号|号码?$")
_NO_ID = re.compile(r"币种|货币|邮政|(?i:currency|postal|zip|country|area)")
_WHOSE = re.compile(r"阶段|状态|客户|公司|(?i:stage|status|account|customer|client|company)")
_FEW = 20
"""So many rows tell whether all of them have an id or a day."""
_OTHER_WORDS = re.compile(
    r"^(?:(?:gesamt|end|zwischen)?summe|gesamt|gesamtbetrag|(?:eind|sub)?totaal"
    r"|(?:sous-|sub)?total (?:général|geral|general)"
    r"|somme|suma|soma|totale|totaux|итого|всего|toplam|razem|celkem|summa|totalt)\s*[:：]?$",
    re.IGNORECASE,
)
"""What a total is called in other languages; a name may be such a word, too, so that it must add up."""
_CHANCE = 3
"""A number that is the sum of fewer rows may be so by chance."""
_FOOTNOTE = re.compile(
    r"^(confidential|copyright|©|generated (by|on)|exported (by|on)|printed (by|on)|page \d|note:|source:|\*"
    r"|(count|records?|rows?)\s*[:：]\s*\d+$|\d+ (records?|rows?)$|共\s*[\d,]+\s*[条行个项笔]"
    r"|注[:：]|说明[:：]|备注[:：]|数据来源|制表|打印|导出|审核|第\s*\d+\s*页"
    r"|版权所有|保留所有权利|机密(?:信息|文件|资料)?\s*(?:$|[-–—:：，,。])|内部(?:资料|文件)|生成[人者于]|生成(?:时间|日期)|报表生成)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^(?:制表|制单|填表|打印|导出|审核|复核|生成)[人者]?(?:时间|日期)?\s*[:：]"
    r"|^(?:generated|exported|printed) (?:by|on)\b",
    re.IGNORECASE,
)

SUBTOTALS = [
    *("合计", "总计", "小计", "汇总", "合计：", "总计：", "小计：", "合计:", "总计:", "小计:"),
    *(form(name) for name in ("total", "subtotal", "grand total", "sub-total") for form in (str, str.title, str.upper)),
    *(f"{word}{colon}" for word in ("合計", "總計", "小計", "匯總", "彙總") for colon in ("", "：", ":")),
    *("Grand total", "Sub-total", "Total:", "Subtotal:"),
]
"""What stands in a cell of a total between the records, as it is usually written."""


def is_partly_filled(filled: int, width: int) -> bool:
    """Whether a row fills as few columns as totals do."""
    return filled <= max(1, width * _LARGELY)


class Rows:
    """What tells the rows of one list apart: its columns of ids, and the sums of its columns of numbers.

    Args:
        headers: the names of its columns.
        frame: its rows, columns "0", "1", … of texts.
    """

    def __init__(self, headers: list[str], frame: pl.DataFrame) -> None:
        self._frame = frame
        names = [header.strip().translate(TO_SIMPLIFIED) for header in headers]
        self._ids = [at for at, name in enumerate(names) if _ID.search(name) and not _NO_ID.search(name)]
        self._whose = {at for at, name in enumerate(names) if _WHOSE.search(name)}
        self._dated = {at for at, name in enumerate(names) if _DATED.search(name)}
        self._sums: dict[int, _Sums] = {}

    def is_record(self, cells: list[str | None]) -> bool:
        """Whether a row has an id or a day: a total has none. The word of a total is no id."""
        no_id = (_TOTAL, _OTHER_WORDS, _DASHES)
        named = any((cell := cells[at]) and not any(word.match(cell) for word in no_id) for at in self._ids)
        return named or any(self._is_day(at, cell) for at, cell in enumerate(cells) if cell)

    def is_called_so(self, cells: list[str | None]) -> bool:
        """Whether a row that begins like a total is a record of that name: it has a day, and a customer or a stage."""
        named = next((at for at, cell in enumerate(cells) if cell), 0)
        said = [(at, cell) for at, cell in enumerate(cells) if cell and at != named and not is_number(cell)]
        is_of_somebody = any(at in self._whose and not _TOTAL.match(cell) and not _DAY.match(cell) for at, cell in said)
        return is_of_somebody and any(self._is_day(at, cell) for at, cell in enumerate(cells) if cell)

    def is_called_otherwise(self, cells: list[str | None], end: int) -> bool:
        """Whether the row at `end` is the total of all above it, whatever it is called: one word and their sums.

        It lacks the id or the day that they have, or its word is that of another language.
        """
        filled = [cell for cell in cells if cell]
        if len(filled) < 2 or is_number(filled[0]) or not _has_numbers_only(filled[1:]):
            return False
        if _OTHER_WORDS.match(filled[0]):
            return self.adds_up(0, end, [], cells, is_named=True)
        above = [*range(max(0, end - _FEW), end)]
        return self.lacks(cells, above) and self.adds_up(0, end, [], cells, is_named=False, least=2)

    def _is_day(self, at: int, cell: str) -> bool:
        if _DAY.match(cell) or _PLAIN_DAY.match(cell) or _OTHER_DAY.match(cell):
            return True
        return at in self._dated and bool(_SERIAL.match(cell))

    def lacks(self, cells: list[str | None], above: list[int]) -> bool:
        """Whether a row has no id or no day in a column where every one of other rows has one."""
        blank = [at for at, cell in enumerate(cells) if not cell or _DASHES.match(cell)]
        for at in blank:
            held = self._frame[str(at)].gather(above).to_list()
            if held and all(held) and (at in self._ids or all(self._is_day(at, cell) for cell in held)):
                return True
        return False

    def adds_up(
        self,
        start: int,
        end: int,
        without: list[int],
        cells: list[str | None],
        *,
        is_named: bool,
        least: int | None = None,
    ) -> bool:
        """Whether a row holds the sums of others.

        Without a word for it every number must be the sum of its column, of three rows or more where it lacks no id
        that the others have. With one, a single column is enough: averages and rates beside it are no sums.

        Args:
            start: the first row that is summed up.
            end: the row after the last one.
            without: rows between them that are totals themselves.
            cells: of the row, one per column.
            is_named: a word says that it is a total.
            least: rows that it must sum up at least, if not as many as above.
        """
        least = least or (2 if is_named or self._ids else _CHANCE)
        found: list[bool] = []
        for at, cell in enumerate(cells):
            if not cell or not _NUMBER.match(cell):
                continue
            if at not in self._sums:
                self._sums[at] = _Sums(self._frame[str(at)])
            if (told := self._sums[at].is_sum(start, end, without, cell, least)) is not None:
                found.append(told)
        return any(found) if is_named else bool(found) and all(found)

    def is_sum(self, start: int, row: int, taken: list[int], cells: list[str | None], *, is_proven: bool) -> bool:
        """Whether a row without a word is the sum of those from `start`, or of all that were not taken out.

        Two rows are enough where it lacks the id or the day that they have (a board's sums below its groups), and one
        where other such rows proved it (`is_proven`).
        """
        above = [at for at in range(max(start, row - _FEW), row) if at not in taken]
        least = (1 if is_proven else 2) if self.lacks(cells, above) else None
        return self.adds_up(start, row, [], cells, is_named=False, least=least) or (
            bool(taken) and self.adds_up(0, row, taken, cells, is_named=False)
        )


class _Sums:
    """One column, read once: sums, filled cells that are not 0, and cells that are no numbers, each up to a row."""

    def __init__(self, column: pl.Series) -> None:
        read = numbers(column, money=True).values
        values = [value or Decimal(0) for value in read.to_list()]
        strange = (column.is_not_null() & read.is_null()).to_list()
        self._values, self._strange = values, strange
        self._sum = [*accumulate(values, initial=Decimal(0))]
        self._filled = [*accumulate((value != 0 for value in values), initial=0)]
        self._no_number = [*accumulate(strange, initial=0)]

    def is_sum(self, start: int, end: int, without: list[int], cell: str, least: int) -> bool | None:
        """Whether a cell is the sum of `least` rows or more; None where the column holds no numbers."""
        out = [row for row in without if start <= row < end]
        if self._no_number[end] - self._no_number[start] - sum(self._strange[row] for row in out):
            return None
        filled = self._filled[end] - self._filled[start] - sum(self._values[row] != 0 for row in out)
        total = numbers(pl.Series([cell]), money=True).values[0]
        summed = self._sum[end] - self._sum[start] - sum((self._values[row] for row in out), Decimal(0))
        return bool(total) and filled >= least and summed == total


def word_in_front(cells: list[str | None]) -> bool:
    """Whether a row says that it is a total: in its first filled cell, or 合计 and the like in the first three."""
    first = next((cell for cell in cells if cell), "")
    return first in SUBTOTALS or any(cell in SUBTOTALS and _NAMED.match(cell) for cell in cells[:3] if cell)


def is_count(cells: list[str | None]) -> bool:
    """Whether a row says how many records are above it and nothing else: `Count` and a number, blank or not before."""
    filled = [cell for cell in cells if cell]
    return len(cells) > 3 and len(filled) == 2 and bool(_COUNT.match(filled[0])) and filled[1].isdecimal()


def is_last_total(cells: list[str | None]) -> bool:
    """Whether a row below the last record, without an id or a day, is a total.

    Args:
        cells: of one row, null where blank.
    """
    filled = [cell for cell in cells if cell]
    if filled and is_partly_filled(len(filled), len(cells)) and _TOTAL.match(filled[0]):
        return not _NAMED_LIKE_A_FIRM.match(filled[0]) or len(filled) == 1 or _has_numbers_only(filled[1:])
    return bool(_NAMED_LIKE_A_FIRM.match(cells[0] or "")) and _has_numbers_only(filled[1:])


def is_named_total(cells: list[str | None]) -> bool:
    """Whether a row is a total wherever it stands, however many columns it fills.

    Its first cell says 合计 or "Grand Total" and nothing else; where that is not in the first column, it has only
    numbers beside it. "Total" alone is a company's name, too, and must be the last row or fill few columns.
    """
    filled = [cell for cell in cells if cell]
    return bool(filled and _NAMED.match(filled[0])) and (bool(cells[0]) or _has_numbers_only(filled[1:]))


def may_be_sums(cells: list[str | None]) -> bool:
    """Whether a row without any word could be the sums of others: some numbers, the rest blank, also in front."""
    filled = [cell for cell in cells if cell]
    return not cells[0] and is_partly_filled(len(filled), len(cells)) and _has_numbers_only(filled)


def simplified(cells: Iterable[str | None]) -> list[str | None]:
    """Cells in simplified characters: 總計 is 总计."""
    return [cell and cell.translate(TO_SIMPLIFIED) for cell in cells]


def is_number(cell: str) -> bool:
    """Whether a cell holds an amount or a number, or the dash of none."""
    return bool(_NUMBER.match(cell))


def _has_numbers_only(cells: list[str]) -> bool:
    return bool(cells) and all(is_number(cell) for cell in cells)


def begins_notes(text: str) -> bool:
    """Whether a text says by itself that it is a note below a list: whose rights, who made it, how many rows."""
    return bool(_FOOTNOTE.match(text))


def is_note(cells: list[str | None], *, is_apart: bool) -> bool:
    """Whether a row below the last record is a note, a count of the rows, or who made the list and when.

    Args:
        cells: of one row, null where blank.
        is_apart: it stands in a block of notes: after a blank row, or below a text that is a note by itself.
    """
    filled = [cell for cell in cells if cell]
    if not filled or len(cells) < 3:
        return False
    if len(filled) == 1:
        return begins_notes(filled[0]) or (is_apart and bool(cells[0]))
    return bool(_SIGNED.match(filled[0])) and all(_SIGNED.match(cell) or _DAY.match(cell) for cell in filled[1:])
