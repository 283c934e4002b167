"""For whom and of what a review is made: its view, its team, and the day that it is compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from data.errors import StoreHoldsNothing
from data.review.chapter import Asked
from data.review.errors import SinceNotBefore, TeamNotSeen
from data.review.held import last_held
from data.settings import settings
from data.viewers import with_below
from metrics.errors import nearest
from metrics.view import View

if TYPE_CHECKING:
    from datetime import date

    from data.store import Snapshot
    from metrics.viewer import Viewer

USUAL_DAYS = 7
"""How far a review looks back when none was held before."""


def asked(
    seen: Snapshot,
    viewer: Viewer,
    lang: str,
    *,
    view: View | None = None,
    since: date | None = None,
    team: str | None = None,
) -> Asked:
    """What a review is asked of.

    Args:
        seen: the one version of the store that all its numbers are of. viewer: whose rows. lang: "en" or "zh-CN".
        view: by default the running quarter (the fiscal one, where the fiscal year is another than the calendar's) by
            the store's day, compared with the one before. A review of a team filters it by the team and those below it,
            that of a manager of several by theirs, that of a salesperson by themselves.
        since: the day compared with. By default that of the last review held of this team before the view's day, or
            where it had none, of all; where none was held at all, `USUAL_DAYS` before the view's day.
        team: of one team; a manager of one team reviews that one without naming it.

    Raises:
        StoreHoldsNothing: the store has no day, as nothing dated was loaded.
        TeamNotSeen: there is no such team, or it is not the viewer's.
        SinceNotBefore: `since` is no day before the view's.
    """
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    looked = view or usual_view(seen.as_of)
    of_team = team_of(seen, viewer, team)
    for dimension, names in _whose(seen, viewer, of_team).items():
        looked = looked.with_filter(dimension, names)
    if since is not None and since >= looked.as_of:
        raise SinceNotBefore(since=since, day=looked.as_of)
    last = last_held(seen, of_team, looked.as_of)
    day = since or (last.as_of if last else looked.as_of - timedelta(days=USUAL_DAYS))
    return Asked(
        seen=seen,
        viewer=viewer,
        view=looked,
        since=day,
        last_held=last is not None and last.as_of == day,
        lang=lang,
        currency=seen.currency,
        team=of_team,
    )


def _whose(seen: Snapshot, viewer: Viewer, team: str | None) -> dict[str, tuple[str, ...]]:
    """The filter that says whose review it is: so that targets are those of the same people as the rows."""
    if team is not None:
        return {"team": with_below(seen, (team,)) or (team,)}
    if viewer.scope == "teams":
        return {"team": viewer.teams}
    if viewer.scope == "rep":
        found = seen.frame(
            "select rep from crm.reps where rep_key in (select unnest($keys))", {"keys": viewer.rep_keys}
        )
        return {"rep": tuple(found["rep"])} if found.height else {}
    return {}


def usual_view(day: date) -> View:
    """The running quarter of the company by this day, compared with the one before."""
    told = settings()
    return View(
        as_of=day,
        preset="this_quarter" if told.fiscal_start == 1 else "this_fiscal_quarter",
        compare="previous",
        fiscal_start=told.fiscal_start,
        week_start=told.week_start,
        headline=told.headline_measure,
    )


def team_of(seen: Snapshot, viewer: Viewer, team: str | None) -> str | None:
    """The team whose review a viewer means: the one that is named, or the only one at the top of those they manage.

    Raises:
        TeamNotSeen: there is no such team, or it is not the viewer's.
    """
    known = teams(seen, viewer)
    if team is not None:
        if team not in known:
            called = {one.casefold(): one for one in known}
            raise TeamNotSeen(team=team, suggestion=called.get(nearest(team.casefold(), called) or ""))
        return team
    if viewer.scope != "teams":
        return None
    over = dict(seen.frame("select team, parent from crm.teams").iter_rows())
    top = [one for one in viewer.teams if over.get(one) not in viewer.teams]
    return top[0] if len(top) == 1 else None


def teams(seen: Snapshot, viewer: Viewer) -> list[str]:
    """The teams that a viewer can make a review of, in order of their names: a salesperson none."""
    if viewer.scope == "teams":
        return list(viewer.teams)
    found = seen.frame("select team from crm.teams union select team from crm.reps where team is not null")
    return sorted(found["team"], key=str.casefold) if viewer.sees_all else []
