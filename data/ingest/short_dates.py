"""Days without a year (`03-15`, `3月15日`, `15 Mar`) and whole quarters (`Q3 2026`, `2026年3季度`), where days belong.

Nothing in the file says which year, or which day of the quarter, is meant: a person does, and sees what that makes of
the first ones. Nor does it say of `Mar-26` whether that is a day of the month or the year. The order of day and month
is proved as that of any other column once the year is known. Years that run on through New Year (`latest`) are found
once day and month are (`run_on`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import get_args

import polars as pl

from data.ingest.months import last_day
from data.ingest.parsed import Edge, Hints, Named
from data.ingest.remarks import Question
from data.ingest.written_dates import plain_month
from data.settings import settings

_ASKED_FROM = 0.05
"""Fewer of a column are slips, which refuse their rows."""
_SHOWN = 3
_FEW = 6
"""So many numbers are named one by one."""
_LAST_CENTURY = 70
_YEARLESS = (
    re.compile(r"^(?P<before>\d{1,2}(?P<sign>[-/])\d{1,2})(?P<after>[ T]+\d{1,2}:\d{2}.*)?$"),
    re.compile(r"^(?P<chinese>\d{1,2}\s?月\s?\d{1,2}\s?[日号])(?P<after>.*)$"),
    re.compile(r"^(?P<before>\d{1,2}\.?(?P<sign>[ -])[^\W\d_]{3,9}\.?)(?P<after>)$"),
)
_NAMED = re.compile(
    r"^(?P<name>[^\W\d_]{3,9})\.?[ '’/-]{1,2}(?P<number>\d{1,2})(?P<ordinal>st|nd|rd|th)?$", re.IGNORECASE
)
LATEST = "latest"
_ANY_YEAR = "2000"
"""Stands for the year of days that run on, until day and month are known; it has a 29 February."""
_MARK = r"(?P<fiscal>FY|财年)?\s?['’]?"
_QUARTERS = (
    re.compile(rf"^{_MARK}(?P<year>20\d\d|\d\d)\s?(?P<of>财年|年度?)?[\s/-]*Q(?P<quarter>[1-4])$", re.IGNORECASE),
    re.compile(rf"^{_MARK}(?P<year>20\d\d)\s?(?P<of>财年|年度?)[\s/-]*第?(?P<quarter>[1-4一二三四])季度?$"),
    re.compile(rf"^Q(?P<quarter>[1-4])[\s,/'’-]*{_MARK}(?P<year>20\d\d|\d\d)(?P<of>)$", re.IGNORECASE),
    re.compile(rf"^(?P<quarter>[1-4])Q[\s,/'’-]*{_MARK}(?P<year>20\d\d|\d\d)(?P<of>)$", re.IGNORECASE),
)
_PERIODS = (
    re.compile(r"^(?P<first>20\d\d-\d\d-\d\d)…(?P<last>20\d\d-\d\d-\d\d)$"),  # of columns that were months
    re.compile(r"^(?P<year>20\d\d)\s?[年.\-/]?\s?第?(?P<month>0?[1-9]|1[0-2])期$"),
)
"""A month in place of a day: its first and last day, or the period of accounts (`2026年第1期`)."""
_FIGURES = dict(zip("一二三四", range(1, 5), strict=True))
_LIKE = (
    r"^\p{L}{3,9}\.?[ '’/-]{1,2}\d{1,2}(?:st|nd|rd|th)?$"
    r"|^\d{1,2}[-/]\d{1,2}(?:[ T]|$)|^\d{1,2}\s?月\s?\d|^\d{1,2}\.?[ -]\p{L}{3,9}\.?$|(?i)Q\s?[1-4]|[1-4]Q|季|期$|…"
)


def completed(
    texts: pl.Series, column: str, hints: Hints, *, is_ahead: bool = False
) -> tuple[pl.Series, Question | None]:  # fmt: skip
    """A column of days with the years, and the days of quarters, that a person said; or the question.

    Args:
        texts: of a column of dates.
        column: its name.
        hints: `year`, `years`, `periods` and `month_names` are what was said.
        is_ahead: its days may be to come and follow no other ones, so that none is the latest.
    """
    said = texts.filter(texts.str.contains(_LIKE).fill_null(value=False))
    if not len(said):
        return texts, None
    year = hints.years.get(column) or hints.year
    years = (str(hints.today.year), str(hints.today.year - 1), *(() if is_ahead else (LATEST,)))
    year = None if is_ahead and year == LATEST else year
    question: Question | None = None
    filled = len(texts) - texts.null_count()
    for name, write, told, choices in (
        ("month_names", _as_named, hints.month_names, get_args(Named)),
        ("year", _with_year, year, years),
        ("periods", _as_day, hints.periods, get_args(Edge)),
    ):
        found = {text: written for text in said.unique() if (written := write(text, told or choices[0])) is not None}
        rows = int(said.is_in([*found]).sum()) if found else 0
        is_one = name == "month_names" and _agree(found, write, choices)  # `May 1st`: either answer says the same
        if found and (told or is_one):
            texts = texts.replace(found)
            said = said.replace(found)
        elif rows > filled * _ASKED_FROM:
            shown = [text for text in said.unique(maintain_order=True) if text in found][:_SHOWN]
            question = _question(name, column, rows, {
                choice: [f"{text} = {_meant(name, text, choice, write, hints)}" for text in shown]
                for choice in choices
            }, _evidence(name, found))  # fmt: skip
            break
    return texts, question


def _meant(name: str, text: str, choice: str, write: Callable[[str, str], str | None], hints: Hints) -> str:
    """What an answer makes of a day, as the question shows it; of the latest one its year, where that is certain."""
    written = write(text, choice) or text
    if name != "year" or choice != LATEST:
        return written
    last, before = hints.latest.year, hints.latest.year - 1
    days = _readings(text, hints.latest)
    years = [str(last) if any(days) else "", str(before) if not all(days) else ""]
    return written.replace(_ANY_YEAR, "/".join(year for year in years[::-1] if year))


def _readings(text: str, latest: date) -> list[bool]:
    """Of each way to read day and month: whether that day of the last year has come by the latest day."""
    found = re.findall(r"\d+", text)[:2]
    name = re.search(r"[^\W\d_]{3,9}", text)
    month = plain_month(name[0]) if name else None
    pairs = [(month, int(found[0]))] if month and found else [(int(found[0]), int(found[1]))] if len(found) > 1 else []
    if pairs and not month and "月" not in text:
        pairs.append(pairs[0][::-1])
    return [pair <= (latest.month, latest.day) for pair in pairs if pair[0] <= 12] or [True, False]


def _agree(found: Iterable[str], write: Callable[[str, str], str | None], choices: Iterable[str]) -> bool:
    """Whether every answer makes the same of each of these texts."""
    return all(len({write(text, choice) for choice in choices}) == 1 for text in found)


def _evidence(name: str, found: dict[str, str]) -> str:
    """The numbers beside names of months, which tell days from years to who knows the list."""
    if name != "month_names":
        return ""
    numbers = sorted({int(hit["number"]) for text in found if (hit := _NAMED.match(text.strip()))})
    return ", ".join(map(str, numbers)) if len(numbers) <= _FEW else f"{numbers[0]}…{numbers[-1]}"


def _as_named(text: str, told: str) -> str | None:
    """`Mar-26` as a day of the month (`26 Mar`) or the month of a year (`Mar 2026`); None where it is neither."""
    found = _NAMED.match(text.strip())
    if found is None or plain_month(found["name"]) is None:
        return None
    number = int(found["number"])
    if told == "day" or found["ordinal"]:
        return f"{number} {found['name']}"
    return f"{found['name']} {number + (1900 if number >= _LAST_CENTURY else 2000)}"


def without_year(text: str) -> str:
    """A day, as people see it, without the year that stands for one that has yet to be found."""
    return re.sub(rf"[-/ ]?\b{_ANY_YEAR}(?:年|\b-?)", "", text)


def is_running(yearless: pl.Series, texts: pl.Series) -> pl.Series:
    """Of the rows whose days name no year, those that got one that has yet to be found."""
    return yearless & texts.str.contains(_ANY_YEAR).fill_null(value=False)


def run_on(days: pl.Series, running: pl.Series, since: pl.Series | None, today: date) -> pl.Series:
    """Days whose year runs on: each is the first such day since another one of its row, else the latest until today.

    Args:
        days: as they were read, those that run on in any year.
        running: which these are.
        since: the day that comes before, of each row; blank where there is none.
        today: the day that the list speaks of, else that of the import.

    Returns:
        The days; one that no such year has (29 February) is blank.
    """
    since = pl.Series([None] * len(days), dtype=pl.Date) if since is None else since.cast(pl.Date)
    told = pl.DataFrame([days.cast(pl.Date).alias("day"), running.alias("runs"), since.alias("since")])

    def in_year(year: pl.Expr) -> pl.Expr:
        text = pl.format("{}-{}", year, pl.col("day").dt.strftime("%m-%d"))
        return text.str.to_date("%Y-%m-%d", strict=False)

    first, after = in_year(pl.col("since").dt.year()), in_year(pl.col("since").dt.year() + 1)
    this, last = in_year(pl.lit(today.year)), in_year(pl.lit(today.year - 1))
    follows = pl.when(first >= pl.col("since")).then(first).otherwise(after)
    latest = pl.when(this <= today).then(this).otherwise(last)
    year = pl.when(pl.col("since").is_null()).then(latest).otherwise(follows)
    return told.select(pl.when("runs").then(year).otherwise("day").alias(days.name)).to_series()


def _question(name: str, column: str, rows: int, samples: dict[str, list[str]], evidence: str) -> Question:
    params: dict[str, str | int] = {
        "column": column,
        "rows": rows,
        **({"evidence": evidence} if evidence else {}),
        "samples": "; ".join(f"{choice}: {', '.join(shown)}" for choice, shown in samples.items()),
        "choices": "/".join(samples),
    }
    flag = f"--{name.replace('_', '-')}"
    of_months = any("…" in shown for texts in samples.values() for shown in texts) and name == "periods"
    return Question(
        code="ask_month_sales" if of_months else f"ask_{name}",
        params=params,
        flag=flag,
        choices=tuple(samples),
        samples=samples,
    )


def _with_year(text: str, year: str) -> str | None:
    """A day with its year: behind two numbers, so that their order stays what the column proves."""
    year = _ANY_YEAR if year == LATEST else year
    for form in _YEARLESS:
        if found := form.match(text.strip()):
            parts = found.groupdict()
            if parts.get("chinese"):
                return f"{year}年{parts['chinese']}{parts['after']}"
            return f"{parts['before']}{parts['sign']}{year}{parts['after'] or ''}"
    return None


def _as_day(text: str, edge: str) -> str | None:
    """The first or the last day of a quarter or a month; None of fiscal ones that are not those of the calendar."""
    period = next((hit.groupdict() for form in _PERIODS if (hit := form.match(text.strip()))), None)
    if period and "first" in period:
        return period[edge]
    if period:
        return _edge(int(period["year"]), int(period["month"]), 1, edge)
    found = next((hit for form in _QUARTERS if (hit := form.match(text.strip()))), None)
    if found is None:
        return None
    is_fiscal = bool(found["fiscal"]) or found["of"] == "财年"
    if is_fiscal and settings().fiscal_start != 1:
        return None  # by which of its two calendar years it is called is not told
    quarter = _FIGURES.get(found["quarter"]) or int(found["quarter"])
    year = int(found["year"]) if len(found["year"]) == len("2026") else 2000 + int(found["year"])
    return _edge(year, 3 * quarter - 2, 3, edge)


def _edge(year: int, month: int, months: int, edge: str) -> str:
    """The first or the last day of so many months of one year."""
    first = date(year, month, 1)
    return (first if edge == "first" else last_day(first, months)).isoformat()
