"""Whose targets numbers of teams are held against: a team's target is for the teams below it, too.

So of chosen teams the target of one that is below another of them is in that one's and not added to it; where that
one has none of its own, those of all the teams below it are added up (metrics/bearers.py); and a team without those
below it (alone in a filter, or as a row of a cut by team) is held against nothing: its target asks more than these
people were to bring. It is the rule that numbers of who leads teams follow (metrics/base_members.py).
"""

from __future__ import annotations

from metrics.base import Step
from metrics.bearers import bearing

UNDER = (
    Step("upper_teams", "select distinct teams.parent as team from teams where teams.parent is not null"),
    Step(
        "placed_goals",
        "select targets.*, 1 as of_teams, upper_teams.team is not null as is_wider\n"
        "  from targets left join upper_teams on targets.scope = 'team' and upper_teams.team = targets.scope_value",
    ),
)
"""Each team by itself: its target is wider than its rows where it has teams below it."""


PEOPLE = (
    "select reps.team from scoped_reps as reps where reps.team is not null and reps.left_on is null"
    " union select rep_teams.team from rep_teams where rep_teams.team is not null"
)
"""Teams with people of their own, and not only with teams below them."""


def together(chosen: str) -> tuple[Step, ...]:
    """Teams taken together: the targets that are for all of them, each team's counted once, and how many these are.

    A team without a target of its own for the days of theirs is held against those of the teams below it (`is_sum`),
    where each of these has one (or those below it do) and nobody works in the team itself. Where a team below a chosen
    one is not chosen, all targets are wider than the rows. So chosen teams are never told apart by more than their
    parents: with every team all below it are chosen.

    Args:
        chosen: the parameters of the teams' names.
    """
    made = bearing("picked", "targets", PEOPLE)
    return (
        Step("picked", f"select teams.team, teams.parent from teams where teams.team in ({chosen})"),
        Step(
            "tops",
            "select told.team, told.starts_on, told.ends_on, told.of_teams, told.is_below\n"
            f"  from ({made}) as told where told.measure = $goal",
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
            "select targets.*, tops.of_teams, tops.is_below as is_sum, left_out.below > 0 as is_wider\n"
            "  from targets join tops on targets.scope = 'team' and tops.team = targets.scope_value\n"
            "  and tops.starts_on = targets.starts_on and tops.ends_on = targets.ends_on\n"
            "  cross join left_out",
        ),
    )
