"""Totals of a group among its rows: `张伟 汇总`, `Total for Ann Lee`, `Acme Count`, proven by what they hold.

A name alone proves nothing: `iPhone 15 Pro Max` below `iPhone 15 Pro` is another product, and `中科汇总` below `中科`
may be another customer.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

import polars as pl

from data.ingest.numbers import numbers
from data.ingest.totals import Rows, is_number
from data.ingest.traditional import TO_SIMPLIFIED

_AHEAD = r"(?i)^(?:sub-?)?total(?:\s+(?:for|of))?\s+(.+)$"
_BEHIND = (
    r"(?i)^(.+?)[\s_-]*((?:grand\s+|sub-?)?totals?|count|sum|average|max|min"
    r"|[汇匯彙]\s*[总總]|合\s*[计計]|小\s*[计計]|[总總]\s*[计計]|[计計][数數]|求和|平均值?|最[大小]值)\s*[:：]?$"
)
GROUP_WORDS = [
    *("汇总", "匯總", "彙總", "合计", "合計", "小计", "小計", "总计", "總計", "计数", "計數", "求和", "平均"),
    *("最大值", "最小值"),
    *(
        form(word)
        for word in ("total", " count", " sum", " average", " max", " min")
        for form in (str.title, str.upper, str)
    ),
]
"""What stands in a cell that names the total of a group, as spreadsheets and accounts write it."""
_Kind = Literal["sum", "count", "average", "max", "min"]
_KINDS: dict[str, _Kind] = {
    "count": "count", "计数": "count", "average": "average", "平均": "average", "平均值": "average",
    "max": "max", "最大值": "max", "min": "min", "最小值": "min",
}  # fmt: skip
_CALLED = (
    r"(?i)^(?:sub[\s-]*)?total\b.*\p{L}|\p{L}.*\b(?:sub[\s-]*)?total\s*[:：]?$"
    r"|^(?:小\s*计|合\s*计|汇\s*总|小計|合計)[\s:：(（_-]*\p{L}|\p{L}.*(?:小\s*计|合\s*计|汇\s*总|小計|合計)\s*[:：]?$"
)
_CALLED_WITH = ["otal", "OTAL", "计", "計", "总", "總"]
_MOST = 5_000
"""Beyond so many, what is called like a total is a word of names."""
_FEW = 20
"""So many rows of a group tell whether all of them have an id or a day."""


class _Suspect(NamedTuple):
    """A row called like the total of the group above it, which begins at `start`; `name` is the column that says so.

    `is_of_rows`: the group is called so nowhere in that column; then it is that of the rows since the total before.
    """

    row: int
    start: int
    name: str
    kind: _Kind
    is_of_rows: bool = False


def totals_of_groups(headers: list[str], frame: pl.DataFrame, names: list[str]) -> list[int]:
    """The rows that are totals of a group: called so below its rows, with numbers only that are those of the group.

    A sum needs a column that adds up, or lacks the id or the day that every row of the group has. What one row alone
    proves counts where another group proves it, too.

    Args:
        headers: the names of the columns.
        frame: the rows of a list, columns "0", "1", … of texts.
        names: the columns that may name groups.
    """
    likely_names = frame.select(pl.col(names).str.contains_any(GROUP_WORDS).fill_null(value=False))
    like = {column.name: column for column in likely_names if column.any()}  # in most lists none: one look tells
    suspects = [suspect for name in like for suspect in _suspects(frame, name, like[name])]
    of_group = {suspect.row for suspect in suspects}
    suspects += [one for one in _called_totals(frame, like) if one.row not in of_group]
    if not suspects:
        return []
    rows = Rows(headers, frame)
    columns = [str(at) for at in range(len(headers))]
    cells_of = {suspect.row: [*frame.select(columns).row(suspect.row)] for suspect in suspects}
    suspects = [one for one in suspects if _has_numbers_beside(cells_of[one.row], int(one.name))]
    others = {one.row for one in suspects}
    likely = {one: _proof(rows, frame, one, cells_of[one.row], others) for one in suspects}
    alone = [one.kind for one, proof in likely.items() if proof == 1]
    proven = {one.kind for one, proof in likely.items() if proof == 2} | {of for of in alone if alone.count(of) > 1}
    return sorted({one.row for one, proof in likely.items() if proof == 2 or (proof == 1 and one.kind in proven)})


def _suspects(frame: pl.DataFrame, name: str, is_like: pl.Series) -> list[_Suspect]:
    said = frame[name]
    forms = {"ahead": pl.col("said").str.extract(_AHEAD, 1), "behind": pl.col("said").str.extract(_BEHIND, 1)}
    like = pl.DataFrame([said.filter(is_like).alias("said")])
    if not like.select(pl.any_horizontal(form.is_not_null() for form in forms.values()).any()).item():
        return []  # `Mingfeng` begins as a minimum does, and a column of names has many such
    called = pl.col("said").str.strip_chars().str.to_lowercase()
    heads = pl.DataFrame([said.alias("said"), is_like.alias("is_like")]).with_row_index("row")
    groups = heads.filter(~pl.col("is_like") & pl.col("said").is_not_null()).select("row", above=called)
    begins = pl.when((pl.col("above") != pl.col("above").shift(1)).fill_null(value=True)).then("row").forward_fill()
    lines = heads.filter("is_like").join_asof(groups.with_columns(start=begins), on="row")
    same = [form.str.strip_chars().str.to_lowercase() == pl.col("above") for form in forms.values()]
    word = pl.when(same[1]).then(pl.col("said").str.extract(_BEHIND, 2).str.to_lowercase())
    found = lines.filter(pl.any_horizontal(same)).select("row", "start", word.alias("word"))
    kinds = [_KINDS.get(re.sub(r"\s", "", text or "").translate(TO_SIMPLIFIED), "sum") for text in found["word"]]
    return [
        _Suspect(row, start, name, kind)
        for (row, start), kind in zip(found.select("row", "start").iter_rows(), kinds, strict=True)
    ]


def _called_totals(frame: pl.DataFrame, like: dict[str, pl.Series]) -> list[_Suspect]:
    """Rows that begin or end with a word of totals: `Subtotal A` below rows whose customer is A."""
    found: dict[int, str] = {}
    for name, is_like in like.items():
        rows = is_like.arg_true()
        rows = rows.filter(frame[name].gather(rows).str.contains_any(_CALLED_WITH))
        called = frame[name].gather(rows).str.contains(_CALLED)
        found = {int(row): name for row in rows.filter(called)} | found
    if len(found) > _MOST:
        return []
    starts = [0, *(row + 1 for row in sorted(found))]
    return [
        _Suspect(row, start, found[row], "sum", is_of_rows=True)
        for row, start in zip(sorted(found), starts, strict=False)
        if start < row
    ]


def _has_numbers_beside(cells: list[str | None], name: int) -> bool:
    rest = [cell for at, cell in enumerate(cells) if at != name and cell]
    return bool(rest) and all(is_number(cell) for cell in rest)


def _proof(rows: Rows, frame: pl.DataFrame, suspect: _Suspect, cells: list[str | None], others: set[int]) -> int:
    """How surely a row is the total of its group: 2 surely, 1 if other groups have such totals, 0 not at all."""
    row, start, name, kind, is_of_rows = suspect
    if is_of_rows:
        cells_beside = [cell if at != int(name) else None for at, cell in enumerate(cells)]
        is_sum = rows.lacks(cells_beside, [*range(max(start, row - _FEW), row)]) and not rows.is_record(cells_beside)
        return 2 if is_sum and rows.adds_up(start, row, [], cells_beside, is_named=True, least=1) else 0
    said, own = frame[name], frame[name][start]
    span = said.slice(start, row - start)
    among = [at + start for at, text in enumerate(span) if text in (None, own) or text.lower() == own.lower()]
    within = [at for at in among if at not in others]
    beside = [cell if at != int(name) else None for at, cell in enumerate(cells)]
    if kind == "count":
        told = {numbers(pl.Series([cell]), money=False).values[0] for cell in beside if cell}
        if told == {len(within)}:
            return 2 if len(within) > 1 else 1
    if rows.is_record(beside) or kind == "count" or not within:
        return 0
    if kind != "sum":
        return _extreme(frame, within, beside, kind)
    without = sorted({*range(start, row)} - {*within})
    if rows.lacks(beside, within[:_FEW]) or rows.adds_up(start, row, without, beside, is_named=True):
        return 2
    is_nothing = not any(numbers(pl.Series([cell]), money=True).values[0] for cell in beside if cell)
    return int(is_nothing or rows.adds_up(start, row, without, beside, is_named=True, least=1))


def _extreme(frame: pl.DataFrame, within: list[int], beside: list[str | None], kind: _Kind) -> int:
    """Whether every number is the largest, smallest or mean one of the group."""
    is_varied = False
    for at, cell in enumerate(beside):
        if not cell:
            continue
        told = numbers(pl.Series([cell]), money=True).values[0]
        values = numbers(frame[str(at)].gather(within), money=True).values.drop_nulls().to_list()
        if told is None or not values:
            return 0
        if kind == "average":
            mean, places = sum(values, Decimal(0)) / len(values), len(cell.partition(".")[2])
            if abs(mean - told) > Decimal(1).scaleb(-places) / 2:
                return 0
        elif told != (max(values) if kind == "max" else min(values)):
            return 0
        is_varied = is_varied or len(set(values)) > 1
    return 2 if is_varied else 1
