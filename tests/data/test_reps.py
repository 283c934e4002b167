"""The command about salespeople beside each other, on a few files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.command_line import Company, run

REPS = """rep_id,rep,team,manager,hired_on,left_on
1,Ann,East,Max,2020-01-01,
2,Bob,East,Max,2020-01-01,2026-02-28
3,Cem,West,Mia,2026-01-15,
4,Dan,West,Mia,2020-01-01,
5,Eve,West,Mia,2020-01-01,
"""
DEALS = "deal_id,deal,rep,pipeline,stage,status,amount,created_on,closed_on,source\n" + "".join(
    f"{rep}{at},x,{rep},P,{end},{end.lower()},100,2026-01-09,2026-02-{1 + at % 27:02},Web\n"
    for rep, won, of in (("Ann", 12, 20), ("Bob", 5, 20), ("Cem", 2, 2), ("Dan", 9, 20))
    for at in range(of)
    for end in ("Won" if at < won else "Lost",)
)
OPEN = "o1,y,Bob,P,Talk,open,70,2026-02-01,,Web\no2,y,Cem,P,Talk,open,30,2026-02-01,,Web\n"
TARGETS = "measure,scope,scope_value,starts_on,ends_on,value\nwon_amount,rep,Ann,2026-01-01,2026-03-31,1000\n"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("reps")
    made = Company(folder / "company.duckdb")
    files = (("reps", "2026-01-20", REPS), ("deals", "2026-03-31", DEALS + OPEN), ("targets", "2026-03-31", TARGETS))
    for name, day, text in files:
        (folder / f"{name}.csv").write_text(text)
        made.load(folder / f"{name}.csv", "--table", name, "--as-of", day, "--full", "--stage", "Talk=open",
                  "--currency", "CNY")  # fmt: skip
    yield made
    made.close()


QUARTER = ("--from", "2026-01-01", "--to", "2026-03-31")


def test_the_board(company: Company) -> None:
    rows = {row["rep"]: row for row in company("reps", *QUARTER).json["rows"]}
    assert {name: row["win_rate.rank"] for name, row in rows.items()} == {
        "Ann": 1, "Dan": 2, "Bob": 3, "Cem": None, "Eve": None,
    }  # fmt: skip
    assert rows["Eve"]["won_amount"] is None, "nothing on record"
    assert rows["Ann"]["attainment"] == 1.2
    assert rows["Ann"]["win_rate.peers"] == 28 / 62
    assert [name for name, row in rows.items() if row["is_partly"]] == ["Bob", "Cem"]
    teams = company("reps", "--measure", "win_rate", "--peers", "team", *QUARTER).json["rows"]
    assert {row["rep"]: row["win_rate.others"] for row in teams}["Dan"] == 1


def test_the_other_words(company: Company) -> None:
    places = {row["rep"]: row["stands_in"] for row in company("reps", "quadrant", *QUARTER).json["rows"]}
    assert places["Ann"] == "result_only", "nothing open, and fewer new deals than the others"
    assert places["Dan"] is None, "without a target, where others have one"
    like = company("reps", "like", "--by", "source", *QUARTER).json["rows"]
    assert [row["rep"] for row in like] == ["Cem", "Ann", "Dan", "Bob"]
    bands = company("reps", "tenure", *QUARTER).json["rows"]
    assert [(row["tenure"], row["people"], row["closed_deals"]) for row in bands] == [
        ("under_half_year", 1, 2), ("longer", 3, 60),
    ]  # fmt: skip
    spread = company("reps", "spread", *QUARTER).json["rows"]
    assert [row["rep"] for row in spread] == ["Ann", "Dan", "Bob", "Cem"]
    course = company("reps", "course", "--measure", "won_deals", *QUARTER).json["rows"]
    assert sum(row["won_deals"] for row in course if row["rep"] == "Ann") == 12
    for word in ("board", "quadrant", "like", "tenure", "spread", "course", "handover"):
        for lang in ("en", "zh-CN"):
            told = run("reps", word, "--lang", lang, "--store", company.path)
            assert told.code == 0, told.err
            assert "is_apart" not in told.out
    refused = run("reps", "like", "--measure", "won_amount", "--store", company.path, "--lang", "zh-CN")
    assert refused.code != 0
    assert "赢单率" in refused.err


def test_whoever_is_on_the_list_no_more_is_to_hand_over_and_totals_stay(company: Company) -> None:
    before = company.ask("open_deals", "open_amount")
    (bob,) = company("reps", "handover").json["rows"]
    assert (bob["rep"], bob["left_on"], bob["open_deals"], bob["open_amount"]) == ("Bob", "2026-02-28", 1, 70)
    later = company.path.with_name("later.csv")
    later.write_text("".join(line for line in REPS.splitlines(keepends=True) if "Cem" not in line))
    company.load(later, "--table", "reps", "--as-of", "2026-03-30", "--full")
    rows = {row["rep"]: row for row in company("reps", "handover").json["rows"]}
    assert {name: row["open_amount"] for name, row in rows.items()} == {"Bob": 70, "Cem": 30}
    assert rows["Cem"]["left_on"] == "2026-03-30", "the day of the first list without them"
    assert company.ask("open_deals", "open_amount") == before
