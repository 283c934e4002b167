"""The commands about the sales process: two weekly exports, the bridge between them and the way through the stages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Company, run
from tests.small import empty_at, made_at

HEADER = "deal_id,deal,rep,pipeline,stage,status,amount,created_on,expected_close_on,closed_on\n"
FIRST = f"""{HEADER}1,a,Ann,P,Talk,open,100,2026-01-05,2026-03-10,
2,b,Ann,P,Talk,open,50,2026-01-06,2026-03-20,
3,c,Bob,P,Offer,open,70,2026-01-07,2026-03-25,
"""
SECOND = f"""{HEADER}1,a,Ann,P,Won,won,120,2026-01-05,2026-03-10,2026-03-05
2,b,Ann,P,Offer,open,50,2026-01-06,2026-04-20,
4,d,Bob,P,Talk,open,30,2026-03-04,2026-03-30,
"""


def _made(path: Path) -> None:
    company = Company(empty_at(path))
    for name, text, day in (("one.csv", FIRST, "2026-03-01"), ("two.csv", SECOND, "2026-03-08")):
        file = path.with_name(name)
        file.write_text(text)
        company.load(file, "--as-of", day, "--full", "--stage", "Talk=open", "--stage", "Offer=open")
    company.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(made_at(tmp_path / "company.duckdb", "two weekly exports", _made))
    yield made
    made.close()


def _blocks(ran: list[dict[str, object]]) -> dict[str, tuple[float, int]]:
    return {str(row["cause"]): (row["amount"], row["deals"]) for row in ran if row["deals"]}  # type: ignore[misc]


def test_the_bridge_between_two_uploads(company: Company) -> None:
    found = _blocks(company("bridge", "--from", "2026-03-01").json["rows"])
    assert found == {
        "start": (220, 3), "new": (30, 1), "increased": (20, 1), "won": (-120, 1), "gone": (-70, 1), "end": (80, 2),
    }  # fmt: skip
    march = ("bridge", "--from", "2026-03-01", "--due-from", "2026-03-01", "--due-to", "2026-03-31")
    assert _blocks(company(*march).json["rows"])["pushed_out"] == (-50, 1)
    (row,) = company(*march, "--rows", "pushed_out").json["rows"]
    assert (row["deal_id"], row["start_due"], row["end_due"]) == ("2", "2026-03-20", "2026-04-20")
    only_bob = _blocks(company("bridge", "--from", "2026-03-01", "--where", "rep=Bob").json["rows"])
    assert only_bob == {"start": (70, 1), "new": (30, 1), "gone": (-70, 1), "end": (30, 1)}


def test_the_funnel_of_two_uploads(company: Company) -> None:
    rows = company("funnel").json["rows"]
    assert [(row["stage"], row["entered"], row["moved_on"], row["lost"], row["still_there"]) for row in rows] == [
        ("Talk", 3, 2, 0, 1),
        ("Offer", 2, 1, 0, 1),
    ]
    assert rows[0]["conversion"] == pytest.approx(2 / 3)
    assert rows[0]["conversion.low"] < 2 / 3 < rows[0]["conversion.high"]
    split = company("funnel", "--by", "rep").json["rows"]
    assert {row["rep"] for row in split} == {"Ann", "Bob"}


def test_the_funnel_on_its_other_bases(company: Company) -> None:
    march = ("funnel", "--from", "2026-03-01", "--to", "2026-03-08")
    period = company(*march, "--about", "period").json["rows"]
    assert [(row["stage"], row["at_start"], row["entered"], row["moved_on"], row["at_end"]) for row in period] == [
        ("Talk", 2, 1, 2, 1),  # d is new; a was won and b went on
        ("Offer", 0, 2, 1, 1),
    ]
    standing = company("funnel", "--about", "snapshot").json["rows"]
    assert [(row["stage"], row["deals"], row["ratio"]) for row in standing] == [("Talk", 1, None), ("Offer", 1, 1.0)]
    moved = company(*march, "--about", "moves").json["rows"]
    assert {(row["stage"], row["went"], row["moves"]) for row in moved} == {("Talk", "forward", 1), ("Talk", "won", 1)}
    assert company(*march, "--about", "reasons").json["rows"] == []
    assert company(*march, "--about", "leads").json["notes"]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_people_read_names_not_columns(company: Company, lang: str) -> None:
    bridge = ("bridge", "--from", "2026-03-01")
    for argv in (("funnel",), ("funnel", "--by", "rep"), (*bridge, "--rows", "won"), bridge):
        ran = run(*argv, "--store", company.path, lang=lang)
        assert ran.code == 0, ran.err
        assert not {"moved_on", "still_there", "cause", "conversion", "end_stage", "moved"} & set(ran.out.split())
    assert ("Won" if lang == "en" else "赢单") in ran.out


def test_what_cannot_be_asked_is_said(company: Company) -> None:
    for argv in (
        ("bridge", "--from", "2026-03-01", "--rows", "pushed"),
        ("bridge", "--from", "2026-03-08", "--to", "2026-03-01"),
        ("bridge", "--from", "2026-03-01", "--due-from", "2026-03-31", "--due-to", "2026-03-01"),
        ("funnel", "--by", "month"),
        ("funnel", "--about", "snapshot", "--by", "rep"),
        ("funnel", "--about", "leads", "--by", "product"),
        ("funnel", "--about", "before"),
        ("funnel", "--by", "reps"),
    ):
        ran = company(*argv)
        assert ran.code == 1, argv
        assert "Traceback" not in ran.err + ran.out
    hostile = company("funnel", "--where", "rep='; drop table crm.deals; --")
    assert (hostile.code, hostile.json["rows"]) == (0, [])
