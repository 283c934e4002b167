"""The settings page shows the stages, says what a preset would do, and does it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from data.stages import standing
from data.store import Store
from tests.pages.conftest import Open


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
