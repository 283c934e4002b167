"""What stages ask of deals: open deals over the time limit of their stage, or without a field that it requires.

The limits and the fields are the company's own (data/stages.py): those of `places`, as they are today. A deal of which
nobody knows since when it stands in its stage is over no limit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from metrics.query import Column, Query, from_file
from metrics.view import View

REASONS = ("time", "field")
"""Why a deal is listed: too long in its stage, or a required field is missing."""


def breaches(view: View, day: date | None = None) -> Query:
    """Each reason by itself: one row per deal and reason, most money first.

    Columns: `deal_id`, `deal`, `customer`, `rep`, `pipeline`, `stage`, `amount`, `reason`, `field` (which is missing),
    `stage_since`, `days_in_stage`, `max_days`, `days_over`, `expected_close_on`.

    Args:
        view: whose filters apply. day: by default the day the view's stocks are read at.
    """
    columns = (
        Column("deal_id", "by"),
        Column("reason", "by"),
        Column("field", "by"),
        Column("amount", "value", "open_amount", "money"),
        *(Column(name, "value", unit="days") for name in ("days_in_stage", "max_days", "days_over")),
    )
    asked = from_file("breaches", view, day=day or view.at)
    return replace(asked, columns=columns, by=("deal_id", "reason", "field"))
