"""The days that stand above a report of campaigns are those of each of its rows."""

from __future__ import annotations

from datetime import date

import pytest

from tests.data.ingest.test_plan import codes, planned, rows

HEAD = "Campaign status,Campaign,Status,Campaign type,Currency code,Avg. cost,Cost,Impr.,Clicks,Conversions\n"
LINES = 'Enabled,Brand,Eligible,Search,USD,1.10,"1,320.00","15,000","1,200",48\n'
TOTAL = 'Total: Account,,,,USD,1.10,"1,320.00","15,000","1,200",48\n'


@pytest.mark.parametrize(
    "title", ['"March 1, 2026 - March 31, 2026"', "2026-03-01 至 2026-03-31", "2026年3月1日 - 2026年3月31日"]
)
def test_the_days_above_a_report_of_campaigns_hold_for_each_row(title: str) -> None:
    made = planned("Campaign report\n" + title + "\n" + HEAD + LINES + TOTAL)
    assert (made.table, made.read) == ("campaigns", 1), "the total of the account is no campaign"
    assert rows(made).select("starts_on", "ends_on").rows() == [(date(2026, 3, 1), date(2026, 3, 31))]
    assert "title_span" in codes(made)


@pytest.mark.parametrize("title", ["Campaign report", '"March 31, 2026 - March 1, 2026"', "2026-03-45 - 2026-04-31"])
def test_what_is_no_span_of_days_is_left_alone(title: str) -> None:
    made = planned(title + "\n\n" + HEAD + LINES)
    assert "title_span" not in codes(made)
    assert rows(made)["cost"].to_list() == [1320]
