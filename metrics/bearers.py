"""Which teams' targets are those of several teams together: each team's once, whoever of them has one.

A team's target is for the teams below it. Where a team has none of its own for these days, the sum of those of the
teams below it is held against the work of all: if each of them has one (or those below it do), and nobody works in the
team itself, whose work would be in no target. Else nothing is compared: what all did is more than some were to bring.
"""

from __future__ import annotations

_UP = 4
"""How many teams may lie over one another: a deeper tree is held against nothing that is set further up."""


def bearing(picked: str, targets: str, people: str) -> str:
    """The teams whose targets are those of all `picked`, measure by measure and span by span of theirs.

    Columns: `measure`, `starts_on`, `ends_on`, `team`, `of_teams` (how many they are), `is_below`: a picked team over
    it has none of its own. Nothing of a measure and span for which any picked team has no target, neither of its own
    nor of one over it: but teams that only have teams below them, and no people. A target counts for every span that
    it shares a day with: so those of the teams below are not beside what was asked of all of them for these days.

    Args:
        picked: SQL that can stand in `from`, with `team` and `parent`: of every team all teams below it.
        targets: the same of targets. people: SQL of the teams in which people work.
    """
    overs = ["p0.team", *(f"p{up}.team" for up in range(1, _UP + 1))]
    joins = "".join(f" left join {picked} as p{up} on p{up}.team = p{up - 1}.parent" for up in range(1, _UP + 1))
    lines = " union all ".join(
        f"select p0.team, {over} as over_team, {up} as up from {picked} as p0{joins} where {over} is not null"
        for up, over in enumerate(overs)
    )
    set_by = f"from {targets} where scope = 'team' and value <> 0"
    set_for = (
        "select distinct asked.measure, asked.starts_on, asked.ends_on, given.scope_value as team"
        f" from (select distinct measure, starts_on, ends_on {set_by}) as asked"
        f" join (select distinct measure, scope_value, starts_on, ends_on {set_by}) as given"
        " on given.measure = asked.measure and given.starts_on <= asked.ends_on and given.ends_on >= asked.starts_on"
    )
    borne = (
        "select lines.team, bearers.measure, bearers.starts_on, bearers.ends_on, max(lines.up) as up"
        f" from ({lines}) as lines join ({set_for}) as bearers on bearers.team = lines.over_team"
        " group by lines.team, bearers.measure, bearers.starts_on, bearers.ends_on"
    )
    needed = (
        f"select distinct mine.team from {picked} as mine left join {picked} as lower on lower.parent = mine.team"
        f" left join ({people}) as workers on workers.team = mine.team"
        " where lower.team is null or workers.team is not null"
    )
    covered = (
        f"select borne.measure, borne.starts_on, borne.ends_on, count(*) as teams from ({borne}) as borne"
        f" join ({needed}) as needed on needed.team = borne.team"
        " group by borne.measure, borne.starts_on, borne.ends_on"
    )
    return (
        "select borne.measure, borne.starts_on, borne.ends_on, borne.team,"
        " count(*) over (partition by borne.measure, borne.starts_on, borne.ends_on) as of_teams,"
        " parents.team is not null as is_below"
        f" from ({borne}) as borne join ({covered}) as covered on covered.measure = borne.measure"
        " and covered.starts_on = borne.starts_on and covered.ends_on = borne.ends_on"
        f" join (select count(*) as teams from ({needed}) as needed) as wanted on wanted.teams = covered.teams"
        f" join {picked} as mine on mine.team = borne.team left join {picked} as parents on parents.team = mine.parent"
        " where borne.up = 0"
    )
