"""Sheets of one workbook with the same columns are one list: a month or a region on each, together one export."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import polars as pl

from data.ingest.asof import DAY_IN_NAME
from data.ingest.names import normal, unit_of_title
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, Aside, TextTable

_AGAIN = 0.5  # of the shorter sheet's records: then the sheets are the same list on several days


def together(tables: list[TextTable]) -> list[TextTable]:
    """Put sheets with the same columns together, in place of the first of them.

    Sheets that hold the same records again, or are named by days, are exports of several days: they stay apart. Lines
    are counted on from sheet to sheet, and `TextTable.place` tells where one was.
    """
    groups: dict[tuple[object, ...], list[TextTable]] = {}
    for table in tables:
        names = frozenset(normal(header) for header in table.headers)
        is_alone = not table.is_sheet or len(names) < len(table.headers)
        unit = unit_of_title(table.unit_lines)  # a line above the names speaks of its own sheet alone
        place = f"{id(table)}" if is_alone else _file(table)
        groups.setdefault((place, names, unit.factor, unit.currency), []).append(table)
    found: list[TextTable] = []
    for group in groups.values():
        if len(group) > 1 and (_are_days(group) or _hold_again(group)):
            shown = ", ".join(table.part for table in group)
            group[0].remarks.append(Remark(code="sheets_apart", params={"sheets": shown}))
            found += group
        else:
            found.append(_joined(group) if len(group) > 1 else group[0])
    return found


def _file(table: TextTable) -> str:
    """The workbook inside a ZIP file, or nothing."""
    return table.part.rpartition(" / ")[0]


def _are_days(group: list[TextTable]) -> bool:
    return sum(1 for table in group if DAY_IN_NAME.search(table.part)) > 1


def _hold_again(group: list[TextTable]) -> bool:
    """Whether the first column that tells the rows of every sheet apart says the same in several of them."""
    for header in group[0].headers:
        columns = [_column(table, header) for table in group]
        if any(len(column) < 2 or column.is_duplicated().any() or _is_count(column) for column in columns):
            continue
        pairs = pairwise(columns)
        return any(int(one.is_in(other.implode()).sum()) > _AGAIN * min(len(one), len(other)) for one, other in pairs)
    return False


def _column(table: TextTable, header: str) -> pl.Series:
    names = [normal(name) for name in table.headers]
    return table.column(names.index(normal(header)))


def _is_count(column: pl.Series) -> bool:
    """Whether a column only numbers the rows."""
    return column.to_list() == [str(place + 1) for place in range(len(column))]


def _joined(group: list[TextTable]) -> TextTable:
    first = group[0]
    frames: list[pl.DataFrame] = []
    whole = replace(
        first, aside=[], broken=[], remarks=[], title=[], unlisted=0, places=[],
        part=f"{_file(first)} / ".removeprefix(" / ") + " + ".join(table.part.split(" / ")[-1] for table in group),
        encoding=", ".join(dict.fromkeys(table.encoding for table in group)),
    )  # fmt: skip
    offset = 0
    for table in group:
        columns = [_column(table, header).alias(str(at)) for at, header in enumerate(first.headers)]
        frames.append(pl.DataFrame([*columns, table.frame[LINE] + offset]))
        whole.places.append((offset, table.part.split(" / ")[-1]))
        whole.aside += [_moved(one, whole, offset) for one in table.aside]
        whole.broken += [_moved(one, whole, offset) for one in table.broken]
        whole.title += [line for line in table.title if line not in whole.title]
        whole.unlisted += table.unlisted
        _add_remarks(whole, table.remarks)
        offset += max([*table.frame[LINE].tail(1), *(one.line for one in (*table.aside, *table.broken))], default=0)
    whole.frame = pl.concat(frames)
    params: dict[str, str | int] = {"sheets": ", ".join(name for _, name in whole.places), "rows": whole.frame.height}
    whole.remarks.append(Remark(code="sheets_together", params=params))
    return whole


def _moved(one: Aside, whole: TextTable, offset: int) -> Aside:
    line = one.line + offset
    return Aside(line, f"[{whole.place(line)}] {one.text}".rstrip(), one.reason)


def _add_remarks(whole: TextTable, remarks: list[Remark]) -> None:
    """What is said of every sheet is said once, with the counts added."""
    for remark in remarks:
        numbers = [name for name, value in remark.params.items() if isinstance(value, int)]
        same = next((held for held in whole.remarks if held.code == remark.code), None)
        if same is None or len(numbers) != 1 or len(remark.params) != 1:
            whole.remarks += [] if remark in whole.remarks else [remark]
            continue
        total = {name: int(same.params[name]) + int(remark.params[name]) for name in numbers}
        whole.remarks[whole.remarks.index(same)] = same.model_copy(update={"params": total})
