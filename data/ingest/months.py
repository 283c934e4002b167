"""Lists with a column for every month or quarter: after asking, each becomes a row of its own."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date

import polars as pl

from data.ingest.errors import MonthsInvalid
from data.ingest.header_units import split_unit
from data.ingest.layout import months_before
from data.ingest.month_columns import GOAL, Months, find, year_cell
from data.ingest.names import says_unit
from data.ingest.numbers import numbers
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE, Reading, TextTable, Wishes

PLAIN = ("Value", "数值")
"""What the numbers are called where neither the months nor the list say what they are."""
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def with_months(reading: Reading, wishes: Wishes) -> Reading:
    """Lists with a column for every month, after the user's word: `rows`, `columns`, or the year of the first month.

    Raises:
        MonthsInvalid: the user's word is none of these.
    """
    tables: list[TextTable] = []
    for table in reading.tables:
        said = _checked(wishes.of(table.part).months)
        months = find(table)
        told = said or (months_before(table.headers, wishes.known, wishes.year or 0) if months else None)
        if months and told:
            table.told["months"] = told
        if months is None or told == "columns":
            tables.append(table)
            continue
        year = int(told) if told and told.isdigit() else None if months.has_years else year_of(table)
        if told is None or (year is None and not months.has_years):
            reading.questions.append(_question(table, months, year))
            tables.append(table)
        else:
            tables.append(_in_rows(table, months, year))
    reading.tables = tables
    return reading


def _checked(told: str | None) -> str | None:
    if told is not None and told not in ("rows", "columns") and not re.fullmatch(r"(19|20)\d\d", told):
        raise MonthsInvalid(given=told)
    return told


def year_of(table: TextTable) -> int | None:
    """The one year that the lines above the header, else the sheet's or the file's name speak of."""
    for place in (" ".join(table.title), table.part, table.file):
        years = set(_YEAR.findall(place))
        if len(years) == 1:
            return int(years.pop())
    return None


def _question(table: TextTable, months: Months, year: int | None) -> Question:
    names = [table.headers[at] for at in months.columns]
    keys = months.keys(table)
    first = table.frame.row(0, named=True) if table.frame.height else {}
    if months.year_at is not None:
        year = year_cell(first[str(months.year_at)])
    needs_year = not months.has_years and year is None
    this_year = date.today().year  # noqa: DTZ011 - only the years that are offered first
    answers = [str(this_year + step) for step in (0, 1, -1)] if needs_year else ["rows"]
    shown = {answer: _shown(months, int(answer) if needs_year else year, first, keys[:1]) for answer in answers}
    return Question(
        code=("ask_months" if months.length == 1 else "ask_quarters") + ("_year" if needs_year else ""),
        params={
            "file": f"{table.file} / {table.part}" if table.part else table.file,
            "columns": f"{names[0]}…{names[-1]}",
            "samples": "; ".join(shown[answers[0]]),
            "choices": "/".join((*answers, "columns")),
        },
        flag="--months",
        choices=(*answers, "columns"),
        samples=shown,
        part=table.part,
        columns=tuple(table.headers),
    )


def _shown(months: Months, year: int | None, first: dict[str, str], keys: list[int]) -> list[str]:
    """What the first cells would become: `Ann, 2026-01: 12`, of a quarter `Ann, 2026-01…03: 12`."""
    days = _days(months, year)
    name = ", ".join(str(first.get(str(at)) or "") for at in keys)
    until = {at: "" if months.length == 1 else f"…{day.month + months.length - 1:02}" for at, day in days.items()}
    return [f"{name}, {days[at]:%Y-%m}{until[at]}: {first.get(str(at)) or '-'}" for at in list(months.columns)[:3]]


def _days(months: Months, year: int | None) -> dict[int, date]:
    """The first day of each month; without years of their own, a month before the one to its left is in the next."""
    days: dict[int, date] = {}
    running, last = year or 0, 0
    for at, (own, month) in months.columns.items():
        running += month < last
        last = month
        days[at] = date(own if own is not None else running, month, 1)
    return days


def _in_rows(table: TextTable, months: Months, year: int | None) -> TextTable:
    """One row per record and month with a number in it."""
    keys = months.keys(table)
    spans = _spans(table, months, year)
    of_row = pl.lit("") if months.year_at is None else pl.col(str(months.year_at))
    first, last, value = (str(len(keys) + place) for place in range(3))
    parts = [
        table.frame.select(
            pl.col(LINE),
            *(pl.col(str(at)).alias(str(place)) for place, at in enumerate(keys)),
            of_row.replace_strict({said: span[at][0].isoformat() for said, span in spans.items()}).alias(first),
            of_row.replace_strict({said: span[at][1].isoformat() for said, span in spans.items()}).alias(last),
            pl.col(str(at)).alias(value),
        )
        for at in months.columns
    ]
    long = pl.concat(parts).sort(LINE, maintain_order=True)
    filled = long.filter(pl.col(value).is_not_null())
    return replace(
        table,
        headers=[*(table.headers[at] for at in keys), *_headers(table, months)],
        own_headers=table.headers,
        frame=filled,
        text=b"",
        remarks=[*table.remarks, *_said(table, months, spans, filled.height, long.height - filled.height)],
    )


_Spans = dict[str, dict[int, tuple[date, date]]]
"""What the column of years says, "" where there is none -> column -> the first and the last day."""


def _spans(table: TextTable, months: Months, year: int | None) -> _Spans:
    said = [""] if months.year_at is None else table.column(months.year_at).unique(maintain_order=True).to_list()
    found = {text: _days(months, year_cell(text) if text else year) for text in said}
    return {text: {at: (day, last_day(day, months.length)) for at, day in days.items()} for text, days in found.items()}


def _said(table: TextTable, months: Months, spans: _Spans, rows: int, blank: int) -> list[Remark]:
    """What became rows, and what was set aside."""
    names = [table.headers[at] for at in months.columns]
    days = [span for of in spans.values() for span in of.values()]
    params: dict[str, str | int] = {
        "columns": f"{names[0]}…{names[-1]}",
        "first": f"{min(first for first, _ in days):%Y-%m}", "last": f"{max(last for _, last in days):%Y-%m}",
        "rows": rows, "blank": blank, "sums": ", ".join(table.headers[at] for at in months.sums) or "-",
    }  # fmt: skip
    remarks = [Remark(code="months_in_rows", params=params)]
    if months.reached:
        cells = sum(int(table.column(at).is_not_null().sum()) for at in months.reached)
        reached = ", ".join(table.headers[at] for at in months.reached)
        remarks.append(Remark(code="reached_aside", params={"columns": reached, "cells": cells}))
    return remarks


def last_day(first: date, months: int) -> date:
    """The last day of so many months, all in one year."""
    last = first.month + months - 1
    return first.replace(month=last, day=monthrange(first.year, last)[1])


def _headers(table: TextTable, months: Months) -> list[str]:
    """Names that the profiles know: the days a row holds for, and a goal where the list calls itself one."""
    is_goal = any(GOAL.search(place) for place in (months.rest, *table.title, table.part, table.file))
    plain = "目标值" if months.is_chinese else "Target Value"
    if is_goal and not GOAL.search(months.rest):
        value = f"{months.rest} {plain}".strip()
    else:  # 回款目标 are goals of something: data/ingest/goals.py knows of what
        value = plain if is_goal and not GOAL.sub("", months.rest).strip() else months.rest
    value = value or PLAIN[1 if months.is_chinese else 0]
    value = value if says_unit(value) else f"{value}{_unit_of_sums(table, months)}"
    return ["开始日期", "结束日期", value] if months.is_chinese else ["Start Date", "End Date", value]


def _unit_of_sums(table: TextTable, months: Months) -> str:
    """The unit in the name of a column that holds the sums of the months (`年度目标(万元)`): it is theirs, too."""
    named = {at: unit for at, header in enumerate(table.headers) if (unit := split_unit(header)[1])}
    if not named or not table.frame.height:
        return ""
    read = {at: numbers(table.column(at), money=True).values for at in (*named, *months.columns)}
    frame = pl.DataFrame([values.alias(str(at)) for at, values in read.items()])
    summed = pl.sum_horizontal(pl.col([str(at) for at in months.columns]).fill_null(0))
    for at, unit in named.items():
        told = frame.filter(pl.col(str(at)).is_not_null() & (pl.col(str(at)) != 0))
        if at not in months.columns and told.height and bool(told.select((pl.col(str(at)) == summed).all()).item()):
            return unit
    return ""
