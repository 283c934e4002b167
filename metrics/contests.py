"""Contests as data: what counts, from when to when, who takes part, by which rule, for which prizes; and how it stands.

A contest is of something that is counted or added up day by day. Its rule says what a score is:

    absolute    the sum itself
    target      the sum ÷ the own target of the contest's days (fair between unequal territories)
    own         the sum per working day ÷ the own one of the year before (fair between beginners and old hands)

Who catches up is told for the leader's going on as so far: what is needed per working day that is left is the leader's
end at that pace, less what is there, over the days left. In a contest of people those take part who are in the chosen
teams today, with all that they do; in one of teams what was done counts for the team that its person was in then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from metrics import attainment
from metrics.by_person import people
from metrics.catalog import measure
from metrics.cuts import breakdown, pivot
from metrics.errors import BadPeriod, ContestNeedsName, UnknownRule, nearest
from metrics.notes import Note, note
from metrics.period import DAY
from metrics.query import Column, Query, Result
from metrics.records import adding_up
from metrics.together import answers, over, together
from metrics.view import View
from metrics.workdays import Workdays, calendar

Rule = Literal["absolute", "target", "own"]
RULES: tuple[Rule, ...] = ("absolute", "target", "own")
UNITS = ("rep", "team")
YEAR = 365
"""Days before a contest that the own past is."""
LEAST_WORKDAYS = 60
"""Working days of that year that a person must have been there for a past of their own."""
UNEQUAL = 2.0
"""Where the largest target (or past) is so many times the smallest, an absolute contest is called unequal."""


class Place(BaseModel):
    """One line of a final standing, as it was when it was settled."""

    model_config = ConfigDict(frozen=True)

    rank: int | None
    member: str
    team: str | None = None
    value: float
    line: float | None = None
    score: float | None = None


class Contest(BaseModel):
    """One contest.

    Attributes:
        measure: what counts. from_on, to_on: first and last day, both included.
        unit: whether people or teams compete. teams, reps: who takes part; nobody named is everybody.
        rule: what a score is. prizes: in the organiser's words.
        is_open: whether participants see the whole standing, beyond their row scope (names and scores, no deals).
        final, as_of: the standing as it was settled, and the day up to which data were known then.
    """

    model_config = ConfigDict(frozen=True)

    id: str = ""
    name: str
    measure: str
    from_on: date
    to_on: date
    unit: Literal["rep", "team"] = "rep"
    teams: tuple[str, ...] = ()
    reps: tuple[str, ...] = ()
    rule: Rule = "absolute"
    prizes: str = ""
    is_open: bool = False
    final: tuple[Place, ...] | None = None
    as_of: date | None = None


def checked(told: dict[str, Any]) -> Contest:
    """A contest of what an organiser said.

    Raises:
        ContestNeedsName, BadPeriod, UnknownRule. UnknownMeasure, MeasureNotAddedUp: of what cannot be counted so.
    """
    if not str(told.get("name") or "").strip():
        raise ContestNeedsName
    for field, known in (("rule", RULES), ("unit", UNITS)):
        if field in told and told[field] not in known:
            raise UnknownRule(name=told[field], known=", ".join(known), suggestion=nearest(str(told[field]), known))
    if told["to_on"] < told["from_on"]:
        raise BadPeriod(from_on=told["from_on"], to_on=told["to_on"])
    adding_up(str(told["measure"]))
    return Contest.model_validate(told | {"name": str(told["name"]).strip()})


# --------------------------------------------------------------------------------------------------------------- asking


@dataclass(frozen=True)
class ContestQuery(Query):
    """A question about one contest, which its finish needs; `is_part`: whoever asks sees a part of those in it."""

    contest: Contest | None = None
    is_part: bool = False

    def __hash__(self) -> int:
        return self._hash


def standing(contest: Contest, view: View, *, is_part: bool = False) -> Query:
    """How a contest stands on the view's day, or stood on its last: the leader first.

    One row per member that takes part: `standing_rank` (None: not ranked), `team`, `value`, `yardstick` (target, or
    what the own past lets expect of all days), `score`, `behind` (what is missing to the leader's score of today),
    `per_day` that has gone by, and `needed_a_day`: per working day that is left, to end where the leader ends at the
    pace so far. `rows` are those of the value. Filters do not apply: who takes part is the contest's. Whoever sees a
    part of those in it only (`is_part`) gets no ranks: a first place among those in one's scope is none.

    Raises:
        UnknownMeasure, MeasureNotAddedUp.
    """
    one = adding_up(contest.measure)
    columns = [
        Column(contest.unit, "by"), Column("standing_rank", "detail", unit="count"), Column("team_now", "detail"),
        Column("value", "value", one.id, one.unit), Column("yardstick", "detail", one.id, one.unit),
        Column("score", "detail", one.id, one.unit if contest.rule == "absolute" else "share"),
        *(Column(name, "detail", one.id, one.unit) for name in ("behind", "per_day", "needed_a_day")),
    ]  # fmt: skip
    return replace(_asked(contest, view, (contest.unit,), columns, "contest"), is_part=is_part)


def race(contest: Contest, view: View) -> Query:
    """The scores day by day: `day`, the member, and `score` reached by then, of everybody who takes part."""
    one = adding_up(contest.measure)
    unit = one.unit if contest.rule == "absolute" else "share"
    columns = [Column("day", "by"), Column(contest.unit, "by"), Column("score", "value", one.id, unit)]
    return _asked(contest, view, ("day", contest.unit), columns, "contest_race")


def _asked(contest: Contest, view: View, by: tuple[str, ...], columns: Sequence[Column], finish: str) -> ContestQuery:
    """What a standing is made of: what was reached by day, targets, the year before, people and the calendar."""
    one, unit = adding_up(contest.measure), contest.unit
    plain = View(as_of=view.as_of, is_past=view.is_past, fiscal_start=view.fiscal_start, week_start=view.week_start)
    seen = over(plain, contest.from_on, contest.to_on)
    past = over(plain, contest.from_on - timedelta(days=YEAR), contest.from_on - DAY)
    inner = {
        "days": pivot(one, ("day", unit), over(plain, contest.from_on, max(contest.from_on, _until(contest, view)))),
        "goals": breakdown(f"attainment:{one.id}", unit, seen), "past": breakdown(one, unit, past),
        "people": people(plain), "calendar": calendar(seen),
    }  # fmt: skip
    made = together(inner, seen, of=one, by=by, columns=columns, finish=finish)
    return ContestQuery(**{name: getattr(made, name) for name in Query.__dataclass_fields__}, contest=contest)


def _until(contest: Contest, view: View) -> date:
    return min(contest.to_on, view.as_of)


_OF_LEADER = ("behind", "needed_a_day")
"""What tells of somebody else's score."""

# ------------------------------------------------------------------------------------------------------------ finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Everybody who takes part, with rank and what is missing."""
    if not isinstance(query, ContestQuery) or query.contest is None or query.view is None:
        return pl.DataFrame()
    contest, answered = query.contest, answers(query, frames)
    days = Workdays.of(answered["calendar"].frame)
    until = _until(contest, query.view)
    whole, gone = days.between(contest.from_on, contest.to_on), days.between(contest.from_on, until)
    there = _members(contest, answered, days)
    values = _reached(contest, answered).group_by("member").agg(pl.col("value").sum())
    listed = there.join(values, on="member", how="left", maintain_order="left").with_columns(
        value=pl.col("value").fill_null(0.0), yardstick=_line(contest, whole)
    )
    notes += _remarks(contest, listed, gone, whole, until)
    found = scored(listed, contest.rule, gone, whole)
    if query.is_part:
        notes.append(note("contest_in_scope"))
        found = found.with_columns(
            pl.lit(None).cast(found.schema[name]).alias(name) for name in ("standing_rank", *_OF_LEADER)
        )
        found = found.sort("member")
    names = {"member": contest.unit, "team": "team_now"}
    return found.rename(names).select([column.name for column in query.columns])


def scored(listed: pl.DataFrame, rule: Rule, gone: int, whole: int) -> pl.DataFrame:
    """Scores, ranks and what is missing, from `member`, `value` and `yardstick` (null: no score by this rule).

    Args:
        listed: a row per member; `yardstick` of the contest's whole days. rule: of the contest.
        gone, whole: working days gone by, and of all.

    Returns:
        The leader first; of equals each has the better rank, those without a score last. `behind` is in the measure's
        unit, to reach the score that the leader has today.
    """
    line = pl.lit(1.0) if rule == "absolute" else pl.when(pl.col("yardstick") > 0).then("yardstick")
    share = pl.col("value") / line  # of the whole line: what ranks are by
    led = share.max()
    left = whole - gone
    is_led = share < led
    lead_end = led * whole / gone if gone else pl.lit(None, pl.Float64)
    needed = pl.when(is_led).then((lead_end * line - pl.col("value")) / left) if left > 0 else pl.lit(None, pl.Float64)
    days = gone / whole if rule == "own" and whole else 1.0
    score = share / days if days else pl.lit(None, pl.Float64)
    return listed.with_columns(
        score=score, standing_rank=share.rank("min", descending=True).cast(pl.Int64),
        behind=pl.when(is_led).then(led * line - pl.col("value")),
        per_day=pl.col("value") / gone if gone else pl.lit(None, pl.Float64), needed_a_day=needed,
    ).sort("standing_rank", "value", "member", descending=[False, True, False], nulls_last=True)  # fmt: skip


def finished_race(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001
    """Every day so far with the score reached by its end, of everybody who takes part and has one."""
    if not isinstance(query, ContestQuery) or query.contest is None or query.view is None:
        return pl.DataFrame()
    contest, answered = query.contest, answers(query, frames)
    days = Workdays.of(answered["calendar"].frame)
    until = _until(contest, query.view)
    whole = days.between(contest.from_on, contest.to_on)
    there = _members(contest, answered, days).with_columns(yardstick=_line(contest, whole))
    if until < contest.from_on or there.is_empty():
        return pl.DataFrame(schema=[column.name for column in query.columns])
    grid = there.select("member", "yardstick").join(
        pl.DataFrame({"day": pl.date_range(contest.from_on, until, eager=True)}), how="cross"
    )
    reached = _reached(contest, answered)
    frame = grid.join(reached, on=["member", "day"], how="left").sort("member", "day")
    gone = [days.between(contest.from_on, day) for day in frame.get_column("day")] if contest.rule == "own" else None
    line = pl.lit(1.0) if contest.rule == "absolute" else pl.when(pl.col("yardstick") > 0).then("yardstick")
    score = pl.col("value").fill_null(0).cum_sum().over("member") / line
    if gone is not None:
        part = pl.Series("gone", gone, dtype=pl.Float64) / max(1, whole)
        score = score / pl.when(part > 0).then(part)
    told = frame.with_columns(score=score).filter(pl.col("score").is_not_null())
    return told.rename({"member": contest.unit}).select([column.name for column in query.columns]).sort(*query.by)


def _reached(contest: Contest, answered: Mapping[str, Result]) -> pl.DataFrame:
    """What each member reached on each day: `member`, `day`, `value`."""
    frame = answered["days"].frame
    return frame.filter(pl.col(contest.unit).is_not_null()).select(
        pl.col(contest.unit).alias("member"), "day", pl.col(contest.measure).cast(pl.Float64).alias("value")
    )


def _members(contest: Contest, answered: Mapping[str, Result], days: Workdays) -> pl.DataFrame:
    """Who takes part: `member`, `team`, `target` of the contest's days, `usual` per working day of the year before."""
    staff = answered["people"].frame
    unit, name = contest.unit, contest.measure
    if unit == "rep":
        still = pl.col("left_on").is_null() | (pl.col("left_on") >= contest.from_on)
        chosen = pl.lit(value=True)
        if contest.teams or contest.reps:
            chosen = pl.col("rep").is_in(contest.reps) | pl.col("team").is_in(contest.teams)
        there = staff.filter(still & chosen).select(pl.col("rep").alias("member"), "team", "hired_on")
    else:
        known = staff.get_column("team").drop_nulls().unique().sort().to_list()
        teams = [team for team in known if not contest.teams or team in contest.teams]
        there = pl.DataFrame({"member": teams, "team": teams, "hired_on": [None] * len(teams)},
                             schema={"member": pl.String, "team": pl.String, "hired_on": pl.Date})  # fmt: skip
    goals = answered["goals"].frame.select(
        pl.col(unit).alias("member"), pl.col(f"attainment:{name}.target").cast(pl.Float64).alias("target")
    )
    told = answered["goals"].raw  # a target for some of the days is none of the contest's
    goals = goals.join(
        told.filter(attainment.is_whole(measure(name), told)), left_on="member", right_on=unit, how="semi"
    )
    past = answered["past"].frame.select(pl.col(unit).alias("member"), pl.col(name).cast(pl.Float64).alias("past"))
    first = contest.from_on - timedelta(days=YEAR)
    since = [max(first, day) if day else first for day in there.get_column("hired_on")]
    worked = [days.between(day, contest.from_on - DAY) for day in since]
    usual = pl.when(pl.col("worked") >= LEAST_WORKDAYS).then(pl.col("past").fill_null(0) / pl.col("worked"))
    there = there.with_columns(worked=pl.Series(worked, dtype=pl.Int64)).join(goals, on="member", how="left")
    there = there.join(past, on="member", how="left").with_columns(usual=usual)
    return there.select("member", "team", "target", "usual").sort("member")


def _line(contest: Contest, whole: int) -> pl.Expr:
    """What a member's sum is divided by; of an absolute contest what it would be fair to divide by."""
    usual = pl.col("usual") * whole
    if contest.rule == "own":
        return usual
    return pl.col("target") if contest.rule == "target" else pl.coalesce("target", usual)


def _remarks(contest: Contest, listed: pl.DataFrame, gone: int, whole: int, until: date) -> list[Note]:
    """How far it is, and whether its rule is fair to those who take part."""
    found = [note("contest_days", until=until, gone=gone, whole=whole, left=whole - gone)] if gone else []
    if not gone:
        is_ahead = until < contest.from_on
        told = note("contest_not_begun", from_on=contest.from_on) if is_ahead else note("contest_no_days", until=until)
        found.append(told)
    lines = listed.filter(pl.col("yardstick") > 0)
    without = listed.height - lines.height
    if contest.rule != "absolute":
        found += [note(f"contest_without_{contest.rule}", count=without)] if without else []
        found += [note("contest_own_past")] if contest.rule == "own" else []
        return found
    if lines.height >= 2 and gone:
        largest, smallest = (float(end) for end in (lines["yardstick"].max(), lines["yardstick"].min()))  # type: ignore[arg-type]
        if largest >= UNEQUAL * smallest:
            fair = lines.sort(pl.col("value") / pl.col("yardstick"), "member", descending=[True, False]).item(
                0, "member"
            )
            kind = "target" if lines.get_column("target").null_count() == 0 else "own"
            times = f"{largest / smallest:.1f}"
            found.append(note(f"contest_unequal_{kind}", times=times, member=fair))
    return found


def places(frame: pl.DataFrame, unit: str) -> tuple[Place, ...]:
    """The lines of a standing, to be kept."""
    names = {unit: "member", "team_now": "team", "standing_rank": "rank", "yardstick": "line"}
    told = frame.rename(names).select("rank", "member", "team", "value", "line", "score")
    return tuple(Place.model_validate(row) for row in told.iter_rows(named=True))


def with_final(contest: Contest, final: tuple[Place, ...], as_of: date) -> Contest:
    """The contest with its standing settled on a day."""
    return contest.model_copy(update={"final": final, "as_of": as_of})
