"""Who comes back to a shop, against the same numbers worked out from its lines in another way."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.store import open_store
from metrics.cohorts import cohorts
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.command_line import Company
from tests.real.test_orders import files

pytestmark = pytest.mark.real

LINES = "select order_id, ordered_on, customer_key, amount::double as amount, is_return from crm.order_lines"


def lines_of(company: Company) -> pl.DataFrame:
    """Every order line; what is made of them here reads neither customers nor the calendar."""
    with open_store(company.path, create=False).snapshot() as seen:
        return seen.frame(LINES)


def triangle(lines: pl.DataFrame) -> dict[tuple[str, int], tuple[int, float]]:
    """By month of the first purchase and months after it: customers who bought, and money."""
    known = lines.filter(pl.col("customer_key").is_not_null())
    first = known.filter(~pl.col("is_return")).group_by("customer_key").agg(first=pl.col("ordered_on").min())
    month = (pl.col("ordered_on").dt.year() - pl.col("first").dt.year()) * 12
    month += pl.col("ordered_on").dt.month() - pl.col("first").dt.month()
    told = known.join(first, on="customer_key").with_columns(n=month, cohort=pl.col("first").dt.strftime("%Y-%m-01"))
    told = told.filter(pl.col("ordered_on") >= pl.col("first"))
    cells = told.group_by("cohort", "n").agg(
        pl.col("customer_key").filter(~pl.col("is_return")).n_unique().alias("customers"), pl.col("amount").sum()
    )
    return {(row["cohort"], row["n"]): (row["customers"], row["amount"]) for row in cells.iter_rows(named=True)}


def pauses(lines: pl.DataFrame) -> dict[int, tuple[int, int]]:
    """How many customers bought on at least n days, and on at least one more."""
    days = lines.filter(~pl.col("is_return") & pl.col("customer_key").is_not_null())
    counts = days.group_by("customer_key").agg(pl.col("ordered_on").n_unique().alias("days"))["days"]
    return {n: (int((counts >= n).sum()), int((counts > n).sum())) for n in range(1, 6)}


def compared(company: Company) -> dict[str, dict[str, object]]:
    """Cohorts and pauses of the command line are those of the lines; returns what is in no cohort."""
    lines = lines_of(company)
    rows = company("retention", "--buckets", "60").json["rows"]
    expected = triangle(lines)
    told = {(row["cohort"], row["nth"]): (row["customers"], row["amount"]) for row in rows if row["kind"] == "cohort"}
    assert set(expected) <= set(told)
    for key, (customers, amount) in told.items():
        assert customers == expected.get(key, (0, 0.0))[0], key
        assert amount == pytest.approx(expected.get(key, (0, 0.0))[1], abs=0.01), key
    assert sum(row["amount"] for row in rows if row["kind"] != "all") == pytest.approx(lines["amount"].sum(), abs=0.05)
    repeat = company("retention", "--about", "repeat").json["rows"]
    assert {row["purchase"]: (row["pauses"], row["again"]) for row in repeat} == pauses(lines)
    course = company("retention", "--about", "course", "--buckets", "60").json["rows"]
    by_month = lines.group_by(pl.col("ordered_on").dt.strftime("%Y-%m-01").alias("month")).agg(pl.col("amount").sum())
    for month, amount in by_month.iter_rows():
        assert sum(row["amount_now"] for row in course if row["bucket"] == month) == pytest.approx(amount, abs=0.01)
    return {row["kind"]: row for row in rows if row["kind"] not in ("all", "cohort")}


def test_uci(company: Company, real: Path) -> None:
    """4,372 customers, cancellations net, lines without a customer apart. The first cohorts have the sizes that courses
    on this file show: 885, 417, 380, 452, 300."""
    company.hold(*files(real, "uci_online_retail", "*.zip"))
    apart = compared(company)
    rows = company("retention", "--buckets", "60").json["rows"]
    sizes = [row["size"] for row in rows if row["kind"] == "cohort" and row["nth"] == 0]
    assert sizes[:5] == [885, 417, 380, 452, 300]
    assert sum(sizes) + int(str(apart["only_returns"]["customers"])) == 4_372
    assert apart["unassigned"]["customers"] is None
    assert apart["unassigned"]["amount"] == pytest.approx(1_458_744.18, abs=0.01)
    december = {row["nth"]: row["customers"] for row in rows if row["cohort"] == "2010-12-01"}
    assert december[1] == 324  # 36.6 %
    with open_store(company.path, create=False).snapshot() as seen:
        asked = cohorts("revenue", "month", View(as_of=date(2011, 12, 9)))
        shown = seen.ask(asked.rows("retained", kind="cohort", cohort="2010-12-01", nth=1).first(1_000), EVERYTHING)
        assert shown.frame.height == 1_000


def test_superstore(company: Company, real: Path) -> None:
    company.hold(*files(real, "superstore_zh", "*.xls"))
    assert not compared(company)  # nothing without a customer, and nobody with returns only
    rows = company("retention", "--buckets", "60").json["rows"]
    assert sum(row["size"] for row in rows if row["kind"] == "cohort" and row["nth"] == 0) == 790


def test_deals_of_maven_have_no_contracts(company: Company, real: Path) -> None:
    names = ("sales_pipeline.csv", "accounts.csv", "sales_teams.csv")
    company.hold(*(files(real, "maven_crm/original", name)[0] for name in names))
    rows = company("retention", "--grain", "quarter").json
    assert "Told by deals won." in rows["notes"]
    assert sum(row["size"] for row in rows["rows"] if row["kind"] == "cohort" and row["nth"] == 0) == 85
    assert company("retention", "--about", "contracts").json["rows"] == []
