"""Daily, weekly, monthly and quarterly reports: of which days each is, and since when it tells changes.

"Today" is the store's own day, never the clock's, so that a scheduler that runs late, or on a day without an upload,
makes the same report again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from data.errors import StoreHoldsNothing
from data.review.asking import asked, usual_view
from metrics.period import DAY, bucket_next, bucket_start

if TYPE_CHECKING:
    from datetime import date

    from data.review.chapter import Asked
    from data.review.taken import Kind
    from data.store import Snapshot
    from metrics.view import View
    from metrics.viewer import Viewer

_BEFORE = "select max(as_of) as day from ops.uploads where not is_undone and as_of < $day"


def asked_as(
    kind: Kind,
    seen: Snapshot,
    viewer: Viewer,
    lang: str,
    *,
    team: str | None = None,
    since: date | None = None,
    as_of: date | None = None,
) -> Asked:
    """What a report of a kind is asked of.

    daily: this month; changes since the last upload of an earlier day. weekly: as the review itself: this quarter,
    since the last one that was held. monthly, quarterly: the last month (quarter) that is over, seen from its last day,
    compared with the one before; changes since the eve of it. A month is over on its last day, so that a report that is
    made on the 1st is of the same month whether or not the export of that morning is loaded.

    Args:
        seen, viewer, lang, team: as of a review. since: another day that changes are told from.
        as_of: look from this day instead of the store's.

    Raises:
        what `data.review.asking.asked` raises.
    """
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    view = usual_view(seen.as_of)
    if as_of is not None:
        view = view.seen_on(as_of)
    day = view.as_of
    if kind == "daily":
        view = view.with_period("this_month")
        found = seen.frame(_BEFORE, {"day": day}).item()
        since = since or found or day - timedelta(days=1)
    elif kind in ("monthly", "quarterly"):
        view, eve = _last_over(view, "fiscal_quarter" if kind == "quarterly" else "month")
        since = since or eve
    return asked(seen, viewer, lang, view=view, since=since, team=team)


def _last_over(view: View, grain: str) -> tuple[View, date]:
    """The last bucket that is over on the view's day, seen from its last day; and the day before its first one."""
    first = bucket_start(view.as_of + DAY, grain, view.fiscal_start, view.week_start)
    begun = bucket_next(first, grain, -1)
    return view.seen_on(first - DAY).with_period(f"this_{grain}"), begun - DAY
