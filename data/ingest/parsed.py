"""What typing a file is told, and what comes of it: typed columns, and the rows of each that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from data.ingest.decimal_sign import Decimal
from data.ingest.errors import ColumnUnreadable
from data.ingest.map import Mapped
from data.ingest.remarks import Question, Remark
from data.tables import tables

PROVED = 0.5
"""A column counts as proved when this share of its filled cells can be read; the rest refuse their rows."""


Edge = Literal["first", "last"]
Named = Literal["day", "month"]


@dataclass(frozen=True)
class Hints:
    """What the user, the clock and the file's form say about reading.

    `is_said`, `is_decimal_said`: the order, the decimal sign was named for this file; else, it is what was answered for
    the layout before, which the file itself may contradict. `shares`: what numbers are that may be shares or per cent.
    `unit`: what a unit that nobody knows multiplies by. `year`: of days that say none; `years`: of those of a column.
    `month_names`: whether the number behind the name of a month is a day or a year. `periods`: which of its days a
    quarter stands for. `spoken_of`: the day that the list speaks of, where it or a person says so. `numbers`: what day
    numbers are that look as if day and month had changed places.
    """

    today: date
    timezone: str
    date_order: str | None = None
    decimal: Decimal | None = None
    shares: Literal["percent", "share"] | None = None
    unit: str | None = None
    year: str | None = None
    periods: Edge | None = None
    numbers: str | None = None
    is_said: bool = False
    is_decimal_said: bool = False
    years: Mapping[str, str] = field(default_factory=dict)
    month_names: Named | None = None
    spoken_of: date | None = None

    @property
    def latest(self) -> date:
        """The last day that days without a year may be: the one the list speaks of, where it says so, else today."""
        return self.spoken_of or self.today


@dataclass
class Parsed:
    """Typed columns. `unread`: field -> rows whose text could not be read. `formats`: field -> how it was read.

    `refused`: reason -> rows that cannot be loaded for it, whatever their cells say. `rounded`: field -> rows whose
    number has more places than can be kept; their texts stay with them. `yearless`: field -> rows of days that name no
    year. `priced`: field -> `line` and `sign` of prices that name a currency, in a table that has none.
    """

    columns: dict[str, pl.Series]
    unread: dict[str, pl.Series] = field(default_factory=dict)
    rounded: dict[str, pl.Series] = field(default_factory=dict)
    refused: dict[str, pl.Series] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    yearless: dict[str, pl.Series] = field(default_factory=dict)
    priced: dict[str, pl.DataFrame] = field(default_factory=dict)
    warnings: list[Remark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def keep_written(self, ours: str, rows: pl.Series) -> None:
        """Keep what was written of a field in these rows, too, beside those of which it is kept already."""
        self.rounded[ours] = self.rounded[ours] | rows if ours in self.rounded else rows


def note_unread(mapped: Mapped, parsed: Parsed, ours: str, unread: pl.Series) -> None:
    """Keep which rows of a column could not be read.

    Raises:
        ColumnUnreadable: they are most of those that say anything.
    """
    bad = int(unread.sum())
    if not bad:
        return
    texts = mapped.texts[ours]
    filled = len(texts) - texts.null_count()
    if filled - bad < PROVED * filled:
        shown = texts.filter(unread).unique(maintain_order=True).head(3)
        raise ColumnUnreadable(
            file=mapped.table.file,
            column=", ".join(mapped.sources.get(ours, [ours])),
            field=ours,
            type=tables()[mapped.match.table].fields[ours],
            samples=", ".join(shown),
        )
    parsed.unread[ours] = unread
