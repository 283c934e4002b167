"""Histories that name their deals: the names are looked up among the deals, and never guessed."""

from __future__ import annotations

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.ingest.errors import DealsUnknown
from tests.command_line import Company
from tests.data.ingest.test_plan import rows

DEALS = """Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date,Opportunity Owner,Created Date
006A,Acme renewal,Acme,Closed Won,100,2026-03-05,Ann,2026-01-01
006B,Beta new,Beta,Negotiation,200,2026-05-05,Bob,2026-01-02
006C,Expansion,Acme,Proposal,300,2026-06-05,Bob,2026-01-03
006D,Expansion,Beta,Proposal,300,2026-06-05,Bob,2026-01-03
006E,Twins,Beta,Proposal,300,2026-06-05,Bob,2026-01-03
006F,Twins,Beta,Proposal,300,2026-06-05,Bob,2026-01-03
"""
REPORT = """Opportunity Name,Account Name,From Stage,To Stage,Last Modified,Last Modified By,Amount
Acme renewal,Acme,,Prospecting,2026-01-01,Ann,100
Acme renewal,Acme,Prospecting,Proposal,2026-01-15,Ann,100
Acme renewal,Acme,Proposal,Proposal,2026-01-20,Ann,120
Beta new,Beta,,Negotiation,2026-02-20,Bob,200
Expansion,Acme,,Proposal,2026-02-21,Bob,200
Twins,Beta,,Proposal,2026-02-22,Bob,200
Nobody,Beta,,Proposal,2026-02-23,Bob,200
"""
FIELDS = """Edited By,Field / Event,Old Value,New Value,Edit Date,Opportunity Name
Ann,Created.,,,2026-01-01,Acme renewal
Ann,Stage,Prospecting,Proposal,2026-01-15,Acme renewal
Bob,Stage,Proposal,Negotiation,2026-02-15,Beta new
"""
CHINESE = """商机名称,原阶段,新阶段,变更时间,操作人
Acme renewal,需求确认,方案报价,2026-01-15 10:00,张三
Beta new,方案报价,商务谈判,2026-02-15 10:00,张三
"""


def planned(*texts: str, **said: str) -> list[FilePlan]:
    sources = [Source(f"{place}.csv", text.encode()) for place, text in enumerate(texts)]
    return ingest.plan(sources, Options.model_validate(said)).files


def test_names_become_ids_and_what_is_unknown_or_ambiguous_refuses_its_row() -> None:
    deals, history = planned(DEALS, REPORT)
    assert (deals.table, history.table, history.read, history.refused, history.set_aside) == (
        "deals", "deal_stages", 6, 2, 1
    )  # fmt: skip
    assert rows(history).select("deal_id", "stage").rows() == [
        ("006A", "Prospecting"), ("006A", "Proposal"), ("006B", "Negotiation"), ("006C", "Proposal")
    ]  # fmt: skip
    assert history.checked is not None
    assert dict(history.checked.refused.select("line", "reasons").rows()) == {
        4: ["unchanged"], 7: ["deal_ambiguous"], 8: ["deal_unknown"]
    }  # fmt: skip
    (said,) = [remark for remark in history.warnings if remark.code == "deals_by_name"]
    assert (said.params["found"], said.params["names"]) == (3, 5)
    assert all("Opportunity Name" in said.text(lang) for lang in ("en", "zh-CN"))


@pytest.mark.parametrize(
    ("text", "stages"), [(FIELDS, ["Proposal", "Negotiation"]), (CHINESE, ["方案报价", "商务谈判"])]
)
def test_other_reports_that_name_deals(text: str, stages: list[str]) -> None:
    _, history = planned(DEALS, text)
    assert rows(history).select("deal_id", "stage").rows() == list(zip(["006A", "006B"], stages, strict=True))


def test_without_the_deals_the_history_is_refused_and_says_what_to_load_first() -> None:
    with pytest.raises(DealsUnknown) as refused:
        planned(REPORT)
    assert all("Acme renewal" in refused.value.text(lang) for lang in ("en", "zh-CN"))
    kept = ingest.plan([Source("a.csv", REPORT.encode())], keep_refused=True)
    assert isinstance(kept.files[0].error, DealsUnknown)


def test_while_the_deals_are_asked_about_the_history_waits() -> None:
    asked = ingest.plan(
        [Source("a.csv", DEALS.replace("Negotiation", "Chatting").encode()), Source("b.csv", REPORT.encode())]
    )
    assert [question.code for question in asked.questions] == ["ask_stage"]


def test_names_are_looked_up_among_the_deals_of_the_store(company: Company) -> None:
    folder = company.path.parent
    for name, text in (("deals", DEALS), ("history", REPORT)):
        (folder / f"{name}.csv").write_text(text)
        (upload,) = company.load(folder / f"{name}.csv")
    assert (upload["table"], upload["new"], upload["refused"]) == ("deal_stages", 4, 2)
    visits = company.facts()["deal_stages"]
    assert {visit[:2] for visit in visits} >= {("006A", "Proposal"), ("006B", "Negotiation")}
