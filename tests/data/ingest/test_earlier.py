"""A file against what the same CRM brought before, and what is remembered of a layout."""

from __future__ import annotations

from pathlib import Path

from data.ingest.profile import load
from data.ingest.remember import folder
from tests.command_line import Company

HEADER = "Deal Name,Stage,Amount,Account Name,Created Date,Beauftragter\n"
ROWS = ("x,Somewhere,5,A,2026-01-05,Ann\n", "y,Won,7,B,2026-01-05,Ann\n", "z,Somewhere,50,C,2026-01-06,Bob\n")
LAST = "w,Somewhere,500,C,2026-01-07,Bob\n"


def file(tmp_path: Path, *rows: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text(HEADER + "".join(rows), "utf-8")
    return path


def asked(company: Company, *argv: object) -> list[str]:
    ran = company("import", *argv)
    assert ran.code == 3, ran.err
    return [text for upload in ran.json["uploads"] for text in upload["questions"]]


def test_what_was_answered_is_not_asked_again(company: Company, tmp_path: Path) -> None:
    whole = file(tmp_path, *ROWS, LAST)
    assert len(asked(company, whole)) == 1
    company.load(whole, "--stage", "Somewhere=open", "--map", "Beauftragter=rep")
    (upload,) = company.load(whole)
    assert (upload["profile"], upload["same"]) == ("generic", 4), "the same CRM for the same layout"
    assert {row["rep"] for row in company.ask("created_deals", "--by", "rep")} == {"Ann", "Bob"}
    (kept,) = folder(Path(f"{company.path}.d")).glob("*.toml")
    profile = load(kept)
    assert profile.tables["deals"].fields["rep"] == ["Beauftragter"]
    assert profile.tables["deals"].values["status"] == {"open": ["Somewhere"]}
    other = tmp_path / "b.csv"
    other.write_text((HEADER + ROWS[0]).replace("Beauftragter", "Someone"), "utf-8")
    assert len(asked(company, other)) == 1, "another layout is asked about"


def test_a_file_that_lacks_open_deals_is_full_or_part_and_says_what_would_end(company: Company, tmp_path: Path) -> None:
    company.load(file(tmp_path, *ROWS, LAST), "--stage", "Somewhere=open")
    shorter = file(tmp_path, *ROWS, name="shorter.csv")
    (question,) = asked(company, shorter, "--as-of", "2026-02-01")
    assert "1 open deal with 500.00" in question
    assert "--full" in question
    company.load(shorter, "--as-of", "2026-02-01", "--full")
    assert company.ask("open_deals", "--as-of", "2026-02-01")[0]["open_deals"] == 2
    shortest = file(tmp_path, *ROWS[:2], name="shortest.csv")
    (upload,) = company.load(shortest, "--as-of", "2026-02-08")
    assert any("ends 1 open deal with 50.00" in warning for warning in upload["warnings"]), "remembered: full"


def test_an_older_full_export_ends_nothing_that_was_seen_later(company: Company, tmp_path: Path) -> None:
    """Whatever a file of an earlier day lacks was still open on a later one."""
    company.load(file(tmp_path, *ROWS, LAST), "--stage", "Somewhere=open", "--as-of", "2026-03-15")
    older = file(tmp_path, *ROWS, name="older.csv")
    (upload,) = company.load(older, "--as-of", "2026-02-01", "--full")
    assert not any("ends" in warning for warning in upload["warnings"])
    assert company.ask("open_deals", "--as-of", "2026-03-15")[0]["open_deals"] == 3
    (upload,) = company.load(file(tmp_path, *ROWS[:2], name="newer.csv"), "--as-of", "2026-03-22")
    assert any("ends 2 open deals with 550.00" in warning for warning in upload["warnings"])


def test_another_list_by_a_key_of_columns_is_confirmed(company: Company, tmp_path: Path) -> None:
    company.load(file(tmp_path, *ROWS, LAST), "--stage", "Somewhere=open")
    other = file(tmp_path, *(row.replace("2026-01", "2025-01") for row in ROWS), name="other.csv")
    (question,) = asked(company, other)
    assert "Only 0.0 %" in question
    (upload,) = company.load(other, "--accept-keys")
    assert upload["new"] == 3


def test_payments_told_apart_by_other_columns_than_before_are_confirmed(company: Company, tmp_path: Path) -> None:
    """The same payments with and without their number would count twice; saying that it is a part explains nothing."""
    numbered, bare = tmp_path / "numbered.csv", tmp_path / "bare.csv"
    numbered.write_text("回款编号,客户名称,回款金额,回款日期\nR1,甲,100,2026-01-05\nR2,乙,200,2026-01-06\n", "utf-8")
    bare.write_text("客户名称,回款金额,回款日期\n甲,100,2026-01-05\n乙,200,2026-01-06\n", "utf-8")
    company.load(numbered)
    for told in ((), ("--part",)):
        (question,) = asked(company, bare, *told)
        assert "Only 0.0 %" in question
    (upload,) = company.load(bare, "--accept-keys")
    assert upload["new"] == 2


def test_the_columns_of_before_are_offered_with_their_rates_and_can_be_taken(company: Company, tmp_path: Path) -> None:
    """The same list under another name of its key: with the columns of before, its rows are the ones that are here."""
    lists = ("客户名称,回款金额,回款日期\n甲,100,2026-01-05\n乙,200,2026-01-06\n", "")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(lists[0], "utf-8")
    second.write_text(
        lists[0].replace("甲,", "R1,甲,").replace("乙,", "R2,乙,").replace("客户", "回款编号,客户", 1), "utf-8"
    )
    company.load(first)
    ran = company("import", second)
    (text,) = ran.json["uploads"][0]["questions"]
    before = "客户名称,回款日期,回款金额"
    assert (ran.code, f"--key {before}" in text, "100.0 % are found again and 100.0 % are unique" in text) == (
        3, True, True
    )  # fmt: skip
    (upload,) = company.load(second, "--key", before)
    assert (upload["new"], upload["changed"] + upload["same"]) == (0, 2)


PARTS = "Deal ID,Deal Name,Amount,Stage,Status,Created Date\n"
NORTH = ("1,One,1000,Proposal,Open,2026-01-01\n", "2,Two,2000,Proposal,Open,2026-01-02\n")
SOUTH = ("11,Eleven,5000,Proposal,Open,2026-01-01\n", "12,Twelve,7000,Proposal,Open,2026-01-02\n")


def part(tmp_path: Path, name: str, *rows: str) -> Path:
    path = tmp_path / name
    path.write_text(PARTS + "".join(rows), "utf-8")
    return path


def open_amount(company: Company, day: str = "2026-03-16") -> float:
    return float(company.ask("open_amount", "--as-of", day)[0]["open_amount"])


def test_one_part_ends_the_others_only_where_somebody_says_so_again(company: Company, tmp_path: Path) -> None:
    """North and south were said to be full together. North alone ends no 12,000; with south, 12 alone has ended."""
    company.load(
        part(tmp_path, "north_2026-03-02.csv", *NORTH), part(tmp_path, "south_2026-03-02.csv", *SOUTH), "--full"
    )
    north, south = part(tmp_path, "north_2026-03-09.csv", *NORTH), part(tmp_path, "south_2026-03-09.csv", SOUTH[0])
    (question,) = asked(company, north)
    assert "2 open deals with 12,000.00" in question
    assert open_amount(company) == 15_000
    company.load(north, south)
    assert open_amount(company) == 8_000


def test_a_part_is_held_against_the_same_part_of_before(company: Company, tmp_path: Path) -> None:
    """Nobody said anything: south lacks a deal of south, and north was loaded last."""
    company.load(part(tmp_path, "south_2026-03-02.csv", *SOUTH))
    company.load(part(tmp_path, "north_2026-03-02.csv", *NORTH))
    (question,) = asked(company, part(tmp_path, "south_2026-03-09.csv", SOUTH[0]))
    assert "3 open deals with 10,000.00" in question


def test_an_upload_is_held_against_the_one_before_it_in_time(company: Company, tmp_path: Path) -> None:
    """An older export comes late: it is not what the next one is held against, nor does it look ahead."""
    four = (*NORTH, *SOUTH)
    company.load(part(tmp_path, "deals_2026-03-02.csv", *four))
    (late,) = company.load(part(tmp_path, "deals_2026-02-23.csv", *NORTH, "9,Nine,1,Proposal,Lost,2026-01-01\n"))
    assert any("50.0 % of the rows" in one and "deals_2026-03-02.csv" in one for one in late["warnings"]), "no other"
    (next_one,) = company.load(part(tmp_path, "deals_2026-03-09.csv", *four))
    assert any("100.0 % of the rows" in one and "deals_2026-03-02.csv" in one for one in next_one["warnings"])


def test_corrected_rows_are_said_to_end_nothing(company: Company, tmp_path: Path) -> None:
    company.load(part(tmp_path, "deals_2026-03-02.csv", *NORTH, SOUTH[0].replace("5000", "5000x")), "--full")
    path = tmp_path / "deals_2026-03-02 refused.csv"
    path.write_text(f"[refused] reason,[refused] line,{PARTS}x,4,{SOUTH[0]}", "utf-8")
    (upload,) = company.load(path)
    assert not any("ends" in one or "found again" in one for one in upload["warnings"])
    assert open_amount(company) == 8_000


def test_an_id_of_the_crm_is_never_doubted(company: Company, tmp_path: Path) -> None:
    text = "Deal ID,Deal Name,Stage,Amount\n{},x,Won,5\n"
    for number in (1, 2):
        path = tmp_path / f"{number}.csv"
        path.write_text(text.format(number), "utf-8")
        (upload,) = company.load(path, "--as-of", f"2026-01-0{number}")
        assert upload["new"] == 1


def test_remembered_answers_are_listed_shown_and_forgotten(company: Company, tmp_path: Path) -> None:
    whole = file(tmp_path, *ROWS)
    company.load(whole, "--stage", "Somewhere=open")
    (name,) = [one["name"] for one in company("profiles").json["profiles"] if one["is_remembered"]]
    shown = tmp_path / "shown.toml"
    shown.write_text(company("profiles", "--show", name).out, "utf-8")
    assert load(shown).based_on == "generic"
    assert company("profiles", "--forget", "nothing").code == 1
    company("profiles", "--forget", name)
    assert len(asked(company, whole)) == 1


def test_a_list_whose_names_say_nothing_is_read_by_its_values_when_that_is_confirmed(
    company: Company, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Vorgang;Kunde;Betrag;Stand;Angelegt\nV-1;Alpha GmbH;1.250,50 €;Won;05.01.2026\n"
        "V-2;Beta AG;980,00 €;Lost;06.01.2026\nV-3;Gamma KG;2.100,00 €;Open;25.01.2026\n",
        "utf-8",
    )
    (question,) = asked(company, path)
    assert '--table deals --map "Vorgang=deal_id"' in question
    assert '--map "Betrag=amount"' in question
    maps = ("Vorgang=deal_id", "Kunde=customer", "Betrag=amount", "Stand=status", "Angelegt=created_on")
    company.load(path, "--table", "deals", *(word for text in maps for word in ("--map", text)))
    assert company.ask("won_amount")[0]["won_amount"] == 1250.5


def test_values_that_say_nothing_are_still_refused(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("foo,bar,baz\n1,2,3\n4,5,6\n", "utf-8")
    assert company("import", path).code == 1
