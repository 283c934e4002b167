"""What tells the rows of a file apart: the CRM's id; without one, columns that a profile or a person puts together."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parse import Parsed
from data.ingest.remarks import Question, Remark
from data.tables import JOINT, Table

_NAME_REPEATED = 0.1  # of the rows: beyond that a name, or a number of another list, does not tell these rows apart
_SUGGESTED = 3
_MOVING = frozenset(
    "status stage amount probability forecast_category expected_close_on closed_on last_activity_on next_step"
    " lost_reason competitor outcome".split()
)
"""Fields that change while a record lives: a key that holds one would lose the record with its next export."""


@dataclass(frozen=True)
class Key:
    """What identifies a row.

    `parts`: our field, or their column where it fills none -> its values. `is_own`: an id of the CRM's own, not put
    together here. `is_told`: a person chose the columns.
    """

    parts: dict[str, pl.Series]
    is_own: bool
    is_told: bool = False

    @property
    def names(self) -> list[str]:
        """What it is made of."""
        return [*self.parts]

    def texts(self, height: int) -> pl.Series:
        """The key of each row as one text; null where it has none: a single part is blank, or all of several are."""
        if not self.parts:
            return pl.repeat(None, height, dtype=pl.String, eager=True).alias("key")
        named = [values.cast(pl.String).alias(str(place)) for place, values in enumerate(self.parts.values())]
        if len(named) == 1:
            return named[0].alias("key")
        joint = pl.concat_str([pl.all().fill_null("")], separator=JOINT)
        has_any = ~pl.all_horizontal(pl.all().is_null())
        return pl.DataFrame(named).select(pl.when(has_any).then(joint).alias("key")).to_series()

    def repeated(self) -> tuple[float, int]:
        """The share of rows beyond one of each key, and how many rows share their key with another; blanks left out."""
        if not self.parts:
            return 1.0, 0
        named = [values.alias(str(place)) for place, values in enumerate(self.parts.values())]
        filled = pl.DataFrame(named).filter(~pl.all_horizontal(pl.all().is_null()))
        distinct = filled.n_unique()
        if not filled.height or distinct == filled.height:
            return (0.0, 0) if filled.height else (1.0, 0)
        return 1 - distinct / filled.height, int(filled.is_duplicated().sum())


def find_key(mapped: Mapped, parsed: Parsed, table: Table, told: tuple[str, ...]) -> tuple[Key, list[Remark]]:
    """What identifies a row of this file, and what to say of it.

    A person's choice holds. Else the profile's first choice that is there and unique in this file. The id of the CRM's
    own stays the key however many rows repeat it: the next file must meet the same rows again, and a record that has
    one id would live twice under two keys. Its repeated rows are refused, with their lines and money.

    Args:
        mapped: the file under our names.
        parsed: its typed columns.
        table: ours.
        told: their columns that a person chose; empty: nobody did.
    """
    if told:
        key = Key(
            {_name(mapped, column): _values(mapped, parsed, column) for column in told}, is_own=False, is_told=True
        )
        return key, [_said("key_told", key, told)]
    key = _by_profile(mapped, parsed, table)
    if key.is_own or not key.parts:
        return key, []
    return key, [_said("key_chosen", key, columns_of(mapped, key.names))]


def _by_profile(mapped: Mapped, parsed: Parsed, table: Table) -> Key:
    choices = [*mapped.match.spec.key, list(table.key)]
    present = [[name for name in choice if name in parsed.columns] for choice in choices]
    whole = [choice for choice, found in zip(choices, present, strict=True) if choice == found and choice]
    candidates = whole or [found for found in present if found][:1]
    if not candidates:
        return Key({}, is_own=False)
    shares: list[float] = []
    keys: list[Key] = []
    for choice in candidates:  # the first one that is unique ends the search: on a million rows each look costs
        keys.append(Key({name: parsed.columns[name] for name in choice}, is_own=choice == choices[0]))
        if keys[-1].is_own and choice == [*table.key] and parsed.columns[choice[0]].is_not_null().any():
            return keys[-1]
        shares.append(keys[-1].repeated()[0])
        if shares[-1] <= (_NAME_REPEATED if keys[-1].is_own and len(choice) == 1 else 0):
            break
    return keys[shares.index(min(shares))]


def columns_of(mapped: Mapped, key: list[str]) -> list[str]:
    """The columns of the file that a key is made of; numbers that we gave the rows are in none."""
    found = [column for name in key for column in mapped.sources.get(name, [name])]
    return list(dict.fromkeys(column for column in found if column in mapped.table.headers))


def _said(code: str, key: Key, columns: list[str] | tuple[str, ...]) -> Remark:
    share, rows = key.repeated()
    params: dict[str, str | int] = {"columns": ", ".join(columns), "percent": f"{100 * (1 - share):.1f}", "rows": rows}
    return Remark(code=code, params=params)


def _name(mapped: Mapped, column: str) -> str:
    """The field that a column alone fills with what it says, else the column's own name."""
    fills = [ours for ours, theirs in mapped.sources.items() if theirs == [column] and ours not in ("status", "kind")]
    return fills[0] if fills else column


def _values(mapped: Mapped, parsed: Parsed, column: str) -> pl.Series:
    """The typed values of a column that fills a field (a date is one day in every form), else its texts."""
    field = _name(mapped, column)
    return parsed.columns[field] if field in parsed.columns else mapped.table.column(mapped.table.headers.index(column))


# --------------------------------------------------------------------------------------------------------- the choice


def key_question(mapped: Mapped, parsed: Parsed, key: Key, colliding: pl.Series) -> Question | None:
    """Rows with one key say different things, and only one of them can hold: which columns tell them apart?

    Args:
        mapped: the file.
        parsed: its typed columns.
        key: the key that was put together.
        colliding: the rows that would stay out.

    Returns:
        The question with columns that would do better, best first; None where nothing would.
    """
    base = [] if colliding.all() else columns_of(mapped, key.names)
    better = suggestions(mapped, parsed, base)
    if not better:
        return None
    rows = int(colliding.sum())
    listed = [base, *better] if base else [*better]
    choices = {as_text(columns): [_unique(mapped, parsed, columns)] for columns in listed}
    params: dict[str, str | int] = {
        "columns": ", ".join(columns_of(mapped, key.names)) or "-", "rows": rows, "choice": as_text(better[0]),
        "percent": choices[as_text(better[0])][0],
    }  # fmt: skip
    return Question(code="ask_key", params=params, flag="--key", choices=tuple(choices), samples=choices)


def suggestions(mapped: Mapped, parsed: Parsed, base: list[str]) -> list[list[str]]:
    """Columns that tell more rows apart, added to those there are: one each, the two best if none suffices."""
    found = _ranked(mapped, parsed, base)[:_SUGGESTED]
    if found and found[0][0] > 0:
        further = _ranked(mapped, parsed, found[0][1])[:1]
        found = [*further, *found][:_SUGGESTED]
    return [columns for _, columns in found]


def _ranked(mapped: Mapped, parsed: Parsed, base: list[str]) -> list[tuple[int, list[str]]]:
    """Each further column that helps: how many rows it leaves alike, and the columns with it; lasting ones first."""
    alike = _alike(mapped, parsed, base)
    found = []
    for header in mapped.table.headers:
        if header in base or not int(mapped.table.column(mapped.table.headers.index(header)).is_not_null().any()):
            continue
        left = _alike(mapped, parsed, [*base, header])
        if left < alike:
            found.append((_name(mapped, header) in _MOVING, left, [*base, header]))
    return [(left, columns) for _, left, columns in sorted(found, key=lambda one: one[:2])]


def _alike(mapped: Mapped, parsed: Parsed, columns: list[str]) -> int:
    """Rows that no key of these columns would tell from another one: they share it, or have none."""
    if not columns:
        return mapped.height
    parts = {column: _values(mapped, parsed, column) for column in columns}
    named = [values.alias(str(place)) for place, values in enumerate(parts.values())]
    blank = pl.DataFrame(named).select(pl.all_horizontal(pl.all().is_null()).sum()).item()
    return Key(parts, is_own=False).repeated()[1] + int(blank)


def _unique(mapped: Mapped, parsed: Parsed, columns: list[str]) -> str:
    share = Key({column: _values(mapped, parsed, column) for column in columns}, is_own=False).repeated()[0]
    return f"{100 * (1 - share):.1f} %"


def as_text(columns: list[str]) -> str:
    """Columns as `--key` takes them: names with commas between, in quotation marks where a name holds one."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(columns)
    return out.getvalue()


def from_text(given: str) -> tuple[str, ...]:
    """The columns that `as_text` wrote, or a person."""
    return tuple(column.strip() for column in next(csv.reader([given])) if column.strip())
