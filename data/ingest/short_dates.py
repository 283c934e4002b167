"""Days without a year (`03-15`, `3月15日`, `15 Mar`) and whole quarters (`Q3 2026`, `2026年3季度`), where days belong.

Nothing in the file says which year, or which day of the quarter, is meant: a person does, and sees what that makes of
the first ones. The order of day and month is proved as that of any other column once the year is known.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import get_args

import polars as pl

from data.ingest.parsed import Edge, Hints
from data.ingest.remarks import Question
from data.settings import settings

_ASKED_FROM = 0.05
"""Fewer of a column are slips, which refuse their rows."""
_SHOWN = 3
_YEARLESS = (
    re.compile(r"^(?P<before>\d{1,2}(?P<sign>[-/])\d{1,2})(?P<after>[ T]+\d{1,2}:\d{2}.*)?$"),
    re.compile(r"^(?P<chinese>\d{1,2}\s?月\s?\d{1,2}\s?[日号])(?P<after>.*)$"),
    re.compile(r"^(?P<before>\d{1,2}\.?(?P<sign>[ -])[^\W\d_]{3,9}\.?)(?P<after>)$"),
)
_MARK = r"(?P<fiscal>FY|财年)?\s?['’]?"
_QUARTERS = (
    re.compile(rf"^{_MARK}(?P<year>20\d\d|\d\d)\s?(?P<of>财年|年度?)?[\s/-]*Q(?P<quarter>[1-4])$", re.IGNORECASE),
    re.compile(rf"^{_MARK}(?P<year>20\d\d)\s?(?P<of>财年|年度?)[\s/-]*第?(?P<quarter>[1-4一二三四])季度?$"),
    re.compile(rf"^Q(?P<quarter>[1-4])[\s,/'’-]*{_MARK}(?P<year>20\d\d|\d\d)(?P<of>)$", re.IGNORECASE),
    re.compile(rf"^(?P<quarter>[1-4])Q[\s,/'’-]*{_MARK}(?P<year>20\d\d|\d\d)(?P<of>)$", re.IGNORECASE),
)
_FIGURES = dict(zip("一二三四", range(1, 5), strict=True))
_LIKE = r"^\d{1,2}[-/]\d{1,2}(?:[ T]|$)|^\d{1,2}\s?月\s?\d|^\d{1,2}\.?[ -]\p{L}{3,9}\.?$|(?i)Q\s?[1-4]|[1-4]Q|季"


def completed(texts: pl.Series, column: str, hints: Hints) -> tuple[pl.Series, Question | None]:
    """A column of days with the years, and the days of quarters, that a person said; or the question.

    Args:
        texts: of a column of dates.
        column: its name.
        hints: `year` and `periods` are what was said.
    """
    said = texts.filter(texts.str.contains(_LIKE).fill_null(value=False))
    if not len(said):
        return texts, None
    kinds = (("year", _with_year, str(hints.today.year), hints.year), ("periods", _as_day, "first", hints.periods))
    question: Question | None = None
    filled = len(texts) - texts.null_count()
    for name, write, usual, told in kinds:
        found = {text: written for text in said.unique() if (written := write(text, told or usual)) is not None}
        rows = int(said.is_in([*found]).sum()) if found else 0
        if told and found:
            texts = texts.replace(found)
        elif rows > filled * _ASKED_FROM:
            choices = (usual, str(hints.today.year - 1)) if name == "year" else get_args(Edge)
            shown = [text for text in said.unique(maintain_order=True) if text in found][:_SHOWN]
            question = _question(f"ask_{name}", column, rows, {
                choice: [f"{text} = {_shown(write(text, choice), text)}" for text in shown] for choice in choices
            })  # fmt: skip
    return texts, question


def _question(code: str, column: str, rows: int, samples: dict[str, list[str]]) -> Question:
    name = code.removeprefix("ask_")
    params: dict[str, str | int] = {
        "column": column,
        "rows": rows,
        "samples": "; ".join(f"{choice}: {', '.join(shown)}" for choice, shown in samples.items()),
        "choices": "/".join(samples),
    }
    return Question(code=code, params=params, flag=f"--{name}", choices=tuple(samples), samples=samples)


def _shown(written: str | None, text: str) -> str:
    return written or text


def _with_year(text: str, year: str) -> str | None:
    """A day with its year: behind two numbers, so that their order stays what the column proves."""
    for form in _YEARLESS:
        if found := form.match(text.strip()):
            parts = found.groupdict()
            if parts.get("chinese"):
                return f"{year}年{parts['chinese']}{parts['after']}"
            return f"{parts['before']}{parts['sign']}{year}{parts['after'] or ''}"
    return None


def _as_day(text: str, edge: str) -> str | None:
    """The first or the last day of a quarter; None of a fiscal one where fiscal years are not those of the calendar."""
    found = next((hit for form in _QUARTERS if (hit := form.match(text.strip()))), None)
    if found is None:
        return None
    is_fiscal = bool(found["fiscal"]) or found["of"] == "财年"
    if is_fiscal and settings().fiscal_start != 1:
        return None  # by which of its two calendar years it is called is not told
    quarter = _FIGURES.get(found["quarter"]) or int(found["quarter"])
    year = int(found["year"]) if len(found["year"]) == len("2026") else 2000 + int(found["year"])
    month = 3 * quarter - 2 if edge == "first" else 3 * quarter
    return date(year, month, 1 if edge == "first" else calendar.monthrange(year, month)[1]).isoformat()
