"""CDNOW, the data that BG/NBD and gamma–gamma were published with, and a real shop checked against its own holdout."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl
import pytest

from metrics import bgnbd, gamma_gamma
from metrics.bgnbd import Histories
from metrics.worth_fit import apart, checked, expected, fit, histories
from tests.command_line import Company
from tests.real.conftest import FOLDER

pytestmark = pytest.mark.real
UNTIL = date(1997, 9, 30)


def bought(file: str, place: int) -> pl.DataFrame:
    """`id`, `day`, `amount` of a file of CDNOW, several purchases of a day as one."""
    path = FOLDER / "cdnow" / file
    if not path.exists():
        pytest.skip(f"{path} is not there")
    lines = [line.split() for line in path.read_text("latin-1").splitlines()]
    rows = [(line[0], line[place], float(line[-1])) for line in lines if line[0].isdigit()]
    frame = pl.DataFrame(rows, schema=["id", "day", "amount"], orient="row")
    days = pl.col("day").str.to_date("%Y%m%d")
    return frame.group_by("id", days).agg(pl.col("amount").sum()).sort("id", "day")


def summed(days: pl.DataFrame, until: date, day: date) -> pl.DataFrame:
    """What metrics/sql/worth.sql says of customers."""
    then = pl.col("day") <= until
    return (
        days.filter(pl.col("day") <= day)
        .group_by("id", maintain_order=True)
        .agg(
            first_on=pl.col("day").min(), last_on=pl.col("day").max(), last_then=pl.col("day").filter(then).max(),
            purchases=pl.len().cast(pl.Int64), purchases_then=then.sum().cast(pl.Int64), amount=pl.col("amount").sum(),
            repeat_amount=pl.col("amount").slice(1).sum(), in_contract=pl.lit(0), in_contract_then=pl.lit(0),
        )
        .with_row_index("customer_key")
    )  # fmt: skip


def test_the_published_fit_of_cdnow() -> None:
    """Fader, Hardie and Lee 2005, table 2 and the note on Excel; note 025 on spend. Both fits within a second."""
    customers = summed(bought("CDNOW_sample.txt", 2), UNTIL, UNTIL)
    assert (customers.height, (customers["purchases"] == 1).sum()) == (2357, 1411)
    begin = process_time()
    of = histories(customers, "purchases", "last_on", UNTIL)
    model = bgnbd.fitted(of)
    assert model is not None
    assert model[:4] == pytest.approx((0.2426, 4.4136, 0.7929, 2.4259), abs=1e-4)
    assert model.log_likelihood == pytest.approx(-9582.43, abs=0.005)
    assert float(model.expected(39, 2, 30.43, 38.86)) == pytest.approx(1.2259, abs=1e-4)
    assert float(model.alive(2, 30.43, 38.86)) == pytest.approx(0.7266, abs=1e-4)
    again = customers.filter(pl.col("purchases") > 1)
    x = (again["purchases"] - 1).to_numpy().astype(float)
    average = again["repeat_amount"].to_numpy() / x
    spend = gamma_gamma.fitted(x, average)
    assert process_time() - begin < 1
    assert spend is not None
    assert (again.height, spend.p, spend.q) == pytest.approx((946, 6.249, 3.744), abs=1e-3)
    assert spend.gamma == pytest.approx(15.448, rel=1e-3)  # published from means rounded to cents: 15.44 and 15.448
    assert spend.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert spend.mean == pytest.approx(35.17, abs=0.01)
    assert gamma_gamma.related(x, average) == pytest.approx(0.114, abs=5e-4)


def test_all_customers_of_cdnow_and_their_holdout() -> None:
    days = bought("CDNOW_master.txt", 1)
    customers = summed(days, UNTIL, date(1998, 6, 30))
    assert customers.height == 23_570
    begin = process_time()
    then = bgnbd.fitted(histories(customers, "purchases_then", "last_then", UNTIL))
    assert process_time() - begin < 5
    assert then is not None
    found = summed(days, UNTIL, UNTIL).join(customers.select("id", all="purchases"), on="id")
    x = (found["purchases"] - 1).to_numpy().astype(float)
    last, known = (((found[end] if isinstance(end, str) else pl.Series([end] * found.height)) - found["first_on"])
                   .dt.total_days().to_numpy() / 7 for end in ("last_on", UNTIL))  # fmt: skip
    check = checked(found.select(purchases_then="purchases", purchases="all"), expected(then, 39, x, last, known))
    off, by_class = apart(check)
    assert abs(off) < 0.15
    assert by_class < 0.2
    day, until = date(1998, 6, 30), date(1997, 12, 30)
    result = fit(summed(days, until, day), day, until, 0.1)
    assert result.reason is None
    assert result.customers.height == 23_570


def test_the_summary_that_comes_with_it_gives_the_same() -> None:
    path = FOLDER / "cdnow" / "cdnow_customers_summary.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    frame = pl.read_csv(path)
    columns = [frame[name].cast(pl.Float64).to_numpy() for name in ("frequency", "recency", "T")]
    model = bgnbd.fitted(Histories(*columns, np.ones(frame.height)))
    assert model is not None
    assert model[:4] == pytest.approx((0.2426, 4.4136, 0.7929, 2.4259), abs=2e-4)


def test_cdnow_as_it_is_loaded(company: Company, real: Path) -> None:
    """Exact repeats are purchases of their own, and several of a day one purchase."""
    path = real / "cdnow" / "CDNOW_master.txt"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    assert [(one["read"], one["new"]) for one in company.load(path)] == [(69_659, 69_659)]
    told = company("value", "--about", "check", "--horizon", "26").json
    days = bought("CDNOW_master.txt", 1)
    since = days.filter((pl.col("day") > date(1997, 12, 30)) & pl.col("id").is_in(_known_by(days, date(1997, 12, 30))))
    assert sum(row["made"] for row in told["rows"]) == since.height
    assert sum(row["customers"] for row in told["rows"]) == len(_known_by(days, date(1997, 12, 30)))
    listed = company("value").json["rows"]
    assert len(listed) == 500


def _known_by(days: pl.DataFrame, day: date) -> list[str]:
    return days.filter(pl.col("day") <= day)["id"].unique().to_list()


@pytest.mark.slow
def test_a_shop_is_held_against_its_own_holdout(company: Company, real: Path) -> None:
    """UCI, a year of a gift shop: the last half is foretold by the first within the rule, the last quarter is not.

    Yet by the model nobody there stops: who was silent for 275 days, usually 17, would be alive for sure.
    """
    files = sorted((real / "uci_online_retail").glob("*.zip"))
    if not files:
        pytest.skip("uci_online_retail is not there")
    company.hold(*files)
    half, quarter = (company("value", "--about", "check", "--horizon", weeks).json for weeks in ("26", "13"))
    expected_of, came = (sum(row[name] for row in half["rows"]) for name in ("foreseen", "made"))
    assert abs(expected_of / came - 1) < 0.1
    assert not company("value", "--horizon", "26").json["rows"]
    assert any("ever stops buying" in said for said in half["notes"])
    assert any("does not hold here" in said for said in quarter["notes"])  # before Christmas more is bought
    assert not company("value", "--horizon", "13").json["rows"]
