"""The days on which somebody with a target had not come yet, or had left: they ask nothing, and lack no target.

So a target that begins on the day somebody came holds for the quarter that they came in.
"""

from __future__ import annotations

from collections.abc import Mapping

from metrics.base import Step

THERE = Step(
    "there",
    "select reps.rep, reps.hired_on, reps.left_on from scoped_reps as reps"
    " where reps.hired_on > $from_on or reps.left_on < $to_on",
)
_SPAN = (
    "select there.rep as scope_value, {starts} as starts_on, {ends} as ends_on\n"
    "  from there join goals on goals.scope = 'rep' and goals.scope_value = there.rep"
    " and goals.starts_on <= $to_on and goals.ends_on >= $from_on\n"
    "  where {where} group by there.rep, there.{end}"
)
_NOT_YET = _SPAN.format(
    starts="cast($from_on as date)",
    ends="cast(coalesce(min(case when goals.starts_on < there.hired_on"
    " and goals.ends_on >= cast(there.hired_on - interval 1 day as date) then goals.starts_on end),"
    " there.hired_on) - interval 1 day as date)",
    where="there.hired_on > $from_on",
    end="hired_on",
)
_NO_MORE = _SPAN.format(
    starts="cast(coalesce(max(case when goals.ends_on > there.left_on"
    " and goals.starts_on <= cast(there.left_on + interval 1 day as date) then goals.ends_on end),"
    " there.left_on) + interval 1 day as date)",
    ends="cast($to_on as date)",
    where="there.left_on < $to_on",
    end="left_on",
)
AWAY = Step("away", f"{_NOT_YET}\n  union all {_NO_MORE}")
"""The days asked on which somebody with a target had not come yet, or had left: nothing was to be reached on them.

Up to the target that reaches over the day of coming, or from the end of the one over the last day on: so these days cut
the period where targets do, and not into as many parts as people came.
"""


def absences(kept: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps that put days of absence beside the targets of the step `goals`: held, without a value, on these days.

    Their result is the step `held`: `scope_value`, `starts_on`, `ends_on`, `version`, `set_on`, `value`, `is_away`, and
    what is kept. A target that somebody has for such days nevertheless is to come first.

    Args:
        kept: other columns of the targets, and what they are of days of absence.
    """
    goals = "".join(f", goals.{name}" for name in kept)
    away = "".join(f", {absent}" for absent in kept.values())
    return (
        THERE,
        AWAY,
        Step(
            "held",
            "select goals.scope_value, goals.starts_on, goals.ends_on, goals.version, goals.set_on,"
            f" cast(goals.value as double) as value, false as is_away{goals} from goals\n"
            "  union all select away.scope_value, away.starts_on, away.ends_on, 0, cast(null as date),"
            f" cast(null as double), true{away} from away",
        ),
    )
