"""Uploaded targets beside what was set before: by hand, in other lists, and in another file of the same import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import open_store
from tests.command_line import Company

HEAD = "measure,scope,scope_value,starts_on,ends_on,value"
MARCH, APRIL = "won_amount,company,,2026-03-01,2026-03-31", "won_amount,company,,2026-04-01,2026-04-30"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "s.duckdb")
    yield company
    company.close()


def _list(folder: Path, name: str, *rows: str) -> Path:
    (folder / name).write_text("\n".join([HEAD, *rows, ""]))
    return folder / name


def _goals(company: Company) -> list[tuple[object, ...]]:
    rows = company("targets", "versions").json["rows"]
    return [(row["starts_on"], row["value"], row["version"], row["reason"]) for row in rows]


def test_two_lists_of_one_import_follow_each_other_as_two_imports_do(company: Company, tmp_path: Path) -> None:
    """The second says another number for March, which is said and decided, and days across April, which is refused."""
    first = _list(tmp_path, "a.csv", f"{MARCH},400", f"{APRIL},90")
    across = "won_amount,company,,2026-04-15,2026-05-15,70.5"
    second = _list(tmp_path, "b.csv", f"{MARCH},500", across)
    for arguments in (("--dry-run",), ()):
        before, after = company("import", first, second, *arguments).json["uploads"]
        assert (before["refused"], after["refused"]) == (0, 1)
        assert not [text for text in before["warnings"] if "hold from now on" in text]
        assert len([text for text in after["warnings"] if "400 (v1), 500" in text and "hold from now on" in text]) == 1
    assert _goals(company) == [
        ("2026-03-01", 400, 1, None), ("2026-03-01", 500, 2, "b.csv"), ("2026-04-01", 90, 1, None),
    ]  # fmt: skip
    with open_store(company.path, create=False).snapshot() as seen:
        refused = seen.frame("select line, text, reasons from ops.refused_rows").rows()
    assert refused == [(3, across, ["target_crosses"])]


def test_of_a_list_without_faults_what_lies_across_an_earlier_one_is_refused(company: Company, tmp_path: Path) -> None:
    company.load(_list(tmp_path, "a.csv", f"{MARCH},400"))
    across = "won_amount,company,,2026-03-15,2026-04-30,50"
    (upload,) = company.load(_list(tmp_path, "b.csv", across, "won_amount,company,,2026-05-01,2026-05-31,90"))
    assert (upload["new"], upload["refused"]) == (1, 1)
    assert [value for _, value, *_ in _goals(company)] == [400, 90]


def test_a_target_that_a_full_list_leaves_out_stays(company: Company, tmp_path: Path) -> None:
    """To withdraw one it is set to 0 (docs/targets.md): a list may be of a part, whatever is said of it."""
    company.load(_list(tmp_path, "a.csv", f"{MARCH},400", f"{APRIL},90"))
    company.load(_list(tmp_path, "b.csv", f"{MARCH},400"), "--full")
    assert [value for _, value, *_ in _goals(company)] == [400, 90]
