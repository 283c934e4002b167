"""Deals that a salesperson won together with others, and what each keeps of them."""

from __future__ import annotations

from dataclasses import replace

from metrics.period import FIRST
from metrics.query import Column, Query, from_file
from metrics.view import View


def credit(rep: str, view: View) -> Query:
    """Deals won in the period in which the person and others have a part, the latest first.

    One row per deal: `deal_id`, `deal`, `customer`, `owner`, `closed_on`, `amount`; `share` of the person (0–1) and
    `own_amount`; `people` who have a part; `whole`, the sum of all shares, which is 1. Only deals whose owner the
    viewer may see are there.
    """
    days = view.period
    asked = from_file(
        "rep_credit", view.with_filter("rep", ()), rep=rep, from_on=days.from_on if days else FIRST, to_on=view.at
    )
    columns = (
        Column("deal_id", "by"), Column("amount", "value", unit="money"), Column("share", "value", unit="share"),
        Column("own_amount", "value", unit="money"), Column("people", "value", unit="count"),
        Column("whole", "value", unit="share"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("deal_id",))
