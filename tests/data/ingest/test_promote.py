"""A column without a field of ours, made a dimension by the import that brings it."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Company

DEALS = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Segment,细分\n"
    "1,a,Closed Won,5,2026-02-05,gov,甲\n2,b,Closed Won,7,2026-02-06,edu,乙\n"
)


def test_an_import_makes_a_column_a_dimension(tmp_path: Path) -> None:
    company = Company(tmp_path / "company.duckdb")
    file = tmp_path / "a.csv"
    file.write_text(DEALS, "utf-8")
    company.load(file, "--dimension", "Segment", "--dimension", "细分")
    by_segment = {row["segment"]: row["won_amount"] for row in company.ask("won_amount", "--by", "segment")}
    assert by_segment == {"gov": 5, "edu": 7}
    assert len(company.ask("won_amount", "--by", "deal_column_1")) == 2, "a name without Latin letters gets an id"
    assert company.ask("won_amount", "--by", "细分", "--where", "细分=甲") == [{"deal_column_1": "甲", "won_amount": 5}]
    unknown = company("ask", "won_amount", "--by", "细分级")
    assert unknown.code == 1
    assert "deal_column_1" in unknown.err, "what people see is suggested by the id that names it"
    company.load(file, "--dimension", "Segment")
    assert len(company.ask("won_amount", "--by", "segment")) == 2
    company.close()


def test_a_wish_that_cannot_be_met_is_refused_before_loading(tmp_path: Path) -> None:
    company = Company(tmp_path / "company.duckdb")
    file = tmp_path / "a.csv"
    file.write_text(DEALS, "utf-8")
    for column, said in (("Amount", "fills a field"), ("Segmnt", "Segment")):
        ran = company("import", file, "--dimension", column)
        assert ran.code == 1
        assert said in ran.err
    assert not company.path.exists()
