"""The command about channels, on a few files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.command_line import Company, run

FILES = {
    "leads": """lead_id,lead,rep,source,campaign,created_at,qualified_on,converted_on,deal_id
L1,x,Bob,Fair,F,2026-01-02 09:30,2026-01-05,2026-01-09,1
L2,y,Bob,Fair,F,2026-01-03 09:30,,,
L3,z,Ann,Web,,2026-01-03 09:30,2026-01-09,2026-01-12,2
""",
    "deals": """deal_id,deal,rep,pipeline,stage,status,amount,created_on,closed_on,source,competitor,region
1,a,Ann,P,Won,won,1200,2026-01-09,2026-02-20,Fair,Rival,North
2,b,Ann,P,Lost,lost,50,2026-01-12,2026-02-01,Fair,Rival,North
3,c,Bob,P,Talk,open,70,2026-03-01,,Web,,North
""",
    "campaigns": """campaign_id,campaign,source,starts_on,cost
C,F,Fair,2026-01-01,500
""",
    "market": """market,region,starts_on,ends_on,size,competitor,competitor_amount
All,North,2026-01-01,2026-12-31,365000,Rival,36500
""",
}
WORDS = "steps quality turned payback touches campaigns competitors market".split()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("channels")
    made = Company(folder / "company.duckdb")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
        made.load(folder / f"{name}.csv", "--table", name, "--as-of", "2026-04-10", "--full", "--stage", "Talk=open",
                  "--currency", "CNY")  # fmt: skip
    yield made
    made.close()


def test_what_the_files_say(company: Company) -> None:
    rows = {row["source"]: row for row in company("channels").json["rows"]}
    fair, web = rows["Fair"], rows["Web"]
    assert (fair["leads"], fair["qualified"], fair["deals"], fair["won"], fair["cost_per_won"]) == (2, 1, 1, 1, 500)
    assert (web["leads"], web["deals"], web["direct"], web["lost_deals"], web["cost"]) == (1, 2, 1, 1, None)
    last = {row["source"]: row["deals"] for row in company("channels", "--touch", "last").json["rows"]}
    assert last == {"Fair": 2, "Web": 1}
    (differs,) = [
        row for row in company("channels", "touches").json["rows"] if row["lead_source"] != row["deal_source"]
    ]
    assert (differs["lead_source"], differs["deal_source"], differs["deals"]) == ("Web", "Fair", 1)
    (campaign,) = company("channels", "campaigns").json["rows"]
    assert (campaign["leads"], campaign["cost_per_lead"], campaign["won_per_cost"]) == (2, 250, 2.4)
    for last, months in (("2026-04-10", [(1, 0, False)]), ("2026-02-09", [(1, 0, False), (2, 2.4, True)])):
        paid = company("channels", "payback", "--from", "2026-01-01", "--to", last).json["rows"]
        assert [(row["after_months"], row["recovered"], row["is_back"]) for row in paid] == months
    quarters = company("channels", "quality", "--reached", "deal", "--grain", "quarter").json["rows"]
    assert {row["source"]: (row["came_so_far"], row["reached.n"]) for row in quarters} == {
        "Fair": (1, 2),
        "Web": (1, 1),
    }
    rival = {row["competitor"]: row["win_rate"] for row in company("channels", "competitors").json["rows"]}
    assert rival == {"Rival": 0.5}
    own, theirs = company("channels", "market", "--own", "deals").json["rows"]
    assert (own["share"], theirs["share"]) == (1200 / 100_000, 0.1)  # 100 of 365 days have gone by


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_people_read_names_not_columns(company: Company, lang: str) -> None:
    for word in WORDS:
        ran = run("channels", word, "--store", company.path, lang=lang)
        assert ran.code == 0, (word, ran.err)
        assert "_" not in ran.out, (word, ran.out)
    told = run("channels", "market", "--own", "deals", "--store", company.path, lang=lang).out
    assert ("our company" if lang == "en" else "本公司") in told


def test_what_cannot_be_asked_is_said(company: Company) -> None:
    assert company("channels", "nothing").code == 2
    assert company("channels", "quality", "--reached", "lead").code == 2
    hostile = company("channels", "--where", "source='; drop table crm.deals; --")
    assert (hostile.code, hostile.json["rows"]) == (0, [])
