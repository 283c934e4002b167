"""What belongs to a company: settings, calendar, viewers, and which store is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data import current, errors, truth
from data.calendar import calendar
from data.settings import settings
from data.store import Store, open_store
from data.viewers import add_viewer, remove_viewer, viewers
from metrics.viewer import EVERYTHING
from tests.small import empty_at


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(empty_at(tmp_path / "company.duckdb"))
    rows = pl.DataFrame({"key": ["1", "2", "3"], "rep": ["Ann", "Bo", "Cy"], "team": ["North", "Harbour", "South"]})
    teams = pl.DataFrame(
        {"key": ["a", "b", "c"], "team": ["North", "Harbour", "Country"], "parent": ["Country", "North", None]}
    )
    truth.load(opened, [
        truth.Load(table="reps", profile="p", file="r", rows=rows),
        truth.Load(table="teams", profile="p", file="t", rows=teams),
    ])  # fmt: skip
    yield opened
    opened.close()


@pytest.fixture
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


# ------------------------------------------------------------------------------------------------------------ calendar


def days(first: int, last: int, country: str = "CN", fiscal_start: int = 1, week_start: int = 1) -> dict[date, dict]:
    return {row["day"]: row for row in calendar(first, last, country, fiscal_start, week_start).to_dicts()}


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    year = days(2024, 2024)
    assert year[date(2024, 2, 4)]["is_workday"]  # a Sunday, worked for the Spring Festival week
    assert not year[date(2024, 2, 12)]["is_workday"]  # a Monday of that week
    assert not year[date(2024, 2, 25)]["is_workday"]  # a plain Sunday
    assert sum(row["is_workday"] for row in year.values()) == 251  # State Council notice for 2024
    assert len(year) == 366


def test_days_to_the_nearest_spring_festival() -> None:
    year = days(2024, 2025)
    assert year[date(2024, 2, 10)]["days_to_festival"] == 0
    assert year[date(2024, 2, 3)]["days_to_festival"] == -7
    assert year[date(2024, 2, 20)]["days_to_festival"] == 10
    assert year[date(2024, 12, 31)]["days_to_festival"] == -29  # of 2025, on 29 January


def test_fiscal_years_and_weeks_start_where_the_company_says() -> None:
    year = days(2025, 2026, fiscal_start=4, week_start=7)
    day = year[date(2026, 3, 31)]
    assert (day["fiscal_year"], day["fiscal_quarter"]) == (date(2025, 4, 1), date(2026, 1, 1))
    assert year[date(2026, 4, 1)]["fiscal_year"] == date(2026, 4, 1)
    assert day["week"] == date(2026, 3, 29)  # a Sunday
    assert (day["month"], day["quarter"], day["year"]) == (date(2026, 3, 1), date(2026, 1, 1), date(2026, 1, 1))


def test_an_unknown_country_has_weekends_only() -> None:
    assert sum(row["is_workday"] for row in days(2023, 2023, country="ZZ").values()) == 260


# ------------------------------------------------------------------------------------------------------------- viewers


def test_without_a_list_of_viewers_everything_may_be_seen_and_with_one_nobody_else(store: Store) -> None:
    with store.snapshot() as seen:
        assert seen.viewer(None) == EVERYTHING
        with pytest.raises(errors.UnknownViewer):
            seen.viewer("who@example.com")
    add_viewer(store, "Boss@Example.com", "all")
    with store.snapshot() as seen:
        assert seen.viewer("boss@example.com").sees_all
        for unknown in (None, "who@example.com"):
            with pytest.raises(errors.UnknownViewer):
                seen.viewer(unknown)
    remove_viewer(store, "boss@example.com")
    with pytest.raises(errors.UnknownViewer):
        remove_viewer(store, "boss@example.com")


def test_a_team_includes_the_teams_below_it_as_they_are_today(store: Store) -> None:
    add_viewer(store, "lead@example.com", "teams", teams=("North",))
    add_viewer(store, "ann@example.com", "rep", rep="Ann")
    with store.snapshot() as seen:
        keys = dict(seen.frame("select rep, rep_key from crm.reps").rows())
        lead, ann = seen.viewer("lead@example.com"), seen.viewer("ann@example.com")
        assert viewers(seen)["email"].to_list() == ["ann@example.com", "lead@example.com"]
    assert lead.teams == ("Harbour", "North")
    assert lead.above == ("Country",)
    assert set(lead.rep_keys) == {keys["Ann"], keys["Bo"]}
    assert ann.rep_keys == (keys["Ann"],)


@pytest.mark.parametrize(
    ("email", "scope", "more"),
    [
        ("nonsense", "all", {}),
        ("a@b.c", "world", {}),
        ("a@b.c", "teams", {}),
        ("a@b.c", "teams", {"teams": ("Nowhere",)}),
        ("a@b.c", "rep", {"rep": "Nobody"}),
    ],
)
def test_a_scope_that_names_nobody_is_refused(store: Store, email: str, scope, more) -> None:
    with pytest.raises(errors.ViewerInvalid):
        add_viewer(store, email, scope, **more)


# ------------------------------------------------------------------------------------------- settings, the shown store


@pytest.mark.usefixtures("fresh_settings")
def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s.toml").write_text('currency = "EUR"\nfiscal_start = 4\n')
    monkeypatch.setenv("SALES_SETTINGS", str(tmp_path / "s.toml"))
    monkeypatch.setenv("SALES_FISCAL_START", "7")
    assert (settings().currency, settings().fiscal_start, settings().week_start) == ("EUR", 7, 1)


@pytest.mark.usefixtures("fresh_settings")
@pytest.mark.parametrize(
    "text", ["fiscal_start = 13", "colour = 1", "fiscal_start = = 1", 'memory_limit = "much"', 'currency = "ABC"']
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    monkeypatch.setenv("SALES_SETTINGS", str(tmp_path / "s.toml"))
    with pytest.raises(errors.SettingsInvalid) as wrong:
        settings()
    assert "SALES_" in wrong.value.text("zh-CN")


@pytest.mark.usefixtures("fresh_settings")
def test_the_companys_own_store_is_shown_once_it_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, demo = tmp_path / "own.duckdb", tmp_path / "demo.duckdb"
    monkeypatch.setenv("SALES_STORE", str(own))
    monkeypatch.setenv("SALES_DEMO_STORE", str(demo))
    monkeypatch.setattr(current, "_chosen", [])
    open_store(demo)
    assert current.is_demo(current.current())
    open_store(own)
    assert current.current().path == own
    current.switch(demo)
    assert current.is_demo(current.current())
    for path in (own, demo):
        open_store(path).close()


def test_every_error_has_words_in_both_languages() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == "data.errors"]
    assert len(kinds) > 15
    for kind in kinds:
        for lang in ("en", "zh-CN"):
            assert not kind(path="X").text(lang).startswith(kind.__name__), kind
        assert kind(path="X").text("zh-CN") != kind(path="X").text("en")
