"""The settings page shows the stages, says what a preset would do, and does it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings
from data.stages import standing
from data.store import Store
from tests.data.test_stages import _two_pipelines
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts


def test_a_preset_is_looked_at_applied_and_taken_back(
    tmp_path: Path, demo_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    store = shown(Path(shutil.copy(demo_path, tmp_path / "own.duckdb")))
    with store.snapshot() as seen:
        before, version = standing(seen), seen.version
    page = open_page("settings")
    assert not [button for button in page.button if button.key in ("stages.apply", "stages.undo")]
    page.selectbox(key="stages.preset").set_value("six_steps").run()
    page.button(key="stages.look_preset").click().run()
    assert not page.exception
    assert store.version() == version, "looking changes nothing"
    page.button(key="stages.apply").click().run()
    with store.snapshot() as seen:
        labels = {one.label_zh for one in standing(seen) if one.told_by == "settings"}
    assert {"客户发现", "资格鉴定", "提案演示", "谈判", "签约", "售后"} <= labels
    page.button(key="stages.undo").click().run()
    assert not page.exception
    with store.snapshot() as seen:
        assert standing(seen) == before
    store.close()


@pytest.fixture
def two_pipelines(tmp_path: Path, shown: Callable[[Path], Store]) -> Iterator[Store]:
    """In X two names of one step, one of which Y says, too; nobody told their order."""
    met = [("X", "Prospecting"), ("X", "Prospecting"), ("X", "Lead"), ("Y", "Lead"), ("Y", "Talks")]
    _two_pipelines(tmp_path / "own.duckdb", [], *met).close()
    store = shown(tmp_path / "own.duckdb")
    yield store
    store.close()


def _captions(page: AppTest) -> list[str]:
    """As they are read: names in them must not act as Markdown."""
    return [caption.value.replace("\\", "") for caption in page.caption]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_order_that_nobody_told_is_said_to_be_a_guess(two_pipelines: Store, open_page: Open, lang: str) -> None:
    said = _captions(open_page("settings", lang=lang))
    guess = texts(lang)["stages.guessed"].split("{")[0]
    assert any(one.startswith(guess) and "Talks" in one for one in said), said


def test_captions_say_what_stays_apart_and_what_moves_the_funnel(two_pipelines: Store, open_page: Open) -> None:
    apart, steps = (texts("en")[f"stages.{name}"].split("{")[0] for name in ("kept_apart", "other_steps"))
    moves = "The steps of the funnel change"
    page = open_page("settings")
    page.selectbox(key="stages.preset").set_value("six_steps").run()
    assert not any(one.startswith(apart) for one in _captions(page)), "of all pipelines none does"
    page.selectbox(key="stages.line").set_value("X").run()
    assert f"{apart}Lead." in _captions(page)
    page.button(key="stages.look_preset").click().run()
    assert not page.exception
    assert any(one.startswith(steps) and moves in one for one in _captions(page))
    page.button(key="stages.apply").click().run()
    assert not page.exception
    with two_pipelines.snapshot() as seen:
        assert {one.stage for one in standing(seen) if one.told_by == "settings"} >= {"Prospecting", "Lead"}
    page.button(key="stages.look_preset").click().run()
    said = _captions(page)
    assert any(one.startswith("The same") for one in said)
    assert not any(moves in one for one in said), "the same once more moves nothing"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_under_another_engine_the_section_says_where_stages_are_configured(
    demo: Store, open_page: Open, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.stages.settings", lambda: settings().model_copy(update={"engine": "spark"}))
    page = open_page("settings", lang=lang)
    assert texts(lang)["stages.elsewhere"] in [caption.value for caption in page.caption]
    assert not [box for box in page.selectbox if box.key == "stages.preset"]
