"""HubSpot tells in the surviving record which ones were merged into it: those count no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import ingest
from data.ingest import Options, Source
from data.store import Store
from tests.data.written import rows

DEALS = '"Record ID","Deal Name","Deal Stage","Close Date","Deal owner","Amount","Create Date"'
FIRST = f"""{DEALS}
1,Alpha,Contract sent,2026-04-30,Ann,100,2026-01-05
2,Alpha copy,Contract sent,2026-04-30,Ann,100,2026-01-06
3,Beta,Closed won,2026-02-15,Bob,700,2026-01-07
4,Beta copy,Closed won,2026-02-15,Bob,700,2026-01-07
5,Gamma,Contract sent,2026-04-30,Ann,30,2026-01-08
"""
LATER = f"""{DEALS},"Merged Record IDs"
1,Alpha,Contract sent,2026-04-30,Ann,100,2026-01-05,2
3,Beta,Closed won,2026-02-15,Bob,700,2026-01-07,4;44
5,Gamma,Contract sent,2026-04-30,Ann,30,2026-01-08,5;1
"""
TODAY = "select status, count(*), sum(amount) from crm.deals where not is_gone group by all order by 1"


def _run(store: Store, text: str, day: str, *, is_full: bool) -> ingest.Plan:
    with store.snapshot() as seen:
        name = f"hubspot-crm-exports-all-deals-2026-03-{day}.csv"
        plan = ingest.plan([Source(name, text.encode())], Options(is_full=is_full), seen)
    ingest.run(store, plan)
    return plan


@pytest.mark.parametrize("is_full", [True, False])
def test_deals_that_others_took_over_count_no_more_and_end_nothing(store: Store, *, is_full: bool) -> None:
    """Before: open 100 + 100 + 30, won 700 twice. After: 100 + 30 and 700; 5 and 1 are listed, so they live."""
    _run(store, FIRST, "02", is_full=is_full)
    assert rows(store, TODAY) == [("open", 3, 230), ("won", 2, 1400)]
    plan = _run(store, LATER, "09", is_full=is_full)
    assert rows(store, TODAY) == [("open", 2, 130), ("won", 1, 700)]
    assert [file.read for file in plan.files] == [3, 3], "2, 4 and 44 are told of beside the list"
    said = [remark for file in plan.files for remark in file.warnings if remark.code == "records_merged"]
    assert [remark.params for remark in said] == [{"rows": 3}]
    seen = "select count(*) from crm.deal_versions where deal_id = '2' and seen_from <= '2026-03-05'"
    assert rows(store, f"{seen} and seen_to > '2026-03-05'") == [(1,)], "and until then it was there"
    _run(store, LATER, "16", is_full=is_full)
    assert rows(store, TODAY) == [("open", 2, 130), ("won", 1, 700)]


def test_a_merged_company_is_the_one_it_was_merged_into(store: Store, tmp_path: Path) -> None:
    head = '"Record ID","Company name","Company Domain Name","Company owner"'
    first = tmp_path / "hubspot-crm-exports-all-companies-2026-03-02.csv"
    later = tmp_path / "hubspot-crm-exports-all-companies-2026-03-09.csv"
    first.write_text(f"{head}\n501,Alpha,a.com,Ann\n502,Alpha Inc,a.com,Ann\n", "utf-8")
    later.write_text(f'{head},"Merged object IDs"\n502,Alpha Inc,a.com,Ann,501\n', "utf-8")
    for file in (first, later):
        with store.snapshot() as seen:
            ingest.run(store, ingest.plan([file], Options(is_full=False), seen))
    assert rows(store, "select customer, customer_id from crm.customers") == [("Alpha Inc", "502")]
