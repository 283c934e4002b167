"""Rows that the profile of a list does not read are no loss unseen: they are set aside, counted and listed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import ingest
from data.ingest import FilePlan, Options, Source, reason_text
from tests.command_line import Company

HEAD = "ActivityID,ActivityType,Subject,ActivityDate,Completed,Notes"
PLANNED = f"{HEAD}\n1,Call,a,2026-01-05,Yes,x\n2,Call,b,2026-09-05,No,y\n3,Meeting,c,2026-09-06,,z\n"
LINES = st.sampled_from(["Yes", "No", "", "true", "blank line", "Total", "broken"])


def planned(text: str) -> FilePlan:
    return ingest.plan([Source("activities.csv", text.encode())], Options(table="activities")).files[0]


def test_what_is_only_planned_is_listed_with_what_it_says() -> None:
    file = planned(PLANNED)
    assert file.checked is not None
    assert (file.table, file.read, file.set_aside) == ("activities", 1, 2)
    listed = list(file.checked.refused.select("line", "reasons", "is_set_aside").iter_rows())
    assert listed == [(3, ["not_meant:Completed:No"], True), (4, ["not_meant:Completed:"], True)]
    assert {remark.code: remark.params for remark in file.warnings}["rows_not_meant"] == {"rows": 2}
    for lang in ("en", "zh-CN"):
        assert "No" in reason_text("not_meant:Completed:No", lang)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=12))
def test_every_line_is_read_refused_or_set_aside(lines: list[str]) -> None:
    written = [f"{at},Call,s,2026-01-0{at % 9 + 1},{said},n" for at, said in enumerate(lines)]
    forms = {"blank line": ",,,,,", "Total": "Total,,,,,", "broken": "7,Call,s,2026-01-05,Yes,n,more,cells"}
    body = [forms.get(said, row) for said, row in zip(lines, written, strict=True)]
    text = "\n".join([HEAD, "first,Call,s,2026-01-05,Yes,n", *body, "last,Call,s,2026-01-05,Yes,n"]) + "\n"
    file = planned(text)
    assert file.checked is not None
    assert file.read + file.set_aside == len(lines) + 2
    assert file.read == file.checked.rows.height + file.refused
    listed = sorted([*file.checked.refused["line"], *file.checked.rows["line"]])
    assert listed == list(range(2, len(lines) + 4))


def test_the_counts_of_a_load_add_up_to_all_lines(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "activities.csv"
    file.write_text(PLANNED, "utf-8")
    (loaded,) = company.load(file)
    assert loaded["read"] + loaded["set_aside"] == 3


def test_a_record_that_a_list_names_twice_is_listed() -> None:
    text = "Order ID,Returned\nA-1,Yes\nA-2,Yes\nA-1,Yes\n"
    file = ingest.plan([Source("returns.csv", text.encode())]).files[0]
    assert file.checked is not None
    assert (file.read, file.set_aside) == (2, 1)
    assert file.checked.refused["reasons"].to_list() == [["said_again"]]
