"""Whose targets numbers of teams are held against: a team's target is for the teams below it, too.

So of chosen teams the target of one that is below another of them is in that one's and not added to it; and a team
without those below it (alone in a filter, or as a row of a cut by team) is held against nothing: its target asks more
than these people were to bring. It is the rule that numbers of who leads teams follow (metrics/base_members.py).
"""

from __future__ import annotations

from metrics.base import Step

UNDER = (
    Step("upper_teams", "select distinct teams.parent as team from teams where teams.parent is not null"),
    Step(
        "placed_goals",
        "select targets.*, 1 as of_teams, upper_teams.team is not null as is_wider\n"
        "  from targets left join upper_teams on targets.scope = 'team' and upper_teams.team = targets.scope_value",
    ),
)
"""Each team by itself: its target is wider than its rows where it has teams below it."""


def together(chosen: str) -> tuple[Step, ...]:
    """Teams taken together: the targets of those that are below none of the others, and how many these are.

    Where a team below one of them is not chosen, all targets are wider than the rows. So chosen teams are never told
    apart by more than their parents: with every team all below it are chosen.

    Args:
        chosen: the parameters of the teams' names.
    """
    return (
        Step("picked", f"select teams.team, teams.parent from teams where teams.team in ({chosen})"),
        Step(
            "tops",
            "select picked.team, count(*) over () as of_teams\n"
            "  from picked left join picked as parents on parents.team = picked.parent\n"
            "  where parents.team is null",
        ),
        Step(
            "left_out",
            "select count(*) as below\n"
            "  from teams join picked on picked.team = teams.parent\n"
            "  left join picked as mine on mine.team = teams.team\n"
            "  where mine.team is null",
        ),
        Step(
            "placed_goals",
            "select targets.*, tops.of_teams, left_out.below > 0 as is_wider\n"
            "  from targets join tops on targets.scope = 'team' and tops.team = targets.scope_value\n"
            "  cross join left_out",
        ),
    )
