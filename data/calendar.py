"""The company's calendar: working days, weeks, fiscal years, and how far the Spring Festival is.

Days off and make-up days (调休) come from the `holidays` package, which carries the yearly announcements of the Chinese
State Council; for years not announced yet it knows the holidays but no make-up days.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from data.facts import renew
from data.order import uploaded
from data.settings import settings

if TYPE_CHECKING:
    import duckdb

    from data.store import Store

_DAYS = {
    "leads": ("created_on",),
    "deals": ("created_on", "closed_on", "expected_close_on"),
    "deal_versions": ("expected_close_on",),
    "activities": ("done_on",),
    "order_lines": ("ordered_on",),
    "quotes": ("issued_on",),
    "contracts": ("signed_on", "ends_on"),
    "invoices": ("issued_on", "due_on"),
    "payments": ("paid_on",),
    "payment_plans": ("planned_on",),
    "targets": ("starts_on", "ends_on"),
    "surveys": ("answered_on",),
    "tickets": ("opened_on",),
}
"""The days that measures are asked by; the calendar covers them all."""

_NAME, _KEPT = "calendar", "select value from ops.settings where name = $name"
_EARLIEST, _LATEST = 1970, 2098  # beyond, a date is a slip of the pen, and festivals are not known


def write_calendar(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write a calendar from the year before the first day there is to the year after the last."""
    filled = uploaded(cursor)
    spans = " union all ".join(
        f"select least({', '.join(f'min({day})' for day in days)}),"
        f" greatest({', '.join(f'max({day})' for day in days)})"
        f" from crm.{table}"
        for table, days in _DAYS.items()
        if table.replace("deal_versions", "deals") in filled
    )
    first, last = cursor.execute(
        f"""
        select least(min(first), max(today)), greatest(max(last), max(today))
        from ({spans or "select null::date, null::date"}) as spans(first, last),
            (select max(as_of) from ops.uploads where not is_undone) as held(today)
        """
    ).fetchall()[0]
    renew(cursor, "calendar")
    _keep(cursor)
    if first is None:
        return
    years = max(first.year, _EARLIEST) - 1, min(last.year, _LATEST) + 1
    frame = calendar(*years, *_company())
    cursor.register("calendar_days", frame.to_arrow())
    cursor.execute("insert into crm.calendar by name from calendar_days order by day")
    cursor.unregister("calendar_days")


def follow_settings(store: Store) -> None:
    """Write the calendar anew where it was written under other settings: weeks and years begin as they say now."""
    with store.snapshot() as seen:
        is_there = bool(seen.frame("select 1 from crm.calendar limit 1").height)
        is_kept = seen.frame(_KEPT, {"name": _NAME})["value"].to_list() == [_said()]
    if is_there and not is_kept:
        with store.writing() as cursor:
            write_calendar(cursor)


def _company() -> tuple[str, int, int]:
    """What the settings say of the company's calendar: country, first month of its year, first day of its week."""
    company = settings()
    return company.country, company.fiscal_start, company.week_start


def _said() -> str:
    return " ".join(map(str, _company()))


def _keep(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write down under which settings the calendar is written."""
    said = _said()
    if cursor.execute(_KEPT, {"name": _NAME}).fetchall() == [(said,)]:
        return
    cursor.execute("delete from ops.settings where name = $name", {"name": _NAME})
    cursor.execute("insert into ops.settings values ($name, $value)", {"name": _NAME, "value": said})


@cache
def calendar(first_year: int, last_year: int, country: str, fiscal_start: int, week_start: int) -> pl.DataFrame:
    """Every day of some years; columns as in crm.calendar.

    Args:
        first_year: from its 1 January.
        last_year: to its 31 December.
        country: two letters; an unknown one has weekends only.
        fiscal_start: month in which the fiscal year starts. The fiscal year is named by its first day.
        week_start: 1 Monday … 7 Sunday.
    """
    day = pl.col("day")
    months_in = (day.dt.month().cast(pl.Int32) - fiscal_start) % 12
    frame = pl.DataFrame({"day": pl.date_range(date(first_year, 1, 1), date(last_year, 12, 31), eager=True)})
    worked, named = _worked_and_named(first_year, last_year, country)
    return (
        frame.with_columns(
            week=day - pl.duration(days=(day.dt.weekday().cast(pl.Int32) - week_start) % 7),
            month=day.dt.truncate("1mo"),
            quarter=day.dt.truncate("1q"),
            year=day.dt.truncate("1y"),
            fiscal_quarter=day.dt.truncate("1mo").dt.offset_by(pl.format("-{}mo", months_in % 3)),
            fiscal_year=day.dt.truncate("1mo").dt.offset_by(pl.format("-{}mo", months_in)),
            is_workday=pl.Series(worked),
            festival=pl.Series(named, dtype=pl.String),
        )
        .join_asof(spring_festivals(first_year - 1, last_year + 1), left_on="day", right_on="on", strategy="nearest")
        .with_columns(days_to_festival=(day - pl.col("on")).dt.total_days().cast(pl.Int32))
        .drop("on")
    )


def _worked_and_named(first_year: int, last_year: int, country: str) -> tuple[list[bool], list[str | None]]:
    """For every day of the years: is it worked, and the holiday's name."""
    import holidays

    days = pl.date_range(date(first_year, 1, 1), date(last_year, 12, 31), eager=True).to_list()
    try:  # asking for the list of countries would import all of them: half a second for one name
        known = holidays.country_holidays(country, years=range(first_year, last_year + 1), language="en_US")
    except NotImplementedError:
        return [day.weekday() < 5 for day in days], [None] * len(days)
    names = {day: name for day, name in known.items() if not name.startswith("Day off")}
    return [known.is_working_day(day) for day in days], [names.get(day) for day in days]


@cache
def spring_festivals(first_year: int, last_year: int) -> pl.DataFrame:
    """The first day of each lunar year, as `on`."""
    import holidays

    known = holidays.country_holidays("CN", years=range(first_year, last_year + 1), language="en_US")
    first: dict[int, date] = {}
    for day, name in sorted(known.items()):
        if name == "Chinese New Year (Spring Festival)":
            first.setdefault(day.year, day)
    return pl.DataFrame({"on": list(first.values())}, schema={"on": pl.Date})
