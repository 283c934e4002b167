"""The Maven export through the real path: every number as worked out independently (and published by others)."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.command_line import Company
from tests.small import empty_at

pytestmark = pytest.mark.real

FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")
VARIANTS = (
    "original",
    "variants/ikebude_LF_ISO",
    "variants/kisaraF_MDYYYY",
    "variants/vanshika_DDMMYYYY_dash_fixed_product",
)
BY_MANAGER = {
    "Melvin Marxen": 2_251_930,
    "Summer Sewald": 1_964_750,
    "Rocco Neubert": 1_960_545,
    "Celia Rouche": 1_603_897,
    "Cara Losch": 1_130_049,
    "Dustin Brinkmann": 1_094_363,
}
BY_QUARTER = {
    "2017-01-01": (1_134_672, 531, 647),
    "2017-04-01": (3_086_111, 1254, 2032),
    "2017-07-01": (2_982_255, 1257, 2047),
    "2017-10-01": (2_802_496, 1196, 1985),
}
YEAR = ("--from", "2017-01-01", "--to", "2017-12-31")


@pytest.fixture
def maven(real: Path) -> Path:
    if not (real / "maven_crm").is_dir():
        pytest.skip("the Maven export is not there")
    return real / "maven_crm"


@pytest.fixture
def loaded(company: Company, maven: Path) -> Company:
    """The four files, loaded together."""
    company.hold(*(maven / "original" / name for name in FILES))
    return company


def assert_known_numbers(company: Company) -> None:
    answer = company("ask", "won_amount", "won_deals", "lost_deals", "win_rate", "win_rate_created", "win_rate_amount")
    row = answer.json["rows"][0]
    assert (row["won_amount"], row["won_deals"], row["lost_deals"]) == (10_005_534, 4238, 2473)
    assert row["win_rate"] == pytest.approx(4238 / 6711)
    assert row["win_rate.low"] < row["win_rate"] < row["win_rate.high"]
    assert row["win_rate.n"] == 6711
    assert row["win_rate_created"] == pytest.approx(4238 / 8800)
    assert row["win_rate_amount"] is None
    assert any("lost deals carry no amount" in note for note in answer.json["notes"])
    assert company.ask("open_deals")[0]["open_deals"] == 2089


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_gives_the_known_numbers(company: Company, maven: Path, variant: str) -> None:
    files = sorted((maven / variant).glob("*.csv"))  # the data dictionaries among them
    uploads = company.load(*files)
    assert {upload["file"]: (upload["table"], upload["profile"], upload["new"]) for upload in uploads} == {
        "accounts.csv": ("customers", "maven", 85),
        "products.csv": ("products", "maven", 7),
        "sales_pipeline.csv": ("deals", "maven", 8800),
        "sales_teams.csv": ("reps", "maven", 35),
    }
    days = {upload["file"]: (upload["as_of"], upload["as_of_from"]) for upload in uploads}
    assert days["sales_pipeline.csv"] == ("2017-12-31", "dates")
    assert days["accounts.csv"] == (None, "none")
    assert_known_numbers(company)
    managers = company.ask("won_amount", "--by", "manager")
    assert {row["manager"]: row["won_amount"] for row in managers} == BY_MANAGER
    assert [row["manager"] for row in managers] == list(BY_MANAGER), "best first"
    quarters = company.ask("won_amount", "won_deals", "closed_deals", "--by", "quarter", *YEAR)
    found = {row["quarter"]: (row["won_amount"], row["won_deals"], row["closed_deals"]) for row in quarters}
    assert found == BY_QUARTER


def test_the_order_of_files_changes_nothing(loaded: Company, maven: Path, tmp_path: Path) -> None:
    expected = loaded.facts()
    for number, order in enumerate(
        list(permutations(FILES))[::5]
    ):  # one in five of the 24, each file first at least once
        one = Company(empty_at(tmp_path / f"{number}.duckdb"))
        for name in order:
            one.load(maven / "original" / name)
        assert one.facts() == expected, order
        one.close()


def test_the_pipeline_alone_answers_what_it_knows(company: Company, maven: Path) -> None:
    company.load(maven / "original" / "sales_pipeline.csv")
    assert_known_numbers(company)
    assert [row["manager"] for row in company.ask("won_amount", "--by", "manager")] == [None]
    top = company.ask("won_amount", "--by", "rep")[:3]
    assert [(row["rep"], row["won_amount"]) for row in top] == [
        ("Darcel Schlecht", 1_153_214),
        ("Vicki Laflamme", 478_396),
        ("Kary Hendrixson", 454_298),
    ]
    company.load(*(maven / "original" / name for name in FILES if name != "sales_pipeline.csv"))
    assert {row["manager"]: row["won_amount"] for row in company.ask("won_amount", "--by", "manager")} == BY_MANAGER


def test_no_row_is_lost_by_a_spelling_before_or_after_it_is_accepted(loaded: Company) -> None:
    company = loaded
    before = {row["product"]: row["won_amount"] for row in company.ask("won_amount", "--by", "product")}
    assert sum(before.values()) == 10_005_534
    assert "GTXPro" in before
    assert "GTX Pro" not in before
    suggested = company("aliases").json["aliases"]
    found = [(alias["kind"], alias["alias"], alias["canonical"], alias["rows"]) for alias in suggested]
    assert found == [("product", "GTXPro", "GTX Pro", 1480)]
    assert company("aliases", "--accept-all").json["aliases"][0]["is_accepted"]
    after = {row["product"]: row["won_amount"] for row in company.ask("won_amount", "--by", "product")}
    assert sum(after.values()) == 10_005_534
    assert after == {{"GTXPro": "GTX Pro"}.get(name, name): amount for name, amount in before.items()}
    categories = {row["category"]: row["won_amount"] for row in company.ask("won_amount", "--by", "category")}
    assert sum(categories.values()) == 10_005_534
    assert None not in categories
    company("aliases", "--forget", "product:GTXPro")
    again = {row["product"]: row["won_amount"] for row in company.ask("won_amount", "--by", "product")}
    assert again == before


def test_what_is_missing_is_shown_as_missing(loaded: Company) -> None:
    company = loaded
    customers = {row["customer"]: row["created_deals"] for row in company.ask("created_deals", "--by", "customer")}
    assert customers[None] == 1425
    assert sum(customers.values()) == 8800
    months = company("ask", "created_deals", "--by", "month", *YEAR).json
    assert any("500" in note for note in months["notes"])
    findings = {finding["code"]: finding["rows"] for finding in company("check").json["findings"]}
    assert findings["deals_without_customer"] == 1425
    assert findings["deals_without_created"] == 500


def test_a_second_time_changes_nothing_and_undo_is_exact(loaded: Company, maven: Path) -> None:
    company, files = loaded, [maven / "original" / name for name in FILES]
    facts = company.facts()
    again = company.load(*files)
    assert [(upload["new"], upload["changed"], upload["refused"]) for upload in again] == [(0, 0, 0)] * 4
    assert sum(upload["same"] for upload in again) == 85 + 7 + 8800 + 35
    assert company.facts() == facts
    for upload in again:
        assert company("undo", upload["id"]).code == 0
    assert company.facts() == facts
    assert company("undo", 3).code == 0  # the pipeline of the first import
    assert company("ask", "won_amount").code == 1  # nothing dated is left to count
    assert company("redo", 3).code == 0
    assert company.facts() == facts


def test_hostile_values_are_unknown_values(loaded: Company) -> None:
    company = loaded
    before = company.everything()
    ran = company("ask", "won_amount", "--where", "rep='; drop table crm.deals; --")
    assert (ran.code, ran.json["rows"]) == (0, [])
    assert "is not a value of" in ran.json["notes"][0]
    assert company.everything() == before
