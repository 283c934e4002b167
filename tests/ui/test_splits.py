"""What a page splits by first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ui import session, splits


class _Seen:
    """A company in which nobody has a team, with two regions."""

    def values(self, cut: str, _: object) -> list[str | None]:
        return {"team": [None], "region": ["N", "S"]}.get(cut, [])


def test_what_nobody_has_is_not_split_by(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def reading() -> Iterator[_Seen]:
        yield _Seen()

    monkeypatch.setattr(session, "reading", reading)
    monkeypatch.setattr(session, "viewer", lambda: None)
    assert splits.first_cut(["rep", "team", "region"]) == "region"
    assert splits.first_cut(["rep", "team"]) is None
