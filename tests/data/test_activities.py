"""The commands about activity and signals, on a few files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.command_line import Company, run

DEALS = """deal_id,deal,rep,pipeline,stage,status,amount,created_on,expected_close_on,closed_on,next_step
1,a,Ann,P,Won,won,120,2026-01-05,2026-02-10,2026-02-20,
2,b,Ann,P,Talk,open,50,2026-01-06,2026-03-01,,call
3,c,Bob,P,Talk,open,70,2026-03-01,2026-04-25,,
"""
ACTIVITIES = """activity_id,kind,rep,deal_id,lead_id,done_at
0,call,Ann,0,,2026-01-05 09:00
1,call,Ann,1,,2026-01-08 10:00
2,visit,Ann,1,,2026-02-01 10:00
3,call,Ann,2,,2026-01-20 10:00
4,call,Bob,,L1,2026-03-02 11:00
"""
LEADS = """lead_id,lead,rep,source,campaign,created_at
L1,x,Bob,Fair,F,2026-03-02 09:30
L2,y,Bob,Fair,F,2026-03-03 09:30
"""
WORDS = "pace weeks silence longest quiet touches effect response".split()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("activities")
    made = Company(folder / "company.duckdb")
    for name, text in (("deals", DEALS), ("activities", ACTIVITIES), ("leads", LEADS)):
        (folder / f"{name}.csv").write_text(text)
        made.load(folder / f"{name}.csv", "--table", name, "--as-of", "2026-03-08", "--full", "--stage", "Talk=open",
                  "--currency", "CNY")  # fmt: skip
    yield made
    made.close()


def test_what_the_files_say(company: Company) -> None:
    silence = {row["band"]: row["deals"] for row in company("activities", "silence").json["rows"] if row["deals"]}
    assert silence == {"30-60": 1, "never": 1}
    (answered,) = company("activities", "response").json["rows"]
    assert (answered["leads"], answered["answered"], answered["median_hours"]) == (2, 1, 1.5)
    (bob,) = company("activities", "response", "--by", "rep").json["rows"]
    assert bob["rep"] == "Bob"
    weeks = company("activities", "weeks", "--from", "2026-03-02", "--to", "2026-03-08").json["rows"]
    assert {row["rep"]: row["activities"] for row in weeks} == {"Ann": 0, "Bob": 1}
    touches = company("activities", "touches").json["rows"]
    assert [(row["status"], row["band"]) for row in touches if row["deals"]] == [("won", "1-2")]


def test_signals_of_open_deals(company: Company) -> None:
    rows = {row["deal_id"]: row for row in company("signals").json["rows"]}
    assert (rows["2"]["is_past_due"], rows["2"]["past_days"], rows["2"]["silent_days"]) == (True, 7, 47)
    assert (rows["3"]["is_stepless"], rows["3"]["is_past_due"]) == (True, False)
    assert [row["deal_id"] for row in company("signals", "--only", "silent").json["rows"]] == ["2"]
    assert [row["deal_id"] for row in company("signals", "--where", "rep=Bob").json["rows"]] == ["3"]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_people_read_names_not_columns(company: Company, lang: str) -> None:
    for argv in (*(("activities", word) for word in WORDS), ("signals",), ("signals", "--only", "big")):
        ran = run(*argv, "--store", company.path, lang=lang)
        assert ran.code == 0, (argv, ran.err)
        assert "_" not in ran.out, argv
    assert ("no proof" if lang == "en" else "因果") in run(
        "activities", "effect", "--store", company.path, lang=lang
    ).out


@pytest.mark.parametrize("word", ["touches", "silence", "effect", "longest", "pace"])
def test_values_are_named_in_the_readers_language(company: Company, word: str) -> None:
    told = run("activities", word, "--store", company.path, lang="zh-CN").out
    cells = {cell for line in told.splitlines() for cell in line.replace("│", " ").replace("|", " ").split()}
    assert not {"won", "lost", "open", "never", "any", "call", "visit"} & cells, told
    named = {"touches": "赢单", "silence": "从未跟进", "effect": "任意活动", "longest": "从未跟进", "pace": "电话"}
    assert named[word] in told


def test_what_cannot_be_asked_is_said(company: Company) -> None:
    assert company("activities", "nothing").code == 2
    assert company("activities", "response", "--by", "month").code == 1
    hostile = company("activities", "weeks", "--where", "rep='; drop table crm.deals; --")
    assert (hostile.code, hostile.json["rows"]) == (0, [])
    assert "crm" not in company("activities", "silence").out.split('"sql"')[0]
