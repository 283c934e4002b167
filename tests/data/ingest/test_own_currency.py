"""Amounts that the CRM itself brought into the company's own currency are not converted once more."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Company
from tests.data.ingest.test_plan import planned, rows
from tests.small import empty_at

HEAD = "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Amount in company currency,Currency,Create Date\n"
DEALS = HEAD + (
    "9001,Alpha,Contract Sent,2026-04-30,Ann,10000,10000,USD,2026-01-05\n"
    "9003,Gamma,Contract Sent,2026-04-20,Tom,5000,{gamma},EUR,2026-01-12\n"
)
RATES = "currency,from_on,rate\nEUR,2026-01-01,1.10\n"
CHOSEN = ("--map", "Amount in company currency=amount")


def test_the_rate_of_the_row_is_not_applied_to_them_now_nor_later(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    rates, deals, later = (tmp_path / name for name in ("rates.csv", "deals 2026-03-02.csv", "deals 2026-03-09.csv"))
    rates.write_text(RATES)
    deals.write_text(DEALS.format(gamma=5500))
    later.write_text(DEALS.format(gamma=5600))
    company.load(rates, deals, "--currency", "USD")
    assert company.ask("open_amount") == [{"open_amount": 15_500.0}]  # 10,000 + 5,000 × 1.10
    (upload,) = company.load(later, *CHOSEN)
    assert any('"Currency" was not applied' in str(one) for one in upload["warnings"])
    assert company.ask("open_amount") == [{"open_amount": 15_600.0}]  # 10,000 + 5,600, not × 1.10 once more
    later.write_text(DEALS.format(gamma=5700))
    company.load(later)
    assert company.ask("open_amount") == [{"open_amount": 15_700.0}], "the choice is remembered with the layout"
    company.close()


def test_the_column_is_offered_where_rates_are_asked_for(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    deals = tmp_path / "deals 2026-03-02.csv"
    deals.write_text(DEALS.format(gamma=5500))
    asked = company("import", deals, "--currency", "USD")
    assert asked.code == 3
    assert '--map "Amount in company currency=amount"' in str(asked.json["uploads"][0]["warnings"])
    company.load(deals, "--currency", "USD", *CHOSEN)
    assert company.ask("open_amount") == [{"open_amount": 15_500.0}]
    company.close()


def test_won_deals_count_what_they_brought() -> None:
    text = "(Do Not Modify) Opportunity,Topic,Potential Customer,Est. close date,Est. revenue,Owner,Status,"
    text += "Actual Revenue\n"
    text += "a1,Pumps,Contoso,2026-03-31,25000,Sven,Open,\na2,Valves,Fabrikam,2026-02-15,9000,Sven,Won,8500\n"
    text += "a3,Pipes,Fabrikam,2026-02-25,3000,Kim,Lost,0\na4,Taps,Fabrikam,2026-02-25,700,Kim,Won,\n"
    plan = planned(text)
    assert [float(amount) for amount in rows(plan)["amount"]] == [25_000, 8_500, 3_000, 700]
    (said,) = [remark for remark in plan.warnings if remark.code == "won_amount"]
    assert (said.params["rows"], said.params["column"], said.params["hoped"]) == (1, "Actual Revenue", "Est. revenue")
    chosen = planned(text, columns={"Actual Revenue": ""})
    assert [float(amount) for amount in rows(chosen)["amount"]] == [25_000, 9_000, 3_000, 700]
