"""Order lists of shops, against the counts and sums that were worked out independently of this project."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data.store import open_store
from tests.command_line import Company

pytestmark = pytest.mark.real


def files(real: Path, folder: str, pattern: str = "*") -> list[Path]:
    found = sorted((real / folder).glob(pattern))
    if not found:
        pytest.skip(f"{folder} is not there")
    return found


def by_table(uploads: list[dict[str, object]]) -> dict[object, tuple[object, object, object]]:
    return {upload["table"]: (upload["read"], upload["refused"], upload["set_aside"]) for upload in uploads}


def value(company: Company, sql: str) -> object:
    with open_store(company.path, create=False).snapshot() as seen:
        return seen.frame(sql).row(0)


def trend_by_month(company: Company, *options: str) -> dict[str, float]:
    """The months of the revenue as trends tell them."""
    rows = company("trends", "revenue", "--grain", "month", *options).json["rows"]
    return {row["month"]: row["revenue"] for row in rows}


_BY_MONTH = """
select strftime(ordered_on, '%Y-%m-01') as month, sum(amount)::double as revenue from crm.order_lines group by 1
"""


def by_month(company: Company) -> dict[str, float]:
    """The same by a statement of its own."""
    with open_store(company.path, create=False).snapshot() as seen:
        return dict(seen.frame(_BY_MONTH).rows())


def test_superstore(company: Company, real: Path) -> None:
    uploads = company.load(*files(real, "superstore_zh", "*.xls"))
    assert [(upload["table"], upload["read"], upload["refused"]) for upload in uploads] == [
        ("order_lines", 10_000, 0),
        ("customers", 790, 0),
        ("products", 1_955, 0),
        ("order_lines", 296, 0),
        ("reps", 6, 0),
    ]
    row = company.ask("revenue", "orders", "gross_margin", "active_customers")[0]
    assert row["revenue"] == pytest.approx(16_117_548.237, abs=0.01)
    assert row["gross_margin"] == pytest.approx(2_156_559.517, abs=0.01)
    assert (row["orders"], row["active_customers"]) == (2_773, 790)
    managers = {row["rep"]: row["revenue"] for row in company.ask("revenue", "--by", "rep")}
    assert set(managers) == {"楚杰", "范彩", "洪光", "殷莲", "杨健", "白德伟"}
    assert sum(managers.values()) == pytest.approx(16_117_548.237, abs=0.01)
    regions = {row["region"] for row in company.ask("revenue", "--by", "region")}
    assert regions == {"东北", "中南", "华东", "华北", "西北", "西南"}
    (file,) = files(real, "superstore_zh", "*.xls")
    sheet = pl.read_excel(file, sheet_id=1, engine="calamine")
    raw = sheet.group_by(pl.col("订单日期").cast(pl.Date).dt.truncate("1mo").cast(pl.String).alias("month"))
    in_file = dict(raw.agg(pl.col("销售额").sum()).rows())
    assert trend_by_month(company, "--from", "2014-01-01", "--to", "2017-12-31") == pytest.approx(in_file)
    returned = "select count(distinct order_id), count(ordered_on), count(amount) from crm.order_lines where is_return"
    assert value(company, returned) == (296, 296, 0), "the list says what came back, not what was paid back"


def test_tmall_unpaid_and_refunded_orders_are_told_apart(company: Company, real: Path) -> None:
    uploads = company.load(*files(real, "tmall_orders", "*.csv"))
    assert [(upload["table"], upload["read"], upload["refused"], upload["set_aside"]) for upload in uploads] == [
        ("invoices", 28_010, 0, 0),
        ("payments", 18_955, 0, 0),
        ("order_lines", 24_087, 0, 0),
        ("order_lines", 5_646, 0, 0),
    ]
    status = "select count(*) filter (status = 'unpaid'), count(*) filter (status = 'refunded'), sum(amount)::double"
    unpaid, refunded, total = value(company, status + " from crm.invoices")  # type: ignore[misc]
    assert (unpaid, refunded, total) == (3_923, 5_646, pytest.approx(2_995_760.61))
    assert value(company, "select sum(amount)::double from crm.payments") == (pytest.approx(1_902_487.15),)
    returned = "select -sum(amount)::double from crm.order_lines where is_return"
    assert value(company, returned) == (pytest.approx(572_335.92),)
    row = company.ask("revenue", "orders")[0]
    assert row["revenue"] == pytest.approx(1_902_487.15)  # paid and not given back
    assert row["orders"] == 24_087


def test_online_retail(company: Company, real: Path) -> None:
    uploads = company.load(*files(real, "uci_online_retail", "*.zip"))
    lines = by_table(uploads)["order_lines"]
    assert lines == (540_570, 0, 1_339), "3 adjustments of the books, 1,336 of the stock"
    assert sum(int(n) for n in (lines[0], lines[2])) == 541_909  # type: ignore[call-overload]
    assert by_table(uploads)["customers"] == (4_372, 0, 0)
    counts = value(
        company,
        """
        select count(*) filter (is_return), count(*) filter (customer_key is null), count(distinct customer_key),
            sum(amount)::double, min(ordered_on)::varchar, max(ordered_on)::varchar,
            count(distinct customers.region), sum(amount) filter (is_return)::double
        from crm.order_lines left join crm.customers using (customer_key)
        """,
    )
    found = trend_by_month(company, "--from", "2010-12-01", "--to", "2011-12-31")
    assert found == pytest.approx(by_month(company)), "returns deducted in the month that they are booked in"
    assert (len(found), found["2011-11-01"]) == (13, max(found.values()))
    assert counts[0] == 9_288  # type: ignore[index]
    assert counts[1] == 135_080 - 1_339  # type: ignore[index]
    assert counts[2] == 4_372  # type: ignore[index]
    assert counts[3] == pytest.approx(9_747_747.934 + 11_062.06, abs=0.01)  # type: ignore[index]
    assert counts[4:6] == ("2010-12-01", "2011-12-09")  # type: ignore[index]
    assert counts[7] == pytest.approx(-896_812.49)  # type: ignore[index]
    called = "select product from crm.products where product_id = '23084'"
    assert value(company, called) == ("RABBIT NIGHT LIGHT",), "not by a remark of the warehouse, 'website fixed'"
    remarks = "select count(*) from crm.products where regexp_matches(product, '^[a-z]')"
    assert value(company, remarks) == (1,), "one that has no other name"


def test_cdnow(company: Company, real: Path) -> None:
    (master, *_) = files(real, "cdnow", "CDNOW_master.txt")
    uploads = company.load(*files(real, "cdnow", "*master*"), *files(real, "cdnow", "*summary*"))
    assert by_table(uploads) == {"order_lines": (69_659, 0, 0)}, "summaries hold no orders"
    row = company.ask("orders", "active_customers")[0]
    assert (row["orders"], row["active_customers"]) == (69_659, 23_570)
    zero = "select count(*) from crm.order_lines where amount = 0"
    assert value(company, zero) == (80,)
    again = company.load(master)
    assert (again[0]["new"], again[0]["same"]) == (0, 69_659), "a purchase has the same key in every upload"


def test_the_sample_without_column_names_is_asked_for_them(company: Company, real: Path) -> None:
    (sample,) = files(real, "cdnow", "CDNOW_sample.txt")
    asked = company("import", sample)
    assert asked.code == 3
    assert "--header" in asked.json["uploads"][0]["questions"][0]
    company.load(sample, "--header", "old_id,customer_id,date,number_of_cds,dollar_value")
    assert company.ask("active_customers")[0]["active_customers"] == 2_357


def test_lead_to_cash_with_payments(company: Company, real: Path) -> None:
    uploads = company.load(*files(real, "basudev_crm", "*.csv"))
    assert by_table(uploads) == {
        "activities": (250, 0, 250),  # the other 250 are planned, and listed
        "customers": (100, 0, 0),
        "leads": (200, 0, 0),
        "deals": (500, 0, 0),
        "products": (200, 0, 0),
        "invoices": (495, 0, 0),
        "payments": (135, 0, 0),
        "order_lines": (3_761, 0, 0),
    }
    assert value(company, "select sum(amount)::double from crm.payments") == (pytest.approx(577_252.03),)
    lines = value(
        company, "select sum(amount)::double, count(distinct order_id), count(ordered_on) from crm.order_lines"
    )
    assert lines == (pytest.approx(2_188_224.09), 495, 3_761)
    assert value(company, "select sum(amount - paid)::double from crm.invoices") == (
        pytest.approx(707_994.19 + 902_977.87),
    )
    row = company.ask("won_deals", "lost_deals")[0]
    assert (row["won_deals"], row["lost_deals"]) == (99, 110)
    assert company.ask("open_deals")[0]["open_deals"] == 291
