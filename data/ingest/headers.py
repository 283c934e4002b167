"""Which rows name the columns: title rows above, names in two lines, group names over several columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from data.ingest.header_units import in_unit, names_with_units, split_unit
from data.ingest.layout import header_before, kinds
from data.ingest.names import normal, says_unit
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import Wishes

WITHIN = 30
"""The header is looked for in so many rows."""

_SURE = 3
"""So many known names, and at least as many as unknown ones, make the first such row the names of a list."""

_NUMBERISH = re.compile(r"^[^\w一-鿿]*[\d.,\s:/\-%年月日]+[^\w一-鿿]*$")
_SAYS = re.compile(r"\S\s*[:：]\s*\S")
_PERIODISH = re.compile(r"^(19|20)\d\d([-/年.]?(0?[1-9]|1[0-2])月?|年)?$|^\d{1,2}月$")  # headings of tables by period


@dataclass(frozen=True)
class Header:
    """The rows `first` to `last` (from 0) name the columns; `names` has one name per column, blank where none.

    `told`: the names as a person said them, now or (`is_remembered`) of an earlier file; `kinds`: what their columns
    hold.
    """

    first: int
    last: int
    names: list[str]
    told: str = ""
    is_remembered: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def says(self) -> dict[str, str]:
        """What a table keeps of it."""
        return {"header": self.told} if self.told else {}


def header_of(file: str, rows: Sequence[Sequence[str]], known: AbstractSet[str], wishes: Wishes) -> Header | None:
    """The names that a person gave, else the rows that name the columns, else what a person said of such a file before.

    None where it must be asked. Arguments as of `find_header`.
    """
    if not wishes.header and (found := find_header(rows, known)):
        return found
    before = None if wishes.header else header_before(file, rows, wishes.known)
    names = wishes.header or (names_of(before.header) if before and before.header else ())
    if not names:
        return None
    width = max((len(row) for row in rows), default=0)
    padded = [*names[:width], *[""] * (width - len(names))]
    return Header(-1, -1, padded, names_as_text(names), before is not None, tuple(kinds(rows)))


def names_as_text(names: Sequence[str]) -> str:
    """Names with commas between, in quotation marks where one holds a comma."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    return out.getvalue()


def names_of(text: str) -> tuple[str, ...]:
    """The names that `names_as_text` wrote, or a person."""
    return tuple(next(csv.reader([text])))


def remembered_names(header: Header) -> list[Remark]:
    """That the columns are called what a person called those of such a file before."""
    return [Remark(code="header_remembered", params={"columns": header.told})] if header.is_remembered else []


def header_question(file: str, sample: list[list[str]]) -> Question:
    """No row names the columns: what are they called? With the first rows, so that one can tell."""
    shown = [" | ".join(tidy_name(cell) for cell in row[:30]) for row in sample if any(cell.strip() for cell in row)][
        :3
    ]
    return Question(
        code="ask_header", params={"file": file, "samples": "; ".join(shown)}, flag="--header", samples={"": shown}
    )


def find_header(rows: Sequence[Sequence[str]], known: AbstractSet[str]) -> Header | None:
    """The rows that name the columns; None where no row does.

    Args:
        rows: the first rows of the file, as texts.
        known: column names that some profile knows, normalised.
    """
    at = _row_of_names(rows, known)
    if at is None:
        return None
    found = Header(at, at, [tidy_name(cell) for cell in rows[at]])
    for first in (at - 1, at):
        if 0 <= first < len(rows) - 1 and (names := _in_two_lines(rows[first], rows[first + 1], known)):
            found = Header(first, first + 1, names)
    below = rows[found.last + 1] if found.last + 1 < len(rows) else []
    in_units = names_with_units(found.names, below)
    return Header(found.first, found.last + 1, in_units) if in_units else found


def tidy_name(cell: str) -> str:
    """A column's name on one line, without the spaces around it."""
    return " ".join(cell.replace("\0", "").split())


def _row_of_names(rows: Sequence[Sequence[str]], known: AbstractSet[str]) -> int | None:
    """The row with most known names, else the first that is full and all words.

    Title rows above it ("Export of 5 January") and a first line without names are the reasons to look.
    """
    seen = rows[:WITHIN]
    hits = [len({normal(cell) for cell in row[:2000]} & known) for row in seen]
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    last = max((at for at, count in enumerate(filled) if count), default=0)
    if last < len(hits) and all(count < 0.6 * filled[last] for count in filled[:last]):
        last += 1  # nothing but titles above: a header without records
    if hits[:last] and max(hits[:last]) >= 2:  # else, names with records below them
        several = [at for at in range(len(hits[:last])) if hits[at] >= _SURE and 2 * hits[at] >= filled[at]]
        return several[0] if several else hits.index(max(hits[:last]))  # a list below may have more known names
    widths = Counter(sum(1 for cell in row if cell.strip()) for row in rows if any(cell.strip() for cell in row))
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0] if widths else 0
    for index, row in enumerate(seen):
        words = [cell.strip() for cell in row if cell.strip()]
        if len(words) >= max(1, 0.6 * usual) and not any(is_number(word) for word in words):
            return index
    return None


def is_number(cell: str) -> bool:
    """Whether a cell holds a number or a day rather than the name of a column."""
    return bool(_NUMBERISH.match(cell)) and not _PERIODISH.match(cell)


def _in_two_lines(top: Sequence[str], below: Sequence[str], known: AbstractSet[str]) -> list[str] | None:
    """The names that two lines give together, or None where the second line is no part of the header.

    A merged cell leaves its text in its first cell. So a name over one column has nothing below it (merged downwards),
    and a name over several columns has a name below each. Rows of data meet this nowhere. A name below that says
    enough by itself stands alone (基本信息 over 商机名称); any other one, and one that comes twice, keeps its
    group's: 金额 计划. The unit of a group is kept for its money: 金额（万元） over 订单金额 is 订单金额(万元).
    """
    width = max(len(top), len(below))
    tops = [*top, *[""] * (width - len(top))]
    subs = [*below, *[""] * (width - len(below))]
    while width and not tops[width - 1].strip() and not subs[width - 1].strip():
        width -= 1
    groups = [at for at in range(width) if tops[at].strip()]
    if len(groups) < 2 or any(is_number(cell.strip()) for cell in subs if cell.strip()):
        return None
    if any(_SAYS.search(tops[at]) and not says_unit(tops[at]) for at in groups):
        return None  # a title line: "Date: 2026-06-30" names no columns
    named = [("", tidy_name(subs[place])) for place in range(groups[0])]
    if not all(sub for _, sub in named):
        return None
    is_grouped = False
    for at, end in zip(groups, [*groups[1:], width], strict=True):
        is_wide = end - at > 1
        filled = [bool(subs[place].strip()) for place in range(at, end)]
        if (is_wide and not all(filled)) or (not is_wide and any(filled)):
            return None
        is_grouped |= is_wide
        named += [(tidy_name(tops[at]), tidy_name(subs[place])) for place in range(at, end)]
    if not is_grouped:
        return None
    told = Counter(sub or group for group, sub in named)
    alone = {sub for sub in told if told[sub] == 1 and normal(sub) in known}
    return [_joined(group, sub, is_alone=sub in alone) if sub else group for group, sub in named]


def _joined(group: str, sub: str, *, is_alone: bool) -> str:
    """The name of a column below a group, whose unit counts for it even where its name does not."""
    base, unit = split_unit(group)
    return in_unit(sub if is_alone else f"{base} {sub}".strip(), unit)
