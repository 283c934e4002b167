"""The commands of `python -m data` about recognition, contests and trainings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Compared, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """What is asked or done about recognition and contests."""

    RECORDS = "records"
    STREAKS = "streaks"
    WINS = "wins"
    IMPROVED = "improved"
    LIST = "list"
    STANDING = "standing"
    RACE = "race"
    NEW = "new"
    SETTLE = "settle"
    DELETE = "delete"


class Level(StrEnum):
    """Whose streaks."""

    REP = "rep"
    TEAM = "team"
    COMPANY = "company"


class Unit(StrEnum):
    """Who competes."""

    REP = "rep"
    TEAM = "team"


class Rule(StrEnum):
    """What a score is."""

    ABSOLUTE = "absolute"
    TARGET = "target"
    OWN = "own"


class Course(StrEnum):
    """What is asked or done about trainings."""

    LIST = "list"
    NEW = "new"
    EFFECT = "effect"
    DELETE = "delete"


_WHAT = (
    "records; streaks: months in a row over the own target; wins: deals won in a row; improved: against the own past,"
    " beyond chance. list the contests; standing and race (day by day) of one; new, settle (freeze the standing) or"
    " delete one."
)
RECOGNISED = (What.RECORDS, What.STREAKS, What.WINS, What.IMPROVED)
Of = Annotated[str, typer.Option("--measure", help="The measure, by id.")]
From = Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day.")]
Until = Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included.")]
People = Annotated[list[str] | None, typer.Option("--rep", metavar="NAME", help="Who takes part; may be repeated.")]


@app.command()
def contests(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[What, typer.Argument(help=_WHAT)] = What.LIST,
    name: Annotated[str | None, typer.Argument(help="The contest.")] = None,
    measure: Of = "won_amount",
    by: Annotated[Level, typer.Option(help="Whose streaks.")] = Level.REP,
    from_on: From = None,
    to_on: Until = None,
    compare: Annotated[Compared | None, typer.Option(help="What improvement is held against.")] = None,
    rule: Annotated[
        Rule, typer.Option(help="new: the sum, its share of the own target, or against the own past.")
    ] = Rule.ABSOLUTE,
    unit: Annotated[Unit, typer.Option(help="new: whether people or teams compete.")] = Unit.REP,
    team: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="new: a team that takes part; may be repeated.")
    ] = None,
    rep: People = None,
    prizes: Annotated[str, typer.Option(help="new: what there is to be won.")] = "",
    is_open: Annotated[
        bool, typer.Option("--open", help="new: who takes part sees the whole standing, not only their own line.")
    ] = False,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Records, streaks, who has improved; contests, and how they stand."""
    from data import recognition as told
    from data.asking import Asked

    session = at(context, store, lang, is_json=json)
    first, last = day_of(from_on), day_of(to_on)
    if what in RECOGNISED:
        asked = Asked(
            from_on=first, to_on=last, where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
            compare=compare.value if compare else "none",
        )  # fmt: skip
        told.recognised(session, what.value, measure, by.value, asked, only_sql=sql)
        return LOADED
    if what is What.LIST:
        told.contests_listed(session, viewer)
        return LOADED
    if name is None:
        raise typer.BadParameter("NAME")
    if what is What.NEW:
        if first is None or last is None:
            raise typer.BadParameter("--from, --to")
        told.made(session, viewer, {
            "name": name, "measure": measure, "from_on": first, "to_on": last, "unit": unit.value, "rule": rule.value,
            "teams": tuple(team or ()), "reps": tuple(rep or ()), "prizes": prizes, "is_open": is_open,
        })  # fmt: skip
    elif what in (What.SETTLE, What.DELETE):
        (told.settled if what is What.SETTLE else told.forgotten)(session, viewer, name)
    else:
        told.stood(session, name, day_of(as_of), viewer, by_day=what is What.RACE, only_sql=sql)
    return LOADED


@app.command()
def trainings(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        Course, typer.Argument(help="list, add or delete trainings; effect: what one has brought.")
    ] = Course.LIST,
    number: Annotated[int | None, typer.Argument(help="The number of the training.")] = None,
    name: Annotated[str, typer.Option(help="new: what the training was called.")] = "",
    held: Annotated[datetime | None, typer.Option(formats=DAY, help="new: the day it was held.")] = None,
    rep: People = None,
    measure: Of = "win_rate",
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Trainings, and what each has brought beside those who were not there."""
    from data import recognition as told
    from data.asking import Asked

    session = at(context, store, lang, is_json=json)
    held_on = day_of(held)
    if what is Course.LIST:
        told.trainings_listed(session, viewer)
    elif what is Course.NEW:
        if held_on is None:
            raise typer.BadParameter("--held")
        told.training_added(session, viewer, name, held_on, list(rep or ()))
    elif number is None:
        raise typer.BadParameter("NUMBER")
    elif what is Course.DELETE:
        told.training_removed(session, viewer, number)
    else:
        asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
        told.training_effect(session, number, measure, asked, only_sql=sql)
    return LOADED
