"""Decisions about a real export: what the next weeks show of deals as they were, held against the file itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.review.actions import judge
from data.review.deciding import add
from data.review.errors import NotTellable
from data.store import open_store
from metrics.viewer import EVERYTHING
from tests.command_line import Company

DECIDED, LATER, DUE = "2017-10-31", "2017-12-31", date(2017, 11, 30)


def as_of_october(whole: pl.DataFrame) -> pl.DataFrame:
    """The pipeline as it was at the end of October 2017: what was closed later was open then."""
    then = whole.filter(pl.col("engage_date").is_not_null() & (pl.col("engage_date") <= DECIDED))
    is_open = pl.col("close_date").is_null() | (pl.col("close_date") > DECIDED)
    return then.with_columns(
        deal_stage=pl.when(is_open).then(pl.lit("Engaging")).otherwise("deal_stage"),
        close_date=pl.when(is_open).then(None).otherwise("close_date"),
        close_value=pl.when(is_open).then(None).otherwise("close_value"),
    )


def test_what_was_won_later_is_told(real: Path, company: Company, tmp_path: Path) -> None:
    """Sixty open deals "are won by 30 November": the file says which were, and on which day."""
    whole = pl.read_csv(real / "maven_crm" / "original" / "sales_pipeline.csv", infer_schema=False)
    path = tmp_path / "sales_pipeline.csv"
    as_of_october(whole).write_csv(path)
    company.load(path, "--as-of", DECIDED, "--full")
    store = open_store(company.path)
    with store.snapshot() as seen:
        ids = seen.frame("select deal_id from crm.deals where status = 'open' order by deal_id limit 60")["deal_id"]
    made = [add(store, EVERYTHING, what="", kind="deal", subject=id_, outcome="won", due_on=DUE) for id_ in ids]
    for outcome in ("activity", "next_step"):
        with pytest.raises(NotTellable):
            add(store, EVERYTHING, what="", kind="deal", subject=ids[0], outcome=outcome)
    whole.write_csv(path)
    company.load(path, "--as-of", LATER, "--full")
    with store.snapshot() as seen:
        told = dict(zip(ids, judge(seen, made, date.fromisoformat(LATER)), strict=True))
    for row in whole.filter(pl.col("opportunity_id").is_in(ids.to_list())).iter_rows(named=True):
        verdict = told[row["opportunity_id"]]
        if row["deal_stage"] == "Won":
            closed = date.fromisoformat(row["close_date"])
            assert (verdict.outcome, verdict.met_on, verdict.is_late) == ("done", closed, closed > DUE)
        else:
            assert verdict.outcome == ("failed" if row["deal_stage"] == "Lost" else "overdue")
    assert {(one.outcome, one.is_late) for one in told.values()} == {
        ("done", False),
        ("done", True),
        ("failed", False),
        ("overdue", False),
    }
