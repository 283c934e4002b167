"""Dates are proved on whole columns."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest import dates

TODAY = date(2026, 11, 21)


def read(*texts: str | None) -> dates.Readings:
    return dates.readings(pl.Series("d", texts, dtype=pl.String), TODAY, "Asia/Shanghai")


def meant(*texts: str) -> dict[str, list[date | None]]:
    column = read(*texts)
    series = pl.Series("d", texts)
    return {name: column.apply(series, name).dt.date().to_list() for name in column.names}


@pytest.mark.parametrize(
    ("texts", "reading", "days"),
    [
        (("10/20/2016", "3/1/2017"), "mdy", (date(2016, 10, 20), date(2017, 3, 1))),
        (("20-10-2016", "01-03-2017"), "dmy", (date(2016, 10, 20), date(2017, 3, 1))),
        (("2016.10.20", "2017/3/1"), "ymd", (date(2016, 10, 20), date(2017, 3, 1))),
        (("2026年1月5日", "2025年12月31日"), "ymd", (date(2026, 1, 5), date(2025, 12, 31))),
        (("15 Apr, 2021 00:02:00", "1 May, 2020 10:00:00"), "day month year", (date(2021, 4, 15), date(2020, 5, 1))),
        (("5-Jan-26", "17-Dec-25"), "day month year", (date(2026, 1, 5), date(2025, 12, 17))),
        (("Jan 5, 2026", "March 3, 2025"), "month day year", (date(2026, 1, 5), date(2025, 3, 3))),
        (("Jan 5, 26", "Dec 17, 25", "Mar-3-70"), "month day year", (date(2026, 1, 5), date(2025, 12, 17), None)),
        (("2026 年 1 月 5 日", "2025年12月 31 日"), "ymd", (date(2026, 1, 5), date(2025, 12, 31))),
        (("20260105", "20251231"), "yyyymmdd", (date(2026, 1, 5), date(2025, 12, 31))),
        (("45678", "45679.5"), "serial", (date(2025, 1, 21), date(2025, 1, 22))),
        (("1767600000000", "1767600000"), "epoch", (date(2026, 1, 5), date(2026, 1, 5))),
    ],
)
def test_one_reading_survives(texts: tuple[str, ...], reading: str, days: tuple[date, ...]) -> None:
    assert meant(*texts) == {reading: list(days)}


def test_days_below_thirteen_leave_two_readings() -> None:
    column = read("01/02/2026", "03/04/2026")
    assert column.names == ["dmy", "mdy"]
    assert dates.differ(column)
    assert dates.samples(column)[0] == ("01/02/2026", {"dmy": "2026-02-01", "mdy": "2026-01-02"})


def test_equal_day_and_month_leave_two_names_for_one_meaning() -> None:
    assert not dates.differ(read("02/02/2026", "05/05/2025"))


def test_a_year_of_two_digits_never_becomes_the_first_century() -> None:
    assert meant("10/20/16", "3/1/17") == {"mdy": [date(2016, 10, 20), date(2017, 3, 1)]}


def test_days_that_do_not_exist_are_not_read() -> None:
    assert read("2026-02-30").names == []
    assert read("31/04/2026", "1/13/2026").share == 0.5


def test_a_stray_text_does_not_hide_the_format() -> None:
    column = read(*(f"{day}/1/2026" for day in range(1, 29)), "soon")
    assert column.names == ["dmy"]
    assert column.share == pytest.approx(28 / 29)


@pytest.mark.parametrize(
    ("texts", "readings", "days"),
    [
        (("2026-01-05", "20260106"), ["ymd"], (date(2026, 1, 5), date(2026, 1, 6))),
        (("20260106", "20260107", "2026-01-05"), ["ymd"], (date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 5))),
        (("5 Jan 2026", "2026/1/6"), ["ymd"], (date(2026, 1, 5), date(2026, 1, 6))),
        (("5 Jan 2026", "Jan 6, 2026"), ["day month year"], (date(2026, 1, 5), date(2026, 1, 6))),
        (("05/01/2026", "20260106"), ["dmy", "mdy"], (date(2026, 1, 5), date(2026, 1, 6))),
    ],
)
def test_two_ways_of_writing_in_one_column_are_read_together(
    texts: tuple[str, ...], readings: list[str], days: tuple[date, ...]
) -> None:
    found = meant(*texts)
    assert list(found) == readings
    assert found[readings[0]] == list(days)


def test_times_of_day_and_zones() -> None:
    texts = ("2026-01-05T20:00:00Z", "2026-01-05 20:00", "2026-01-05T20:00:00-05:00", "1/5/2026 8:04 PM")
    column = read(*texts[:3])
    stamps = column.apply(pl.Series("d", texts[:3]), "ymd").to_list()
    # 20:00 UTC is 04:00 of the next day in Shanghai; 20:00 in New York is 09:00 of the next day.
    assert stamps == [datetime(2026, 1, 6, 4), datetime(2026, 1, 5, 20), datetime(2026, 1, 6, 9)]
    column = read("Jan 5, 2026 8:04:00 PM PST")  # 16 hours behind Shanghai
    assert column.apply(pl.Series("d", ["Jan 5, 2026 8:04:00 PM PST"]), "month day year").to_list() == [
        datetime(2026, 1, 6, 12, 4)
    ]
    column = read(texts[3], "1/25/2026 8:04 AM")
    assert column.apply(pl.Series("d", [texts[3]]), "mdy").to_list() == [datetime(2026, 1, 5, 20, 4)]


def test_the_quick_way_only_for_plain_iso() -> None:
    assert dates.iso(pl.Series(["2026-01-31", None]), TODAY) is not None
    assert dates.iso(pl.Series(["2026-01-31", "2026-01-32"]), TODAY) is None
    assert dates.iso(pl.Series(["31.01.2026"]), TODAY) is None
    assert dates.iso(pl.Series(["1826-01-31"]), TODAY) is None


_FORMS = {"ymd": "%Y-%m-%d", "dmy": "%d.%m.%Y", "mdy": "%m/%d/%Y", "yyyymmdd": "%Y%m%d", "day month year": "%d %b %Y"}


@given(
    st.lists(st.dates(date(1995, 1, 1), date(2040, 12, 31)), min_size=1, max_size=30), st.sampled_from(sorted(_FORMS))
)
def test_whatever_is_written_can_be_read_back(days: list[date], form: str) -> None:
    texts = [f"{day:{_FORMS[form]}}" for day in days]
    assert meant(*texts).get(form) == days


def test_chinese_puts_the_half_of_the_day_first() -> None:
    texts = pl.Series("d", ["2026/1/5 上午9:30", "2026/1/5 下午3:05"])
    found = dates.readings(texts, date(2026, 11, 21), "Asia/Shanghai")
    assert [f"{moment:%d %H:%M}" for moment in found.apply(texts, "ymd")] == ["05 09:30", "05 15:05"]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026年1月5日 9点30分", "09:30:00"),
        ("2026年1月5日9点30分", "09:30:00"),
        ("2026 年 1 月 5 日 9 点 30 分", "09:30:00"),
        ("2026-01-05 9时30分15秒", "09:30:15"),
        ("2026年1月5日下午3点05分", "15:05:00"),
        ("2026年1月5日 下午3点", "15:00:00"),
        ("2026/1/5 21点", "21:00:00"),
        ("Jan 5, 26 3:05 PM", "15:05:00"),
    ],
)
def test_chinese_hours_and_minutes(text: str, time: str) -> None:
    column = read(text)
    moments = column.apply(pl.Series("d", [text]), column.names[0])
    assert [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments] == [f"2026-01-05 {time}"]


@pytest.mark.parametrize("text", ["2026-1-510:00", "2026/1/5 25点", "2026/1/5 9点75分", "Jan 35, 26", "2026/1/5 21"])
def test_what_is_no_moment_is_not_read(text: str) -> None:
    assert read(text).names == []


def as_read(*texts: str) -> list[dict[str, str]]:
    """What a column can mean: each reading that differs, text by text."""
    column = read(*texts)
    found = [column.apply(pl.Series("d", texts), name) for name in column.names]
    meant = [{text: f"{day:%Y-%m-%d}" for text, day in zip(texts, days, strict=True)} for days in found]
    return [one for at, one in enumerate(meant) if one not in meant[:at]]


def test_each_form_of_days_is_proved_by_itself() -> None:
    sure = {"12/25/25": "2025-12-25", "2026-01-05": "2026-01-05"}
    assert as_read(*sure) == [sure], "the year first says itself, whatever the others prove"
    either = as_read("12/25/25", "5.1.2026", "2026-01-05")
    assert {one["5.1.2026"] for one in either} == {"2026-01-05", "2026-05-01"}, "slashes prove nothing about points"
    assert all(one.items() >= sure.items() for one in either)
    (both,) = as_read("12/25/25", "25.1.2026", "5.2.2026")
    assert both == {"12/25/25": "2025-12-25", "25.1.2026": "2026-01-25", "5.2.2026": "2026-02-05"}
    (same,) = as_read("25/12/2025", "25.1.2026", "5.2.2026")
    assert same["5.2.2026"] == "2026-02-05"
