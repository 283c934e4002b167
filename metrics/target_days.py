"""The statements that read targets: which of them hold on which working days, and the days themselves.

What they are held against, and how much of it is reached, is told in metrics/attainment.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from metrics.base import Step
from metrics.catalog import Measure, dimension
from metrics.target_absence import absences
from metrics.team_targets import UNDER, together


class Goal(NamedTuple):
    """What shapes the SQL of one target: the actual's measure, whose targets, and the cut."""

    of: Measure
    scope: str
    by: tuple[str, ...]
    chosen: int  # how many values of the scope the view restricts to; 0 for all
    is_past: bool  # an earlier day is looked at

    @property
    def is_of_teams(self) -> bool:
        """Whether chosen teams are taken together, each with all below it."""
        return self.scope == "team" and "team" not in self.by

    @property
    def is_of_names(self) -> bool:
        """Whether chosen people, products or regions are taken together."""
        return bool(self.chosen) and self.scope != "team" and self.scope not in self.by

    def all_of_them(self, step: str) -> str:
        """How many owners' targets are to be added up, in SQL over `step`; empty where each stands by itself."""
        if self.is_of_names:
            return str(self.chosen)
        if self.scope == "company":
            return f"{step}.wholes"
        return f"{step}.of_teams" if self.is_of_teams else ""

    @property
    def sum_of(self) -> str:
        """The column that tells the targets added up for a team that has none; empty where none are."""
        return {"company": "is_below", "team": "is_sum" if self.is_of_teams else ""}.get(self.scope, "")

    @property
    def is_of_people(self) -> bool:
        """Whether targets of people may be read: of who sees their own rows only, theirs stand for the company's."""
        return self.scope in ("rep", "company")

    @property
    def held(self) -> str:
        """The step that tells what holds on which days: the targets, and the days on which people were not there."""
        return "held" if self.is_of_people else "goals"

    @property
    def source(self) -> str:
        """The table or step that its targets are read from."""
        return "placed_goals" if self.scope == "team" else "targets"


def grains_of(by: tuple[str, ...]) -> tuple[str, ...]:
    """The buckets of time among the dimensions of a cut."""
    return tuple(name for name in by if dimension(name).kind == "grain")


_MOVED = "{source}.away_to is not null and {source}.away_to > cast($from_on as date)"
"""It is of somebody who did a part of their work of these days out of the viewer's sight."""


_WITHDRAWN = Step(
    "withdrawn",
    "select targets.scope, coalesce(targets.scope_value, '') as owner, targets.starts_on, targets.ends_on,"
    " max(targets.version) as version\n"
    "  from targets where targets.measure = $goal and targets.value = 0\n"
    "  group by targets.scope, coalesce(targets.scope_value, ''), targets.starts_on, targets.ends_on",
)
"""Who has no target for which days since which version: 0 takes it back. Of what should stay low 0 is a target."""
_HELD = (
    " left join withdrawn on withdrawn.scope = {source}.scope and withdrawn.owner = coalesce({source}.scope_value, '')"
    " and withdrawn.starts_on = {source}.starts_on and withdrawn.ends_on = {source}.ends_on"
)


def _goals(shape: Goal) -> tuple[Step, ...]:
    """The steps that read the targets; of one that was withdrawn no version until then."""
    read = Step("goals", _read(shape))
    return (read,) if shape.of.better == "lower" else (_WITHDRAWN, read)


def _read(shape: Goal) -> str:
    """The targets of the measure, scope and chosen values; where nothing is chosen, those of all that is seen."""
    source = shape.source
    columns = [f"{source}.*", *([f"{_MOVED.format(source=source)} as is_moved"] if shape.scope == "rep" else [])]
    told = f"select {', '.join(columns)} from {source}"
    if shape.of.better != "lower":
        told += _HELD.format(source=source)
    told += f" where {source}.measure = $goal"
    if shape.of.better != "lower":
        told += f" and (withdrawn.version is null or {source}.version > withdrawn.version)"
    if shape.scope == "company":
        return f"{told} and {source}.is_whole"
    chosen = "" if shape.is_of_teams or not shape.chosen else f" and {source}.scope_value in ({_chosen(shape)})"
    return f"{told} and {source}.scope = $goal_scope and {source}.is_own{chosen}"


def _chosen(shape: Goal) -> str:
    return ", ".join(f"$goal_{place}" for place in range(shape.chosen))


def _placed(shape: Goal) -> tuple[Step, ...]:
    """The steps that tell which targets of teams their numbers can be held against."""
    if shape.scope != "team":
        return ()
    return together(_chosen(shape)) if shape.is_of_teams else UNDER


_KEPT = {
    "rep": {"is_moved": "false"},
    "team": {"is_wider": "", "of_teams": ""},
    "company": {"wholes": "1", "is_below": "false"},
}
"""By scope, what else of a target is needed of each day that it is for; and what it is on days of absence."""


def _told_of(shape: Goal) -> list[str]:
    """What speaks against the targets, counted.

    `_sum`: teams whose targets are added up for one over them that has none.
    `_moved`: people who came from elsewhere within the period. `_wider`: targets that are for teams besides those whose
    rows are counted. `_away`: people who were not there on some days, and had no target for these; `_away_days`, of one
    of them, are how many. `_later`: whether any was decided after the day looked at.
    """
    name = shape.of.id
    when = {"rep": ["moved"], "team": ["wider"]}.get(shape.scope, [])
    # Cut by whose target it is, each row is of one of them: then there is nothing to tell apart.
    count = "max(case when {} then 1 else 0 end)"
    if shape.scope not in shape.by:
        count = "count(distinct case when {} then scope_value end)"
    told = [f"{count.format(f'is_{code}')} as {name}_goal_{code}" for code in when]
    if shape.sum_of:
        told.append(f"count(distinct case when {shape.sum_of} then scope_value end) as {name}_goal_sum")
    if shape.of.additive == "all" and shape.is_of_people:
        told.append(f"{count.format('is_away')} as {name}_goal_away")
        told.append(f"cast(coalesce(sum(case when is_away then days end), 0) as bigint) as {name}_goal_away_days")
    if shape.is_past:
        told.append(f"max(case when population.set_on > $as_of then 1 else 0 end) as {name}_goal_later")
    return told


def _by_columns(shape: Goal, source: str) -> list[str]:
    """The columns of the cut, read from the step `source`: buckets, and whose target it is."""
    return [
        f'{source}."{name}"' if dimension(name).kind == "grain" else f'{source}.scope_value as "{name}"'
        for name in shape.by
    ]


def _grouped(shape: Goal, values: list[str]) -> str:
    """The aggregates over `population`, by the columns of the cut."""
    columns = ", ".join([*_by_columns(shape, "population"), *values])
    keys = [column.partition(" as ")[0] for column in _by_columns(shape, "population")]
    told = f"select {columns}\nfrom population" + (f"\ngroup by {', '.join(keys)}" if keys else "")
    # A month before somebody came is no row of theirs.
    return f"{told}\nhaving max(goal) is not null" if "rep" in shape.by and shape.of.additive == "all" else told


def _asked(shape: Goal) -> tuple[tuple[Step, ...], str, str]:
    """The days whose own target comes first: the steps that find them, the join to them, and whether a span is it.

    Of a cut by month they are each month's; days have no targets, so a cut by day is the whole period's, day by day.
    """
    grains = [name for name in grains_of(shape.by) if name != "day"]
    if not grains:
        return (), "", "workdays.starts_on = $from_on and workdays.ends_on = $to_on"
    keys = ", ".join(f"calendar.{name}" for name in grains)
    named = ", ".join(f'calendar.{name} as "{name}"' for name in grains)
    step = Step(
        "asked",
        f"select {named}, min(calendar.day) as first_on, max(calendar.day) as last_on\n"
        f"  from calendar where calendar.day between $from_on and $to_on group by {keys}",
    )
    same = " and ".join(f'asked."{name}" = parts."{name}"' for name in grains)
    is_it = "workdays.starts_on = asked.first_on and workdays.ends_on = asked.last_on"
    return (step,), f"\n  join asked on {same}", is_it


def _parts(shape: Goal) -> tuple[Step, ...]:
    """The spans of targets, and the parts that they cut the working days of the period into.

    All days of a part lie in one bucket and within the very same spans, so that the same target holds for all of them:
    one is chosen for each part. Of many people over years that is a twentieth of choosing it day by day. Days are in
    the same spans where the latest beginning and the earliest end of these are the same.
    """
    grains = grains_of(shape.by)
    named = "".join(f', calendar.{name} as "{name}"' for name in grains)
    keys = "".join(f", calendar.{name}" for name in grains if name != "day")
    kept = "".join(f', days."{name}"' for name in grains)
    held = shape.held
    return (
        Step(
            "spans",
            f"select distinct {held}.starts_on, {held}.ends_on from {held}"
            f" where {held}.ends_on >= $from_on and {held}.starts_on <= $to_on",
        ),
        Step(
            "workdays",
            "select spans.starts_on, spans.ends_on, count(*) as days\n  from spans join calendar"
            " on calendar.is_workday and calendar.day between spans.starts_on and spans.ends_on"
            "\n  group by spans.starts_on, spans.ends_on",
        ),
        Step(
            "days",
            f"select calendar.day as on_day{named}, max(spans.starts_on) as begun, min(spans.ends_on) as until\n"
            "  from calendar join spans on calendar.day between spans.starts_on and spans.ends_on\n"
            f"  where calendar.is_workday and calendar.day between $from_on and $to_on group by calendar.day{keys}",
        ),
        Step(
            "parts",
            "select min(days.on_day) as goal_on, count(*) as days,"
            f" sum(case when days.on_day <= $as_of then 1 else 0 end) as gone{kept}\n"
            f"  from days group by days.begun, days.until{kept}",
        ),
    )


@lru_cache(maxsize=1024)
def additive(shape: Goal) -> tuple[tuple[Step, ...], str]:
    """One row per scope and part of the period, with the share of a working day of the target that holds."""
    grains = "".join(f', parts."{name}"' for name in grains_of(shape.by))
    taken = "".join(f', covered."{name}"' for name in grains_of(shape.by))
    asked, join, is_exact = _asked(shape)
    held = shape.held
    kept = dict.fromkeys([*_KEPT.get(shape.scope, ()), *([shape.sum_of] if shape.sum_of else [])])
    told, first = "".join(f"{held}.{name}, " for name in kept), ""
    if shape.is_of_people:
        told, first = f"{told}held.is_away, ", "held.is_away, "
    steps = (
        *_placed(shape),
        *_goals(shape),
        *(absences(_KEPT[shape.scope]) if shape.is_of_people else ()),
        *_parts(shape),
        *asked,
        Step(
            "covered",
            "select workdays.starts_on, workdays.ends_on, workdays.days as workdays, parts.goal_on, parts.days,"
            f" parts.gone{grains},\n    case when {is_exact} then 0 else 1 end as place\n"
            "  from workdays join parts on parts.goal_on between workdays.starts_on and workdays.ends_on" + join,
        ),
        Step(
            "choices",
            f"select {held}.scope_value, {told}{held}.set_on, covered.goal_on,"
            f" covered.days, covered.gone{taken},\n"
            f"    cast({held}.value as double) / nullif(cast(covered.workdays as double), 0) as goal,\n"
            f"    row_number() over (partition by {held}.scope_value, covered.goal_on order by {first}covered.place,"
            f" date_diff('day', {held}.starts_on, {held}.ends_on), {held}.version desc) as choice\n"
            f"  from {held} join covered on covered.starts_on = {held}.starts_on and covered.ends_on = {held}.ends_on",
        ),
        *_chosen_ones(shape),
    )
    name, days = shape.of.id, "days" if shape.scope in shape.by else "days_once"
    gone = "gone" if shape.scope in shape.by else "gone_once"
    return steps, _grouped(shape, [
        f"sum(goal * cast(days as double)) as {name}_goal", f"sum(goal * cast(gone as double)) as {name}_goal_due",
        f"cast(coalesce(sum({days}), 0) as bigint) as {name}_goal_days",
        f"cast(coalesce(sum({gone}), 0) as bigint) as {name}_goal_gone",
        *_told_of(shape),
    ])  # fmt: skip


def _chosen_ones(shape: Goal) -> tuple[Step, ...]:
    """What holds. `days_once`, `gone_once`: the days of a part, told once where several owners are added up.

    Of everything and of several together only days for which all whose targets are added up have one: of a part of
    them the sum would be too low.
    """
    if shape.scope in shape.by:
        return (Step("population", "select choices.* from choices where choices.choice = 1"),)
    once = ", ".join(
        "case when row_number() over (partition by {0}.goal_on order by {0}.scope_value) = 1"
        f" then {{0}}.{told} else 0 end as {told}_once"
        for told in ("days", "gone")
    )
    all_of_them = shape.all_of_them("owned")
    if not all_of_them:
        told = once.format("choices")
        return (Step("population", f"select choices.*, {told}\n  from choices where choices.choice = 1"),)
    told, alike = once.format("owned"), ""
    owned = "select choices.*, count(*) over (partition by choices.goal_on) as owners"
    if not shape.is_of_names:  # of a day on which spans of several teams disagree on how many there are to be, nothing
        wanted = shape.all_of_them("choices")
        owned += "".join(
            f", {end}({wanted}) over (partition by choices.goal_on) as {end}_owners" for end in ("min", "max")
        )
        alike = " and owned.min_owners = owned.max_owners"
    return (
        Step("owned", f"{owned} from choices where choices.choice = 1"),
        Step("population", f"select owned.*, {told}\n  from owned where owned.owners = {all_of_them}{alike}"),
    )


@lru_cache(maxsize=1024)
def exact(shape: Goal) -> tuple[tuple[Step, ...], str]:
    """One row per scope and bucket whose target is set for exactly its days."""
    grains = [f'calendar.{name} as "{name}"' for name in grains_of(shape.by)]
    ends = ["min(calendar.day) as first_on", "max(calendar.day) as last_on"]
    keys = ", ".join(f"calendar.{name}" for name in grains_of(shape.by))
    buckets = "".join(f'spans."{name}", ' for name in grains_of(shape.by))
    of_all = "" if shape.is_of_names else shape.all_of_them("versions")
    alone = f" and {of_all} = 1" if of_all else ""  # rates of several teams do not add up
    steps = (
        *_placed(shape),
        *_goals(shape),
        Step(
            "spans",
            f"select {', '.join([*grains, *ends])} from calendar where calendar.day between $from_on and $to_on"
            + (f" group by {keys}" if keys else ""),
        ),
        Step(
            "versions",
            f"select {buckets}goals.*, row_number() over (partition by goals.scope_value,"
            " goals.starts_on order by goals.version desc) as choice\n"
            "  from goals join spans on goals.starts_on = spans.first_on and goals.ends_on = spans.last_on",
        ),
        Step("population", f"select versions.* from versions where versions.choice = 1{alone}"),
    )
    return steps, _grouped(shape, [f"max(value) as {shape.of.id}_goal", *_told_of(shape)])


@lru_cache(maxsize=64)
def workdays(grains: tuple[str, ...]) -> tuple[tuple[Step, ...], str]:
    """Working days of the period, and how many of them have gone by."""
    steps = (
        Step(
            "population",
            "select calendar.* from calendar where calendar.is_workday and calendar.day between $from_on and $to_on",
        ),
    )
    quoted = [f'"{name}"' for name in grains]
    values = ["count(*) as workdays", "count(*) filter (where day <= $as_of) as workdays_gone"]
    answer = f"select {', '.join([*quoted, *values])}\nfrom population"
    return steps, answer + (f"\ngroup by {', '.join(quoted)}" if quoted else "")
