"""A page's own choices: buttons in a row where they have room, a list where they have not."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ui import controls


def _page() -> None:
    from ui import controls

    controls.choice("short", ("Day", "Week", "Month"), label="short", kind="segmented")
    controls.choice("long", ("Any time", "This month", "This quarter", "Next quarter"), label="long", kind="segmented")


@pytest.mark.parametrize(("is_phone", "in_a_list"), [(True, ["long"]), (False, [])])
def test_a_phone_has_a_list_where_the_buttons_of_a_row_would_be_cut(
    is_phone: bool, in_a_list: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "on_phone", lambda: is_phone)
    page = AppTest.from_function(_page).run()
    assert not page.exception
    assert [one.label for one in page.selectbox] == in_a_list
