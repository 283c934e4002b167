"""The command about who comes back: each thing that can be asked, in words and in JSON, and of which purchases."""

from __future__ import annotations

import pytest

from tests.command_line import Company, run
from tests.small import copied, small_demo

ABOUT = ("cohorts", "repeat", "curve", "course", "change", "contracts", "bridge", "renewals")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("retention") / "s.duckdb"))


@pytest.mark.parametrize("about", ABOUT)
def test_each_thing_that_can_be_asked(company: Company, about: str) -> None:
    told = company("retention", "--about", about).json
    assert told["rows"]
    is_of_contracts = about in {"contracts", "bridge", "renewals"}
    assert ("crm.contracts" if is_of_contracts else "crm.order_lines") in told["sql"]
    said = run("retention", "--about", about, "--store", company.path, lang="zh-CN")
    assert said.code == 0
    assert ("按订单统计" in said.out + said.err) is not is_of_contracts
    words = ("is_", "within_", "amount_now", "not_yet", "unassigned", "only_returns", "churned", "gross", "median")
    assert not any(word in said.out for word in words)


def test_deals_won_are_told_on_request(company: Company) -> None:
    told = company("retention", "--measure", "won_amount", "--grain", "quarter", "--buckets", "3").json
    assert "crm.deals" in told["sql"]
    assert "Told by deals won." in told["notes"]
    assert len({row["cohort"] for row in told["rows"] if row["kind"] == "cohort"}) == 3
    assert run("retention", "--measure", "win_rate", "--store", company.path).code == 1


def test_who_sees_a_part_is_told_that_others_may_sell(company: Company) -> None:
    rep = company("ask", "revenue", "--by", "rep").json["rows"][0]["rep"]
    company("viewers", "--add", "boss@x.example", "--scope", "all")
    company("viewers", "--add", "rep@x.example", "--scope", "rep", "--rep", rep)
    own = "Only what you may see counts"
    for about in ("change", "repeat", "contracts"):
        notes = " ".join(company("retention", "--about", about, "--as", "rep@x.example").json["notes"])
        assert (own in notes) is (about != "contracts"), "of contracts everybody's count"
    assert own not in " ".join(company("retention", "--about", "repeat", "--as", "boss@x.example").json["notes"])
