"""The command about risks: the list, history, what people say, limits, and earlier days."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.review.alerts import synced_on
from data.store import open_store
from tests.command_line import Company, run
from tests.data.review.risky import risky_at
from tests.small import empty_at


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(risky_at(tmp_path / "company.duckdb"))


def test_the_register_from_the_command_line(company: Company) -> None:
    try:
        told = {one["rule"]: one for one in company("alerts").json}
        assert told["receivables"]["amount"] == 990
        assert "{" not in told["stalled"]["evidence"]
        assert [one["rule"] for one in company("alerts", "--rule", "dry").json] == ["dry"]
        number = told["stalled"]["id"]
        assert company("alerts", "list", number, "--state", "taken", "--plan", "call").json[0]["state"] == "taken"
        history = company("alerts", "history", number).json
        assert [event["event"] for event in history["events"]][-1] == "raised"
        assert history["alert"]["plan"] == "call"
        before = company("alerts", "--as-of", "2026-06-10").json
        assert {one["rule"] for one in before} & {"receivables", "leavers"} == {"leavers"}
        limits = {row["limit"]: row for row in company("alerts", "rules", "--limit", "dry.covers=1.5").json}
        assert (limits["dry.covers"]["value"], limits["dry.covers"]["before"]) == (1.5, 0.5)
        assert limits["dry.covers"]["since"]
        assert company("alerts", "--limit", "dry.covers=9").json["error"]["code"] == "LimitInvalid"
        unread = company("alerts", "--limit", "stalled.share=abc").json["error"]
        assert "0…1" in str(unread), "no number at all is told what can be"
        assert company("alerts", "--rule", "drie").code == 1
        assert company("alerts", "history", 999).json["error"]["code"] == "UnknownAlert"
        for lang, word in (("en", "Big deal stalled"), ("zh-CN", "大单停滞")):
            shown = run("alerts", "--store", company.path, "--lang", lang)
            assert shown.code == 0
            assert word in shown.out
            assert run("alerts", "rules", "--store", company.path, "--lang", lang).code == 0
            assert run("alerts", "history", number, "--store", company.path, "--lang", lang).code == 0
    finally:
        company.close()


@pytest.mark.parametrize("what", [("alerts",), ("review",), ("report", "--out")])
def test_whom_nobody_knows_has_nothing_written(company: Company, tmp_path: Path, what: tuple[str, ...]) -> None:
    assert company("viewers", "--add", "boss@x", "--scope", "all").code == 0
    out = (str(tmp_path / "week.md"),) if what[0] == "report" else ()
    try:
        assert company(*what, *out, "--as", "nobody@x").json["error"]["code"] == "UnknownViewer"
        with open_store(company.path).snapshot() as seen:
            assert synced_on(seen) is None
    finally:
        company.close()


def test_a_store_without_rows_says_so(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    try:
        assert company("alerts").json == []
        assert "nothing dated" in run("alerts", "--store", company.path).out
    finally:
        company.close()
