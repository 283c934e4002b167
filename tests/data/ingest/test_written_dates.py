"""Days in other calendars and languages, and day numbers of Excel between written days, are read as what they are."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from data.ingest.dates import readings
from data.ingest.written_dates import plainly

TODAY = date(2026, 11, 21)


def days(*texts: str) -> list[str | None]:
    """Each text as the one reading that is left has it."""
    column = pl.Series("x", texts)
    found = readings(column, TODAY, "Asia/Shanghai")
    (name,) = found.names
    return [f"{stamp:%Y-%m-%d}" if stamp else None for stamp in found.apply(column, name)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("二〇二六年一月五日", "二零二五年十二月二十三日"), ["2026-01-05", "2025-12-23"]),
        (("二〇二六年十月廿五日", "二〇二六年十月三十日"), ["2026-10-25", "2026-10-30"]),
        (("二〇二六年三月", "二〇二五年十一月"), ["2026-03-01", "2025-11-01"]),
        (("115/01/10", "114.12.5", "民國115年3月4日"), ["2026-01-10", "2025-12-05", "2026-03-04"]),
        (("民国99年3月4日", "民國114年3月4日"), ["2010-03-04", "2025-03-04"]),
        (("5. März 2026", "6. Dez. 2026"), ["2026-03-05", "2026-12-06"]),
        (("5 de enero de 2026", "15 de agosto de 2026"), ["2026-01-05", "2026-08-15"]),
        (("3 févr. 2026", "12 août 2025"), ["2026-02-03", "2025-08-12"]),
        (("20 de setembro de 2026", "1 out 2026"), ["2026-09-20", "2026-10-01"]),
    ],
)  # fmt: skip
def test_days_of_other_calendars_and_languages(texts: tuple[str, ...], expected: list[str]) -> None:
    assert days(*texts) == expected


def test_day_numbers_between_written_days() -> None:
    assert days("46235", "2026-08-02", "2026/8/3") == ["2026-08-01", "2026-08-02", "2026-08-03"]
    assert days("46235", "2026-08-02", "5-Aug-26") == ["2026-08-01", "2026-08-02", "2026-08-05"]


def test_a_number_far_from_the_days_beside_it_is_none() -> None:
    assert days("36526", "2026-08-02", "2026/8/3")[0] is None, "2000-01-01 is twenty-six years before"
    assert days("12345", "2026-08-02", "2026/8/3")[0] is None


def test_a_day_that_does_not_exist_is_none() -> None:
    assert days("二〇二六年二月三十日", "二〇二六年二月三日") == [None, "2026-02-03"]
    assert days("二〇二六年十十月三日", "二〇二六年二月三日")[0] is None


def test_other_texts_stay_as_they_are() -> None:
    texts = pl.Series(["March 5, 2026", "2026-01-05", "1 May 2026", "115", "Settle 5, 2026", "民生"])
    assert plainly(texts).to_list() == texts.to_list()


def test_a_month_of_a_year_by_its_name_is_that_month() -> None:
    assert plainly(pl.Series(["Sep 2026", "March 2026", "Mai 2026", "Sep-26", "Foo 2026"])).to_list() == [
        "2026-09", "2026-03", "2026-05", "Sep-26", "Foo 2026"
    ]  # fmt: skip


def test_words_that_begin_like_a_month_are_none() -> None:
    texts = pl.Series(["Marvel 2026", "Decision 2026", "Mayor 2026", "Junk 2026", "2026 Augment", "Marketing 2026"])
    assert plainly(texts).to_list() == texts.to_list()
    said = pl.Series(["2026 Mar", "2026-April", "2026/Sept.", "December 2026", "JULY, 2026", "2026, Jan"])
    assert plainly(said).to_list() == ["2026-03", "2026-04", "2026-09", "2026-12", "2026-07", "2026-01"]
