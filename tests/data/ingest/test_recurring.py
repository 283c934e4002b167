"""Amounts that are said for a period are read as they stand, and that is told; their rows were refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.data.ingest.test_plan import planned

HEAD = "Deal ID,Deal Name,Stage,Amount,Created\n"


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ('"$1,200 monthly"', 1200), ('"$1,200/mo"', 1200), ("900/yr", 900), ("€500 per month", 500), ("500 p.a.", 500),
        ("1.2万元/年", 12000), ("每月800元", 800), ("800元(每季)", 800), ('"$1,200 / month"', 1200),
    ],
)  # fmt: skip
def test_an_amount_of_a_period_is_that_amount_and_said(cell: str, amount: int) -> None:
    file = planned(HEAD + f"1,A,Open,{cell},2026-01-05\n2,B,Open,50,2026-01-06\n3,C,Open,70,2026-01-07\n")
    assert file.checked is not None
    assert file.checked.rows["amount"].to_list() == [Decimal(amount), 50, 70]
    (said,) = [one for one in file.warnings if one.code == "amounts_of_periods"]
    assert said.params["rows"] == 1
    assert cell.strip('"') in said.text("en")
    assert cell.strip('"') in str(file.checked.rows["extra"][0]), "what was written stays"


def test_words_that_are_no_period_are_no_amount() -> None:
    file = planned(HEAD + "1,A,Open,5 seats,2026-01-05\n2,B,Open,50,2026-01-06\n3,C,Open,N/A,2026-01-07\n")
    assert file.refused == 1
    assert not any(one.code.startswith("amounts_of_period") for one in file.warnings)
