"""The Chinese calendar of 2023–2026 against the announcements of the State Council: days off and made up (调休)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.calendar import calendar
from data.settings import settings
from data.store import open_store
from metrics.cuts import trend
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.small import copied, small_demo

MADE_UP = {  # 国办发明电〔2022〕16号, 〔2023〕7号, 〔2024〕12号, 〔2025〕7号
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
OFF = {
    2023: "01-02 01-23 01-24 01-25 01-26 01-27 04-05 05-01 05-02 05-03 06-22 06-23 09-29 10-02 10-03 10-04 10-05 10-06",
    2024: "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 10-01 10-02 10-03 10-04"
    " 10-07",
    2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
    2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06"
    " 10-07",
}
FESTIVALS = [date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)]


@pytest.mark.parametrize("year", list(MADE_UP))
def test_days_off_and_days_made_up(year: int) -> None:
    days = calendar(2023, 2026, "CN", 1, 1).filter(pl.col("day").dt.year() == year)
    is_weekend = pl.col("day").dt.weekday() > 5
    said = {
        True: days.filter(is_weekend & pl.col("is_workday")),
        False: days.filter(~is_weekend & ~pl.col("is_workday")),
    }
    for is_worked, expected in ((True, MADE_UP), (False, OFF)):
        assert " ".join(said[is_worked].get_column("day").dt.strftime("%m-%d")) == expected[year]


def test_days_are_counted_from_the_nearest_festival() -> None:
    days = calendar(2023, 2026, "CN", 1, 1)
    assert days.filter(pl.col("days_to_festival") == 0).get_column("day").to_list() == FESTIVALS
    assert days.filter(pl.col("day") == date(2026, 2, 3)).item(0, "days_to_festival") == -14
    assert "Spring Festival" in days.filter(pl.col("day") == FESTIVALS[-1]).item(0, "festival")


def test_a_store_opened_under_other_settings_has_their_weeks_and_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copied(small_demo(), tmp_path / "store.duckdb")

    def first_weeks() -> tuple[int, list[int], list[int]]:
        store = open_store(path)
        with store.snapshot() as seen:
            said = settings()
            view = View(as_of=seen.as_of, fiscal_start=said.fiscal_start, week_start=said.week_start)
            weeks, years = (seen.ask(trend("won_amount", by, view), EVERYTHING).frame for by in ("week", "fiscal_year"))
            assert weeks["won_amount"].sum() == pytest.approx(years["won_amount"].sum())
            assert years["won_amount"].sum() > 0
            told = seen.version, sorted(set(weeks["week"].dt.weekday())), sorted(set(years["fiscal_year"].dt.month()))
        store.close()
        return told

    version, *rest = first_weeks()
    assert rest == [[1], [1]]
    monkeypatch.setenv("SALES_WEEK_START", "7")
    monkeypatch.setenv("SALES_FISCAL_START", "4")
    settings.cache_clear()
    assert first_weeks() == (version + 1, [7], [4])
    assert first_weeks() == (version + 1, [7], [4])  # once
    monkeypatch.undo()
    settings.cache_clear()
    assert first_weeks() == (version + 2, [1], [1])
