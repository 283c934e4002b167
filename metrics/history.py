"""The history of one deal as a question: every entry with its day, what it is about, and from what to what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from metrics.query import Column, Query, from_file

LANES = (
    "stage", "rep", "expected_close_on", "amount", "activity", "probability", "forecast_category", "next_step",
    "seen_stage", "status", "created", "closed", "gone",
)  # fmt: skip
"""What an entry can be about, in the order in which they are drawn."""


def timeline(deal_id: str, day: date) -> Query:
    """Everything that happened to a deal, the newest first; nothing where it is not the viewer's to see.

    One row per entry: `day`, `lane` (LANES), `old`, `new` (texts as SQL writes them), `who`, `until_on` (of visits to
    stages), `is_planned` (after `day`, which is today). `rows(lane="amount")` are the entries of one lane.
    """
    columns = (Column("lane", "by"), *(Column(name, "detail") for name in ("day", "old", "new", "who", "until_on")))
    return replace(from_file("deal_timeline", deal_id=deal_id, day=day), columns=columns, by=("lane",))
