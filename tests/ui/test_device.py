"""The browser is asked once per run on what it is, and again where nobody settled it."""

from __future__ import annotations

import pytest

from ui import device


def test_the_browser_is_asked_once_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def says_so() -> bool:
        asked.append(True)
        return True

    monkeypatch.setattr(device, "_says_so", says_so)
    with device.one_device():
        assert not asked
        assert device.on_phone()
        assert device.on_phone()
    assert len(asked) == 1
    assert device.on_phone()
    assert len(asked) == 2
