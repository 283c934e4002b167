"""What a person says about an import."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from data.ingest.errors import CountsInvalid, MapInvalid, StageInvalid, YearInvalid
from data.ingest.keys import from_text
from data.ingest.names import Factor
from data.ingest.words import STATUSES
from data.settings import settings

_YEAR = r"^((19|20)\d\d|latest)$"
Year = Annotated[str, Field(pattern=_YEAR)]


class Answers(BaseModel):
    """What a person says about a file, or one list of it; everything may be left unsaid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str | None = None
    profile: str | None = None
    as_of: date | None = None
    is_full: bool | None = None
    sheet: str | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal["point", "comma"] | None = None
    shares: Literal["percent", "share"] | None = None
    """Numbers of a share that may be either: all of them per cent, or only those beyond 1."""
    unit: Factor | None = None
    """What a unit in the name of an amount multiplies by, where nobody knows it."""
    year: Year | None = None
    """The year of days that are written without one, or `latest`: each the latest such day; of this file only."""
    years: dict[str, Year] = {}
    """The same of one column."""
    month_names: Literal["day", "month"] | None = None
    """Whether `Mar-26` is a day of March or a month of 2026."""
    periods: Literal["first", "last"] | None = None
    """Which day a quarter stands for, where days belong."""
    encoding: str | None = None
    delimiter: str | None = None
    header: str | None = None
    """The names of the columns with commas between, for a file in which no row names them."""
    lists: Literal["apart", "together"] | None = None
    """What stands beside or below each other: several lists, or one."""
    day_numbers: Literal["refuse", "turn", "read"] | None = None
    """Day numbers of a spreadsheet in which day and month seem to have changed places: turned back, or right as is."""
    sums: Literal["aside", "keep"] | None = None
    """What rows without an id or a day are that no word, only their sums make totals: totals, or records."""
    months: str | None = None
    """What columns that are months become: `rows`, `columns`, or the year of the first one."""
    goals: dict[str, str] = {}
    """Their columns of goals that no measure is called like -> the measure; an empty one: no goals."""
    columns: dict[str, str] = {}
    """Their column -> our field; an empty field leaves the column out (it is kept as extra)."""
    stages: dict[str, str] = {}
    """Their stage -> open, won or lost; `*` stands for every stage that no profile knows, the empty text for blanks."""
    counts: dict[str, str] = {}
    """Words of a status that are nearly void -> whether their rows count: yes, no or subtract."""
    keys: tuple[tuple[str, ...], ...] = ()
    """Their columns that tell rows apart; of several the last one whose columns a file has all."""
    repeats: Literal["drop", "keep"] | None = None
    """Exact repeats of rows without an id: count once, or each."""
    missing_amounts: Literal["keep", "blank"] | None = None
    """What 0 and -1 are as the amount of an open deal: that amount, or none."""
    currency: str | None = None
    """The company's own currency, where the first file that names any names several."""
    without_rates: bool = False
    """Load amounts that no rate brings into the reporting currency; they are in no total."""
    dimensions: tuple[str, ...] = ()
    """Their columns without a field of ours that become dimensions."""
    orders: Literal["lines", "replace", "both"] | None = None
    """Where one file has an order in each row and another one its lines: only the lines, or both. Where a list of sales
    without order numbers says lines of its days otherwise: it replaces them, or both count."""
    lines: Literal["deal", "line"] | None = None
    """Whose the amounts are in a list of deals with a row for each product: the deal's in each row, or the line's."""
    blanks: Literal["above", "blank"] | None = None
    """What blank cells below a salesperson, a customer or a stage are: as above, or nobody's."""
    owners: Literal["equal", "first", "one"] | None = None
    """What cells are that name several salespeople: they share it, the first one has it, or one name."""
    renamed: Literal["same", "apart"] | None = None
    """New deals that look like missing ones under another name: the same deals, or others."""
    accept_keys: bool = False
    """Load although few rows of the last upload are found again."""

    @property
    def said(self) -> dict[str, Any]:
        """Only what was said, by its name."""
        return {name: getattr(self, name) for name in Answers.model_fields if name in self.model_fields_set}


class Options(Answers):
    """What a person says about an import: about all of its files, and over it about each.

    `files`: the name of a file, or `file / sheet` -> what is said of it alone. What one file is told never holds for
    another one. `today`: the day of the import; only tests set it.
    """

    files: dict[str, Answers] = {}
    who: str | None = None
    today: date | None = None

    def of(self, names: Iterable[str]) -> Options:
        """What holds for one list.

        Args:
            names: what it may be called here, the narrowest name last: its file, its file and sheet.
        """
        told = self.said
        for name in names:
            if name in self.files:
                told = _over(told, self.files[name].said)
        return Options(**told, who=self.who, today=self.today)


def _over(before: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What was said of a file over what was said of all: names and lists are added to, anything else is said again."""
    both = dict(before)
    for name, value in said.items():
        had = before.get(name)
        both[name] = {**had, **value} if isinstance(had, dict) else (*had, *value) if isinstance(had, tuple) else value
    return both


def day_of(options: Options) -> date:
    """The day of an import, where the company is."""
    return options.today or datetime.now(ZoneInfo(settings().timezone)).date()


def read_maps(given: Iterable[str]) -> dict[str, str]:
    """`THEIRS=OURS` texts as a dictionary. The last `=` divides, their names may hold others.

    Raises:
        MapInvalid: one has no `=`.
    """
    maps = {}
    for text in given:
        theirs, sign, ours = text.rpartition("=")
        if not sign or not theirs.strip():
            raise MapInvalid(given=text)
        maps[theirs.strip()] = ours.strip()
    return maps


def read_years(given: Iterable[str]) -> dict[str, str]:
    """`YYYY` and `COLUMN=YYYY` texts as a dictionary; that of all columns stands under the empty name.

    Raises:
        YearInvalid: one says no year, nor `latest`.
    """
    years = {}
    for text in given:
        column, _, year = text.rpartition("=")
        if not re.fullmatch(_YEAR, year.strip()):
            raise YearInvalid(given=text)
        years[column.strip()] = year.strip()
    return years


def read_stages(given: Iterable[str]) -> dict[str, str]:
    """`THEIRS=open` texts as a dictionary; `=open` speaks of deals whose stage is blank.

    Raises:
        StageInvalid: one does not say open, won or lost.
    """
    stages = {}
    for text in given:
        theirs, sign, ours = text.rpartition("=")
        if not sign or ours.strip().lower() not in STATUSES:
            raise StageInvalid(given=text)
        stages[theirs.strip()] = ours.strip().lower()
    return stages


def read_counts(given: Iterable[str]) -> dict[str, str]:
    """`WORD=no` texts as a dictionary.

    Raises:
        CountsInvalid: one says neither yes, no nor subtract.
    """
    counts = {}
    for text in given:
        word, sign, said = text.rpartition("=")
        if not sign or said.strip().lower() not in ("yes", "no", "subtract"):
            raise CountsInvalid(given=text)
        counts[word.strip()] = said.strip().lower()
    return counts


def read_keys(given: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """`COLUMN,COLUMN` texts as the columns of each key; a name that holds a comma stands in quotation marks."""
    return tuple(key for text in given if (key := from_text(text)))
