"""The page of targets: every view of it in both languages, setting and taking back, an empty store, row scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from data.targets import targets as listed
from metrics.target import Span, held
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_channels import headed, told
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from tests.small import copied, small_demo
from ui.text import LANGUAGES, texts

BLOCKS = {"standing": ("targets_standing", "targets_table"), "parts": ("targets_parts",), "set": (), "versions": ()}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("about", BLOCKS)
def test_every_view_is_there(lang: str, about: str, demo: Store, open_page: Open) -> None:
    page = open_page("targets", lang=lang, about=about)
    assert not page.exception
    assert not page.error
    assert {texts(lang)[f"question.{name}"] for name in BLOCKS[about]} <= headed(page)
    assert len(page.get("plotly_chart")) == (about == "standing")
    if about == "standing":
        said = told(page)
        assert texts(lang)["targets.found_people"].partition("{")[0] in said
        assert all(texts(lang)[f"targets.letter_{letter}"] in said for letter in ("specific", "achievable", "timed"))
        assert "{" not in said


def test_products_are_another_table_than_teams(demo: Store, open_page: Open) -> None:
    tables = [
        open_page("targets", goal="revenue", level=level).dataframe[0].value
        for level in ("people", "product", "people")
    ]
    names = [tuple(table.iloc[:, 0]) if hasattr(table, "iloc") else tuple(table.to_series(0)) for table in tables]
    assert names[0] == names[2] != names[1]


@pytest.mark.parametrize("about", ["standing", "set"])
def test_rates_and_products_have_their_own_way(about: str, demo: Store, open_page: Open) -> None:
    for goal, level in (("win_rate", "people"), ("revenue", "product")):
        page = open_page("targets", goal=goal, level=level, about=about)
        assert not page.exception
        assert not page.error


@pytest.fixture
def own(shown: Callable[[Path], Store], tmp_path: Path) -> Store:
    """A copy of the demo company that may be written to."""
    return shown(copied(small_demo(), tmp_path / "own.duckdb"))


def _versions(store: Store, span: Span) -> dict[str | None, tuple[float, int, str | None]]:
    with store.snapshot() as seen:
        kept = held(listed(seen, "won_amount", EVERYTHING, span))
    return {one.current.scope_value: (one.current.value, one.current.version, one.current.reason)
            for one in kept if one.current.span == span}  # fmt: skip


def test_a_split_is_shown_recorded_with_a_reason_and_taken_back(own: Store, open_page: Open) -> None:
    with own.snapshot() as seen:
        quarters = [one.current.span for one in held(listed(seen, "won_amount", EVERYTHING))
                    if one.current.scope == "company" and one.current.starts_on.month == 4]  # fmt: skip
    span = max(quarters, key=lambda one: one.ends_on)
    before = _versions(own, span)
    page = open_page("targets", about="set", days=str(span))
    _by_key(page.get("button_group"), "targets.how").set_value("split").run(timeout=60)
    _by_key(page.selectbox, "targets.over").set_value("team").run(timeout=60)
    _by_key(page.selectbox, "targets.way").set_value("equal").run(timeout=60)
    assert not page.exception
    record = _by_key(page.button, "targets.record")
    assert record.disabled  # nobody has said why
    _by_key(page.text_input, "targets.reason").set_value("alike for all").run(timeout=60)
    _by_key(page.button, "targets.record").click().run(timeout=60)
    assert not page.exception
    now = _versions(own, span)
    changed = {name: told for name, told in now.items() if told != before[name]}
    assert len(changed) >= 5
    assert {told[1:] for told in changed.values()} == {(2, "alike for all")}
    whole = sum(value for name, (value, _, _) in now.items() if name in _teams(own))
    assert round(whole, 2) == before[None][0]
    _by_key(page.button, "targets.undo").click().run(timeout=60)
    assert not page.exception
    assert _versions(own, span) == before


def _teams(store: Store) -> set[str]:
    with store.snapshot() as seen:
        return set(seen.frame("select team from crm.teams")["team"])


def _by_key(elements: object, key: str) -> AppTest:
    found: AppTest = next(one for one in elements if one.key == key)  # type: ignore[attr-defined]
    return found


def test_nobody_has_set_any(shown: Callable[[Path], Store], tmp_path: Path, open_page: Open) -> None:
    """A company without targets is offered the first one."""
    store = shown(copied(small_demo(), tmp_path / "bare.duckdb"))
    with store.writing() as cursor:
        cursor.execute("delete from crm.targets")
    page = open_page("targets")
    assert not page.exception
    assert texts("en")["targets.none"] in told(page)
    assert [one for one in page.number_input if one.key == "targets.new_value"]


def test_an_address_may_say_anything(demo: Store, open_page: Open) -> None:
    page = open_page("targets", about="'; drop", goal="<b>", days="x", level="-1")
    assert not page.exception
    assert not page.error


def test_whoever_sees_a_part_sets_no_targets(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    page = open_page("targets", about="set")
    assert texts("en")["targets.not_yours"] in told(page)
    assert not [one for one in page.button if one.key == "targets.record"]
    standing = open_page("targets")
    assert not standing.exception
    assert _by_key(standing.selectbox, "targets.whose").value != texts("en")["targets.company"]  # out of their view
