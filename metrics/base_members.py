"""The base tables that are no facts: people with their teams, customers, targets, teams, and what is open to all."""

from __future__ import annotations

from metrics.bearers import bearing
from metrics.catalog import Table, catalog
from metrics.row_scope import Value, in_scope, is_key, is_one_of, of_person, select_from
from metrics.viewer import Viewer


def _members(spec: Table, viewer: Viewer, columns: tuple[str, ...]) -> tuple[str, dict[str, Value]]:
    """Reps in scope; customers they own, or met in rows in scope or shared. A name one may see in a row may be seen."""
    plain = select_from(f"crm.{spec.name}", columns)
    if viewer.sees_all:
        return plain, {}
    owned = of_person("t.rep_key", viewer)
    if spec.name != "customers":
        return (_people(plain, viewer) if spec.name == "reps" else _memberships(viewer)), {}
    met = [
        f"select m.customer_key from crm.{other.name} as m where {in_scope('m', viewer)}"
        for other in catalog().tables.values()
        if other.scope == "rep" and "customer_key" in other.keys
    ]
    # a share in a deal of somebody else's opens its part, and with whom the deal was
    shared = f"select m.deal_id from crm.owner_shares as m where {in_scope('m', viewer)}"
    met.append(f"select m.customer_key from crm.deals as m where m.deal_id in ({shared})")
    everyone_met = f"select m.customer_key from ({' union all '.join(met)}) as m"
    return f"{plain} where {owned} or t.customer_key in ({everyone_met})", {}


def _people(plain: str, viewer: Viewer) -> str:
    """Those of today, and by name those who did something in the teams at another time: where they are is not told."""
    if not viewer.named:
        return f"{plain} where {of_person('t.rep_key', viewer)}"
    today = of_person("t.rep_key", viewer)
    told = ", ".join(f"case when {today} then t.{name} end as {name}" for name in _OF_TODAY)
    kept = ", ".join(f"t.{name}" for name in _OF_PEOPLE)
    return f"select {kept}, {told} from crm.reps as t where {today} or {is_key('t.rep_key', viewer.named)}"


_OF_PEOPLE = ("rep_key", "rep_id", "rep", "hired_on", "is_implied")
_OF_TODAY = ("email", "manager", "team", "region", "left_on")
"""The columns of people; those of today are only told of who is in scope today."""


def _memberships(viewer: Viewer) -> str:
    """Who was in which team when; of time in other teams that there was one, and not in which."""
    if viewer.sees_all:
        return "select t.* from crm.rep_teams as t"
    people = is_key("t.rep_key", (*viewer.rep_keys, *viewer.named))
    if viewer.scope != "teams":
        return f"select t.* from crm.rep_teams as t where {people}"
    team = f"case when {in_scope('t', viewer)} then t.team end as team"
    return f"select t.rep_key, {team}, t.from_on, t.to_on from crm.rep_teams as t where {people}"


def _targets(spec: Table, viewer: Viewer, _: tuple[str, ...]) -> tuple[str, dict[str, Value]]:
    """Goals of one's own, and the totals above them; `is_own` says which rows a viewer's own numbers compare with.

    Where nothing is chosen, numbers are held against the goals with `is_whole`: the company's; of who sees a part those
    of their teams without the ones below them, or their own. `wholes` is of how many owners those are to be,
    `is_below` that a team over theirs in scope has none
    for these days.

    A person's goal is for all that they do. Until `away_to` they did some of it in a team out of sight: a number of
    days before is only a part of theirs, and is held against no goal.
    """
    if viewer.sees_all:
        own = "true as is_own, t.scope = 'company' as is_whole, 1 as wholes, false as is_below,"
        own += " cast(null as date) as away_to"
        return f"select t.*, {own} from crm.{spec.name} as t", {}
    params: dict[str, Value] = {}
    own_team = is_one_of("t.scope_value", "own", viewer.teams, params) if viewer.teams else "false"
    above = is_one_of("t.scope_value", "above", viewer.above, params) if viewer.above else "false"
    # A lookup, not `in (select …)`: not every engine has that outside of where. Names are unique, so no row is added.
    person = f" left join crm.reps as r on r.rep = t.scope_value and {of_person('r.rep_key', viewer)}"
    away = "cast(null as date)"
    if viewer.scope == "teams":
        person += f" left join ({_AWAY.format(teams=in_scope('m', viewer))}) as away on away.rep_key = r.rep_key"
        away = "case when t.scope = 'rep' then away.away_to end"
    own = f"(t.scope = 'team' and {own_team}) or (t.scope = 'rep' and r.rep is not null)"
    whole, wholes, below = "t.scope = 'rep' and r.rep is not null", "1", "false"
    if viewer.scope == "teams":
        mine = f"(select m.team, m.parent from crm.teams as m where {in_scope('m', viewer)})"
        tops = bearing(mine, f"crm.{spec.name}", _WORKERS)
        person += f" left join ({tops}) as tops on t.scope = 'team' and tops.team = t.scope_value"
        person += " and tops.measure = t.measure and tops.starts_on = t.starts_on and tops.ends_on = t.ends_on"
        whole, wholes, below = "tops.team is not null", "tops.of_teams", "coalesce(tops.is_below, false)"
    return (
        f"select t.*, coalesce({own}, false) as is_own, coalesce({whole}, false) as is_whole, {wholes} as wholes,"
        f" {below} as is_below, {away} as away_to from crm.{spec.name} as t{person}"
        f" where {own} or t.scope = 'company' or (t.scope = 'team' and {above})"
    ), params


_WORKERS = (
    "select w.team from crm.reps as w where w.team is not null and w.left_on is null"
    " union select w.team from crm.rep_teams as w where w.team is not null"
)
"""Teams with people of their own (metrics/team_targets.py)."""
_AWAY = (
    "select m.rep_key, max(m.to_on) as away_to from crm.rep_teams as m"
    " where not coalesce({teams}, false) group by m.rep_key"
)
"""The day on which each person's time in teams out of scope was over."""


def _teams(spec: Table, viewer: Viewer, columns: tuple[str, ...]) -> tuple[str, dict[str, Value]]:
    plain = select_from(f"crm.{spec.name}", columns)
    if viewer.sees_all:
        return plain, {}
    params: dict[str, Value] = {}
    seen = is_one_of("t.team", "teams", (*viewer.teams, *viewer.above), params)
    return f"{plain} where {seen if params else 'false'}", params


def _open(spec: Table, viewer: Viewer, columns: tuple[str, ...]) -> tuple[str, dict[str, Value]]:
    hidden = spec.scope == "all" and not viewer.sees_all
    return f"{select_from(f'crm.{spec.name}', columns)}{' where false' if hidden else ''}", {}


OTHERS = {"members": _members, "targets": _targets, "teams": _teams, "open": _open, "all": _open}
"""How the tables of each scope are read (definitions/tables.toml): their SELECT, and the values bound in it."""
