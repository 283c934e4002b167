"""Why an answer of the command line has no rows."""

from __future__ import annotations

import pytest

from data.wording import wording
from tests.command_line import Company, run
from tests.small import copied, empty_at, small_demo

_LINES = """order,line,date,product,quantity,amount,customer
O1,1,2026-05-04,Alpha,2,200,Acme
O2,1,2026-06-04,Beta,1,90,Acme
"""


@pytest.fixture(scope="module")
def sales_alone(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company that has orders, and neither deals nor leads."""
    folder = tmp_path_factory.mktemp("bare")
    made = Company(empty_at(folder / "s.duckdb"))
    (folder / "orders.csv").write_text(_LINES)
    made.load(folder / "orders.csv", "--table", "order_lines", "--as-of", "2026-06-17")
    return made


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("demo") / "s.duckdb"))


@pytest.mark.parametrize(
    "asked",
    [
        ("channels", "steps"), ("channels", "quality"), ("channels", "turned"), ("channels", "touches"),
        ("channels", "campaigns"), ("channels", "competitors"), ("products", "--about", "wins"),
    ],
)  # fmt: skip
def test_what_was_never_loaded_is_named(sales_alone: Company, asked: tuple[str, ...]) -> None:
    told = sales_alone(*asked).json
    assert told["rows"] == []
    assert any("Not in the data yet" in note for note in told["notes"]), told["notes"]


def test_what_is_on_record_and_does_not_fit_has_its_reason(sales_alone: Company, company: Company) -> None:
    pairs = sales_alone("products", "--about", "pairs").json
    assert pairs["rows"] == []
    assert any("20 orders" in note for note in pairs["notes"])
    none = company("channels", "steps", "--from", "2001-01-01", "--to", "2001-02-01").json
    assert none["rows"] == []
    assert none["notes"]
    assert all(set(texts) == {"en", "zh-CN"} for texts in wording("bare").values())


def test_days_that_have_not_come_are_said_to_lie_ahead(company: Company) -> None:
    ahead = ("--from", "2030-01-01", "--to", "2030-12-31")
    told = run("products", "--about", "pairs", *ahead, "--store", company.path).out
    assert "Days: 2030-01-01 to 2030-12-31." in told
    assert "begins on 1 Jan 2030, after the last day that counts" in told
    told = run("trends", "revenue", "--against", "last_year", *ahead, "--store", company.path).out
    assert "begin later" not in told
    assert "those days, too, lie after" in told
    assert any("2030" in note for note in company("ask", "revenue", *ahead).json["notes"])
    until = company("ask", "revenue", "--from", "2026-01-01", "--to", "2030-12-31").json["notes"]
    assert not any("last day that counts" in note for note in until)


def test_sales_alone_are_forecast_by_revenue_and_have_no_landing(sales_alone: Company) -> None:
    assert "revenue" in sales_alone("predict").json["rows"][0]
    told = sales_alone("predict", "--about", "quarter").json
    assert any("no closed deal" in note for note in told["notes"]), told["notes"]
    refused = run("predict", "revenue", "--about", "quarter", "--store", sales_alone.path)
    assert refused.code == 1
    assert "won amount only" in refused.err + refused.out


def test_where_filters_are_set_they_are_said(company: Company) -> None:
    told = company("satisfaction", "--about", "open", "--where", "customer=Nobody at all").json
    assert told["rows"] == []
    assert told["notes"][-2:] == [
        "None of those on record that you may see fits: tickets.",
        "Filters are set (--where): without them there may be something.",
    ]
