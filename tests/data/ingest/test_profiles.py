"""Profiles are data: every one loads, and names only fields and tables that exist."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data import ingest
from data.ingest import errors, remarks
from data.ingest.errors import ProfileInvalid
from data.ingest.names import normal, without_unit
from data.ingest.profile import FOLDER, load, profiles
from data.tables import tables
from metrics.errors import SalesError


def test_every_profile_loads_and_the_known_crms_come_first() -> None:
    assert set(profiles()) == {path.stem for path in FOLDER.glob("*.toml")}
    assert list(profiles())[-1] == "generic"
    for profile in profiles().values():
        assert profile.label["en"]
        assert profile.label["zh-CN"]


def test_every_table_can_be_loaded_by_our_own_names() -> None:
    assert set(profiles()["sales-compass"].tables) == set(tables())


def test_a_mistake_in_a_profile_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'name = "bad"\nlabel = {}\n[tables.deals]\nneeds = []\n[tables.deals.fields]\namuont = ["A"]\n', "utf-8"
    )
    with pytest.raises(ProfileInvalid, match="amuont"):
        load(bad)


@pytest.mark.parametrize("header", ["Deal - Value *", "deal_value", "DEAL VALUE", "Deal value：", "ｄeal Value ($)"])
def test_names_are_compared_without_what_people_vary(header: str) -> None:
    assert normal(header) == "dealvalue"


def test_units_in_headers() -> None:
    assert without_unit("金额(万元)") == ("金额", 10_000)
    assert without_unit("金额") == ("金额", 1)


def test_everything_that_can_be_said_is_said_in_both_languages() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, SalesError)]
    for wrong in classes:
        if wrong not in (SalesError, errors.FileRefused):
            assert not wrong(file="f").text("en").startswith(wrong.code)
            assert any("一" <= letter <= "鿿" for letter in wrong(file="f").text("zh-CN")), wrong
    for code, words in remarks._texts().items():
        assert words["en"], code
        assert words["zh-CN"], code


def test_why_a_profile_sets_rows_apart_is_said() -> None:
    reasons = {name for one in profiles().values() for table in one.tables.values() for name in table.aside}
    assert reasons
    assert all(f"reason_{name}" in remarks._texts() for name in reasons)
    assert remarks.reason_text("price_of_nothing", "en") == "price of nothing"  # a profile of the user's own


def test_the_profile_in_the_handbook_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handbook = (FOLDER.parents[1] / "docs" / "adding-a-crm.md").read_text("utf-8")
    (tmp_path / "acme.toml").write_text(handbook.split("```toml\n")[1].split("```")[0], "utf-8")
    with_acme = {"acme": load(tmp_path / "acme.toml"), **profiles()}
    monkeypatch.setattr("data.ingest.recognise.profiles", lambda: with_acme)
    text = "Ticket No;Title;Account;Seller;Phase;Value (EUR);Opened;Closed\n"
    text += "7;x;A;Ann;Signed;1.234,50;05.01.2026;25.01.2026\n"
    plan = ingest.plan([ingest.Source("acme.csv", text.encode())]).files[0]
    assert (plan.table, plan.profile) == ("deals", "acme")
    assert plan.checked is not None
    found = plan.checked.rows.select("deal_id", "status", "amount", "created_on", "closed_on").row(0)
    assert found == ("7", "won", Decimal("1234.5"), date(2026, 1, 5), date(2026, 1, 25))


def test_a_copy_of_a_section_with_other_columns_knows_these() -> None:
    section = profiles()["generic"].tables["deals"]
    assert section.known
    assert section.called["amount"]
    other = section.model_copy(update={"fields": {"amount": ["What it brings"]}})
    assert other.called == {"amount": ("whatitbrings",)}
    assert "whatitbrings" in other.known
