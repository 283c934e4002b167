"""From which day on a change is looked at, and of deals expected to close when: the choices of the pipeline page."""

from __future__ import annotations

from datetime import date, timedelta

from metrics.period import DAY, Period, bucket_next, bucket_start
from metrics.view import View
from ui import session

SINCE = ("upload", "week", "month", "quarter")
"""The upload before, a week, four weeks, and the beginning of the quarter."""
DUE = ("all", "month", "quarter", "next_quarter")

_UPLOADS = """
select distinct as_of from ops.uploads
where table_name = 'deals' and not is_undone and as_of <= $day order by as_of desc limit 2
"""


def first_day(view: View, since: str) -> date:
    """The day looked back to; of one upload only, a week before."""
    at = view.at
    if since == "upload":
        with session.reading() as seen:
            found = seen.frame(_UPLOADS, {"day": at})
        return found.item(1, 0) if found.height == 2 else at - timedelta(days=7)
    if since == "quarter":
        return _start(view, "quarter") - DAY
    return at - timedelta(days={"week": 7, "month": 28}[since])


def due(view: View, which: str) -> Period | None:
    """The days in which deals looked at are expected to close; None for all."""
    if which == "all":
        return None
    grain = "month" if which == "month" else "quarter"
    start = _start(view, grain)
    start = bucket_next(start, grain) if which == "next_quarter" else start
    return Period(start, bucket_next(start, grain) - DAY)


def span(view: View, which: str) -> Period:
    """The period that is forecast: the chosen one; where deals of all days are looked at, the running quarter."""
    start = _start(view, "quarter")
    return due(view, which) or Period(start, bucket_next(start, "quarter") - DAY)


def _start(view: View, grain: str) -> date:
    """Where the running month or quarter began; quarters are the company's own."""
    return bucket_start(view.at, "fiscal_quarter" if grain == "quarter" else grain, view.fiscal_start)
