"""What one run of the script stands on: whether anybody is being served."""

from __future__ import annotations

import pytest

from tests.small import small_store
from ui import session


def test_a_store_is_read_while_a_page_is_made_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = small_store()
    monkeypatch.setattr(session, "current", lambda: demo)
    assert not session.is_read(demo)
    with session.reading(), session.reading():
        assert session.is_read(demo)
    assert not session.is_read(demo)
    with pytest.raises(ZeroDivisionError), session.reading():
        raise ZeroDivisionError
    assert not session.is_read(demo)
