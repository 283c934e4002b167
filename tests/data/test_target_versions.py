"""Lists of targets: which rows are refused, which say something new, and the versions that they become."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.ingest import reason_text
from data.store import open_store
from tests.command_line import Company
from tests.small import made_at
from tests.targets import goals, made

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(made_at(tmp_path / "s.duckdb", "targets", made))
    yield company
    company.close()


def test_lists_with_bad_targets_are_refused_row_by_row(company: Company, tmp_path: Path) -> None:
    """The good ones count, by the measure's name in any language; each other one is listed with its reason."""
    file = tmp_path / "goals.csv"
    file.write_text(
        "Measure,Scope,Scope Value,Start Date,End Date,Target Value\n"
        "赢单金额,company,,2026-03-01,2026-03-31,90\n"
        "won_amuont,company,,2026-04-01,2026-04-30,90\n"
        "won_amount,company,,2026-05-31,2026-05-01,90\n"
        "won_amount,company,,2026-06-01,2026-06-30,-5\n"
        "won_deals,company,,2026-06-01,2026-06-30,12\n"
        "won_deals,company,,2026-07-01,2026-07-31,12\n"
        "won_deals,company,,2026-06-16,2026-07-15,12\n"
        "won_deals,company,,2026-04-01,2026-09-30,99\n",
        "utf-8",
    )
    (upload,) = company.load(file)
    assert (upload["new"], upload["refused"]) == (4, 4)
    assert goals(company) == [(None, 90, 1, None)]
    store = open_store(company.path, create=False)
    with store.snapshot() as seen:
        reasons = seen.frame("select reasons from ops.refused_rows order by line")["reasons"].to_list()
    assert reasons == [["measure_unknown_near:won_amuont:won_amount"], ["target_ends_early"], ["target_negative"],
                       ["target_crosses"]]  # fmt: skip
    texts = [reason_text(reason, lang) for (reason,) in reasons for lang in ("en", "zh-CN")]
    assert len(set(texts)) == 8
    assert "won_amount" in texts[0]


def test_a_list_that_lies_across_what_was_set_before_is_refused_as_by_hand(company: Company, tmp_path: Path) -> None:
    company("targets", "set", *MARCH, "--value", 60)
    file, head = tmp_path / "goals.csv", "measure,scope,scope_value,starts_on,ends_on,value"
    rows = ["2026-03-15,2026-04-30,50", "2026-03-01,2026-05-31,90", "2026-03-01,2026-03-31,60"]
    file.write_text("\n".join([head, *(f"won_amount,company,,{row}" for row in rows), ""]))
    (upload,) = company.load(file)
    assert (upload["new"], upload["same"], upload["refused"]) == (1, 1, 1)
    with open_store(company.path, create=False).snapshot() as seen:
        refused = seen.frame("select reasons, text from ops.refused_rows").rows()
    assert [reasons for reasons, _ in refused] == [["target_crosses"]]
    assert "2026-03-15" in refused[0][1]
    (again,) = company.load(file)
    assert again["refused"] == 1
    assert [value for _, value, *_ in goals(company)] == [60, 90]


def test_of_one_version_in_lists_of_two_layouts_the_later_holds(company: Company, tmp_path: Path) -> None:
    company("targets", "set", *MARCH, "--value", 60)
    file = tmp_path / "goals.csv"
    head = "Measure,Scope,Start Date,End Date,Target Value,Version"
    file.write_text(f"{head}\nwon_amount,company,2026-03-01,2026-03-31,75,1\n")
    (upload,) = company.load(file)
    assert goals(company) == [(None, 75, 1, None)]
    assert company("undo", upload["id"]).code == 0
    assert goals(company) == [(None, 60, 1, None)]


def _listed(company: Company, path: Path, *values: float, version: int | None = None) -> dict[str, Any]:
    """Load a list of the targets of March and April, which says no version."""
    rows = [f"won_amount,company,,2026-0{3 + place}-01,2026-0{3 + place}-{31 - place},{value}"
            for place, value in enumerate(values)]  # fmt: skip
    more = ("", "") if version is None else (",version", f",{version}")
    head = f"measure,scope,scope_value,starts_on,ends_on,value{more[0]}"
    path.write_text("\n".join([head, *(row + more[1] for row in rows), ""]))
    (upload,) = company.load(path)
    return upload


def _becomes(upload: dict[str, Any]) -> list[str]:
    """What is said to become of targets that were set otherwise."""
    said = {"hold from now on": "anew", "goes on to hold": "decided"}
    return [code for text in upload["warnings"] for part, code in said.items() if part in text]


def test_the_last_word_of_lists_and_decisions_holds_and_the_first_stays(company: Company, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"

    def counts(*values: float) -> tuple[object, ...]:
        upload = _listed(company, listed, *values)
        return upload["new"], upload["changed"], upload["same"], _becomes(upload)

    def march() -> list[tuple[object, ...]]:
        rows = company("targets", "versions", *MARCH).json["rows"]
        return [(row["value"], row["version"], row["reason"]) for row in rows]

    assert counts(400, 90) == (2, 0, 0, [])
    assert company("targets", "set", *MARCH, "--value", 500, "--reason", "agreed").code == 0
    assert counts(400, 90) == (0, 0, 2, ["decided"])  # it says nothing new: the decision holds
    decided = [(400, 1, None), (500, 2, "agreed")]
    assert march() == decided
    assert counts(500, 90)[3] == []  # it says what holds
    assert march() == decided
    before = company("uploads").json["uploads"][-1]["id"]
    assert counts(777, 90) == (0, 1, 1, ["anew"])
    assert march() == [*decided, (777, 3, "list.csv")]
    (row,) = company("targets", "standing", *MARCH).json["rows"]
    assert (row["original"], row["target"]) == (400, 777)
    assert counts(777, 90) == (0, 0, 2, [])  # the same list twice changes nothing
    assert counts(400, 90) == (0, 1, 1, ["anew"])  # and back: a word after 777
    assert march()[-1] == (400, 4, "list.csv")
    last = company("uploads").json["uploads"][-1]["id"]
    for upload in range(last, before, -1):
        assert company("undo", upload).code == 0
    assert march() == decided


def test_a_list_of_later_versions_is_found_again(company: Company, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    _listed(company, listed, 100, 200)
    _listed(company, listed, 120, 220)
    upload = _listed(company, listed, 120, 220)
    assert upload["same"] == 2
    assert [text for text in upload["warnings"] if text.startswith("100.0 % of the rows of an earlier upload")]


def test_what_a_list_would_decide_is_said_before(company: Company, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    _listed(company, listed, 400)
    assert company("targets", "set", *MARCH, "--value", 500, "--reason", "up").code == 0
    listed.write_text(listed.read_text().replace(",400", ",777"))
    facts = company.facts()
    rehearsed = company("import", listed, "--dry-run").json["uploads"][0]
    assert (rehearsed["changed"], _becomes(rehearsed)) == (1, ["anew"])
    assert any("500 (v2), 777" in text for text in rehearsed["warnings"])
    assert company.facts() == facts
    upload = _listed(company, listed, 410, version=1)  # said to be the first one: that is put right
    assert _becomes(upload) == ["decided"]
    assert goals(company) == [(None, 410, 1, None), (None, 500, 2, "up")]
