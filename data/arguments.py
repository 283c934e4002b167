"""What the commands take: options that several share, and those of import, with the help each shows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

StorePath = Annotated[
    Path | None, typer.Option("--store", help="The store's file. Default: SALES_STORE, then the settings.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language: en or zh-CN. Default: LANG.")]
UploadId = Annotated[int, typer.Argument(metavar="ID", help="The number of the upload, as listed by uploads.")]
DAY = ["%Y-%m-%d"]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=DAY, help="The day the export speaks of.")]
SeenOn = Annotated[
    datetime | None, typer.Option("--as-of", formats=DAY, help="Look from this day instead of the store's.")
]
Where = Annotated[
    list[str] | None, typer.Option(metavar="DIM=VALUE", help="Only these; repeated for one DIM means or.")
]
Viewer = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Answer what this person may see.")]
Sql = Annotated[bool, typer.Option("--sql", help="The SQL, values written in.")]


def day_of(moment: datetime | None) -> date | None:
    """The day that was named; typer knows days as moments only."""
    return moment.date() if moment else None


class DateOrder(StrEnum):
    """The orders of day, month and year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class DecimalSign(StrEnum):
    """The signs that separate decimals."""

    POINT = "point"
    COMMA = "comma"


class OwnersOf(StrEnum):
    """What cells are that name several salespeople."""

    EQUAL = "equal"
    FIRST = "first"
    ONE = "one"


class NumberOfMonth(StrEnum):
    """What the number behind the name of a month is."""

    DAY = "day"
    MONTH = "month"


class SwappedDays(StrEnum):
    """What day numbers are in which day and month seem to have changed places."""

    REFUSE = "refuse"
    TURN = "turn"
    READ = "read"


class SumRows(StrEnum):
    """What rows are that only their sums make totals."""

    ASIDE = "aside"
    KEEP = "keep"


class DayOfQuarter(StrEnum):
    """Which day a quarter stands for."""

    FIRST = "first"
    LAST = "last"


class ShareForm(StrEnum):
    """How numbers of a share are written that may be either."""

    PERCENT = "percent"
    SHARE = "share"


class UnitFactor(StrEnum):
    """What a unit that nobody knows multiplies by."""

    ONE = "1"
    HUNDRED = "100"
    THOUSAND = "1000"
    TEN_THOUSAND = "10000"
    MILLION = "1000000"
    HUNDRED_MILLION = "100000000"


class ListForm(StrEnum):
    """What stands beside or below each other in one place: several lists, or one."""

    APART = "apart"
    TOGETHER = "together"


class Repeat(StrEnum):
    """What becomes of exact repeats of rows without an id."""

    DROP = "drop"
    KEEP = "keep"


class MissingAmount(StrEnum):
    """What 0 and -1 are as the amount of an open deal."""

    KEEP = "keep"
    BLANK = "blank"


class OrderChoice(StrEnum):
    """What becomes of orders that come as one row each and as lines, and of sales that a list says otherwise."""

    LINES = "lines"
    REPLACE = "replace"
    BOTH = "both"


class Blanks(StrEnum):
    """What blank cells below a value that stands once are."""

    ABOVE = "above"
    BLANK = "blank"


class AmountOf(StrEnum):
    """Whose the amounts are in a list of deals with a row for each product."""

    DEAL = "deal"
    LINE = "line"


class OneOrTwo(StrEnum):
    """What new deals are that look like missing ones under another name."""

    SAME = "same"
    APART = "apart"


class DemoLanguage(StrEnum):
    """The languages of the demo company."""

    EN = "en"
    ZH = "zh-CN"


class Compared(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"


class Scope(StrEnum):
    """What a viewer may see."""

    ALL = "all"
    TEAMS = "teams"
    REP = "rep"


Header = Annotated[str | None, typer.Option(help="Names of the columns, with commas between, where no row names them.")]
DayNumbers = Annotated[
    SwappedDays | None,
    typer.Option("--day-numbers", help="Spreadsheet day numbers that may have day and month swapped: turn, or read."),
]
Sums = Annotated[
    SumRows | None,
    typer.Option("--sums", help="Rows that are totals by their sums alone, without a word: aside, or keep as records."),
]
OfYear = Annotated[
    list[str] | None,
    typer.Option("--year", help="The year of days without one, latest (each the last such day), or COLUMN=YEAR."),
]
OfMonthNames = Annotated[
    NumberOfMonth | None,
    typer.Option("--month-names", help="What Mar-26 is where days belong: a day of March, or a month of 2026."),
]
OfPeriod = Annotated[
    DayOfQuarter | None,
    typer.Option("--periods", help="The day that a quarter stands for, where days belong."),
]
StrangeUnit = Annotated[
    UnitFactor | None,
    typer.Option("--unit", help="What a unit in the name of an amount multiplies by, where nobody knows it."),
]
Lists = Annotated[
    ListForm | None,
    typer.Option("--lists", help="What stands beside or below each other: lists apart, or one together."),
]
Months = Annotated[
    str | None, typer.Option(help="Columns that are months: rows, columns, or the year of the first one.")
]
Maps = Annotated[list[str] | None, typer.Option("--map", metavar="THEIRS=OURS", help="Which column is which field.")]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", metavar="THEIRS=STATUS", help="What a stage means: open, won or lost; * for the rest."),
]
Goals = Annotated[
    list[str] | None,
    typer.Option("--goal", metavar="COLUMN=MEASURE", help="What a column of goals is of; nothing after =: no goals."),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="COLUMN,…",
        help="The columns that tell rows apart, with commas between; where files differ, repeat it.",
    ),
]
Shares = Annotated[
    ShareForm | None,
    typer.Option(
        "--shares", help="0.5 beside 50 in a column of shares: percent (0.5 is half a per cent), or share (half of it)."
    ),
]
Repeats = Annotated[
    Repeat | None, typer.Option(help="Exact repeats of rows without an id: drop counts them once, keep counts each.")
]
MissingAmounts = Annotated[
    MissingAmount | None,
    typer.Option("--missing-amounts", help="0 and -1 as amounts of open deals: keep, or blank (nobody knows yet)."),
]
Currency = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="The company's own currency, where the first file to name any names several."),
]
WithoutRates = Annotated[
    bool, typer.Option("--without-rates", help="Load amounts in currencies without a rate; they are in no total.")
]
OwnDimensions = Annotated[
    list[str] | None,
    typer.Option("--dimension", metavar="COLUMN", help="Make a column without a field of ours a dimension."),
]
Orders = Annotated[
    OrderChoice | None,
    typer.Option(
        "--orders",
        help="The same orders as one row each and as lines: only the lines, or both. Sales of days that are here "
        "already and say otherwise: this list replaces them, or both.",
    ),
]
Counts = Annotated[
    list[str] | None,
    typer.Option("--counts", metavar="WORD=yes|no|subtract", help="Whether rows count whose status is nearly void."),
]
Lines = Annotated[
    AmountOf | None,
    typer.Option(
        "--lines",
        help="Deals or orders with a row for each product: the amount is the whole one in each row, or the line's.",
    ),
]
BlankCells = Annotated[
    Blanks | None,
    typer.Option(
        "--blanks", help="Blank cells below a salesperson, customer or stage that stands once: as above, or blank."
    ),
]
SeveralOwners = Annotated[
    OwnersOf | None,
    typer.Option("--owners", help="Cells with several salespeople: equal shares, the first one's, or one name."),
]
Renamed = Annotated[
    OneOrTwo | None,
    typer.Option(
        "--renamed", help="New deals that look like missing ones under another name: the same, or each apart."
    ),
]
AcceptKeys = Annotated[
    bool, typer.Option("--accept-keys", help="Load although few rows of the last upload are found again.")
]
ForFile = Annotated[
    list[str] | None,
    typer.Option(
        "--for",
        metavar="FILE",
        help="The options after it hold for this file alone, or for one list in it (FILE / SHEET).",
    ),
]
Files = Annotated[
    list[Path], typer.Argument(help="CSV, text, Excel, ODS, Parquet, JSON or ZIP files; all or none are loaded.")
]
