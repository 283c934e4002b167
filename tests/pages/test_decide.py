"""What is decided about a deal, a salesperson or a customer stands on its page, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.review.deciding import add
from data.settings import settings
from data.store import Store
from data.viewers import add_viewer
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_channels import told
from tests.small import copied, small_demo
from ui.text import LANGUAGES, texts


@pytest.fixture
def own(shown: Callable[[Path], Store], tmp_path: Path) -> Store:
    """A copy of the demo company that may be written to."""
    return shown(copied(small_demo(), tmp_path / "own.duckdb"))


def test_open_decisions_stand_on_the_page_of_what_they_are_about(own: Store, open_page: Open) -> None:
    with own.snapshot() as seen:
        deal, rep, customer = seen.frame(
            "select deal_id, rep, customer from crm.deals join crm.reps using (rep_key) join crm.customers using"
            " (customer_key) where status = 'open' and not is_gone order by deal_id limit 1"
        ).row(0)
    for kind, subject in (("deal", deal), ("rep", rep), ("customer", customer)):
        add(own, EVERYTHING, what=f"Talk <b>to {kind}</b>", kind=kind, subject=subject)
    for lang in LANGUAGES:
        for stem, param, subject in (("deal", "id", deal), ("rep", "name", rep), ("customer", "name", customer)):
            page = open_page(stem, lang=lang, **{param: subject})
            assert not page.exception
            assert texts(lang)["decide.one"] in told(page), stem
            assert any(rf"\<b\>to {stem}\</b\>" in str(one.value) for one in page.markdown), stem


def test_a_decision_out_of_scope_stands_nowhere(own: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with own.snapshot() as seen:
        rep, other = seen.frame("select rep from crm.reps where team is not null order by rep_id limit 2")["rep"]
        customer = seen.frame(
            "select customer from crm.customers join crm.reps using (rep_key) where rep = $rep order by 1 limit 1",
            {"rep": other},
        ).item()
    add(own, EVERYTHING, what="secret", kind="rep", subject=rep)
    add(own, EVERYTHING, what="secret too", kind="customer", subject=customer)
    add_viewer(own, "self@x.com", "rep", rep=other)
    monkeypatch.setenv("SALES_VIEWER", "self@x.com")
    settings.cache_clear()
    try:
        assert "secret" not in told(open_page("rep", name=rep))
        assert "secret too" in told(open_page("customer", name=customer))
    finally:
        settings.cache_clear()
